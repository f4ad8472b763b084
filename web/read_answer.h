// What answers to reading have in common: ETags, other methods, other sites.
//
// Source:  RFC 9110 s8.8.3 (ETag), s13.1.2; the Fetch standard (CORS).
// Threads: pure; any thread.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "web/handler.h"
#include "web/http_message.h"

namespace sightline::web {

// An ETag, with its quotes, that differs when the bytes do. Nobody gains by
// making two answers of one server collide.
std::string ContentTag(absl::string_view bytes);

// 304 when the request has what `bytes` are, else 200 without a body or a type;
// either with ETag and Cache-Control.
Response AnswerWithTag(const Request& request, absl::string_view bytes,
                       absl::string_view cache_control);

// 204 to OPTIONS, 405 to the rest: for what takes GET and HEAD alone.
Response OtherMethod(const Request& request);

// Sends it so that pages of any site may read it.
void SendRead(Response response, Reply reply);

}  // namespace sightline::web
