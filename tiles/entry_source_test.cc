#include "tiles/entry_source.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_matchers.h"
#include "tiles/log_reader.h"
#include "tiles/memory_tiles.h"

namespace sightline::tiles {
namespace {

using ::sightline::base::StatusIs;

std::vector<std::string> Entries(int count) {
  std::vector<std::string> entries;
  for (int i = 0; i < count; ++i) entries.push_back(absl::StrCat("entry ", i));
  return entries;
}

// What ReadEntries visits, and its status.
absl::Status Collect(EntrySource& source, uint64_t begin, uint64_t end,
                     std::vector<std::string>* out) {
  return source.ReadEntries(begin, end,
                            [&](uint64_t index, absl::string_view entry) {
                              EXPECT_EQ(index, begin + out->size());
                              out->emplace_back(entry);
                              return true;
                            });
}

TEST(BundleEntrySource, GivesRunsAcrossBundlesAndTheRaggedEnd) {
  const std::vector<std::string> entries = Entries(700);
  MemoryTiles log = MemoryTiles::FromEntries(entries);
  BundleEntrySource source(&log, 700);
  for (const auto& [begin, end] : std::vector<std::pair<uint64_t, uint64_t>>{
           {0, 700}, {0, 0}, {255, 257}, {256, 512}, {600, 700}, {699, 700}}) {
    std::vector<std::string> got;
    ASSERT_OK(Collect(source, begin, end, &got));
    EXPECT_EQ(got, std::vector<std::string>(entries.begin() + begin,
                                            entries.begin() + end));
  }
}

TEST(BundleEntrySource, StopsWhenTheVisitorHasEnough) {
  MemoryTiles log = MemoryTiles::FromEntries(Entries(600));
  BundleEntrySource source(&log, 600);
  int visits = 0;
  EXPECT_OK(source.ReadEntries(
      250, 600, [&](uint64_t, absl::string_view) { return ++visits < 10; }));
  EXPECT_EQ(visits, 10);
}

TEST(BundleEntrySource, RefusesEntriesBeyondTheTree) {
  MemoryTiles log = MemoryTiles::FromEntries(Entries(300));
  BundleEntrySource source(&log, 299);
  std::vector<std::string> got;
  EXPECT_THAT(Collect(source, 290, 300, &got),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_EQ(got.size(), 9);
  got.clear();
  EXPECT_THAT(Collect(source, 4000, 4001, &got),
              StatusIs(absl::StatusCode::kOutOfRange));
}

// A log whose bundles are cut short.
class ShortBundles final : public LogReader {
 public:
  absl::StatusOr<std::string> ReadTile(uint8_t, uint64_t, uint16_t) override {
    return absl::NotFoundError("no tiles");
  }
  absl::StatusOr<std::string> ReadEntryBundle(uint64_t, uint16_t) override {
    return std::string("\0\1a\0\2b", 6);
  }
  absl::StatusOr<std::string> ReadCheckpoint() override {
    return absl::NotFoundError("no checkpoint");
  }
};

TEST(BundleEntrySource, ReportsABundleThatIsCutShortAfterWhatItHolds) {
  ShortBundles log;
  BundleEntrySource source(&log, 2);
  std::vector<std::string> got;
  EXPECT_THAT(Collect(source, 0, 2, &got),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_EQ(got, std::vector<std::string>{"a"});
}

}  // namespace
}  // namespace sightline::tiles
