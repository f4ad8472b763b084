// One file that is built into the program.
//
// Shapes:  GET, HEAD and OPTIONS; ETag; kept for an hour.
// Threads: thread-safe.
#pragma once

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "web/handler.h"

namespace sightline::web {

class StaticHandler final : public Handler {
 public:
  // `body` outlives the handler.
  StaticHandler(std::string content_type, absl::string_view body)
      : content_type_(std::move(content_type)), body_(body) {}

  void Handle(const Request& request, Reply reply) override;

 private:
  const std::string content_type_;
  const absl::string_view body_;
};

}  // namespace sightline::web
