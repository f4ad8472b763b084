// Entry bundles: up to 256 entries end to end, each behind its length.
//
// Source:  c2sp.org/tlog-tiles "Log Entries".
// Shapes:  per entry u16 length (big-endian), then that many bytes.
// Errors:  kInvalidArgument: entry too long, bundle cut short, too many or too
//          few entries, bytes left over.
// Threads: pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace sightline::tiles {

inline constexpr size_t kMaxEntryBytes = 65535;
inline constexpr size_t kMaxBundleEntries = 256;

// Appends one entry to `*bundle`, which is unchanged on failure. Does not count
// the entries.
absl::Status AppendEntry(absl::string_view entry, std::string* bundle);

// A whole bundle, of 1..256 entries.
absl::StatusOr<std::string> EncodeEntryBundle(
    absl::Span<const absl::string_view> entries);

// The entries of a bundle, as views into it; want exactly `width` of them.
absl::StatusOr<std::vector<absl::string_view>> ParseEntryBundle(
    absl::string_view bundle, uint16_t width);

// Walks a bundle entry by entry without copying.
//
//   EntryBundleReader reader(bundle);
//   absl::string_view entry;
//   while (reader.Next(&entry)) Use(entry);
//   RETURN_IF_ERROR(reader.status());
class EntryBundleReader {
 public:
  // `bundle` must outlive the reader and the entries.
  explicit EntryBundleReader(absl::string_view bundle) : rest_(bundle) {}

  // Moves to the next entry. False at the end and at the first malformed byte.
  bool Next(absl::string_view* entry);

  // How many entries Next has given.
  size_t count() const { return count_; }

  // OK unless Next has met a malformed byte or a 257th entry.
  const absl::Status& status() const { return status_; }

 private:
  absl::string_view rest_;
  size_t count_ = 0;
  absl::Status status_;
};

}  // namespace sightline::tiles
