#include "web/read_answer.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_format.h"
#include "web/request_headers.h"

namespace sightline::web {
namespace {

constexpr absl::string_view kMethods = "GET, HEAD, OPTIONS";

}  // namespace

// FNV-1a.
std::string ContentTag(absl::string_view bytes) {
  uint64_t hash = 14695981039346656037u;
  for (const char c : bytes) {
    hash = (hash ^ static_cast<uint8_t>(c)) * 1099511628211u;
  }
  return absl::StrFormat("\"%016x\"", hash);
}

Response AnswerWithTag(const Request& request, absl::string_view bytes,
                       absl::string_view cache_control) {
  const std::string tag = ContentTag(bytes);
  Response response;
  if (NamesETag(request.header("If-None-Match"), tag)) response.status = 304;
  response.Add("ETag", tag).Add("Cache-Control", cache_control);
  return response;
}

Response OtherMethod(const Request& request) {
  if (request.method != "OPTIONS") {
    Response response = TextResponse(405, "only GET and HEAD");
    response.Add("Allow", kMethods);
    return response;
  }
  Response response;
  response.status = 204;
  response.Add("Allow", kMethods)
      .Add("Access-Control-Allow-Methods", kMethods)
      .Add("Access-Control-Allow-Headers", "*")
      .Add("Access-Control-Max-Age", "86400");
  return response;
}

void SendRead(Response response, Reply reply) {
  response.Add("Access-Control-Allow-Origin", "*")
      .Add("Access-Control-Expose-Headers", "ETag")
      .Add("X-Content-Type-Options", "nosniff");
  reply.Send(std::move(response));
}

}  // namespace sightline::web
