// A path that parses is the one spelling of what it names.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tiles/tile.h"

namespace {

using ::sightline::tiles::EntryBundlePath;
using ::sightline::tiles::TilePath;
using ::sightline::tiles::TileResource;

std::string Write(const TileResource& resource) {
  return resource.kind == TileResource::Kind::kTile
             ? TilePath(resource.coord)
             : EntryBundlePath(resource.coord.index, resource.coord.width);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view path(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<TileResource> resource =
      sightline::tiles::ParseTilePath(path);
  if (resource.ok() && Write(*resource) != path) std::abort();
  return 0;
}
