// Several handlers behind one address, each below a path of its own.
//
// Shapes:  "/<name>/<rest>" goes to the handler of that name as "/<rest>"; a name
//          has no slash. Anything else is 404.
// Threads: thread-safe when the handlers are; add them before there are requests.
#pragma once

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "web/handler.h"

namespace sightline::web {

// For handlers that answer within Handle: the request that they see ends there.
class PrefixHandler final : public Handler {
 public:
  // `handler` outlives this.
  void Add(std::string name, Handler* handler) {
    handlers_[std::move(name)] = handler;
  }

  void Handle(const Request& request, Reply reply) override;

 private:
  std::map<std::string, Handler*, std::less<>> handlers_;
};

}  // namespace sightline::web
