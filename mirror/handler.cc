#include "mirror/handler.h"

#include <utility>

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace sightline::mirror {
namespace {

using witness::Answer;

Answer Short(int status, const char* body) {
  Answer answer;
  answer.status = status;
  answer.body = body;
  return answer;
}

}  // namespace

MirrorHandler::MirrorHandler(Options options, Mirror* mirror,
                             const base::Clock* clock)
    : options_(std::move(options)),
      mirror_(mirror),
      clients_(clock, options_.max_clients) {}

Answer MirrorHandler::Handle(const witness::Request& request) {
  absl::string_view path = request.path;
  if (!absl::ConsumePrefix(&path, options_.prefix) ||
      !absl::ConsumePrefix(&path, "/")) {
    return Short(404, "no such path\n");
  }
  if (request.method == "GET" && path == "healthz") return Short(200, "ok\n");
  const bool entries = path == "add-entries";
  if (!entries && path != "add-checkpoint") return Short(404, "no such path\n");
  if (request.method != "POST") {
    return Short(405, "no such method for this path\n");
  }
  const int wait = clients_.Take(request.client, options_.per_client);
  if (wait > 0) {
    Answer answer = Short(429, "too many requests from this address\n");
    answer.retry_after_s = wait;
    return answer;
  }
  Answer answer = entries ? mirror_->AddEntries(request.body)
                          : mirror_->AddCheckpoint(request.body);
  answer.takes_gzip = entries;
  return answer;
}

}  // namespace sightline::mirror
