// Files of the command line: read whole, written new.
//
// Errors:  kNotFound: no such file. kAlreadyExists: an output file is there
//          already; nothing is ever overwritten unasked. kInvalidArgument: too
//          large. kInternal: other I/O errors.
// Threads: any thread.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/signer.h"

namespace sightline::cli {

// No input of the command line is larger.
inline constexpr size_t kMaxInputBytes = 16 << 20;

absl::StatusOr<std::string> ReadFile(const std::string& path);

// The same; "-" reads `in` to its end.
absl::StatusOr<std::string> ReadInput(const std::string& path,
                                      std::istream& in);

// Writes a file that anybody may read. `overwrite`: even if it is there.
absl::Status WriteFile(const std::string& path, absl::string_view contents,
                       bool overwrite = false);

// kAlreadyExists when it is there: to be asked before work whose result would
// have no place to go.
absl::Status CheckAbsent(const std::string& path);

// A public key in PEM, as `keygen` writes it.
absl::StatusOr<crypto::PublicKey> ReadPublicKey(const std::string& path);

}  // namespace sightline::cli
