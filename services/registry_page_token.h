// Where the next page of a list of submitters begins. Callers are not to look
// inside.
//
// Shapes:  base64 of version, tree size, id of the last submitter that was given.
// Errors:  kInvalidArgument, with a BadRequest that names "page_token".
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::services {

struct RegistryPageToken {
  uint64_t tree_size = 0;  // above 0
  std::string after_id;    // a submitter id
};

std::string EncodeRegistryPageToken(const RegistryPageToken& token);
absl::StatusOr<RegistryPageToken> DecodeRegistryPageToken(
    absl::string_view text);

}  // namespace sightline::services
