#include "storage/wal_tail.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "base/status_matchers.h"
#include "storage/rocksdb_log_store.h"
#include "storage/temp_folder.h"
#include "storage/test_log.h"

namespace sightline::storage {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

// A store whose batches are in the write-ahead log alone.
class WalTail : public ::testing::Test {
 protected:
  void SetUp() override {
    RocksDbOptions options;
    options.reserve_bytes = 0;
    auto store = RocksDbLogStore::Open(folder_.Store(), options);
    ASSERT_OK(store);
    for (const size_t n : {1, 300, 2, 1}) {
      ASSERT_OK((*store)->Commit(log_.Make(n)));
      log_.Adopt();
    }
    store->reset();
    for (const auto& file :
         std::filesystem::directory_iterator(folder_.Store())) {
      const bool is_wal = absl::EndsWith(file.path().string(), ".log");
      if (is_wal && file.file_size() > 0) path_ = file.path();
    }
    std::ifstream in(path_, std::ios::binary);
    wal_.assign(std::istreambuf_iterator<char>(in), {});
    ASSERT_GT(wal_.size(), kWalBlockBytes);
    tail_ = wal_.substr(wal_.size() / kWalBlockBytes * kWalBlockBytes);
  }

  // Where the last record begins in the last block.
  size_t LastRecord() const {
    size_t last = 0;
    for (size_t at = 0; at + 7 <= tail_.size();) {
      last = at;
      at += 7 + static_cast<uint8_t>(tail_[at + 4]) +
            size_t{256} * static_cast<uint8_t>(tail_[at + 5]);
    }
    return last;
  }

  const TempFolder folder_;
  TestLog log_;
  std::string path_;
  std::string wal_;
  std::string tail_;
};

TEST_F(WalTail, IsWholeOrCutShortAnywhere) {
  for (size_t size = 0; size <= tail_.size(); ++size) {
    ASSERT_OK(CheckWalTail(absl::string_view(tail_).substr(0, size))) << size;
  }
}

TEST_F(WalTail, NamesALengthThatReachesBeyondTheEnd) {
  const size_t last = LastRecord();
  ASSERT_GT(last, 0u);
  int beyond = 0;
  for (int bit = 0; bit < 16; ++bit) {
    std::string damaged = tail_;
    damaged[last + 4 + static_cast<size_t>(bit / 8)] ^=
        static_cast<char>(1 << bit % 8);
    const size_t said = static_cast<uint8_t>(damaged[last + 4]) +
                        size_t{256} * static_cast<uint8_t>(damaged[last + 5]);
    // A shorter one is found by RocksDB: the checksum is wrong.
    if (last + 7 + said <= damaged.size()) continue;
    ++beyond;
    EXPECT_THAT(CheckWalTail(damaged),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("length")))
        << bit;
  }
  EXPECT_GT(beyond, 4);
}

TEST_F(WalTail, RefusesToOpenWithADamagedLength) {
  const size_t at = wal_.size() - tail_.size() + LastRecord() + 5;
  wal_[at] ^= 0x40;
  std::ofstream(path_, std::ios::binary | std::ios::trunc) << wal_;
  for (const bool read_only : {true, false}) {
    RocksDbOptions options;
    options.reserve_bytes = 0;
    options.create_if_missing = false;
    options.read_only = read_only;
    EXPECT_THAT(RocksDbLogStore::Open(folder_.Store(), options).status(),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(".log")));
  }
  wal_[at] ^= 0x40;
  std::ofstream(path_, std::ios::binary | std::ios::trunc) << wal_;
  auto store = RocksDbLogStore::Open(folder_.Store(), RocksDbOptions());
  ASSERT_OK(store);
  EXPECT_OK(CheckStore(**store, log_));
}

}  // namespace
}  // namespace sightline::storage
