// Reads of a snapshot of the views, kept, so that the very same rows can be read
// again and nothing else be done.
//
// Shapes:  a scan is kept with how far it went: until its visitor had enough.
// Errors:  those of the snapshot.
// Threads: thread-compatible.
//
// Example:
//   RecordedReads reads(snapshot.get());
//   Queries(&reads, now).SearchRequests(...);
//   reads.Replay();   // the limit: those rows, read plainly
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/view_store.h"

namespace sightline::bench {

class RecordedReads final : public storage::ViewSnapshot {
 public:
  // `snapshot` outlives the result.
  explicit RecordedReads(const storage::ViewSnapshot* snapshot)
      : snapshot_(snapshot) {}

  absl::StatusOr<std::optional<std::string>> Get(
      absl::string_view key) const override;
  absl::Status Scan(absl::string_view begin, absl::string_view end,
                    storage::ViewVisitor visit) const override;

  // Reads what was read, in that order, from the snapshot; parses nothing. The
  // bytes that came.
  absl::StatusOr<uint64_t> Replay() const;

  // Since the last Clear.
  uint64_t reads() const { return reads_.size(); }
  uint64_t rows() const;  // one for each Get, those that a scan came to
  void Clear() { reads_.clear(); }

 private:
  struct Read {
    std::string begin;
    std::optional<std::string> end;  // none: a Get
    uint64_t rows = 1;
  };

  const storage::ViewSnapshot* const snapshot_;
  mutable std::vector<Read> reads_;
};

}  // namespace sightline::bench
