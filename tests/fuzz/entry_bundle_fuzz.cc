// A bundle that parses encodes to the same bytes, and has one number of entries.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tiles/entry_bundle.h"

namespace {

using ::sightline::tiles::EncodeEntryBundle;
using ::sightline::tiles::EntryBundleReader;
using ::sightline::tiles::ParseEntryBundle;

void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bundle(reinterpret_cast<const char*>(data), size);
  EntryBundleReader reader(bundle);
  std::vector<absl::string_view> entries;
  absl::string_view entry;
  while (reader.Next(&entry)) entries.push_back(entry);
  const auto width = static_cast<uint16_t>(entries.size());
  Check(ParseEntryBundle(bundle, width).ok() == reader.status().ok());
  Check(!ParseEntryBundle(bundle, width + 1).ok());
  if (!reader.status().ok() || entries.empty()) return 0;
  const absl::StatusOr<std::string> encoded = EncodeEntryBundle(entries);
  Check(encoded.ok() && *encoded == bundle);
  return 0;
}
