#include "tests/crash/acknowledged.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/receipt.h"

namespace sightline::tests {

absl::Status Acknowledged::Add(size_t statement,
                               const client::SubmitResult& answer) {
  Receipt receipt{answer.receipt.index, answer.receipt.leaf_hash,
                  client::FormatReceiptFile(answer.receipt)};
  base::MutexLock lock(&mutex_);
  const auto known = receipts_.find(statement);
  if (known != receipts_.end()) {
    if (!answer.duplicate) {
      return absl::DataLossError(absl::StrCat(
          "statement ", statement, " was acknowledged at ", known->second.index,
          ", and is new again at ", receipt.index));
    }
    if (known->second.bytes != receipt.bytes) {
      return absl::DataLossError(absl::StrCat("another receipt for statement ",
                                              statement, ":\n", receipt.bytes,
                                              "was:\n", known->second.bytes));
    }
    return absl::OkStatus();
  }
  const auto [other, is_free] = by_index_.emplace(receipt.index, statement);
  if (!is_free) {
    return absl::DataLossError(absl::StrCat("statements ", other->second,
                                            " and ", statement, " both got ",
                                            receipt.index));
  }
  receipts_.emplace(statement, std::move(receipt));
  return absl::OkStatus();
}

bool Acknowledged::Holds(size_t statement) const {
  base::MutexLock lock(&mutex_);
  return receipts_.count(statement) != 0;
}

size_t Acknowledged::size() const {
  base::MutexLock lock(&mutex_);
  return receipts_.size();
}

uint64_t Acknowledged::end() const {
  base::MutexLock lock(&mutex_);
  return by_index_.empty() ? 0 : by_index_.rbegin()->first + 1;
}

absl::Status Acknowledged::CheckEntry(uint64_t index,
                                      const merkle::Hash& leaf_hash) const {
  base::MutexLock lock(&mutex_);
  const auto statement = by_index_.find(index);
  if (statement == by_index_.end()) return absl::OkStatus();
  if (receipts_.at(statement->second).leaf_hash == leaf_hash) {
    return absl::OkStatus();
  }
  return absl::DataLossError(
      absl::StrCat("entry ", index, " is not what was acknowledged"));
}

absl::Status Acknowledged::CheckStillThere(client::LogClient& log) const {
  const uint64_t want = end();
  for (uint64_t next = 0; next < want;) {
    ASSIGN_OR_RETURN(const client::EntryRun run, log.ListEntries(next));
    if (run.next_index() == next) {
      return absl::DataLossError(
          absl::StrCat("the log ends at ", next,
                       ", entries were acknowledged up to ", want));
    }
    for (const client::EntryView& entry : run.entries()) {
      RETURN_IF_ERROR(CheckEntry(entry.index, entry.leaf_hash));
    }
    next = run.next_index();
  }
  return absl::OkStatus();
}

}  // namespace sightline::tests
