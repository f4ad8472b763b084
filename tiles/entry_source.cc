#include "tiles/entry_source.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tiles/entry_bundle.h"
#include "tiles/tile.h"

namespace sightline::tiles {

absl::Status BundleEntrySource::ReadEntries(uint64_t begin, uint64_t end,
                                            Visitor visit) {
  for (uint64_t next = begin; next < end;) {
    const uint64_t bundle_index = next / kTileWidth;
    const uint64_t first = bundle_index * kTileWidth;
    const uint16_t width = WidthAt(0, bundle_index, tree_size_);
    if (next - first >= width) {
      return absl::OutOfRangeError(absl::StrCat(
          "entry ", next, " is beyond the tree of ", tree_size_, " leaves"));
    }
    ASSIGN_OR_RETURN(const std::string bundle,
                     reader_->ReadEntryBundle(bundle_index, width));
    EntryBundleReader entries(bundle);
    absl::string_view entry;
    const uint64_t stop = std::min<uint64_t>(end, first + width);
    for (uint64_t index = first; index < stop; ++index) {
      if (!entries.Next(&entry)) {
        return absl::DataLossError(absl::StrCat("entry bundle ", bundle_index,
                                                ": ", entries.count(),
                                                " entries, want ", width));
      }
      if (index < next) continue;
      if (!visit(index, entry)) return absl::OkStatus();
    }
    next = stop;
  }
  return absl::OkStatus();
}

}  // namespace sightline::tiles
