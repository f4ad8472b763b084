// Key-encryption keys for sealed payloads: from files, or from a command that asks a
// key service.
//
// Shapes:  32 bytes as base64 on one line. A file is a secret (crypto/key_file.h);
//          what the command prints on standard output is the key, and nothing of
//          it stays on disk.
// Errors:  kInvalidArgument: no key. kFailedPrecondition: the command failed, or
//          others may read the file. kNotFound: no such file. Key bytes are in none
//          of them.
// Threads: one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "admission/payload_sealer.h"
#include "crypto/secret.h"

namespace sightline::daemon {

struct SealKeySource {
  std::string file;                    // one of these two, or none
  std::string command;                 // as the shell takes it
  std::vector<std::string> old_files;  // keys that still open
};

absl::StatusOr<crypto::SecretString> ReadSealKey(const std::string& file);
absl::StatusOr<crypto::SecretString> ReadSealKeyFromCommand(
    const std::string& command);

// Null when there is neither file nor command.
absl::StatusOr<std::unique_ptr<admission::PayloadSealer>> MakeSealer(
    const SealKeySource& source);

}  // namespace sightline::daemon
