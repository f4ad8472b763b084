// A year of 100,000 entries in views on disk: every answer equals the truth and
// what is made without views; and views that were cut off in the middle.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "base/status_matchers.h"
#include "records/entry_list_store.h"
#include "records/model.h"
#include "records/truth_check.h"
#include "records/views.h"
#include "records/year_maker.h"
#include "storage/rocksdb_view_store.h"

namespace sightline::records {
namespace {

constexpr int64_t kNow = YearMaker::kEnd - 20 * YearMaker::kDay;

class Folder {
 public:
  Folder() : path_(::testing::TempDir() + "/records") {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const {
    return path_ + "/" + name;
  }

 private:
  const std::string path_;
};

std::unique_ptr<storage::RocksDbViewStore> OpenStore(const std::string& path) {
  auto store = storage::RocksDbViewStore::Open(path);
  EXPECT_OK(store);
  return store.ok() ? *std::move(store) : nullptr;
}

// 100,000, or what SIGHTLINE_YEAR_ENTRIES says.
uint64_t Entries() {
  const char* const wanted = std::getenv("SIGHTLINE_YEAR_ENTRIES");
  return wanted == nullptr ? 100'000 : std::strtoull(wanted, nullptr, 10);
}

TEST(Year, OfAHundredThousandEntries) {
  YearOptions options;
  options.entries = Entries();
  options.agencies = 400;
  const YearMaker year(options);
  const EntryListStore log(year.entries());
  const Folder folder;
  const auto store = OpenStore(folder / "views");
  ASSERT_OK_AND_ASSIGN(const auto views, Views::Open(&log, store.get()));
  ASSERT_OK(views->CatchUp(options.entries));
  CheckAgainstTruth(year, *store->Snapshot(), kNow);
  Model model;
  for (uint64_t i = 0; i < options.entries; ++i) {
    ASSERT_OK(model.Add(i, year.entries()[i]));
  }
  CheckAgainstModel(year, model, *store->Snapshot(), kNow);
}

// What a killed process leaves behind: files as they were at one moment, nothing
// closed and nothing synced.
TEST(Year, IsTheSameAfterACrash) {
  YearOptions options;
  options.entries = 6000;
  const YearMaker year(options);
  const EntryListStore log(year.entries());
  const Folder folder;
  const auto whole = OpenStore(folder / "whole");
  ASSERT_OK_AND_ASSIGN(const auto views, Views::Open(&log, whole.get()));
  for (int crash = 0; crash < 3; ++crash) {
    ASSERT_OK(views->CatchUp(views->tree_size() + 1700));
    const std::string left = folder / ("crash" + std::to_string(crash));
    std::filesystem::copy(folder / "whole", left);
    std::filesystem::remove(left + "/LOCK");
    const auto store = OpenStore(left);
    ASSERT_OK_AND_ASSIGN(const auto again, Views::Open(&log, store.get()));
    EXPECT_EQ(again->tree_size(), views->tree_size());
    ASSERT_OK(again->CatchUp(options.entries));
    storage::RocksDbViewStore* const kept = store.get();
    const auto fresh = OpenStore(left + "-fresh");
    ASSERT_OK_AND_ASSIGN(const auto anew, Views::Open(&log, fresh.get()));
    ASSERT_OK(anew->CatchUp(options.entries));
    CheckSameViews(*kept->Snapshot(), *fresh->Snapshot());
  }
}

}  // namespace
}  // namespace sightline::records
