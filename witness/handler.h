// From an HTTP request to an answer, without HTTP: what a server library calls.
//
// Threads: implementations are thread-safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "base/rate_limit.h"
#include "witness/answer.h"
#include "witness/witness.h"

namespace sightline::witness {

struct Request {
  std::string method;  // "GET", "HEAD" or "POST"
  std::string path;    // without query
  std::string client;  // address, without port
  std::string body;
};

class Handler {
 public:
  virtual ~Handler() = default;
  virtual Answer Handle(const Request& request) = 0;
};

// A witness's paths below one prefix ("" or "/name"):
//   POST <prefix>/add-checkpoint
//   GET  <prefix>/<hex SHA-256 of the origin>/checkpoint
//   GET  <prefix>/metrics, <prefix>/healthz
class WitnessHandler final : public Handler {
 public:
  struct Options {
    std::string prefix;
    base::Rate per_client = {20, 100};  // add-checkpoint calls of one address
    size_t max_clients = 4096;          // addresses that are remembered
  };

  // Both outlive the handler.
  WitnessHandler(Options options, Witness* witness, const base::Clock* clock);

  Answer Handle(const Request& request) override;

 private:
  Answer Get(absl::string_view path) const;
  Answer Post(const Request& request);

  const Options options_;
  Witness* const witness_;
  base::RateLimit clients_;
};

}  // namespace sightline::witness
