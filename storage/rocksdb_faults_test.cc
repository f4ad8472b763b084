// The RocksDB engine on a disk that fails, fills up, or loses power: what was
// acknowledged is there afterwards, and a batch is there as a whole or not at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "storage/fault_file_system.h"
#include "storage/rocksdb_log_store.h"
#include "storage/temp_folder.h"
#include "storage/test_log.h"

namespace sightline::storage {
namespace {

using ::rocksdb::IOStatus;
using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr size_t kBatches[] = {1, 3, 60, 1, 250, 7, 40, 130, 2, 90};

// So small that every kind of file is written: log, tables, runs, merged runs.
RocksDbOptions SmallOptions(rocksdb::Env* env = nullptr) {
  RocksDbOptions options;
  options.write_buffer_bytes = size_t{64} << 10;
  options.index_run_entries = 32;
  options.reserve_bytes = 0;
  options.env = env;
  return options;
}

// A store on a disk that can fail, and what it acknowledged.
class FaultyStore {
 public:
  absl::Status Open() {
    ASSIGN_OR_RETURN(store_, RocksDbLogStore::Open(folder_.Store(),
                                                   SmallOptions(disk_.env())));
    return absl::OkStatus();
  }
  void Close() { store_.reset(); }

  absl::Status Commit(size_t n) {
    attempted_ = n;
    RETURN_IF_ERROR(store_->Commit(log_.Make(n)));
    log_.Adopt();
    return absl::OkStatus();
  }

  // Works until something fails.
  absl::Status Work() {
    RETURN_IF_ERROR(Open());
    for (const size_t n : kBatches) RETURN_IF_ERROR(Commit(n));
    return store_->WaitUntilIdle();
  }

  // Works on a disk that fails for good at some step. What RocksDB does beside the
  // work is in no fixed order: the last steps may come when the work is done.
  void WorkUntilItFails() {
    if (!Work().ok()) return;
    disk_.FailFrom(1, IOStatus::IOError("injected: after the work"));
    EXPECT_FALSE(Commit(1).ok());
  }

  // Loses power, starts again: all that was acknowledged must be there, and the
  // batch that failed as a whole or not at all.
  void CrashAndCheck(const std::function<size_t(size_t)>& keep) {
    Close();
    disk_.Crash(keep);
    ASSERT_OK(Open());
    ASSERT_OK_AND_ASSIGN(const TreeState state, store_->ReadTreeState());
    if (state.tree_size != log_.size()) {
      ASSERT_EQ(state.tree_size, log_.size() + attempted_);
      log_.Make(attempted_);
      log_.Adopt();
    }
    ASSERT_OK(CheckStore(*store_, log_));
    ASSERT_OK(Commit(70));
    ASSERT_OK(store_->WaitUntilIdle());
    ASSERT_OK(CheckStore(*store_, log_));
  }

  FaultFileSystem& disk() { return disk_; }
  RocksDbLogStore& store() { return *store_; }
  TestLog& log() { return log_; }
  std::string path() const { return folder_.Store(); }

 private:
  const TempFolder folder_;
  FaultFileSystem disk_;
  std::unique_ptr<RocksDbLogStore> store_;
  TestLog log_;
  size_t attempted_ = 0;
};

int StepsOfWork() {
  FaultyStore healthy;
  EXPECT_OK(healthy.Work());
  return healthy.disk().steps();
}

size_t KeepNone(size_t) { return 0; }
size_t KeepHalf(size_t count) { return count / 2; }
size_t KeepAll(size_t count) { return count; }

// The steps of the work are dealt out to so many shards. Each of the four kinds of
// failure meets kSample of them, the next kind the next ones, and so every step
// fails in one way at least. With EVERY_STEP, as the large target sets it, every
// step fails in every way.
constexpr int kShards = 33;
constexpr int kSample = 9;
static_assert(4 * kSample >= kShards);

bool AllShards() { return std::getenv("EVERY_STEP") != nullptr; }

// Fails at every step of one shard.
class StepsOfAShard : public ::testing::TestWithParam<int> {
 protected:
  // `salt`: where the sample of this test begins.
  void ForEachStep(int salt,
                   const std::function<void(FaultyStore&, int)>& fail) {
    static const int steps = StepsOfWork();
    ASSERT_GT(steps, 200);
    std::function<size_t(size_t)> keeps[] = {KeepNone, KeepHalf, KeepAll};
    const int shard = AllShards() ? GetParam() : (GetParam() + salt) % kShards;
    for (int step = 1 + shard; step <= steps; step += kShards) {
      FaultyStore faulty;
      fail(faulty, step);
      // Another one for the next step, and for the next of this shard.
      const auto& keep = keeps[(step + step / kShards) % 3];
      ASSERT_NO_FATAL_FAILURE(faulty.CrashAndCheck(keep))
          << "failed at step " << step << " of " << steps;
    }
  }
};

INSTANTIATE_TEST_SUITE_P(RocksDbFaults, StepsOfAShard,
                         ::testing::Range(0, AllShards() ? kShards : kSample));

TEST_P(StepsOfAShard, SurvivesADiskThatIsGone) {
  ForEachStep(0, [](FaultyStore& faulty, int step) {
    faulty.disk().FailFrom(step, IOStatus::IOError("injected: gone"));
    faulty.WorkUntilItFails();
  });
}

TEST_P(StepsOfAShard, SurvivesADiskThatIsFull) {
  ForEachStep(kSample, [](FaultyStore& faulty, int step) {
    faulty.disk().FailFrom(step, IOStatus::NoSpace("injected: full"));
    faulty.WorkUntilItFails();
  });
}

// Not every step matters to a commit: removing an old file does not.
TEST_P(StepsOfAShard, SurvivesOneFailure) {
  ForEachStep(2 * kSample, [](FaultyStore& faulty, int step) {
    faulty.disk().FailOnce(step, IOStatus::IOError("injected: once"));
    faulty.Work().IgnoreError();
  });
}

TEST_P(StepsOfAShard, SurvivesPowerLossWithoutAnError) {
  ForEachStep(3 * kSample, [](FaultyStore& faulty, int step) {
    ASSERT_OK(faulty.Open());
    for (const size_t n : kBatches) {
      if (faulty.disk().steps() >= step) break;
      ASSERT_OK(faulty.Commit(n));
    }
  });
}

bool IsWal(const std::string& path) { return absl::EndsWith(path, ".log"); }

TEST(RocksDbFaults, RefusesCommitsAfterAFailedSync) {
  FaultyStore faulty;
  ASSERT_OK(faulty.Open());
  ASSERT_OK(faulty.Commit(10));
  faulty.disk().FailIf(
      [failed = false](int, Step step, const std::string& path) mutable {
        if (failed || step != Step::kSync || !IsWal(path))
          return IOStatus::OK();
        failed = true;
        return IOStatus::IOError("injected: sync");
      });
  EXPECT_THAT(faulty.Commit(10), StatusIs(absl::StatusCode::kUnavailable,
                                          HasSubstr("outcome unknown")));
  // The disk is well again; the store must not believe it.
  EXPECT_THAT(faulty.Commit(10),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(faulty.Commit(10),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  // What was acknowledged can still be read.
  EXPECT_OK(CheckStore(faulty.store(), faulty.log()));
  faulty.CrashAndCheck(KeepNone);
}

TEST(RocksDbFaults, FindsABatchAgainWhoseSyncFailedButWasWritten) {
  FaultyStore faulty;
  ASSERT_OK(faulty.Open());
  ASSERT_OK(faulty.Commit(10));
  faulty.disk().FailIf([](int, Step step, const std::string& path) {
    return step == Step::kSync && IsWal(path)
               ? IOStatus::IOError("injected: sync")
               : IOStatus::OK();
  });
  EXPECT_THAT(faulty.Commit(25), StatusIs(absl::StatusCode::kUnavailable));
  faulty.Close();
  faulty.disk().Crash(KeepAll);
  ASSERT_OK(faulty.Open());
  ASSERT_OK_AND_ASSIGN(const TreeState state, faulty.store().ReadTreeState());
  EXPECT_EQ(state.tree_size, 35u);
}

TEST(RocksDbFaults, SaysThatAFullDiskLeavesTheOutcomeOpen) {
  FaultyStore faulty;
  ASSERT_OK(faulty.Open());
  ASSERT_OK(faulty.Commit(10));
  faulty.disk().FailFrom(1, IOStatus::NoSpace("injected: full"));
  EXPECT_THAT(faulty.Commit(10), StatusIs(absl::StatusCode::kUnavailable,
                                          HasSubstr("outcome unknown")));
  EXPECT_THAT(faulty.Commit(10),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  faulty.CrashAndCheck(KeepHalf);
}

TEST(RocksDbFaults, WritesNothingWhenTheDiskIsNearlyFull) {
  FaultyStore faulty;
  ASSERT_OK(faulty.Open());
  ASSERT_OK(faulty.Commit(10));
  const int steps = faulty.disk().steps();
  faulty.disk().SetFreeBytes(100);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(faulty.Commit(10),
                StatusIs(absl::StatusCode::kResourceExhausted));
  }
  EXPECT_EQ(faulty.disk().steps(), steps);
  // Room again: the same batch goes through, without opening the store again.
  faulty.disk().SetFreeBytes(std::nullopt);
  EXPECT_OK(faulty.Commit(10));
  EXPECT_OK(CheckStore(faulty.store(), faulty.log()));
}

TEST(RocksDbFaults, StopsWhenTheHashIndexCannotBeWritten) {
  FaultyStore faulty;
  ASSERT_OK(faulty.Open());
  faulty.disk().FailIf([](int, Step, const std::string& path) {
    return absl::StrContains(path, "/ingest/")
               ? IOStatus::IOError("injected: ingest")
               : IOStatus::OK();
  });
  absl::Status status;
  for (int i = 0; i < 20 && status.ok(); ++i) status = faulty.Commit(32);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition,
                               HasSubstr("hash index")));
  // No entry was lost by it.
  EXPECT_OK(CheckStore(faulty.store(), faulty.log()));
  faulty.CrashAndCheck(KeepNone);
}

// RocksDB takes back a file whose manifest record it could not sync; when the
// record turns up all the same, the file must be there.
TEST(RocksDbFaults, KeepsFilesThatTheManifestMayName) {
  for (const auto keep : {KeepNone, KeepAll}) {
    FaultyStore faulty;
    ASSERT_OK(faulty.Open());
    faulty.disk().FailIf([](int, Step step, const std::string& path) {
      return step == Step::kSync && absl::StrContains(path, "/MANIFEST-")
                 ? IOStatus::IOError("injected: manifest")
                 : IOStatus::OK();
    });
    absl::Status status;
    for (int i = 0; i < 20 && status.ok(); ++i) status = faulty.Commit(32);
    EXPECT_FALSE(status.ok());
    faulty.CrashAndCheck(keep);
  }
}

// --- write-ahead log and tables, byte by byte ---------------------------------

// The files of a store that was left as a killed process leaves it.
class Image {
 public:
  explicit Image(const std::vector<size_t>& batches) {
    RocksDbOptions options = SmallOptions();
    options.write_buffer_bytes = size_t{8} << 20;  // all stays in the log
    options.index_run_entries = 4096;
    auto store = RocksDbLogStore::Open(original_.Store(), options);
    EXPECT_OK(store);
    for (const size_t n : batches) {
      before_ = log_;
      EXPECT_OK((*store)->Commit(log_.Make(n)));
      log_.Adopt();
    }
    std::filesystem::copy(original_.Store(), original_.path() + "/image",
                          std::filesystem::copy_options::recursive);
    std::filesystem::remove(original_.path() + "/image/LOCK");
  }

  // A fresh copy of it, and its write-ahead log.
  std::string Copy() {
    const std::string copy = original_.path() + "/copy";
    std::filesystem::remove_all(copy);
    std::filesystem::copy(original_.path() + "/image", copy,
                          std::filesystem::copy_options::recursive);
    return copy;
  }
  static std::string WalOf(const std::string& folder) {
    std::string wal;
    uintmax_t largest = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (!IsWal(entry.path()) || entry.file_size() < largest) continue;
      largest = entry.file_size();
      wal = entry.path();
    }
    return wal;
  }

  // All batches, and all but the last.
  const TestLog& log() const { return log_; }
  const TestLog& before() const { return before_; }

 private:
  const TempFolder original_;
  TestLog log_, before_;
};

void FlipByte(const std::string& path, uint64_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const char byte = static_cast<char>(file.get() ^ 0x10);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
}

TEST(RocksDbFaults, TakesATornLastRecordForUnwritten) {
  Image image({5, 20, 3, 200});
  const uint64_t size = std::filesystem::file_size(Image::WalOf(image.Copy()));
  // The last batch takes more than a third of the log.
  for (uint64_t cut = size - 1; cut > size - size / 3; cut -= 1 + cut % 997) {
    const std::string copy = image.Copy();
    std::filesystem::resize_file(Image::WalOf(copy), cut);
    ASSERT_OK_AND_ASSIGN(const auto store,
                         RocksDbLogStore::Open(copy, SmallOptions()));
    ASSERT_OK(CheckStore(*store, image.before())) << "cut at " << cut;
  }
}

TEST(RocksDbFaults, RefusesADamagedRecord) {
  Image image({5, 20, 3, 200, 4});
  const uint64_t size = std::filesystem::file_size(Image::WalOf(image.Copy()));
  for (uint64_t at = 0; at < size; at += 1 + size / 60) {
    const std::string copy = image.Copy();
    FlipByte(Image::WalOf(copy), at);
    const auto store = RocksDbLogStore::Open(copy, SmallOptions());
    EXPECT_THAT(store, StatusIs(absl::StatusCode::kDataLoss))
        << "byte " << at << " of " << size;
  }
}

TEST(RocksDbFaults, RefusesAMissingWriteAheadLog) {
  Image image({5, 20});
  const std::string copy = image.Copy();
  const std::string wal = Image::WalOf(copy);
  {
    // Opening puts everything in tables and begins a log.
    ASSERT_OK_AND_ASSIGN(const auto store,
                         RocksDbLogStore::Open(copy, SmallOptions()));
    TestLog log = image.log();
    ASSERT_OK(store->Commit(log.Make(3)));
  }
  EXPECT_FALSE(std::filesystem::exists(wal));
  // Entries, hashes and state are in different tables: without one of them the
  // rest does not fit together.
  int found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(copy)) {
    if (!absl::EndsWith(entry.path().string(), ".sst")) continue;
    const std::string hidden = entry.path().string() + ".hidden";
    std::filesystem::rename(entry.path(), hidden);
    EXPECT_FALSE(RocksDbLogStore::Open(copy, SmallOptions()).ok());
    std::filesystem::rename(hidden, entry.path());
    ++found;
  }
  EXPECT_GT(found, 0);
  EXPECT_OK(RocksDbLogStore::Open(copy, SmallOptions()));
}

TEST(RocksDbFaults, NeverServesADamagedTable) {
  const TempFolder folder;
  TestLog log;
  {
    ASSERT_OK_AND_ASSIGN(const auto store,
                         RocksDbLogStore::Open(folder.Store(), SmallOptions()));
    for (const size_t n : kBatches) {
      ASSERT_OK(store->Commit(log.Make(n)));
      log.Adopt();
    }
    ASSERT_OK(store->WaitUntilIdle());
  }
  RocksDbOptions options = SmallOptions();
  options.read_only = true;
  int damaged = 0, noticed = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder.Store())) {
    if (!absl::EndsWith(entry.path().string(), ".sst")) continue;
    for (const int part : {1, 2, 3, 4}) {
      const uint64_t at = entry.file_size() * part / 8;
      FlipByte(entry.path(), at);
      const auto store = RocksDbLogStore::Open(folder.Store(), options);
      const absl::Status status =
          store.ok() ? CheckStore(**store, log) : store.status();
      // What differs would be reported as that.
      EXPECT_THAT(status.message(), testing::Not(HasSubstr("differs")));
      ++damaged;
      noticed += absl::IsDataLoss(status) ? 1 : 0;
      FlipByte(entry.path(), at);
    }
  }
  EXPECT_GT(damaged, 10);
  // The rest hit bytes that nothing asked for.
  EXPECT_GT(noticed, damaged / 2);
  ASSERT_OK_AND_ASSIGN(const auto store,
                       RocksDbLogStore::Open(folder.Store(), options));
  EXPECT_OK(CheckStore(*store, log));
}

}  // namespace
}  // namespace sightline::storage
