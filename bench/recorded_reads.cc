#include "bench/recorded_reads.h"

#include "base/status_macros.h"

namespace sightline::bench {

absl::StatusOr<std::optional<std::string>> RecordedReads::Get(
    absl::string_view key) const {
  reads_.push_back({std::string(key), std::nullopt, 1});
  return snapshot_->Get(key);
}

absl::Status RecordedReads::Scan(absl::string_view begin, absl::string_view end,
                                 storage::ViewVisitor visit) const {
  // By place: a visitor may read as well.
  const size_t place = reads_.size();
  reads_.push_back({std::string(begin), std::string(end), 0});
  return snapshot_->Scan(begin, end,
                         [&](absl::string_view key, absl::string_view value) {
                           ++reads_[place].rows;
                           return visit(key, value);
                         });
}

absl::StatusOr<uint64_t> RecordedReads::Replay() const {
  uint64_t bytes = 0;
  for (const Read& read : reads_) {
    if (!read.end.has_value()) {
      ASSIGN_OR_RETURN(const auto value, snapshot_->Get(read.begin));
      bytes += value.has_value() ? value->size() : 0;
      continue;
    }
    uint64_t seen = 0;
    RETURN_IF_ERROR(
        snapshot_->Scan(read.begin, *read.end,
                        [&](absl::string_view key, absl::string_view value) {
                          bytes += key.size() + value.size();
                          return ++seen < read.rows;
                        }));
  }
  return bytes;
}

uint64_t RecordedReads::rows() const {
  uint64_t rows = 0;
  for (const Read& read : reads_) rows += read.rows;
  return rows;
}

}  // namespace sightline::bench
