#include "tiles/entry_bundle.h"

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"

namespace sightline::tiles {
namespace {

constexpr size_t kLengthBytes = 2;

absl::Status BadBundle(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("entry bundle: ", what));
}

}  // namespace

absl::Status AppendEntry(absl::string_view entry, std::string* bundle) {
  if (entry.size() > kMaxEntryBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "entry: ", entry.size(), " bytes, want at most ", kMaxEntryBytes));
  }
  base::AppendU16(static_cast<uint16_t>(entry.size()), bundle);
  bundle->append(entry.data(), entry.size());
  return absl::OkStatus();
}

absl::StatusOr<std::string> EncodeEntryBundle(
    absl::Span<const absl::string_view> entries) {
  if (entries.empty() || entries.size() > kMaxBundleEntries) {
    return BadBundle(absl::StrCat(entries.size(), " entries, want 1..256"));
  }
  std::string bundle;
  for (const absl::string_view entry : entries) {
    RETURN_IF_ERROR(AppendEntry(entry, &bundle));
  }
  return bundle;
}

absl::StatusOr<std::vector<absl::string_view>> ParseEntryBundle(
    absl::string_view bundle, uint16_t width) {
  std::vector<absl::string_view> entries;
  entries.reserve(width);
  EntryBundleReader reader(bundle);
  absl::string_view entry;
  while (reader.Next(&entry)) entries.push_back(entry);
  RETURN_IF_ERROR(reader.status());
  if (entries.size() != width) {
    return BadBundle(
        absl::StrCat(entries.size(), " entries, want ", int{width}));
  }
  return entries;
}

bool EntryBundleReader::Next(absl::string_view* entry) {
  if (rest_.empty() || !status_.ok()) return false;
  if (count_ == kMaxBundleEntries) {
    status_ = BadBundle("bytes after 256 entries");
    return false;
  }
  if (rest_.size() < kLengthBytes ||
      rest_.size() - kLengthBytes < base::ReadU16(rest_)) {
    status_ = BadBundle(absl::StrCat("cut short in entry ", count_));
    return false;
  }
  *entry = rest_.substr(kLengthBytes, base::ReadU16(rest_));
  rest_.remove_prefix(kLengthBytes + entry->size());
  ++count_;
  return true;
}

}  // namespace sightline::tiles
