#include "web/prefix_handler.h"

#include <utility>

namespace sightline::web {

void PrefixHandler::Handle(const Request& request, Reply reply) {
  const absl::string_view target = request.target;
  const size_t slash = target.find('/', 1);
  const auto handler = slash == absl::string_view::npos
                           ? handlers_.end()
                           : handlers_.find(target.substr(1, slash - 1));
  if (handler == handlers_.end()) {
    return reply.Send(TextResponse(404, "no such path"));
  }
  Request below = request;
  below.target = target.substr(slash);
  handler->second->Handle(below, std::move(reply));
}

}  // namespace sightline::web
