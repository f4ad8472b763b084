// How registrars sign together: all keys at one place, or one after the other.
//
// Threads: one.
#pragma once

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "cmd/cli/draft.h"
#include "cmd/cli/invocation.h"
#include "cmd/cli/settings.h"
#include "crypto/signer.h"

namespace sightline::cli {

struct RegistrarFlags {
  Settings settings;
  std::vector<std::string> keys;  // files of registrar keys
  std::string receipt;
  std::string out;
};

// --registrar-key, --receipt, --out, and those of the connection.
void AddRegistrarOptions(CLI::App* command, RegistrarFlags* flags);

absl::StatusOr<std::vector<crypto::PrivateKey>> ReadRegistrarKeys(
    const std::vector<std::string>& paths);

// Completes and signs the draft; then writes it for the next registrar (--out),
// or sends it. `settings` are resolved.
absl::StatusOr<int> SignAndSend(const RegistrarFlags& flags,
                                const Settings& settings, Draft draft,
                                Invocation& run);

}  // namespace sightline::cli
