// Stored bytes change behind the log's back: the audit names what is wrong, and a
// start refuses what the next entries would go on from.
#include "storage/damage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "admission/payload_sealer.h"
#include "base/fake_clock.h"
#include "base/status_macros.h"
#include "base/status_matchers.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "monitor/check_options.h"
#include "services/log_instance.h"
#include "storage/rocksdb_layout.h"
#include "storage/rocksdb_log_store.h"
#include "storage/rocksdb_options.h"
#include "tests/crash/folder_audit.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"
#include "witness/file_cosigned_store.h"

namespace sightline::tests {
namespace {

using ::sightline::base::IsOk;
using ::sightline::base::StatusIs;
using ::sightline::monitor::CheckDepth;
using ::sightline::storage::DamageSpot;
using ::sightline::storage::Family;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

// Hash index runs of 16 entries, so that there are some, and merged ones.
storage::RocksDbOptions SmallOptions() {
  storage::RocksDbOptions options;
  options.index_run_entries = 16;
  options.reserve_bytes = 0;
  return options;
}

uint64_t Seed() {
  const char* const given = std::getenv("SIGHTLINE_TEST_SEED");
  return given == nullptr ? 20'260'202 : std::strtoull(given, nullptr, 10);
}

// A log of every kind of record, at rest: entries 0 to 9 are genesis, enrolments
// and requests with sealed fields, the rest requests, the last one sealed, too.
class DamageTest : public ::testing::Test {
 protected:
  static constexpr uint64_t kSealed = 5;    // an entry with sealed fields
  static constexpr uint64_t kLast = 298;    // the last entry
  static constexpr uint64_t kMiddle = 200;  // one in between

  void SetUp() override {
    TestLogOptions options;
    options.on_disk = true;
    options.store_options = SmallOptions();
    ASSERT_OK_AND_ASSIGN(log_, TestLog::Start(std::move(options)));
    for (int i = 0; i < 7; ++i) SubmitSealed();
    for (int i = 0; i < 6; ++i) ASSERT_OK(log_->Append(48));
    SubmitSealed();
    ASSERT_EQ(log_->log().publisher().current()->tree_size, kLast + 1);
    log_->Close();
    // Whatever the index still had to write is written now.
    ASSERT_OK_AND_ASSIGN(const auto store, storage::RocksDbLogStore::Open(
                                               folder(), SmallOptions()));
    ASSERT_OK(store->WaitUntilIdle());
  }

  void SubmitSealed() {
    const Party& agency = log_->parties().agency();
    ASSERT_OK(log_->Submit(agency, log_->parties().Request(agency)));
  }

  std::string folder() const { return log_->store_folder(); }

  absl::Status Audit(CheckDepth depth = CheckDepth::kRules) const {
    return AuditFolder(folder(), log_->parties(), depth);
  }

  // What a server's start says.
  absl::Status Start(const std::string& path) const {
    ASSIGN_OR_RETURN(const auto store,
                     storage::RocksDbLogStore::Open(path, SmallOptions()));
    base::FakeClock clock(kTestTimeMs);
    services::LogParts parts;
    parts.store = store.get();
    parts.clock = &clock;
    parts.signers.push_back(log_->parties().LogSigner());
    return services::LogInstance::Open({}, std::move(parts)).status();
  }

  struct Case {
    std::string what;
    Family family;
    DamageSpot spot;
    std::string audit;  // part of what the audit says
    std::string start;  // of what a start says; "": it starts
  };

  void Check(const Case& damaged) {
    SCOPED_TRACE(damaged.what);
    ASSERT_OK(storage::FlipStoredBit(folder(), damaged.family, damaged.spot));
    EXPECT_THAT(Audit(), StatusIs(kDataLoss, HasSubstr(damaged.audit)));
    if (damaged.start.empty()) {
      EXPECT_OK(Start(folder()));
    } else {
      EXPECT_THAT(Start(folder()),
                  StatusIs(kDataLoss, HasSubstr(damaged.start)));
    }
    ASSERT_OK(storage::FlipStoredBit(folder(), damaged.family, damaged.spot));
  }

  std::unique_ptr<TestLog> log_;
};

TEST_F(DamageTest, WhatIsNotDamagedIsSoundAndStarts) {
  EXPECT_OK(Audit(CheckDepth::kHashes));
  EXPECT_OK(Start(folder()));
  EXPECT_OK(Audit(CheckDepth::kSignatures));
}

TEST_F(DamageTest, OfEveryKindOfValueIsNamed) {
  const Case cases[] = {
      {"tree size", Family::kMeta, {.byte = 7}, "tree size", "tree size"},
      {"root",
       Family::kMeta,
       {.byte = 20},
       "tree state: stored record: got root",
       "another root"},
      {"time",
       Family::kMeta,
       {.byte = 47},
       "last entry admitted at",
       "last entry was admitted at"},
      {"salt",
       Family::kMeta,
       {.number = 0},
       "identity hash",
       "is not found by its"},
      {"newest entry",
       Family::kEntries,
       {},
       absl::StrCat("entry ", kLast),
       absl::StrCat("entry ", kLast)},
      {"entry",
       Family::kEntries,
       {.number = kMiddle, .byte = 100},  // not a length between two entries
       "not the entry that was",
       ""},
      {"control entry",
       Family::kEntries,
       {.number = 1},
       "entry 1: ",
       "entry 1"},
      {"newest identity",
       Family::kIdentities,
       {},
       absl::StrCat("entry ", kLast, ": identity hash"),
       absl::StrCat("entry ", kLast, " is not found by its identity")},
      {"identity",
       Family::kIdentities,
       {.number = kMiddle},
       "identity hash: stored record",
       ""},
      {"newest tile",
       Family::kTiles,
       {.tile_level = 0, .byte = 0},
       "tile 0/1",
       "entry 256 does not hash"},
      {"tile",
       Family::kTiles,
       {.tile_level = 0, .number = 0, .byte = 40},
       "tile 0/0",
       "control entry 1 does not hash"},
      {"top tile",
       Family::kTiles,
       {.tile_level = 1},
       "tile 1/0",
       "another root"},
      {"mid hash",
       Family::kTiles,
       {.tile_level = 0, .number = 0, .byte = 8200},
       "stored node in a tile",
       "does not hash to what level 1 holds"},
      {"newest checkpoint",
       Family::kCheckpoints,
       {},
       "checkpoint",
       "newest checkpoint"},
      {"checkpoint",
       Family::kCheckpoints,
       {.number = kMiddle},
       "checkpoint covering entry",
       ""},
      {"feed head",
       Family::kFeeds,
       {.number = 0, .byte = 7},
       "feed head of ",
       "the head of feed"},
      {"feed head's entry",
       Family::kFeeds,
       {.number = 0, .byte = 15},
       "feed head of ",
       "the head of feed"},
      {"control list",
       Family::kControl,
       {},
       "list of control entries",
       "list of control entries"},
      {"sealed payload",
       Family::kSealed,
       {.number = kSealed},
       absl::StrCat("entry ", kSealed, ": sealed payload"),
       ""},
  };
  for (const Case& damaged : cases) Check(damaged);
  EXPECT_OK(Audit());
}

// Buckets, filters and headers, each value of each run.
TEST_F(DamageTest, OfEveryValueOfTheHashIndexIsNamed) {
  uint64_t values = 0;
  for (;; ++values) {
    const DamageSpot spot{.number = values};
    const absl::Status flipped =
        storage::FlipStoredBit(folder(), Family::kHashIndex, spot);
    if (absl::IsNotFound(flipped)) break;
    ASSERT_OK(flipped);
    EXPECT_THAT(Audit(CheckDepth::kHashes), StatusIs(kDataLoss)) << values;
    ASSERT_OK(storage::FlipStoredBit(folder(), Family::kHashIndex, spot));
  }
  EXPECT_GE(values, 15u);
  EXPECT_OK(Audit());
}

TEST_F(DamageTest, OfARemovedValueIsNamed) {
  const std::pair<Family, std::string> cases[] = {
      {Family::kSealed, "sealed payload: stored record: got none"},
      {Family::kFeeds, "feed head of "},
      {Family::kControl, "list of control entries: stored record: got not in"},
      {Family::kCheckpoints, "tree state"},
      {Family::kTiles, "tile"},
      {Family::kIdentities, "identity hashes"},
      {Family::kEntries, "entries end"},
      {Family::kMeta, "tree size is 0"},
  };
  const std::string kept = folder() + ".kept";
  std::filesystem::copy(folder(), kept,
                        std::filesystem::copy_options::recursive);
  for (const auto& [family, text] : cases) {
    SCOPED_TRACE(text);
    ASSERT_OK(storage::RemoveStored(folder(), family));
    EXPECT_THAT(Audit(), StatusIs(kDataLoss, HasSubstr(text)));
    std::filesystem::remove_all(folder());
    std::filesystem::copy(kept, folder(),
                          std::filesystem::copy_options::recursive);
  }
  EXPECT_OK(Audit());
}

// What is still to be purged goes with an erasure or a new key, and is soon gone.
TEST_F(DamageTest, OfThePendingPurgeIsNamedAndAStartPurgesEverything) {
  const DamageSpot purge{.number = 1};
  EXPECT_THAT(storage::FlipStoredBit(folder(), Family::kMeta, purge),
              StatusIs(absl::StatusCode::kNotFound));
  {
    ASSERT_OK_AND_ASSIGN(const auto store, storage::RocksDbLogStore::Open(
                                               folder(), SmallOptions()));
    // To another and back.
    for (int i = 0; i < 2; ++i) {
      ASSERT_OK(store->ReplaceSealedPayloads(
          [](uint64_t,
             absl::string_view payload) -> absl::StatusOr<std::string> {
            return std::string(payload.rbegin(), payload.rend());
          }));
    }
  }
  ASSERT_OK(Audit());
  for (size_t byte = 0; byte < 32; ++byte) {
    SCOPED_TRACE(byte);
    const DamageSpot spot{.number = 1, .byte = byte};
    ASSERT_OK(storage::FlipStoredBit(folder(), Family::kMeta, spot));
    EXPECT_THAT(Audit(CheckDepth::kHashes),
                StatusIs(kDataLoss, HasSubstr("list of payloads to purge")));
    ASSERT_OK(storage::FlipStoredBit(folder(), Family::kMeta, spot));
  }
  ASSERT_OK(storage::FlipStoredBit(folder(), Family::kMeta, purge));
  EXPECT_OK(Start(folder()));
  {
    ASSERT_OK_AND_ASSIGN(const auto store, storage::RocksDbLogStore::Open(
                                               folder(), SmallOptions()));
    EXPECT_THAT(store->CheckPendingPurge(), StatusIs(kDataLoss));
    ASSERT_OK(store->PurgeErased());
    EXPECT_OK(store->CheckPendingPurge());
  }
  EXPECT_OK(Audit());
}

// What a log keeps of its witnesses' word, in a file of its own.
TEST_F(DamageTest, OfAnyByteOfTheCosignedTreeIsNamed) {
  const std::string cosigned = folder() + "/cosigned";
  std::string path;
  {
    ASSERT_OK_AND_ASSIGN(const auto store,
                         witness::FileCosignedStore::Open(cosigned));
    ASSERT_OK_AND_ASSIGN(const auto log, storage::RocksDbLogStore::Open(
                                             folder(), SmallOptions()));
    ASSERT_OK_AND_ASSIGN(const storage::TreeState tree, log->ReadTreeState());
    ASSERT_OK_AND_ASSIGN(const std::string note, log->ReadNewestCheckpoint());
    ASSERT_OK(store->Replace(log_->parties().origin(), 0,
                             {tree.tree_size, tree.root_hash, note}));
    path = store->PathOf(log_->parties().origin());
  }
  EXPECT_OK(Audit());
  const size_t size = std::filesystem::file_size(path);
  for (size_t at = 0; at < size; at += 7) {
    SCOPED_TRACE(at);
    const auto flip = [&] {
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      file.seekg(static_cast<std::streamoff>(at));
      const char byte = static_cast<char>(file.get() ^ 1);
      file.seekp(static_cast<std::streamoff>(at));
      file.put(byte);
      ASSERT_TRUE(file.good());
    };
    flip();
    EXPECT_THAT(Audit(CheckDepth::kHashes),
                StatusIs(kDataLoss, HasSubstr("cosigned checkpoint")));
    {
      ASSERT_OK_AND_ASSIGN(const auto store,
                           witness::FileCosignedStore::Open(cosigned));
      EXPECT_THAT(store->Read(log_->parties().origin()), StatusIs(kDataLoss));
    }
    flip();
  }
  EXPECT_OK(Audit());
}

// Each of the past belongs to a batch whose end the entries tell, too.
TEST_F(DamageTest, OfAnOlderCheckpointThatIsRemovedIsNamed) {
  const storage::RocksDbOptions options = SmallOptions();
  for (const uint64_t size : {5, 106}) {
    ASSERT_OK(storage::RemoveStored(folder(), Family::kCheckpoints,
                                    {.number = size}));
    uint64_t removed = 0;
    {
      ASSERT_OK_AND_ASSIGN(const auto store,
                           storage::RocksDbLogStore::Open(folder(), options));
      // The one that was the last of a size up to this.
      for (removed = size; *store->ReadBatchEnd(removed - 1) != removed;) {
        --removed;
      }
    }
    EXPECT_THAT(Audit(CheckDepth::kHashes),
                StatusIs(kDataLoss, HasSubstr(absl::StrCat(
                                        "checkpoint of tree size ", removed,
                                        ": stored record: got none"))));
  }
}

// Any byte of any file with values in it. RocksDB's checksums find most; a byte
// that no value depends on (statistics, an old version) may do no harm.
TEST_F(DamageTest, OfAnyByteOfAFileIsAnErrorOrChangesNoValue) {
  // What came after the last start is in the write-ahead log.
  ASSERT_OK(log_->Restart());
  for (int i = 0; i < 20; ++i) ASSERT_OK(log_->Append(10));
  log_->Close();
  std::cout << "seed " << Seed() << "\n";
  std::mt19937_64 random(Seed());
  ASSERT_OK_AND_ASSIGN(const auto truth, storage::DumpStored(folder()));
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(folder())) {
    const std::string name = file.path().filename();
    const bool holds_values =
        absl::EndsWith(name, ".sst") || absl::EndsWith(name, ".log");
    if (holds_values && file.file_size() > 0) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  ASSERT_GE(names.size(), 5u);
  const std::string damaged = folder() + ".damaged";
  int found = 0;
  int harmless = 0;
  for (int i = 0; i < 32; ++i) {
    std::filesystem::remove_all(damaged);
    std::filesystem::copy(folder(), damaged,
                          std::filesystem::copy_options::recursive);
    const std::string& name = names[static_cast<size_t>(i) % names.size()];
    const std::string path = absl::StrCat(damaged, "/", name);
    const uint64_t at = random() % std::filesystem::file_size(path);
    SCOPED_TRACE(absl::StrCat(name, " byte ", at));
    {
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      file.seekg(static_cast<std::streamoff>(at));
      const char byte = static_cast<char>(file.get() ^ (1 << random() % 8));
      file.seekp(static_cast<std::streamoff>(at));
      file.put(byte);
      ASSERT_TRUE(file.good());
    }
    const absl::Status audit =
        AuditFolder(damaged, log_->parties(), CheckDepth::kRules);
    if (audit.ok()) {
      ++harmless;
      const auto values = storage::DumpStored(damaged);
      ASSERT_OK(values);
      EXPECT_TRUE(*values == truth) << "SOUND, but a value has changed";
      EXPECT_OK(Start(damaged));
    } else {
      ++found;
      Start(damaged).IgnoreError();  // does not crash
    }
  }
  std::cout << found << " found, " << harmless << " without effect\n";
  EXPECT_GT(found, harmless);
}

}  // namespace
}  // namespace sightline::tests
