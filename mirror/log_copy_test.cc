#include "mirror/log_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/test_vectors.h"
#include "merkle/hash.h"
#include "mirror/memory_files.h"
#include "tiles/memory_tiles.h"
#include "tiles/tile.h"

namespace sightline::mirror {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

std::string Entry(uint64_t i) { return absl::StrCat("entry ", i); }

class LogCopyTest : public ::testing::Test {
 protected:
  LogCopyTest() { Open(); }

  void Open() { copy_ = std::move(LogCopy::Open(&files_)).value(); }

  absl::Status SaveUpTo(uint64_t end) {
    std::vector<std::string> owned;
    std::vector<merkle::Hash> hashes;
    for (uint64_t i = copy_->next_entry(); i < end; ++i) {
      owned.push_back(Entry(i));
      hashes.push_back(merkle::LeafHash(owned.back()));
    }
    const std::vector<absl::string_view> entries(owned.begin(), owned.end());
    return copy_->Save(entries, hashes);
  }

  absl::Status Publish(uint64_t size) {
    return copy_->Publish(size, Note(size));
  }
  std::string Note(uint64_t size) {
    return *checkpoint::SignCheckpoint(
        {checkpoint::kLogOrigin, size, *copy_->Root(size), ""},
        {checkpoint::LogSigner()});
  }

  // What a log of `size` entries serves, without its checkpoint.
  static MemoryFiles::Files Served(uint64_t size) {
    std::vector<std::string> entries;
    for (uint64_t i = 0; i < size; ++i) entries.push_back(Entry(i));
    auto log = tiles::MemoryTiles::FromEntries(std::move(entries));
    MemoryFiles::Files files;
    for (const tiles::TileCoord& coord : tiles::AllTiles(size)) {
      files[tiles::TilePath(coord)] =
          *log.ReadTile(coord.level, coord.index, coord.width);
      if (coord.level > 0) continue;
      files[tiles::EntryBundlePath(coord.index, coord.width)] =
          *log.ReadEntryBundle(coord.index, coord.width);
    }
    return files;
  }
  MemoryFiles::Files Tiles() const {
    MemoryFiles::Files files = files_.files();
    files.erase("held");
    files.erase("checkpoint");
    return files;
  }

  MemoryFiles files_;
  std::unique_ptr<LogCopy> copy_;
};

TEST_F(LogCopyTest, HoldsWhatALogOfThatSizeServes) {
  for (const uint64_t size : {1, 2, 255, 256, 257, 511, 512, 700, 1000}) {
    ASSERT_OK(SaveUpTo(size));
    EXPECT_EQ(copy_->next_entry(), size);
    EXPECT_EQ(Tiles(), Served(size)) << size;
    Open();
    EXPECT_EQ(copy_->next_entry(), size);
  }
}

TEST_F(LogCopyTest, LevelTwoComesInTime) {
  ASSERT_OK(SaveUpTo(65'500));
  ASSERT_OK(SaveUpTo(65'600));
  EXPECT_EQ(Tiles(), Served(65'600));
}

TEST_F(LogCopyTest, ServesACheckpointBehindWhatIsHeld) {
  ASSERT_OK(SaveUpTo(100));
  ASSERT_OK(Publish(100));
  ASSERT_OK(SaveUpTo(300));
  ASSERT_OK(SaveUpTo(600));
  // What the served checkpoint promises is there, and what is held.
  const MemoryFiles::Files held = Tiles();
  for (const uint64_t size : {100, 600}) {
    for (const auto& [path, bytes] : Served(size)) {
      ASSERT_EQ(held.count(path), 1u) << path;
      EXPECT_EQ(held.at(path), bytes) << path;
    }
  }
  EXPECT_EQ(held.count("tile/0/001.p/44"), 0u);
  ASSERT_OK(Publish(520));
  for (const auto& [path, bytes] : Served(520)) {
    EXPECT_EQ(Tiles()[path], bytes) << path;
  }
  // Its tile is full.
  EXPECT_EQ(Tiles().count("tile/0/000.p/100"), 0u);
  ASSERT_OK(SaveUpTo(768));
  ASSERT_OK(Publish(768));
  MemoryFiles::Files left = Tiles();
  // Of a tile that is not full: what was served stays.
  EXPECT_EQ(left.erase("tile/1/000.p/2"), 1u);
  EXPECT_EQ(left, Served(768));
  EXPECT_EQ(copy_->note(), Note(768));
}

TEST_F(LogCopyTest, KnowsRootsAndLeafHashesOfWhatItHolds) {
  ASSERT_OK(SaveUpTo(300));
  EXPECT_EQ(*copy_->Root(0), merkle::EmptyRoot());
  EXPECT_EQ(*copy_->Root(1), merkle::LeafHash(Entry(0)));
  EXPECT_EQ(copy_->LeafHashes(256, 258)->at(1), merkle::LeafHash(Entry(257)));
  EXPECT_TRUE(copy_->LeafHashes(300, 300)->empty());
}

TEST_F(LogCopyTest, DoesNotOpenWhatIsDamaged) {
  ASSERT_OK(SaveUpTo(300));
  std::string tile = files_.files()["tile/0/001.p/44"];
  tile[5] ^= 1;
  files_.Damage("tile/0/001.p/44", tile);
  EXPECT_THAT(LogCopy::Open(&files_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("another root")));
  files_.Damage("held", "");
  EXPECT_THAT(LogCopy::Open(&files_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("malformed")));
}

TEST_F(LogCopyTest, AfterAFailureItWritesNoMore) {
  files_.FailAfter(3);
  EXPECT_THAT(SaveUpTo(10), StatusIs(absl::StatusCode::kInternal));
  files_.Restart(false);
  EXPECT_THAT(SaveUpTo(10), StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("no disk")));
  EXPECT_THAT(Publish(0), StatusIs(absl::StatusCode::kFailedPrecondition));
}

// Each call that fails, with and without what was not synced: what is there
// afterwards opens, and goes on to the same files.
TEST_F(LogCopyTest, WhateverFailsItGoesOn) {
  const auto run = [this] {
    for (const uint64_t size : {100, 300, 520}) {
      if (copy_->next_entry() < size && !SaveUpTo(size).ok()) return false;
      if (size == 300 || copy_->note() == Note(size)) continue;
      if (copy_->next_entry() > size) continue;
      if (!Publish(size).ok()) return false;
    }
    return true;
  };
  bool failed = true;
  for (int calls = 0; failed; ++calls) {
    for (const bool lost : {false, true}) {
      SCOPED_TRACE(absl::StrCat(calls, lost ? " lost" : ""));
      files_.Restart(true);
      ASSERT_OK(files_.Remove("tile"));
      ASSERT_OK(files_.Remove("held"));
      ASSERT_OK(files_.Remove("checkpoint"));
      ASSERT_OK(files_.Sync());
      Open();
      files_.FailAfter(calls);
      failed = !run();
      files_.Restart(lost);
      auto opened = LogCopy::Open(&files_);
      ASSERT_OK(opened);
      copy_ = *std::move(opened);
      ASSERT_TRUE(run());
      for (const auto& [path, bytes] : Served(520)) {
        ASSERT_EQ(files_.files()[path], bytes) << path;
      }
      EXPECT_EQ(copy_->note(), Note(520));
    }
  }
}

}  // namespace
}  // namespace sightline::mirror
