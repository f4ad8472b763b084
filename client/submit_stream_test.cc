#include "client/submit_stream.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "base/status_matchers.h"
#include "client/fake_log.h"
#include "client/log_client.h"
#include "client/rpc_status.h"

namespace sightline::client {
namespace {

using ::sightline::base::StatusIs;

// Keeps the answers in the order in which they came.
class Answers {
 public:
  SubmitStream::Callback Expect() {
    return [this, n = expected_++](absl::StatusOr<SubmitResult> answer) {
      base::MutexLock lock(&mutex_);
      order_.push_back(n);
      answers_.push_back(std::move(answer));
    };
  }

  std::vector<absl::StatusOr<SubmitResult>> Take() {
    base::MutexLock lock(&mutex_);
    for (size_t i = 0; i < order_.size(); ++i) {
      EXPECT_EQ(order_[i], static_cast<int>(i)) << "out of order";
    }
    return std::move(answers_);
  }

 private:
  int expected_ = 0;
  base::Mutex mutex_;
  std::vector<int> order_ ABSL_GUARDED_BY(mutex_);
  std::vector<absl::StatusOr<SubmitResult>> answers_ ABSL_GUARDED_BY(mutex_);
};

class SubmitStreamTest : public ::testing::Test {
 protected:
  SubmitStreamTest() { Connect(Options()); }

  void Connect(const Options& options) {
    auto client = LogClient::Create(log_.channel(), log_.log_keys(), options);
    EXPECT_OK(client.status());
    client_ = *std::move(client);
  }

  v1::SubmitRequest Request(uint64_t n) const {
    v1::SubmitRequest request;
    *request.mutable_statement() = log_.Request(n);
    return request;
  }

  FakeLog log_;
  std::unique_ptr<LogClient> client_;
};

TEST_F(SubmitStreamTest, AnswersEachInOrder) {
  Answers answers;
  auto stream = client_->OpenSubmitStream();
  for (uint64_t n = 0; n < 40; ++n) {
    ASSERT_OK(stream->Submit(Request(n), answers.Expect()));
  }
  ASSERT_OK(stream->Finish());
  const auto all = answers.Take();
  ASSERT_EQ(all.size(), 40u);
  for (size_t i = 0; i < all.size(); ++i) {
    ASSERT_OK(all[i].status());
    EXPECT_EQ(all[i]->receipt.index, i + 1);
  }
  EXPECT_EQ(client_->newest()->size, 41u);
}

TEST_F(SubmitStreamTest, WaitsWhenTheWindowIsFull) {
  Options options;
  options.submit_window = 2;
  Connect(options);
  Answers answers;
  auto stream = client_->OpenSubmitStream();
  for (uint64_t n = 0; n < 20; ++n) {
    ASSERT_OK(stream->Submit(Request(n), answers.Expect()));
    // All but the window have been answered, hence logged.
    EXPECT_GE(log_.size() + 2, n + 2);
  }
  ASSERT_OK(stream->Finish());
  EXPECT_EQ(answers.Take().size(), 20u);
}

TEST_F(SubmitStreamTest, GoesOnAfterARefusal) {
  log_.FailNext(
      grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "not enrolled"));
  Answers answers;
  auto stream = client_->OpenSubmitStream();
  for (uint64_t n = 0; n < 3; ++n) {
    ASSERT_OK(stream->Submit(Request(n), answers.Expect()));
  }
  ASSERT_OK(stream->Finish());
  const auto all = answers.Take();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_THAT(all[0], StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_TRUE(IsFromCall(all[0].status()));
  EXPECT_OK(all[1].status());
  EXPECT_OK(all[2].status());
}

TEST_F(SubmitStreamTest, TellsEveryoneWhenTheStreamBreaks) {
  log_.FailNext(grpc::Status(grpc::StatusCode::UNAVAILABLE, "going down"), 50);
  Answers answers;
  auto stream = client_->OpenSubmitStream();
  int handed_over = 0;
  for (uint64_t n = 0; n < 50; ++n) {
    if (!stream->Submit(Request(n), answers.Expect()).ok()) break;
    ++handed_over;
  }
  EXPECT_THAT(stream->Finish(), StatusIs(absl::StatusCode::kUnavailable));
  const auto all = answers.Take();
  EXPECT_EQ(all.size(), static_cast<size_t>(handed_over));
  for (const auto& answer : all) {
    EXPECT_THAT(answer, StatusIs(absl::StatusCode::kUnavailable));
  }
  EXPECT_THAT(stream->Submit(Request(99), answers.Expect()),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(SubmitStreamTest, CatchesAReceiptForAnotherStatement) {
  Answers answers;
  auto stream = client_->OpenSubmitStream();
  log_.Fill(1, "somebody else's");
  v1::SubmitStreamResponse kept;
  // Every answer is the first one, which was true for the first statement.
  log_.Tamper<v1::SubmitStreamResponse>([&kept](v1::SubmitStreamResponse* a) {
    if (!kept.has_accepted()) kept = *a;
    *a = kept;
  });
  ASSERT_OK(stream->Submit(Request(0), answers.Expect()));
  ASSERT_OK(stream->Submit(Request(1), answers.Expect()));
  ASSERT_OK(stream->Finish());
  const auto all = answers.Take();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_OK(all[0].status());
  EXPECT_THAT(all[1], StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(SubmitStreamTest, CatchesAnAnswerThatSaysNothing) {
  log_.Tamper<v1::SubmitStreamResponse>([](auto* a) { a->Clear(); });
  Answers answers;
  auto stream = client_->OpenSubmitStream();
  ASSERT_OK(stream->Submit(Request(0), answers.Expect()));
  ASSERT_OK(stream->Finish());
  EXPECT_THAT(answers.Take().at(0), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(SubmitStreamTest, CatchesAnAlteredSignature) {
  log_.Tamper<v1::SubmitStreamResponse>([](auto* a) {
    // As long as the entry is in the tree, only the comparison can tell.
    a->mutable_accepted()->set_duplicate(false);
  });
  Answers answers;
  auto stream = client_->OpenSubmitStream();
  ASSERT_OK(stream->Submit(Request(0), answers.Expect()));
  v1::SubmitRequest again = Request(0);
  again.mutable_statement()
      ->mutable_signatures(0)
      ->mutable_signature()
      ->front() ^= 1;
  ASSERT_OK(stream->Submit(again, answers.Expect()));
  ASSERT_OK(stream->Finish());
  const auto all = answers.Take();
  EXPECT_OK(all.at(0).status());
  EXPECT_THAT(all.at(1), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(SubmitStreamTest, MayBeDroppedUnfinished) {
  Answers answers;
  auto stream = client_->OpenSubmitStream();
  ASSERT_OK(stream->Submit(Request(0), answers.Expect()));
  stream.reset();
  EXPECT_EQ(answers.Take().size(), 1u);
}

TEST_F(SubmitStreamTest, DoesNotHoldUpOtherStreams) {
  // More streams than gRPC has threads; no callback returns before each stream
  // has come to its own.
  constexpr int kStreams = 12;
  base::Mutex mutex;
  base::CondVar changed;
  int begun = 0;
  std::vector<std::unique_ptr<SubmitStream>> streams;
  for (int n = 0; n < kStreams; ++n) {
    streams.push_back(client_->OpenSubmitStream());
    ASSERT_OK(streams.back()->Submit(
        Request(n), [&](const absl::StatusOr<SubmitResult>& answer) {
          EXPECT_OK(answer.status());
          base::MutexLock lock(&mutex);
          ++begun;
          changed.NotifyAll();
          while (begun < kStreams) changed.Wait(&mutex);
        }));
  }
  for (const auto& stream : streams) EXPECT_OK(stream->Finish());
}

TEST_F(SubmitStreamTest, FinishesWithoutStatements) {
  EXPECT_OK(client_->OpenSubmitStream()->Finish());
}

}  // namespace
}  // namespace sightline::client
