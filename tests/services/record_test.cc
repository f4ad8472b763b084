// RecordService, asked by the verifying client: what is answered holds, and what
// does not hold is never an answer.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status_matchers.h"
#include "client/answer_check.h"
#include "client/log_client.h"
#include "client/record_client.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/record_service.pb.h"
#include "statement/timestamps.h"
#include "storage/view_store.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {
namespace {

using base::StatusIs;
using client::ProvenAnswer;

constexpr int64_t kDayMs = 86'400'000;

class RecordTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(log_, TestLog::Start({}));
    ASSERT_OK_AND_ASSIGN(const auto keys,
                         client::LogKeysFromVkeys({log_->parties().vkey()}));
    keys_ = std::make_unique<checkpoint::LogKeySet>(keys);
    ASSERT_OK_AND_ASSIGN(client_,
                         client::LogClient::Create(log_->Channel(), keys));
    records_ = std::make_unique<client::RecordClient>(client_.get());
  }

  const TestParties& parties() { return log_->parties(); }

  // The entry's index.
  uint64_t Submit(const Party& by, const Submission& submission) {
    const auto answer = log_->Submit(by, submission);
    EXPECT_OK(answer);
    return answer.ok() ? answer->receipt().index() : 0;
  }
  uint64_t Request() {
    return Submit(parties().agency(), parties().Request(parties().agency()));
  }
  v1::EntryLink LinkTo(uint64_t index) {
    v1::EntryLink link;
    link.set_index(index);
    EXPECT_OK(log_->store().ReadEntries(
        index, index + 1, [&](uint64_t, absl::string_view entry) {
          link.set_leaf_hash(
              std::string(crypto::AsBytes(merkle::LeafHash(entry))));
          return true;
        }));
    return link;
  }
  // An answer of the platform, without sealed fields.
  uint64_t Answer(uint64_t request) {
    google::protobuf::RepeatedPtrField<v1::SealOpening> openings;
    v1::Statement statement = parties().Example(
        v1::STATEMENT_KIND_FOOTAGE_RESPONSE, parties().platform(), &openings);
    statement.mutable_header()->clear_sealed();
    *statement.mutable_footage_response()->mutable_request() = LinkTo(request);
    return Submit(parties().platform(),
                  parties().Sign(statement, parties().platform()));
  }
  uint64_t Withdraw(uint64_t request) {
    google::protobuf::RepeatedPtrField<v1::SealOpening> openings;
    v1::Statement statement = parties().Example(v1::STATEMENT_KIND_AMENDMENT,
                                                parties().agency(), &openings);
    statement.mutable_header()->clear_sealed();
    *statement.mutable_amendment()->mutable_target() = LinkTo(request);
    statement.mutable_amendment()->mutable_withdrawal()->set_reason_code(
        "DUPLICATE");
    return Submit(parties().agency(),
                  parties().Sign(statement, parties().agency()));
  }

  absl::StatusOr<ProvenAnswer> Ask(const v1::AnswerFile& question,
                                   uint64_t max_rows = 0) {
    return records_->Ask(question, {.max_rows = max_rows});
  }
  // Without the log: by the file and the log's key alone.
  absl::StatusOr<client::AnswerVerdict> CheckFile(const v1::AnswerFile& file) {
    return client::CheckAnswer(file, client::OpenWith(keys_.get()));
  }

  std::unique_ptr<TestLog> log_;
  std::unique_ptr<checkpoint::LogKeySet> keys_;
  std::unique_ptr<client::LogClient> client_;
  std::unique_ptr<client::RecordClient> records_;
};

v1::AnswerFile Searching() {
  v1::AnswerFile question;
  question.mutable_search();
  return question;
}

TEST_F(RecordTest, WhoSubmitsThenAsksFindsIt) {
  const uint64_t request = Request();
  ASSERT_OK_AND_ASSIGN(ProvenAnswer answer, Ask(Searching()));
  ASSERT_EQ(answer.verdict.rows, 1u);
  EXPECT_EQ(answer.file.pages(0).search().rows(0).state(),
            v1::REQUEST_STATE_OPEN);
  const uint64_t response = Answer(request);
  ASSERT_OK_AND_ASSIGN(answer, Ask(Searching()));
  const v1::RequestRow& row = answer.file.pages(0).search().rows(0);
  EXPECT_EQ(row.answered_index(), response);
  EXPECT_EQ(row.agency().submitter(), parties().agency().id);
  EXPECT_EQ(answer.verdict.tree_size, response + 1);
  EXPECT_FALSE(answer.verdict.is_complete);
}

TEST_F(RecordTest, OneRequestComesWithItsTimeline) {
  const uint64_t request = Request();
  Answer(request);
  Withdraw(request);
  v1::AnswerFile question;
  question.mutable_request()->set_index(request);
  ASSERT_OK_AND_ASSIGN(const ProvenAnswer answer, Ask(question));
  const v1::RequestRow& row = answer.file.pages(0).request().row();
  EXPECT_EQ(row.events_size(), 2);
  EXPECT_EQ(row.state(), v1::REQUEST_STATE_WITHDRAWN);
  question.mutable_request()->set_index(0);
  EXPECT_THAT(Ask(question), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(RecordTest, EveryQuestionIsAnsweredAndHoldsWithoutTheLog) {
  std::vector<uint64_t> requests;
  for (int i = 0; i < 7; ++i) requests.push_back(Request());
  Answer(requests[0]);
  Withdraw(requests[1]);
  std::vector<v1::AnswerFile> questions(8);
  questions[0].mutable_request()->set_index(requests[0]);
  questions[1].mutable_search()->set_page_size(2);
  questions[2].mutable_feed()->set_submitter(parties().agency().id);
  questions[2].mutable_feed()->set_page_size(3);
  questions[3].mutable_seals()->set_page_size(4);
  questions[4].mutable_changes();
  questions[5].mutable_reconcile()->set_from_month(202601);
  questions[5].mutable_reconcile()->set_until_month(202612);
  questions[6].mutable_statistics()->set_group_by(
      v1::STATISTICS_GROUPING_AGENCY);
  questions[7].mutable_feed()->set_submitter(parties().platform().id);
  const std::vector<uint64_t> rows = {1, 7, 8, 7, 1, 0, 1, 1};
  for (size_t i = 0; i < questions.size(); ++i) {
    const auto answer = Ask(questions[i]);
    ASSERT_OK(answer) << i;
    if (i != 3 && i != 5) {
      EXPECT_EQ(answer->verdict.rows, rows[i]) << i;
    } else {
      EXPECT_GT(answer->verdict.rows, 0u) << i;
    }
    v1::AnswerFile file;
    ASSERT_TRUE(file.ParseFromString(answer->file.SerializeAsString()));
    const auto checked = CheckFile(file);
    ASSERT_OK(checked) << i;
    EXPECT_EQ(checked->is_complete, i == 2 || i >= 5) << i;
  }
}

TEST_F(RecordTest, AFeedIsCompleteOnlyWhenBothEndsAreHeld) {
  Request();
  const int64_t first = log_->clock().NowUnixMs();
  log_->clock().Advance(10 * kDayMs);
  Request();
  log_->clock().Advance(10 * kDayMs);
  Request();
  v1::AnswerFile question;
  v1::ListFeedRequest& feed = *question.mutable_feed();
  feed.set_submitter(parties().agency().id);
  *feed.mutable_admitted_from() = statement::FromUnixMs(first + kDayMs);
  *feed.mutable_admitted_before() = statement::FromUnixMs(first + 15 * kDayMs);
  ASSERT_OK_AND_ASSIGN(const ProvenAnswer answer, Ask(question));
  EXPECT_TRUE(answer.verdict.is_complete);
  EXPECT_EQ(answer.verdict.rows, 3u);  // one, and its neighbours
  v1::AnswerFile file = answer.file;
  file.mutable_pages(0)->mutable_feed()->mutable_rows()->RemoveLast();
  ASSERT_OK_AND_ASSIGN(const auto cut, CheckFile(file));
  EXPECT_FALSE(cut.is_complete);
  file = answer.file;
  file.mutable_pages(0)->mutable_feed()->mutable_rows()->DeleteSubrange(1, 1);
  EXPECT_THAT(CheckFile(file), StatusIs(absl::StatusCode::kDataLoss));
  file = answer.file;
  file.mutable_pages(0)->mutable_feed()->mutable_rows()->DeleteSubrange(0, 1);
  EXPECT_THAT(CheckFile(file), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(RecordTest, TheEndOfAFeedIsProvenByWhatFollows) {
  Answer(Request());
  Request();
  v1::AnswerFile question;
  question.mutable_feed()->set_submitter(parties().platform().id);
  ASSERT_OK_AND_ASSIGN(const ProvenAnswer answer, Ask(question));
  EXPECT_TRUE(answer.verdict.is_complete);
  EXPECT_EQ(answer.file.entries_size(), 1);
  v1::AnswerFile file = answer.file;
  file.clear_entries();
  EXPECT_THAT(CheckFile(file), StatusIs(absl::StatusCode::kDataLoss));
  // The agency's feed does not end where the platform's does.
  file = answer.file;
  file.mutable_feed()->set_submitter(parties().agency().id);
  EXPECT_THAT(CheckFile(file), StatusIs(absl::StatusCode::kDataLoss));
}

// Each of these turns a right answer into a wrong one.
TEST_F(RecordTest, NoLieOfAnAnswerHolds) {
  const uint64_t request = Request();
  Answer(request);
  Request();
  ASSERT_OK_AND_ASSIGN(const ProvenAnswer answer, Ask(Searching()));
  using Lie = std::function<void(v1::SearchRequestsResponse*)>;
  const std::vector<Lie> lies = {
      [](auto* page) { page->mutable_rows(0)->set_carried_out(false); },
      [](auto* page) { page->mutable_rows(0)->clear_events(); },
      [](auto* page) { page->mutable_rows()->SwapElements(0, 1); },
      [](auto* page) { *page->add_rows() = page->rows(1); },
      [](auto* page) {
        page->mutable_basis()->mutable_entries()->RemoveLast();
      },
      [](auto* page) {
        std::string* const entry =
            page->mutable_basis()->mutable_entries(1)->mutable_entry();
        entry->back() = static_cast<char>(entry->back() ^ 1);
      },
      [](auto* page) {
        page->mutable_basis()->mutable_entries(0)->set_index(9);
      },
      [](auto* page) { page->mutable_basis()->set_tree_size(1000); },
      [](auto* page) { page->mutable_basis()->set_checkpoint("note"); },
      [](auto* page) {
        page->mutable_rows(0)->mutable_facts()->mutable_request()->set_unit(
            "x");
      },
  };
  for (size_t i = 0; i < lies.size(); ++i) {
    v1::AnswerFile file = answer.file;
    lies[i](file.mutable_pages(0)->mutable_search());
    EXPECT_THAT(CheckFile(file), StatusIs(absl::StatusCode::kDataLoss)) << i;
  }
  v1::AnswerFile other = answer.file;
  other.mutable_search()->mutable_filter()->set_state("NY");
  EXPECT_THAT(CheckFile(other), StatusIs(absl::StatusCode::kDataLoss));
  other = answer.file;
  other.mutable_pages(0)->mutable_search()->set_next_page_token("more");
  EXPECT_THAT(CheckFile(other), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(RecordTest, CountsAreMadeAgainFromEveryEntry) {
  Answer(Request());
  v1::AnswerFile question;
  question.mutable_statistics()->set_group_by(v1::STATISTICS_GROUPING_AGENCY);
  ASSERT_OK_AND_ASSIGN(const ProvenAnswer answer, Ask(question));
  v1::AnswerFile file = answer.file;
  file.mutable_pages(0)
      ->mutable_statistics()
      ->mutable_rows(0)
      ->mutable_statistics()
      ->set_requests(2);
  EXPECT_THAT(CheckFile(file), StatusIs(absl::StatusCode::kDataLoss));
  file = answer.file;
  file.mutable_entries()->RemoveLast();
  EXPECT_THAT(CheckFile(file), StatusIs(absl::StatusCode::kDataLoss));
  file = answer.file;
  file.mutable_entries(4)->push_back('x');
  EXPECT_THAT(CheckFile(file), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(RecordTest, ViewsOutliveARestartAndAreDerivedAnew) {
  const uint64_t request = Request();
  ASSERT_OK(Ask(Searching()));
  const auto before = log_->views().Snapshot()->Get("k").value();
  ASSERT_TRUE(before.has_value());
  client::RecordClient* const stranger = records_.get();
  EXPECT_THAT(stranger->Reindex(),
              StatusIs(absl::StatusCode::kUnauthenticated));
  ASSERT_OK_AND_ASSIGN(
      const auto registrar,
      client::LogClient::Create(log_->Channel(&parties().registrar()), *keys_));
  EXPECT_THAT(client::RecordClient(registrar.get()).Reindex(),
              base::IsOkAndHolds(request + 1));
  ASSERT_OK_AND_ASSIGN(const ProvenAnswer answer, Ask(Searching()));
  EXPECT_EQ(answer.verdict.rows, 1u);
  EXPECT_EQ(log_->views().Snapshot()->Get("k").value(), before);
}

TEST_F(RecordTest, FaultsAreNamedToTheCaller) {
  v1::AnswerFile question = Searching();
  question.mutable_search()->mutable_filter()->set_state("nowhere");
  question.mutable_search()->mutable_filter()->set_custodian("nobody");
  const auto answer = Ask(question);
  EXPECT_THAT(answer, StatusIs(absl::StatusCode::kInvalidArgument,
                               ::testing::HasSubstr("filter.state")));
  EXPECT_THAT(answer.status().message(),
              ::testing::HasSubstr("filter.custodian"));
}

}  // namespace
}  // namespace sightline::tests
