#include "services/admission_time.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "statement/entry_codec.h"

namespace sightline::services {
namespace {

// Nothing for a face.
absl::StatusOr<std::optional<int64_t>> OwnTime(const storage::LogStore& store,
                                               uint64_t index) {
  absl::StatusOr<statement::EntryPeek> peek = absl::DataLossError("missing");
  std::optional<int64_t> time;
  RETURN_IF_ERROR(store.ReadEntries(
      index, index + 1, [&](uint64_t, absl::string_view bytes) {
        peek = statement::PeekEntry(bytes);
        if (peek.ok() && peek->kind != v1::STATEMENT_KIND_SEALED_STATEMENT) {
          time = peek->admitted_unix_ms;
        }
        return true;
      }));
  if (peek.ok()) return time;
  return absl::DataLossError(
      absl::StrCat("stored entry ", index, ": ", peek.status().message()));
}

}  // namespace

absl::StatusOr<int64_t> AdmittedAt(const storage::LogStore& store,
                                   uint64_t index) {
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<int64_t> time, OwnTime(store, index));
    if (time.has_value()) return *time;
    if (index == 0) {
      return absl::DataLossError("the log begins with a sealed statement");
    }
    --index;
  }
}

}  // namespace sightline::services
