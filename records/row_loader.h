// Rows of requests, put together from the views.
//
// Errors:  kDataLoss: a stored view does not parse. kNotFound: no such request.
// Threads: thread-compatible.
// Cost:    a row is one read and one short scan; agencies and policies are read
//          once for all rows of a loader.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "proto/sightline/v1/record.pb.h"
#include "storage/view_store.h"

namespace sightline::records {

class RowLoader {
 public:
  // `snapshot` outlives the loader. Rows are made for `as_of_unix_ms`.
  RowLoader(const storage::ViewSnapshot* snapshot, int64_t as_of_unix_ms)
      : snapshot_(snapshot), as_of_unix_ms_(as_of_unix_ms) {}

  int64_t as_of_unix_ms() const { return as_of_unix_ms_; }

  absl::StatusOr<v1::RequestFacts> Facts(uint64_t index) const;
  absl::StatusOr<v1::RequestRow> Row(v1::RequestFacts facts);

  // Null when the submitter is not enrolled.
  absl::StatusOr<const v1::SubmitterFacts*> Submitter(const std::string& id);

 private:
  absl::StatusOr<const v1::PolicyFacts*> Policy(const v1::PolicyRef& policy);

  const storage::ViewSnapshot* const snapshot_;
  const int64_t as_of_unix_ms_;
  std::map<std::string, std::optional<v1::SubmitterFacts>> submitters_;
  std::map<std::string, std::optional<v1::PolicyFacts>> policies_;
};

}  // namespace sightline::records
