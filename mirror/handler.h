// A mirror's submission paths below one prefix ("" or "/name"):
//   POST <prefix>/add-checkpoint
//   POST <prefix>/add-entries
//   GET  <prefix>/healthz
//
// Threads: thread-safe.
#pragma once

#include <cstddef>
#include <string>

#include "base/clock.h"
#include "base/rate_limit.h"
#include "mirror/mirror.h"
#include "witness/answer.h"
#include "witness/handler.h"

namespace sightline::mirror {

class MirrorHandler final : public witness::Handler {
 public:
  struct Options {
    std::string prefix;
    base::Rate per_client = {20, 100};  // calls of one address
    size_t max_clients = 4096;          // addresses that are remembered
  };

  // Both outlive the handler.
  MirrorHandler(Options options, Mirror* mirror, const base::Clock* clock);

  witness::Answer Handle(const witness::Request& request) override;

 private:
  const Options options_;
  Mirror* const mirror_;
  base::RateLimit clients_;
};

}  // namespace sightline::mirror
