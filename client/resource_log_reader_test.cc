#include "client/resource_log_reader.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "client/folder_resources.h"
#include "client/resources.h"
#include "tiles/memory_tiles.h"
#include "tiles/tile.h"

namespace sightline::client {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;

class MapResources final : public Resources {
 public:
  absl::StatusOr<std::string> Get(absl::string_view path,
                                  size_t most_bytes) override {
    const auto it = files.find(std::string(path));
    if (it == files.end()) return absl::NotFoundError(path);
    if (it->second.size() > most_bytes) return absl::DataLossError(path);
    return it->second;
  }
  std::map<std::string, std::string> files;
};

class ResourceLogReaderTest : public ::testing::Test {
 protected:
  ResourceLogReaderTest() {
    std::vector<std::string> entries;
    for (int i = 0; i < 300; ++i) entries.push_back(absl::StrCat("entry ", i));
    log_ = tiles::MemoryTiles::FromEntries(entries);
  }

  std::string Tile(uint64_t index, uint16_t width) {
    return log_.ReadTile(0, index, width).value();
  }
  std::string Bundle(uint64_t index, uint16_t width) {
    return log_.ReadEntryBundle(index, width).value();
  }

  tiles::MemoryTiles log_;
  MapResources resources_;
  ResourceLogReader reader_{&resources_};
};

TEST_F(ResourceLogReaderTest, ReadsWhatIsThere) {
  resources_.files = {{"checkpoint", "note"},
                      {"tile/0/000", Tile(0, 256)},
                      {"tile/0/001.p/44", Tile(1, 44)},
                      {"tile/entries/001.p/44", Bundle(1, 44)}};
  EXPECT_THAT(reader_.ReadCheckpoint(), IsOkAndHolds("note"));
  EXPECT_THAT(reader_.ReadTile(0, 0, 256), IsOkAndHolds(Tile(0, 256)));
  EXPECT_THAT(reader_.ReadTile(0, 1, 44), IsOkAndHolds(Tile(1, 44)));
  EXPECT_THAT(reader_.ReadEntryBundle(1, 44), IsOkAndHolds(Bundle(1, 44)));
}

TEST_F(ResourceLogReaderTest, FallsBackToTheFullTile) {
  resources_.files = {{"tile/0/000", Tile(0, 256)},
                      {"tile/entries/000", Bundle(0, 256)}};
  EXPECT_THAT(reader_.ReadTile(0, 0, 7), IsOkAndHolds(Tile(0, 7)));
  EXPECT_THAT(reader_.ReadEntryBundle(0, 7), IsOkAndHolds(Bundle(0, 7)));
  EXPECT_THAT(reader_.ReadTile(0, 1, 7), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(reader_.ReadEntryBundle(1, 7),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ResourceLogReaderTest, TheWrongSizeIsDamage) {
  resources_.files = {
      {"tile/0/000", Tile(0, 255)},
      {"tile/0/001.p/8", Tile(1, 9)},
      {"tile/entries/000", Bundle(0, 255)},
      {"tile/entries/001.p/8", Bundle(1, 8) + std::string(1, '\0')},
      {"checkpoint", std::string(1 << 20, 'c')}};
  for (const auto& got :
       {reader_.ReadTile(0, 0, 256), reader_.ReadTile(0, 0, 7),
        reader_.ReadTile(0, 1, 8), reader_.ReadEntryBundle(0, 256),
        reader_.ReadEntryBundle(0, 7), reader_.ReadEntryBundle(1, 8),
        reader_.ReadCheckpoint()}) {
    EXPECT_THAT(got, StatusIs(absl::StatusCode::kDataLoss));
  }
}

TEST(FolderResources, ReadsFilesAndNothingElse) {
  const std::string folder = ::testing::TempDir() + "/folder_resources";
  std::filesystem::create_directories(folder + "/tile/0");
  std::ofstream(folder + "/tile/0/000") << "12345";
  FolderResources resources(folder);
  EXPECT_THAT(resources.Get("tile/0/000", 5), IsOkAndHolds("12345"));
  EXPECT_THAT(resources.Get("tile/0/000", 4),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(resources.Get("tile/0", 5),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(resources.Get("checkpoint", 5),
              StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace sightline::client
