#include "client/options.h"

namespace sightline::client {

absl::Status Options::Validate() const {
  if (call_timeout <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("call_timeout: want a positive time");
  }
  if (max_attempts < 1) {
    return absl::InvalidArgumentError("max_attempts: want at least 1");
  }
  if (first_backoff <= absl::ZeroDuration() || max_backoff < first_backoff) {
    return absl::InvalidArgumentError(
        "back-off: want 0 < first_backoff <= max_backoff");
  }
  if (submit_window < 1 || submit_window > 65536) {
    return absl::InvalidArgumentError("submit_window: want 1 to 65536");
  }
  if (rng == nullptr) return absl::InvalidArgumentError("rng: missing");
  return absl::OkStatus();
}

}  // namespace sightline::client
