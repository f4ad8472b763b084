#include "storage/rocksdb_log_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "base/status_matchers.h"
#include "storage/rocksdb_view_store.h"
#include "storage/temp_folder.h"

namespace sightline::storage {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

class RocksDbLogFilesTest : public ::testing::Test {
 protected:
  std::unique_ptr<RocksDbLogFiles> Open(bool read_only = false) {
    LogFilesOptions options;
    options.read_only = read_only;
    return std::move(RocksDbLogFiles::Open(folder_.Store(), options)).value();
  }

  TempFolder folder_;
};

TEST_F(RocksDbLogFilesTest, KeepsFilesByTheirPath) {
  EXPECT_FALSE(RocksDbLogFiles::IsRocksDbFolder(folder_.Store()));
  auto files = Open();
  EXPECT_TRUE(RocksDbLogFiles::IsRocksDbFolder(folder_.Store()));
  EXPECT_THAT(files->Read("checkpoint"), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_OK(files->Write("checkpoint", "one"));
  ASSERT_OK(files->Write("checkpoint", std::string("t\0o", 3)));
  ASSERT_OK(files->Write("empty", ""));
  ASSERT_OK(files->Sync());
  files.reset();
  files = Open();
  EXPECT_EQ(*files->Read("checkpoint"), std::string("t\0o", 3));
  EXPECT_EQ(*files->Read("empty"), "");
}

TEST_F(RocksDbLogFilesTest, RemovesAFileOrAFolderAndNothingBeside) {
  const auto files = Open();
  for (const char* path : {"tile/0/000.p/1", "tile/0/000.p/255", "tile/0/000",
                           "tile/0/000.p0", "tile/0/001.p/1"}) {
    ASSERT_OK(files->Write(path, path));
  }
  ASSERT_OK(files->Remove("tile/0/000.p"));
  ASSERT_OK(files->Remove("tile/0/001.p/1"));
  ASSERT_OK(files->Remove("nothing"));
  EXPECT_FALSE(files->Read("tile/0/000.p/1").ok());
  EXPECT_FALSE(files->Read("tile/0/000.p/255").ok());
  EXPECT_FALSE(files->Read("tile/0/001.p/1").ok());
  EXPECT_TRUE(files->Read("tile/0/000").ok());
  EXPECT_TRUE(files->Read("tile/0/000.p0").ok());
}

TEST_F(RocksDbLogFilesTest, MayBeReadWhileItIsWritten) {
  EXPECT_THAT(RocksDbLogFiles::Open(folder_.Store(), {.read_only = true}),
              StatusIs(absl::StatusCode::kNotFound));
  const auto files = Open();
  ASSERT_OK(files->Write("checkpoint", "one"));
  ASSERT_OK(files->Sync());
  EXPECT_EQ(*Open(/*read_only=*/true)->Read("checkpoint"), "one");
  EXPECT_THAT(
      RocksDbLogFiles::Open(folder_.Store()),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("in use")));
}

TEST_F(RocksDbLogFilesTest, RefusesWhatIsSomethingElse) {
  ASSERT_OK(RocksDbViewStore::Open(folder_.Store()).status());
  {
    auto views = std::move(RocksDbViewStore::Open(folder_.Store())).value();
    ViewBatch batch;
    batch.Put("key", "value");
    ASSERT_OK(views->Write(batch));
  }
  for (const bool read_only : {false, true}) {
    LogFilesOptions options;
    options.read_only = read_only;
    EXPECT_THAT(RocksDbLogFiles::Open(folder_.Store(), options),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("not one of a log's files")));
  }
  std::ofstream(folder_.path() + "/note") << "x";
  EXPECT_THAT(RocksDbLogFiles::Open(folder_.path()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("no RocksDB folder")));
}

}  // namespace
}  // namespace sightline::storage
