#include "services/admission_time.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "statement/entry_codec.h"

namespace sightline::services {
namespace {

struct Time {
  int64_t unix_ms = 0;
  bool is_face = false;
};

absl::StatusOr<Time> OwnTime(const storage::LogStore& store, uint64_t index) {
  absl::StatusOr<statement::EntryPeek> peek = absl::DataLossError("missing");
  RETURN_IF_ERROR(store.ReadEntries(index, index + 1,
                                    [&](uint64_t, absl::string_view bytes) {
                                      peek = statement::PeekEntry(bytes);
                                      return true;
                                    }));
  if (peek.ok()) {
    return Time{peek->admitted_unix_ms,
                peek->kind == v1::STATEMENT_KIND_SEALED_STATEMENT};
  }
  return absl::DataLossError(
      absl::StrCat("stored entry ", index, ": ", peek.status().message()));
}

}  // namespace

absl::StatusOr<int64_t> AdmittedAt(const storage::LogStore& store,
                                   uint64_t index) {
  int64_t latest = 0;
  while (true) {
    ASSIGN_OR_RETURN(const Time time, OwnTime(store, index));
    latest = std::max(latest, time.unix_ms);
    // Entry 0 is the genesis.
    if (!time.is_face || index == 0) return latest;
    --index;
  }
}

}  // namespace sightline::services
