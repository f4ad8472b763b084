// Private keys and other secrets in files that only their owner can read.
//
// Shapes:  a key file is unencrypted PKCS#8 PEM, mode 0600.
// Errors:  kAlreadyExists: the file is there already, and is never overwritten
//          (a lost log key ends the log). kFailedPrecondition: others may read
//          the file; the message says how to change that. kNotFound: no such
//          file. kInvalidArgument: not a key. kInternal: other I/O errors.
// Durable: when a Write returns OK, the contents and the directory entry are on
//          disk.
// Threads: any thread.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/secret.h"
#include "crypto/signer.h"

namespace sightline::crypto {

absl::Status WriteKeyFile(const std::string& path, const PrivateKey& key);
absl::StatusOr<PrivateKey> ReadKeyFile(const std::string& path);

// The same rules for any secret, at most `max_bytes` when read.
inline constexpr size_t kMaxSecretFileSize = size_t{1} << 20;
absl::Status WriteSecretFile(const std::string& path,
                             absl::string_view contents);
absl::StatusOr<SecretString> ReadSecretFile(
    const std::string& path, size_t max_bytes = kMaxSecretFileSize);

}  // namespace sightline::crypto
