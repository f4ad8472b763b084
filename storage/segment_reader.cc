#include "storage/segment_reader.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "storage/rocksdb_layout.h"
#include "storage/rocksdb_status.h"

namespace sightline::storage {

SegmentReader::SegmentReader(const RocksDbDatabase& database, Family family,
                             bool scan)
    : family_(family), iterator_(database.NewIterator(family, scan)) {}

absl::Status SegmentReader::Seek(uint64_t index) {
  iterator_->SeekForPrev(ToSlice(NumberKey(index).view()));
  absl::Status status = Read();
  if (status.ok() && begin_ < BundleBegin(index)) {
    status = absl::NotFoundError("before its bundle");
  }
  if (!absl::IsNotFound(status)) return status;
  return absl::DataLossError(
      absl::StrCat(kFamilyNames[static_cast<int>(family_)],
                   ": no segment holds index ", index));
}

absl::Status SegmentReader::Next() {
  iterator_->Next();
  return Read();
}

absl::Status SegmentReader::SeekToLast() {
  iterator_->SeekToLast();
  return Read();
}

absl::string_view SegmentReader::value() const {
  return ToView(iterator_->value());
}

absl::Status SegmentReader::Read() {
  if (!iterator_->Valid()) {
    RETURN_IF_ERROR(FromRocksDb(iterator_->status()));
    return absl::NotFoundError("no segment");
  }
  ASSIGN_OR_RETURN(begin_, ParseNumberKey(ToView(iterator_->key())));
  return absl::OkStatus();
}

}  // namespace sightline::storage
