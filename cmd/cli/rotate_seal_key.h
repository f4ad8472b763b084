// Puts the sealed payloads of a data folder under another key-encryption key.
//
// Errors:  kFailedPrecondition: the folder is in use, or a payload is under a key
//          that was not given. kDataLoss: a payload does not open.
// Durable: when it returns OK, no file of the folder holds a data key wrapped by an
//          old key. After an error some payloads are under the new key already;
//          the same again goes on.
// Threads: one.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "cmd/cli/invocation.h"
#include "cmd/seal_key.h"

namespace sightline::cli {

struct RotateSealKeyFlags {
  std::string data_dir;
  daemon::SealKeySource key;
};

absl::StatusOr<int> RotateSealKey(const RotateSealKeyFlags& flags,
                                  Invocation& run);

}  // namespace sightline::cli
