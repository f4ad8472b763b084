// Hashes of proofs as the wire carries them.
//
// Errors:  kDataLoss: a hash that is not 32 bytes, or more hashes than any proof
//          has.
// Threads: pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "merkle/hash.h"

namespace sightline::client {

using HashList = google::protobuf::RepeatedPtrField<std::string>;

absl::StatusOr<std::vector<merkle::Hash>> ReadHashes(const HashList& hashes);
absl::StatusOr<merkle::Hash> ReadHash(absl::string_view bytes);

}  // namespace sightline::client
