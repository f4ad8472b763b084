// The views of a made-up year against its truth, against the model, and across
// restarts.
#include "records/views.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/status_matchers.h"
#include "records/entry_list_store.h"
#include "records/model.h"
#include "records/truth_check.h"
#include "records/view_keys.h"
#include "records/year_maker.h"
#include "storage/memory_view_store.h"

namespace sightline::records {
namespace {

constexpr int64_t kNow = YearMaker::kEnd - 20 * YearMaker::kDay;

YearOptions Year(uint32_t seed = 1, uint64_t entries = 2000) {
  YearOptions options;
  options.seed = seed;
  options.entries = entries;
  return options;
}

std::unique_ptr<Views> OpenViews(const EntryListStore& log,
                                 storage::ViewStore* store) {
  auto views = Views::Open(&log, store);
  EXPECT_OK(views);
  return views.ok() ? *std::move(views) : nullptr;
}

TEST(Views, AnswerTheQuestionsAsTheYearTrulyWent) {
  for (const uint32_t seed : {1u, 2u}) {
    const YearMaker year(Year(seed));
    const EntryListStore log(year.entries());
    storage::MemoryViewStore store;
    ASSERT_OK(OpenViews(log, &store)->CatchUp(2000));
    CheckAgainstTruth(year, *store.Snapshot(), kNow);
  }
}

TEST(Views, AgreeWithWhatIsMadeWithoutThem) {
  const YearMaker year(Year(3));
  const EntryListStore log(year.entries());
  storage::MemoryViewStore store;
  ASSERT_OK(OpenViews(log, &store)->CatchUp(2000));
  Model model;
  for (uint64_t i = 0; i < 2000; ++i)
    ASSERT_OK(model.Add(i, year.entries()[i]));
  CheckAgainstModel(year, model, *store.Snapshot(), kNow);
}

TEST(Views, AreTheSameHoweverTheEntriesCame) {
  const YearMaker year(Year());
  const EntryListStore log(year.entries());
  storage::MemoryViewStore at_once;
  ASSERT_OK(OpenViews(log, &at_once)->CatchUp(2000));
  storage::MemoryViewStore bit_by_bit;
  for (uint64_t size = 0; size < 2000;) {
    size += 1 + size % 41;
    // Opened anew each time, as after a crash.
    ASSERT_OK(
        OpenViews(log, &bit_by_bit)->CatchUp(std::min<uint64_t>(size, 2000)));
  }
  CheckSameViews(*at_once.Snapshot(), *bit_by_bit.Snapshot());
  const auto views = OpenViews(log, &bit_by_bit);
  EXPECT_EQ(views->tree_size(), 2000u);
  ASSERT_OK(views->Rebuild());
  EXPECT_EQ(views->tree_size(), 0u);
  ASSERT_OK(views->CatchUp(2000));
  CheckSameViews(*at_once.Snapshot(), *bit_by_bit.Snapshot());
}

TEST(Views, AStepWorksInOneBatchAndNoMore) {
  const YearMaker year(Year());
  const EntryListStore log(year.entries());
  storage::MemoryViewStore store;
  const auto views = OpenViews(log, &store);
  ASSERT_OK(views->Step(2000));
  EXPECT_EQ(views->tree_size(), Views::kBatchEntries);
  ASSERT_OK_AND_ASSIGN(const ViewsAt at, views->Read());
  EXPECT_EQ(at.tree_size, Views::kBatchEntries);
}

TEST(Views, OfAnotherLogAreDropped) {
  const YearMaker ours(Year(1, 300));
  const YearMaker other(Year(2, 300));
  storage::MemoryViewStore store;
  const EntryListStore other_log(other.entries());
  ASSERT_OK(OpenViews(other_log, &store)->CatchUp(300));
  const EntryListStore log(ours.entries());
  EXPECT_EQ(OpenViews(log, &store)->tree_size(), 0u);
  storage::MemoryViewStore fresh;
  ASSERT_OK(OpenViews(log, &store)->CatchUp(300));
  ASSERT_OK(OpenViews(log, &fresh)->CatchUp(300));
  CheckSameViews(*store.Snapshot(), *fresh.Snapshot());
}

TEST(Views, AheadOfTheirLogAreDropped) {
  const YearMaker year(Year(1, 300));
  storage::MemoryViewStore store;
  EntryListStore log(year.entries());
  ASSERT_OK(OpenViews(log, &store)->CatchUp(300));
  log.Truncate(200);
  EXPECT_EQ(OpenViews(log, &store)->tree_size(), 0u);
}

TEST(Views, OfAnotherSchemaAreDropped) {
  const YearMaker year(Year(1, 300));
  const EntryListStore log(year.entries());
  storage::MemoryViewStore store;
  ASSERT_OK(OpenViews(log, &store)->CatchUp(300));
  const std::string key = Key(View::kCursor).bytes();
  std::string cursor = *store.Snapshot()->Get(key).value();
  cursor[3] = static_cast<char>(cursor[3] + 1);
  storage::ViewBatch batch;
  batch.Put(key, cursor);
  ASSERT_OK(store.Write(batch));
  EXPECT_EQ(OpenViews(log, &store)->tree_size(), 0u);
}

TEST(Views, SayWhichEntryDoesNotRead) {
  const YearMaker year(Year(1, 300));
  EntryListStore log(year.entries());
  log.Append("\xff not an entry");
  storage::MemoryViewStore store;
  const auto views = OpenViews(log, &store);
  ASSERT_OK(views->CatchUp(300));
  const absl::Status status = views->CatchUp(301);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(status.message().find("entry 300"), std::string::npos) << status;
  EXPECT_EQ(views->tree_size(), 300u);
}

// A kind of the future: a statement with a field that is not known here.
TEST(Views, TakeUnknownKindsAsEntriesOfAFeed) {
  const YearMaker year(Year(1, 300));
  EntryListStore log(year.entries());
  v1::Entry entry;
  v1::Statement statement;
  statement.mutable_header()->set_submitter("party:future");
  std::string payload = statement.SerializeAsString();
  payload += std::string("\xba\x3e\x02hi", 5);  // field 999
  entry.mutable_statement()->set_payload(payload);
  entry.set_feed_ordinal(1);
  log.Append(entry.SerializeAsString());
  storage::MemoryViewStore store;
  ASSERT_OK(OpenViews(log, &store)->CatchUp(301));
  const auto snapshot = store.Snapshot();
  EXPECT_TRUE(
      snapshot->Get(Key(View::kFeed).Text("party:future").Number(1).bytes())
          .value()
          .has_value());
}

}  // namespace
}  // namespace sightline::records
