// The log's own keys, and the tree sizes at which each counts, as the log's entries
// have said.
//
// Source:  docs/statements.md "Registry"; proto LogKey, LogKeyChange.
// Shapes:  "before" an index means: what entries below it say.
// Threads: thread-compatible: any number of readers while nobody calls Apply.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "crypto/sha256.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::statement {

// The smallest tree size at which a log key may begin or end by what entry
// `index` says: the tree that holds the entry is signed before it counts.
inline constexpr uint64_t FirstSizeAfterChange(uint64_t index) {
  return index + 2;
}

class LogKeyHistory {
 public:
  // Whether the keys of a genesis sign every tree from size 1 on.
  static absl::Status CheckFirst(
      const google::protobuf::RepeatedPtrField<v1::LogKey>& keys);

  // Whether `change` may be entry `index`: sizes that are yet to come, no key
  // changed twice, no tree without a key. `check_new` has a say in new keys.
  // kInvalidArgument, kAlreadyExists, or what check_new says.
  absl::Status CheckChange(
      uint64_t index, const v1::LogKeyChange& change,
      absl::FunctionRef<absl::Status(const v1::LogKey&)> check_new) const;

  // REQUIRES: checked before; `origin` is the log's.
  void Apply(uint64_t index, absl::string_view origin,
             const google::protobuf::RepeatedPtrField<v1::LogKey>& keys);

  // Every key with its range of tree sizes.
  std::vector<v1::LogKey> Before(uint64_t index) const;

  // `key_id` as a statement key would have it.
  bool Holds(const crypto::Digest& key_id, uint64_t before) const;

 private:
  struct Record {
    v1::LogKey key;            // with its end
    crypto::Digest key_id{};   // as a statement key would have it
    uint64_t added_index = 0;  // the entry that added it
    uint64_t ended_index =
        0;  // the entry that gave it its end, when it has one
  };

  std::vector<Record> records_;
};

}  // namespace sightline::statement
