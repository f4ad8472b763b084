// Which entries a reader wants.
//
// Source:  proto EntryFilter: all conditions must hold; an empty filter takes
//          everything.
// Units:   admission times are Unix milliseconds and never decrease with the
//          index, so a time limit also says where to begin and where to end.
// Errors:  Create: kInvalidArgument with a BadRequest naming each fault.
// Threads: immutable; any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "proto/sightline/v1/log_service.pb.h"
#include "statement/entry_codec.h"

namespace sightline::services {

class EntryFilter {
 public:
  static absl::StatusOr<EntryFilter> Create(const v1::EntryFilter& filter);

  bool takes_everything() const { return takes_everything_; }
  bool Takes(const statement::EntryPeek& entry) const;

  // Entries admitted at or after admitted_before_ms() are not taken, nor is any
  // that follows them.
  int64_t admitted_from_ms() const { return admitted_from_ms_; }
  int64_t admitted_before_ms() const { return admitted_before_ms_; }

 private:
  bool takes_everything_ = true;
  absl::flat_hash_set<int> kinds_;
  absl::flat_hash_set<std::string> submitters_;
  int64_t admitted_from_ms_ = std::numeric_limits<int64_t>::min();
  int64_t admitted_before_ms_ = std::numeric_limits<int64_t>::max();
};

}  // namespace sightline::services
