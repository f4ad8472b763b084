#include "statement/log_key_history.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "crypto/signer.h"
#include "statement/log_vkey.h"

namespace sightline::statement {
namespace {

// Whether at every tree size from `first` on some key counts.
bool CoversFrom(uint64_t first, absl::Span<const v1::LogKey> keys) {
  while (true) {
    uint64_t reached = first;
    for (const v1::LogKey& key : keys) {
      if (key.first_size() > first) continue;
      if (key.end_size() == 0) return true;
      reached = std::max(reached, key.end_size());
    }
    if (reached == first) return false;
    first = reached;
  }
}

// Whether a change in entry `index` comes before the first tree of that size is
// signed.
absl::Status CheckYetToCome(uint64_t index, const v1::LogKey& key,
                            absl::string_view what, uint64_t size) {
  const uint64_t smallest = FirstSizeAfterChange(index);
  if (size >= smallest) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "log key ", key.vkey(), ": ", what, " ", size, ", want at least ",
      smallest, ": the tree of size ", index + 1,
      ", which holds this statement, is signed before it counts"));
}

}  // namespace

absl::Status LogKeyHistory::CheckFirst(
    const google::protobuf::RepeatedPtrField<v1::LogKey>& keys) {
  const std::vector<v1::LogKey> all(keys.begin(), keys.end());
  if (CoversFrom(1, all)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "genesis.log_keys: no key counts at some tree size from 1 on");
}

// The tree that holds entry `index`, of size index + 1, is signed before the
// entry counts: no key may begin or end with it.
absl::Status LogKeyHistory::CheckChange(
    uint64_t index, const v1::LogKeyChange& change,
    absl::FunctionRef<absl::Status(const v1::LogKey&)> check_new) const {
  std::vector<v1::LogKey> keys = Before(index);
  for (const v1::LogKey& changed : change.log_keys()) {
    const auto known = std::find_if(
        keys.begin(), keys.end(),
        [&](const v1::LogKey& key) { return key.vkey() == changed.vkey(); });
    if (known == keys.end()) {
      RETURN_IF_ERROR(
          CheckYetToCome(index, changed, "first size", changed.first_size()));
      RETURN_IF_ERROR(check_new(changed));
      keys.push_back(changed);
      continue;
    }
    if (known->first_size() != changed.first_size() || known->end_size() != 0) {
      return absl::AlreadyExistsError(
          absl::StrCat("log key ", changed.vkey(),
                       " counts from another size on, or has its end already"));
    }
    RETURN_IF_ERROR(
        CheckYetToCome(index, changed, "end size", changed.end_size()));
    known->set_end_size(changed.end_size());
  }
  if (CoversFrom(index + 1, keys)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "log_key_change.log_keys: no key would count at some tree size to "
      "come");
}

void LogKeyHistory::Apply(
    uint64_t index, absl::string_view origin,
    const google::protobuf::RepeatedPtrField<v1::LogKey>& keys) {
  for (const v1::LogKey& changed : keys) {
    const auto known = std::find_if(
        records_.begin(), records_.end(), [&](const Record& record) {
          return record.key.vkey() == changed.vkey();
        });
    if (known == records_.end()) {
      // Checked before; a key that does not parse cannot get here.
      const absl::StatusOr<crypto::PublicKey> key =
          ParseLogVkey(changed.vkey(), origin);
      records_.push_back(
          {changed, key.ok() ? key->key_id() : crypto::Digest{}, index, index});
    } else {
      known->key.set_end_size(changed.end_size());
      known->ended_index = index;
    }
  }
}

std::vector<v1::LogKey> LogKeyHistory::Before(uint64_t index) const {
  std::vector<v1::LogKey> out;
  for (const Record& record : records_) {
    if (record.added_index >= index) continue;
    out.push_back(record.key);
    if (record.ended_index >= index) out.back().set_end_size(0);
  }
  return out;
}

bool LogKeyHistory::Holds(const crypto::Digest& key_id, uint64_t before) const {
  return std::any_of(
      records_.begin(), records_.end(), [&](const Record& record) {
        return record.added_index < before && record.key_id == key_id;
      });
}

}  // namespace sightline::statement
