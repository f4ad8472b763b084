#include "witness/handler.h"

#include <utility>

#include "absl/strings/strip.h"

namespace sightline::witness {
namespace {

Answer Short(int status, const char* body) {
  Answer answer;
  answer.status = status;
  answer.body = body;
  return answer;
}

}  // namespace

WitnessHandler::WitnessHandler(Options options, Witness* witness,
                               const base::Clock* clock)
    : options_(std::move(options)),
      witness_(witness),
      clients_(clock, options_.max_clients) {}

Answer WitnessHandler::Handle(const Request& request) {
  absl::string_view path = request.path;
  if (!absl::ConsumePrefix(&path, options_.prefix) ||
      !absl::ConsumePrefix(&path, "/")) {
    return Short(404, "no such path\n");
  }
  const bool post_path = path == "add-checkpoint";
  if (post_path != (request.method == "POST")) {
    return Short(405, "no such method for this path\n");
  }
  return post_path ? Post(request) : Get(path);
}

Answer WitnessHandler::Get(absl::string_view path) const {
  if (path == "metrics") {
    Answer answer;
    answer.body = witness_->Metrics();
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return answer;
  }
  if (path == "healthz") return Short(200, "ok\n");
  if (absl::ConsumeSuffix(&path, "/checkpoint")) {
    return witness_->LatestCheckpoint(path);
  }
  return Short(404, "no such path\n");
}

Answer WitnessHandler::Post(const Request& request) {
  const int wait = clients_.Take(request.client, options_.per_client);
  if (wait == 0) return witness_->AddCheckpoint(request.body);
  Answer answer = Short(429, "too many requests from this address\n");
  answer.retry_after_s = wait;
  witness_->CountAnswer(answer.status);
  return answer;
}

}  // namespace sightline::witness
