// How a client behaves: patience, limits, memory.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "crypto/random.h"

namespace sightline::client {

struct Options {
  // Of one call, all attempts together.
  absl::Duration call_timeout = absl::Seconds(30);
  // Of a call that the log was too busy for or that did not reach it. A
  // statement submitted twice is one entry, so every call may be repeated.
  int max_attempts = 4;
  absl::Duration first_backoff = absl::Milliseconds(200);
  absl::Duration max_backoff = absl::Seconds(10);

  // Statements of a SubmitStream that wait for their answers.
  size_t submit_window = 1024;

  // A checkpoint that an earlier client verified (its TreePtr's note): this one
  // then accepts only what is consistent with it. "": none.
  std::string remembered_checkpoint;

  crypto::Rng* rng = crypto::Rng::Real();  // for back-off; outlives the client

  absl::Status Validate() const;
};

}  // namespace sightline::client
