// What a handler answers, without a server: for tests of handlers that answer
// within Handle.
//
// Threads: one.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "web/handler.h"
#include "web/http_message.h"

namespace sightline::web {

class KeptAnswer final : public ReplySink {
 public:
  void Answer(Response response) override { answer = std::move(response); }
  Response answer;
};

inline Response AnswerOf(Handler& handler, const Request& request) {
  const auto sink = std::make_shared<KeptAnswer>();
  handler.Handle(request, Reply(sink));
  return std::move(sink->answer);
}

// The first header of that name, spelled so; "" when there is none.
inline std::string HeaderOf(const Response& response, absl::string_view name) {
  for (size_t at = 0; at < response.headers.size();) {
    const size_t end = response.headers.find("\r\n", at);
    absl::string_view line(response.headers);
    line = line.substr(at, end - at);
    if (line.substr(0, line.find(": ")) == name) {
      return std::string(line.substr(name.size() + 2));
    }
    at = end + 2;
  }
  return "";
}

}  // namespace sightline::web
