// Files of openings: what a submitter keeps of sealed fields.
//
// Shapes:  a JSON list of {path, salt, value}; a secret (crypto/key_file.h).
// Errors:  kInvalidArgument: not such a list. Values are in no error.
// Threads: one.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::cli {

absl::StatusOr<std::string> FormatOpeningsFile(
    absl::Span<const v1::SealOpening> openings);

absl::StatusOr<std::vector<v1::SealOpening>> ParseOpeningsFile(
    absl::string_view text);
absl::StatusOr<std::vector<v1::SealOpening>> ReadOpeningsFile(
    const std::string& path);

}  // namespace sightline::cli
