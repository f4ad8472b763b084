#include "storage/rocksdb_status.h"

#include "absl/strings/str_cat.h"

namespace sightline::storage {
namespace {

using Code = rocksdb::Status::Code;
using SubCode = rocksdb::Status::SubCode;

absl::StatusCode IoCode(SubCode subcode) {
  switch (subcode) {
    case SubCode::kNoSpace:
    case SubCode::kSpaceLimit:
      return absl::StatusCode::kResourceExhausted;
    case SubCode::kPathNotFound:
      return absl::StatusCode::kDataLoss;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

absl::StatusCode ToCode(const rocksdb::Status& status) {
  switch (status.code()) {
    case Code::kOk:
      return absl::StatusCode::kOk;
    case Code::kNotFound:
      return absl::StatusCode::kNotFound;
    case Code::kCorruption:
      return absl::StatusCode::kDataLoss;
    case Code::kIOError:
      return IoCode(status.subcode());
    case Code::kBusy:
    case Code::kTimedOut:
    case Code::kTryAgain:
      return absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

absl::Status FromRocksDb(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return absl::Status(ToCode(status),
                      absl::StrCat("rocksdb: ", status.ToString()));
}

absl::Status UnknownOutcome(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const absl::StatusCode code = status.IsIOError()
                                    ? absl::StatusCode::kUnavailable
                                    : absl::StatusCode::kInternal;
  return absl::Status(code,
                      absl::StrCat("commit failed, outcome unknown: rocksdb: ",
                                   status.ToString()));
}

}  // namespace sightline::storage
