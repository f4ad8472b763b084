#include "storage/segment_reader.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "storage/rocksdb_status.h"

namespace sightline::storage {

SegmentReader::SegmentReader(const RocksDbDatabase& database, Family family,
                             bool scan)
    : family_(family), iterator_(database.NewIterator(family, scan)) {}

absl::Status SegmentReader::Seek(uint64_t index) {
  iterator_->Seek(ToSlice(NumberKey(index).view()));
  absl::Status status = Read();
  if (status.ok() && begin() > index) status = absl::NotFoundError("a gap");
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
  ASSIGN_OR_RETURN(range_, ParseSegmentKey(ToView(iterator_->key())));
  return absl::OkStatus();
}

}  // namespace sightline::storage
