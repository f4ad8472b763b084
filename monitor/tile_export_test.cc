#include "monitor/tile_export.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "checkpoint/log_keys.h"
#include "checkpoint/note_signer.h"
#include "client/folder_resources.h"
#include "client/resource_log_reader.h"
#include "monitor/check_log.h"
#include "monitor/log_maker.h"
#include "tiles/entry_source.h"
#include "tiles/memory_tiles.h"
#include "tiles/tile.h"

namespace sightline::monitor {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

// Counts what is read of a log's entries.
class CountedEntries final : public tiles::EntrySource {
 public:
  CountedEntries(tiles::LogReader* log, uint64_t size) : entries_(log, size) {}

  absl::Status ReadEntries(uint64_t begin, uint64_t end,
                           Visitor visit) override {
    read += end - begin;
    if (read > fail_after) return absl::UnavailableError("cut off");
    return entries_.ReadEntries(begin, end, visit);
  }

  uint64_t read = 0;
  uint64_t fail_after = ~uint64_t{0};

 private:
  tiles::BundleEntrySource entries_;
};

class TileExportTest : public ::testing::Test {
 protected:
  TileExportTest() {
    folder_ = ::testing::TempDir() + "/export-XXXXXX";
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    options_.folder = folder_ + "/site";
    options_.trusted = &trusted_;
    maker_.Enrol("ori:CA0000001");
  }
  ~TileExportTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  void Grow(uint64_t size) {
    while (maker_.size() < size) maker_.Request("ori:CA0000001");
  }
  absl::StatusOr<TileExportReport> Export(uint64_t fail_after = ~uint64_t{0}) {
    tiles::MemoryTiles log = maker_.Build();
    CountedEntries entries(&log, maker_.size());
    entries.fail_after = fail_after;
    auto report = ExportTiles(log.ReadCheckpoint().value(), &entries, options_);
    read_ = entries.read;
    return report;
  }
  std::map<std::string, std::string> Files() const {
    std::map<std::string, std::string> files;
    for (const auto& item : fs::recursive_directory_iterator(options_.folder)) {
      if (!item.is_regular_file()) continue;
      std::ifstream in(item.path(), std::ios::binary);
      files[fs::relative(item.path(), options_.folder).string()] =
          std::string((std::istreambuf_iterator<char>(in)),
                      std::istreambuf_iterator<char>());
    }
    return files;
  }
  // What c2sp.org/tlog-tiles wants to be there.
  std::map<std::string, std::string> Wanted() {
    tiles::MemoryTiles log = maker_.Build();
    std::map<std::string, std::string> files;
    files["checkpoint"] = log.ReadCheckpoint().value();
    for (const tiles::TileCoord& tile : tiles::AllTiles(maker_.size())) {
      files[tiles::TilePath(tile)] =
          log.ReadTile(tile.level, tile.index, tile.width).value();
      if (tile.level > 0) continue;
      files[tiles::EntryBundlePath(tile.index, tile.width)] =
          log.ReadEntryBundle(tile.index, tile.width).value();
    }
    return files;
  }
  void Damage(const std::string& path) {
    std::fstream file(options_.folder + "/" + path,
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);
    file.put('!');
  }

  std::string folder_;
  LogMaker maker_;
  const checkpoint::LogKeySet trusted_ = LogMaker::TrustedKeys();
  TileExportOptions options_;
  uint64_t read_ = 0;
};

TEST_F(TileExportTest, WritesExactlyTheFilesOfTheTree) {
  for (const uint64_t size : {2, 255, 256, 257, 600}) {
    Grow(size);
    ASSERT_OK_AND_ASSIGN(const TileExportReport report, Export());
    EXPECT_EQ(report.checkpoint.tree_size, size);
    std::map<std::string, std::string> files = Files();
    // Partial tiles of earlier checkpoints stay until the full one is there.
    const uint64_t full = size / 256;
    for (auto it = files.begin(); it != files.end();) {
      const bool earlier = it->first.find(".p/") != std::string::npos &&
                           Wanted().count(it->first) == 0;
      if (earlier) {
        const bool above = it->first.substr(0, 7) == "tile/1/";
        EXPECT_THAT(it->first,
                    HasSubstr(absl::StrCat("/00", above ? 0 : full, ".p/")));
      }
      it = earlier ? files.erase(it) : std::next(it);
    }
    EXPECT_EQ(files, Wanted()) << size;
  }
}

TEST_F(TileExportTest, AnAuditOfTheFolderIsSound) {
  Grow(300);
  ASSERT_OK(Export());
  client::FolderResources resources(options_.folder);
  client::ResourceLogReader reader(&resources);
  ASSERT_OK_AND_ASSIGN(const CheckReport report,
                       CheckLog(&reader, &trusted_, {}));
  EXPECT_TRUE(report.sound()) << ProblemText(report.problems.front());
  EXPECT_EQ(report.entries, 300u);

  Damage("tile/entries/000");
  ASSERT_OK_AND_ASSIGN(const CheckReport damaged,
                       CheckLog(&reader, &trusted_, {}));
  EXPECT_FALSE(damaged.sound());
}

TEST_F(TileExportTest, ReadsOnlyWhatIsNotThere) {
  Grow(600);
  ASSERT_OK(Export());
  EXPECT_EQ(read_, 600u);
  Grow(800);
  ASSERT_OK_AND_ASSIGN(const TileExportReport report, Export());
  EXPECT_EQ(report.entries_kept, 512u);
  EXPECT_EQ(read_, 800u - 512u);
}

TEST_F(TileExportTest, GoesOnWhereItWasCutOff) {
  Grow(900);
  EXPECT_THAT(Export(600), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Files().count("checkpoint"), 0u);  // nothing is promised
  ASSERT_OK_AND_ASSIGN(const TileExportReport report, Export());
  EXPECT_EQ(report.entries_kept, 512u);
  EXPECT_EQ(Files(), Wanted());
}

TEST_F(TileExportTest, ReadsNothingTwiceWhileItLives) {
  ASSERT_OK_AND_ASSIGN(const auto exporter, TileExporter::Open(options_));
  uint64_t before = 0;
  for (const uint64_t size : {200, 256, 257, 600, 600, 1100}) {
    Grow(size);
    tiles::MemoryTiles log = maker_.Build();
    CountedEntries entries(&log, size);
    ASSERT_OK_AND_ASSIGN(
        const TileExportReport report,
        exporter->Update(log.ReadCheckpoint().value(), &entries));
    EXPECT_EQ(report.entries_kept, 0u);
    EXPECT_EQ(entries.read, size - before / 256 * 256);
    before = size;
    for (const auto& [path, bytes] : Wanted()) {
      EXPECT_EQ(Files().at(path), bytes) << path;
    }
  }
  // One that cannot be read is asked for again.
  Grow(1500);
  tiles::MemoryTiles log = maker_.Build();
  CountedEntries entries(&log, 1500);
  entries.fail_after = 300;
  EXPECT_FALSE(exporter->Update(log.ReadCheckpoint().value(), &entries).ok());
  entries.fail_after = ~uint64_t{0};
  ASSERT_OK(exporter->Update(log.ReadCheckpoint().value(), &entries));
  for (const auto& [path, bytes] : Wanted()) {
    EXPECT_EQ(Files().at(path), bytes) << path;
  }
}

TEST_F(TileExportTest, HoldsTilesAgainstThoseThatAreShown) {
  Grow(300);
  tiles::MemoryTiles log = maker_.Build();
  options_.shown = &log;
  tiles::BundleEntrySource entries(&log, 300);
  ASSERT_OK(
      ExportTiles(log.ReadCheckpoint().value(), &entries, options_).status());
  EXPECT_EQ(Files(), Wanted());
  for (const auto& [level, index] :
       {std::pair<uint8_t, uint64_t>{0, 0}, {0, 1}, {1, 0}}) {
    tiles::MemoryTiles damaged = log;
    damaged.Tile(level, index)[10] ^= 1;
    options_.shown = &damaged;
    fs::remove_all(options_.folder);
    EXPECT_THAT(
        ExportTiles(log.ReadCheckpoint().value(), &entries, options_).status(),
        StatusIs(absl::StatusCode::kDataLoss,
                 HasSubstr(absl::StrCat("tile/", int{level}, "/00", index))));
    EXPECT_EQ(Files().count("checkpoint"), 0u);
  }
}

TEST_F(TileExportTest, ClearsAwayWhatAKillLeftBehind) {
  Grow(600);
  ASSERT_OK(Export());
  for (const char* path : {"tile/0/000.part", "tile/entries/002.p/88.part"}) {
    std::ofstream(options_.folder + "/" + path) << "half";
  }
  ASSERT_OK(Export());
  EXPECT_EQ(Files(), Wanted());
}

TEST_F(TileExportTest, MendsWhatWasDamaged) {
  Grow(600);
  ASSERT_OK(Export());
  Damage("tile/entries/000");
  Damage("tile/0/001");
  ASSERT_OK_AND_ASSIGN(const TileExportReport report, Export());
  EXPECT_EQ(report.entries_kept, 0u);
  EXPECT_EQ(Files(), Wanted());
}

TEST_F(TileExportTest, RefusesEntriesThatDoNotLeadToTheRoot) {
  Grow(300);
  tiles::MemoryTiles log = maker_.Build();
  log.Entry(17)[5] ^= 1;
  tiles::BundleEntrySource entries(&log, 300);
  EXPECT_THAT(
      ExportTiles(log.ReadCheckpoint().value(), &entries, options_).status(),
      StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_EQ(Files().count("checkpoint"), 0u);
}

TEST_F(TileExportTest, RefusesACheckpointOfAnotherKey) {
  Grow(3);
  const checkpoint::NoteSigner other = LogMaker::Signer("other");
  tiles::MemoryTiles log = maker_.Build(&other);
  tiles::BundleEntrySource entries(&log, 3);
  EXPECT_THAT(
      ExportTiles(log.ReadCheckpoint().value(), &entries, options_).status(),
      StatusIs(absl::StatusCode::kInvalidArgument));
  options_.trusted = nullptr;
  EXPECT_OK(
      ExportTiles(log.ReadCheckpoint().value(), &entries, options_).status());
}

TEST_F(TileExportTest, NeverGoesBack) {
  Grow(300);
  const tiles::MemoryTiles log = maker_.Build();
  Grow(310);
  ASSERT_OK(Export());
  const auto before = Files();
  tiles::MemoryTiles old = log;
  tiles::BundleEntrySource entries(&old, 300);
  EXPECT_THAT(
      ExportTiles(old.ReadCheckpoint().value(), &entries, options_).status(),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("newer")));
  EXPECT_EQ(Files(), before);
}

TEST_F(TileExportTest, NamesAFork) {
  Grow(280);
  ASSERT_OK(Export());

  LogMaker other;
  other.Enrol("ori:CA0000002");
  while (other.size() < 400) other.Request("ori:CA0000002");
  tiles::MemoryTiles log = other.Build();
  tiles::BundleEntrySource entries(&log, 400);
  EXPECT_THAT(
      ExportTiles(log.ReadCheckpoint().value(), &entries, options_).status(),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("fork")));
}

}  // namespace
}  // namespace sightline::monitor
