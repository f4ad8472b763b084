#include "storage/rocksdb_log_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status_matchers.h"
#include "storage/log_store_contract.h"
#include "storage/temp_folder.h"
#include "storage/test_log.h"

namespace sightline::storage {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

// Buffers and runs so small that a few hundred entries go through files.
RocksDbOptions SmallOptions() {
  RocksDbOptions options;
  options.write_buffer_bytes = size_t{64} << 10;
  options.block_cache_bytes = size_t{1} << 20;
  options.index_run_entries = 32;
  options.reserve_bytes = 0;
  return options;
}

class RocksDbUnderTest final : public StoreUnderTest {
 public:
  explicit RocksDbUnderTest(const RocksDbOptions& options) : options_(options) {
    EXPECT_OK(Reopen());
  }

  LogStore* store() override { return store_.get(); }

  absl::Status Reopen() override {
    store_.reset();
    ASSIGN_OR_RETURN(store_, RocksDbLogStore::Open(folder_.Store(), options_));
    return absl::OkStatus();
  }

  absl::Status Settle() override { return store_->WaitUntilIdle(); }

 private:
  const RocksDbOptions options_;
  const TempFolder folder_;
  std::unique_ptr<RocksDbLogStore> store_;
};

Engine MakeEngine(const std::string& name, const RocksDbOptions& options) {
  return {name,
          [options] { return std::make_unique<RocksDbUnderTest>(options); }};
}

INSTANTIATE_TEST_SUITE_P(
    RocksDb, LogStoreContract,
    ::testing::Values(MakeEngine("Default", RocksDbOptions()),
                      MakeEngine("SmallBuffersAndRuns", SmallOptions())),
    EngineName);

std::unique_ptr<RocksDbLogStore> OpenOrFail(
    const std::string& path, const RocksDbOptions& options = SmallOptions()) {
  absl::StatusOr<std::unique_ptr<RocksDbLogStore>> store =
      RocksDbLogStore::Open(path, options);
  EXPECT_OK(store);
  return store.ok() ? *std::move(store) : nullptr;
}

void CommitBatches(LogStore& store, TestLog& log,
                   const std::vector<size_t>& sizes) {
  for (const size_t n : sizes) {
    ASSERT_OK(store.Commit(log.Make(n)));
    log.Adopt();
  }
}

void WriteFile(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

// Every file of a folder with its content.
std::map<std::string, std::string> FilesOf(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    files[entry.path()] = std::string(std::istreambuf_iterator<char>(in), {});
  }
  return files;
}

TEST(RocksDbLogStore, MakesNoFolderUnlessAllowed) {
  const TempFolder folder;
  RocksDbOptions options = SmallOptions();
  options.create_if_missing = false;
  EXPECT_THAT(RocksDbLogStore::Open(folder.Store(), options),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(folder.Store())));
  options = SmallOptions();
  options.read_only = true;
  EXPECT_THAT(RocksDbLogStore::Open(folder.Store(), options),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_FALSE(std::filesystem::exists(folder.Store()));
  // An empty folder is none either.
  EXPECT_THAT(RocksDbLogStore::Open(folder.path(), options),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(RocksDbLogStore, RefusesAFolderOfOtherFiles) {
  const TempFolder folder;
  WriteFile(folder.path() + "/thesis.txt", "years of work");
  EXPECT_THAT(
      RocksDbLogStore::Open(folder.path(), SmallOptions()),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("thesis.txt")));
}

TEST(RocksDbLogStore, RefusesAnotherFormatVersion) {
  const TempFolder folder;
  OpenOrFail(folder.Store());
  WriteFile(folder.Store() + "/FORMAT", "sightline store 2\n");
  EXPECT_THAT(RocksDbLogStore::Open(folder.Store(), SmallOptions()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("sightline store 2")));
}

TEST(RocksDbLogStore, MakesNoNewStoreOverALostOne) {
  const TempFolder folder;
  OpenOrFail(folder.Store());
  std::filesystem::remove(folder.Store() + "/CURRENT");
  EXPECT_THAT(RocksDbLogStore::Open(folder.Store(), SmallOptions()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("CURRENT")));
}

TEST(RocksDbLogStore, RefusesUselessOptions) {
  const TempFolder folder;
  RocksDbOptions options;
  options.write_buffer_bytes = 1;
  EXPECT_THAT(RocksDbLogStore::Open(folder.Store(), options),
              StatusIs(absl::StatusCode::kInvalidArgument));
  options = RocksDbOptions();
  options.index_run_entries = 0;
  EXPECT_THAT(RocksDbLogStore::Open(folder.Store(), options),
              StatusIs(absl::StatusCode::kInvalidArgument));
  options = RocksDbOptions();
  options.max_open_files = 1;
  EXPECT_THAT(RocksDbLogStore::Open(folder.Store(), options),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(RocksDbLogStore, RefusesAFolderInUseByThisProcess) {
  const TempFolder folder;
  const auto store = OpenOrFail(folder.Store());
  EXPECT_THAT(RocksDbLogStore::Open(folder.Store(), SmallOptions()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(folder.Store() + " is in use")));
}

TEST(RocksDbLogStore, RefusesAFolderInUseByAnotherProcess) {
  const TempFolder folder;
  int ready[2], done[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(done), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {  // holds the store open until told to leave
    const auto store = RocksDbLogStore::Open(folder.Store(), SmallOptions());
    const char answer = store.ok() ? 'y' : 'n';
    char byte = 0;
    if (write(ready[1], &answer, 1) != 1 || read(done[0], &byte, 1) != 1) {
      _exit(1);
    }
    _exit(0);
  }
  char answer = 0;
  ASSERT_EQ(read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_THAT(RocksDbLogStore::Open(folder.Store(), SmallOptions()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(folder.Store() + " is in use")));
  ASSERT_EQ(write(done[1], "x", 1), 1);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  OpenOrFail(folder.Store());
}

TEST(RocksDbLogStore, ReadsAFolderAtRestWithoutTouchingIt) {
  const TempFolder folder;
  TestLog log;
  CommitBatches(*OpenOrFail(folder.Store()), log, {300, 1, 40});
  const std::map<std::string, std::string> before = FilesOf(folder.Store());
  RocksDbOptions options = SmallOptions();
  options.read_only = true;
  {
    const auto store = OpenOrFail(folder.Store(), options);
    ASSERT_NE(store, nullptr);
    EXPECT_OK(CheckStore(*store, log));
    EXPECT_THAT(store->Commit(log.Make(1)),
                StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  EXPECT_EQ(FilesOf(folder.Store()), before);
}

TEST(RocksDbLogStore, ReadsAFolderInUse) {
  const TempFolder folder;
  TestLog log;
  const auto writer = OpenOrFail(folder.Store());
  RocksDbOptions options = SmallOptions();
  options.read_only = true;
  for (int i = 0; i < 3; ++i) {
    CommitBatches(*writer, log, {100, 1});
    const TestLog then = log;
    const auto reader = OpenOrFail(folder.Store(), options);
    ASSERT_NE(reader, nullptr);
    // What the writer does now must not disturb the view of before.
    CommitBatches(*writer, log, {200, 200});
    ASSERT_OK(writer->WaitUntilIdle());
    EXPECT_OK(CheckStore(*reader, then));
  }
}

TEST(RocksDbLogStore, RefusesACommitThatWouldFillTheDisk) {
  const TempFolder folder;
  RocksDbOptions options = SmallOptions();
  TestLog log;
  CommitBatches(*OpenOrFail(folder.Store(), options), log, {10});
  options.reserve_bytes = uint64_t{1} << 60;
  {
    const auto store = OpenOrFail(folder.Store(), options);
    EXPECT_THAT(store->Commit(log.Make(10)),
                StatusIs(absl::StatusCode::kResourceExhausted,
                         HasSubstr(folder.Store())));
    // Nothing was written, so that the same may be tried again.
    EXPECT_THAT(store->Commit(log.Make(10)),
                StatusIs(absl::StatusCode::kResourceExhausted));
    EXPECT_OK(CheckStore(*store, log));
  }
  options.reserve_bytes = 0;
  const auto store = OpenOrFail(folder.Store(), options);
  EXPECT_OK(CheckStore(*store, log));
  CommitBatches(*store, log, {10});
  EXPECT_OK(CheckStore(*store, log));
}

// The names of files that hold `bytes`.
std::vector<std::string> FilesWith(const std::string& folder,
                                   const std::string& bytes) {
  std::vector<std::string> names;
  for (const auto& [name, content] : FilesOf(folder)) {
    if (content.find(bytes) != std::string::npos) names.push_back(name);
  }
  return names;
}

// Commits a batch of five, the third entry of which has this payload.
void CommitSealed(LogStore& store, TestLog& log, const std::string& payload) {
  Batch batch = log.Make(5);
  const std::vector<SealedPayload> sealed = {
      {batch.expected_tree_size + 2, payload}};
  batch.sealed = sealed;
  ASSERT_OK(store.Commit(batch));
  log.Adopt();
}

void CommitErasing(LogStore& store, TestLog& log, uint64_t index) {
  Batch batch = log.Make(1);
  const std::vector<uint64_t> erased = {index};
  batch.erased = erased;
  ASSERT_OK(store.Commit(batch));
  log.Adopt();
}

class PurgeTest : public ::testing::Test {
 protected:
  const std::string erased_ =
      "marker-of-what-was-erased-" + std::string(64, 'e');
  const std::string kept_ = "marker-of-what-was-kept-" + std::string(64, 'k');
  const TempFolder folder_;
  TestLog log_;
};

TEST_F(PurgeTest, LeavesNothingInTheWriteAheadLog) {
  const auto store = OpenOrFail(folder_.Store());
  CommitSealed(*store, log_, erased_);  // entry 2
  CommitSealed(*store, log_, kept_);    // entry 7
  CommitErasing(*store, log_, 2);
  EXPECT_FALSE(FilesWith(folder_.Store(), erased_).empty());
  ASSERT_OK(store->PurgeErased());
  EXPECT_TRUE(FilesWith(folder_.Store(), erased_).empty());
  EXPECT_FALSE(FilesWith(folder_.Store(), kept_).empty());
}

TEST_F(PurgeTest, LeavesNothingInTablesOfAnyLevel) {
  const auto store = OpenOrFail(folder_.Store());
  CommitSealed(*store, log_, erased_);
  CommitSealed(*store, log_, kept_);
  // A purge of its own brings both to the lowest level.
  CommitSealed(*store, log_, "another");
  CommitErasing(*store, log_, 12);
  ASSERT_OK(store->PurgeErased());
  EXPECT_FALSE(FilesWith(folder_.Store(), erased_).empty());
  CommitErasing(*store, log_, 2);
  ASSERT_OK(store->PurgeErased());
  EXPECT_TRUE(FilesWith(folder_.Store(), erased_).empty());
  EXPECT_FALSE(FilesWith(folder_.Store(), kept_).empty());
}

TEST_F(PurgeTest, IsStillDueAfterARestart) {
  {
    const auto store = OpenOrFail(folder_.Store());
    CommitSealed(*store, log_, erased_);
    CommitErasing(*store, log_, 2);
  }
  const auto store = OpenOrFail(folder_.Store());
  ASSERT_OK(store->PurgeErased());
  EXPECT_TRUE(FilesWith(folder_.Store(), erased_).empty());
}

TEST_F(PurgeTest, TakesWhatWasReplacedToo) {
  const auto store = OpenOrFail(folder_.Store());
  CommitSealed(*store, log_, erased_);
  ASSERT_OK(store->ReplaceSealedPayloads(
      [this](uint64_t, absl::string_view) -> absl::StatusOr<std::string> {
        return kept_;
      }));
  ASSERT_OK(store->PurgeErased());
  EXPECT_TRUE(FilesWith(folder_.Store(), erased_).empty());
  EXPECT_FALSE(FilesWith(folder_.Store(), kept_).empty());
}

TEST(RocksDbLogStore, KeepsItsFormat) {
  const TempFolder folder;
  OpenOrFail(folder.Store());
  EXPECT_EQ(FilesOf(folder.Store())[folder.Store() + "/FORMAT"],
            "sightline store 1\n");
}

}  // namespace
}  // namespace sightline::storage
