// Which handler answers which paths.
//
// Threads: thread-safe once all paths are added.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "web/handler.h"

namespace sightline::web {

class Routes final : public Handler {
 public:
  // `otherwise` answers what no path takes. Handlers outlive the routes.
  explicit Routes(Handler* otherwise) : otherwise_(otherwise) {}

  // Paths that begin with `path`, if that ends with "/"; else that path alone.
  // What was added first goes first.
  void Add(absl::string_view path, Handler* handler) {
    routes_.push_back({std::string(path), handler});
  }

  void Handle(const Request& request, Reply reply) override {
    Find(request.path())->Handle(request, std::move(reply));
  }

 private:
  struct Route {
    std::string path;
    Handler* handler;
  };

  Handler* Find(absl::string_view path) const {
    for (const Route& route : routes_) {
      const bool all_below = absl::EndsWith(route.path, "/");
      if (all_below ? absl::StartsWith(path, route.path) : path == route.path) {
        return route.handler;
      }
    }
    return otherwise_;
  }

  Handler* const otherwise_;
  std::vector<Route> routes_;
};

}  // namespace sightline::web
