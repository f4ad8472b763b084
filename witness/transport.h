// How a witness is reached: one request, one reply.
//
// Threads: implementations are thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace sightline::witness {

struct Reply {
  int status = 0;
  std::string content_type;
  std::string body;
  int retry_after_s = 0;  // 0: not said
};

class Transport {
 public:
  virtual ~Transport() = default;

  // Posts `body` and returns whatever was answered, whatever its status.
  // kUnavailable: no whole reply within about `timeout`, or a reply too long.
  // kInvalidArgument: not a URL that can be asked.
  virtual absl::StatusOr<Reply> Post(const std::string& url,
                                     absl::string_view body,
                                     absl::Duration timeout) = 0;

  // Ends the calls that are going on, and refuses new ones.
  virtual void Shutdown() = 0;
};

}  // namespace sightline::witness
