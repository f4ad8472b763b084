// Rows held against the entries that they say they rest on.
//
// Source:  docs/records.md "Proofs".
// Errors:  kInvalidArgument: the entries do not make this row.
// Threads: thread-compatible.
//
// That the entries are in the log is proven elsewhere; here it is only asked what
// follows from them.
#pragma once

#include <cstdint>
#include <map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/sightline/v1/record.pb.h"
#include "records/entry_facts.h"

namespace sightline::records {

class RowCheck {
 public:
  // Entries that are proven.
  absl::Status AddEntry(uint64_t index, absl::string_view bytes);

  absl::Status Check(const v1::RequestRow& row, int64_t as_of_unix_ms) const;
  absl::Status Check(const v1::SealRow& row, int64_t as_of_unix_ms) const;
  // By `submitter`.
  absl::Status Check(const v1::FeedRow& row, absl::string_view submitter) const;
  absl::Status Check(const v1::TimelineEvent& row) const;

 private:
  absl::StatusOr<const RecordEntry*> Find(uint64_t index) const;

  std::map<uint64_t, RecordEntry> entries_;
};

}  // namespace sightline::records
