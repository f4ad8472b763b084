// What a reader of the record gets while the log grows: the tree that was published
// when it asked, or the word that the views are behind. Never an older answer.
#include "services/record_views.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>

#include "base/status_matchers.h"
#include "records/views.h"
#include "storage/memory_view_store.h"
#include "telemetry/diagnostics.h"
#include "tests/support/test_log.h"

namespace sightline::tests {
namespace {

using ::sightline::base::StatusIs;

// What a reader works in itself; docs/records.md "Views" names the number.
constexpr uint64_t kBound = 1024;
static_assert(kBound == 2 * records::Views::kBatchEntries);

class RecordViewsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(log_, TestLog::Start({}));
    ASSERT_OK_AND_ASSIGN(
        views_, services::RecordViews::Open(&log_->log(), &store_,
                                            telemetry::NoDiagnostics()));
  }
  void TearDown() override { views_.reset(); }

  uint64_t published() { return log_->log().publisher().current()->tree_size; }
  // A reader sees all that is published now, and a tree that proves it.
  void ExpectAll() {
    ASSERT_OK_AND_ASSIGN(const auto reading, views_->Read());
    EXPECT_EQ(reading.views.tree_size, published());
    EXPECT_EQ(reading.tree->tree_size, published());
  }

  std::unique_ptr<TestLog> log_;
  storage::MemoryViewStore store_;
  std::unique_ptr<services::RecordViews> views_;
};

TEST_F(RecordViewsTest, WhoAsksAfterABatchFindsIt) {
  for (size_t entries = 1; entries <= 256; entries *= 2) {
    ASSERT_OK(log_->Append(entries));
    ExpectAll();
  }
}

// The thread that follows the log is stopped, as if it never had its turn.
TEST_F(RecordViewsTest, AReaderMakesUpForAFollowerThatIsBehindByTheBound) {
  ExpectAll();
  views_->Shutdown();
  ASSERT_OK(log_->Append(1));
  ExpectAll();
  ASSERT_OK(log_->Append(kBound));
  ExpectAll();
}

TEST_F(RecordViewsTest, BehindByMoreIsSaidAndNoOldAnswerGiven) {
  ExpectAll();
  views_->Shutdown();
  ASSERT_OK(log_->Append(kBound + 1));
  EXPECT_THAT(views_->Read(),
              StatusIs(absl::StatusCode::kUnavailable,
                       "the views are being derived: 3 of 1028 entries"));
  // Asking again does not help: somebody has to work the entries in.
  EXPECT_THAT(views_->Read(), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace sightline::tests
