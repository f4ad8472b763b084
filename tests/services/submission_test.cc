// Submit and SubmitStream, over mTLS.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "base/mutex.h"
#include "base/status_matchers.h"
#include "crypto/signer.h"
#include "proto/google/rpc/error_details.pb.h"
#include "proto/sightline/v1/submission_service.grpc.pb.h"
#include "sequencer/integrated_batch.h"
#include "services/log_instance.h"
#include "services/receipt_message.h"
#include "statement/violations.h"
#include "tests/services/calls.h"
#include "tests/services/held_log_store.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {
namespace {

using ::sightline::base::StatusIs;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;

using Stub = v1::SubmissionService::Stub;
using Answer = absl::StatusOr<v1::SubmitResponse>;

class SubmissionTest : public ::testing::Test {
 protected:
  void SetUp() override { Start({}); }

  void Start(TestLogOptions options) {
    log_.reset();
    ASSERT_OK_AND_ASSIGN(log_, TestLog::Start(std::move(options)));
    stub_ = StubOf(&log_->parties().agency());
  }

  std::unique_ptr<Stub> StubOf(const Party* party) {
    return std::make_unique<Stub>(log_->Channel(party));
  }
  Answer Submit(const v1::SubmitRequest& request) {
    return Call(stub_.get(), &Stub::Submit, request);
  }
  const TestParties& parties() const { return log_->parties(); }
  const Party& agency() const { return log_->parties().agency(); }

  std::unique_ptr<TestLog> log_;
  std::unique_ptr<Stub> stub_;
};

template <typename Detail>
absl::optional<Detail> DetailOf(const absl::Status& status,
                                absl::string_view name) {
  const absl::optional<absl::Cord> payload =
      status.GetPayload(absl::StrCat("type.googleapis.com/google.rpc.", name));
  Detail detail;
  if (!payload.has_value() || !detail.ParseFromString(std::string(*payload))) {
    return absl::nullopt;
  }
  return detail;
}

// --- Submit -------------------------------------------------------------------

TEST_F(SubmissionTest, AReceiptProvesTheStatementInASignedTree) {
  const Submission request = parties().Request(agency());
  const Answer answer = Submit(request.ToRequest());
  ASSERT_OK(answer);
  EXPECT_FALSE(answer->duplicate());
  EXPECT_EQ(answer->receipt().index(), 3u);
  EXPECT_OK(CheckReceipt(parties(), answer->receipt(), request.statement));
}

TEST_F(SubmissionTest, TheSameStatementGetsTheSameReceipt) {
  const v1::SubmitRequest request = parties().Request(agency()).ToRequest();
  const Answer first = Submit(request);
  ASSERT_OK(first);
  ASSERT_OK(log_->Append(10));
  for (int round = 0; round < 2; ++round) {
    const Answer again = Submit(request);
    ASSERT_OK(again);
    EXPECT_TRUE(again->duplicate());
    EXPECT_EQ(again->receipt().SerializeAsString(),
              first->receipt().SerializeAsString());
    ASSERT_OK(log_->Restart());
    stub_ = StubOf(&agency());
  }
}

TEST_F(SubmissionTest, TheSameStatementAtTheSameTimeGetsTheSameReceipt) {
  const v1::SubmitRequest request = parties().Request(agency()).ToRequest();
  std::vector<std::future<Answer>> answers;
  for (int i = 0; i < 16; ++i) {
    answers.push_back(
        std::async(std::launch::async, [&] { return Submit(request); }));
  }
  int first = 0;
  std::string receipt;
  for (std::future<Answer>& future : answers) {
    const Answer answer = future.get();
    ASSERT_OK(answer);
    first += answer->duplicate() ? 0 : 1;
    const std::string bytes = answer->receipt().SerializeAsString();
    if (receipt.empty()) receipt = bytes;
    EXPECT_EQ(bytes, receipt);
  }
  EXPECT_EQ(first, 1);
}

// Whoever gives up knows nothing; whoever asks again learns what became of it.
TEST_F(SubmissionTest, ACallThatIsCancelledIsAnsweredToWhoAsksAgain) {
  HeldLogStore store;
  TestLogOptions options;
  options.store = &store;
  Start(std::move(options));
  const v1::SubmitRequest request = parties().Request(agency()).ToRequest();
  store.HoldCommits();
  grpc::ClientContext context;
  SetDeadline(&context);
  v1::SubmitResponse response;
  std::promise<grpc::Status> ended;
  stub_->async()->Submit(
      &context, &request, &response,
      [&ended](grpc::Status status) { ended.set_value(std::move(status)); });
  store.AwaitHeldCommit();
  context.TryCancel();
  EXPECT_EQ(ended.get_future().get().error_code(), grpc::StatusCode::CANCELLED);
  store.ReleaseCommits();
  const Answer again = Submit(request);
  ASSERT_OK(again);
  EXPECT_TRUE(again->duplicate());
  EXPECT_EQ(again->receipt().index(), 3u);
  EXPECT_OK(CheckReceipt(parties(), again->receipt(), request.statement()));
  log_.reset();
}

// Whether the statement had come so far when its time was up is not known.
TEST_F(SubmissionTest, ACallThatExpiresIsLoggedOnceAtMost) {
  HeldLogStore store;
  TestLogOptions options;
  options.store = &store;
  Start(std::move(options));
  const v1::SubmitRequest request = parties().Request(agency()).ToRequest();
  store.HoldCommits();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(200));
  v1::SubmitResponse response;
  EXPECT_EQ(stub_->Submit(&context, request, &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  store.ReleaseCommits();
  const Answer again = Submit(request);
  ASSERT_OK(again);
  EXPECT_EQ(again->receipt().index(), 3u);
  EXPECT_EQ(log_->log().publisher().current()->tree_size, 4u);
  log_.reset();
}

// Some in the commit that is held, the others together in the next batch.
TEST_F(SubmissionTest, TheSameStatementInOneBatchGetsTheSameReceipt) {
  HeldLogStore store;
  TestLogOptions options;
  options.store = &store;
  Start(std::move(options));
  store.HoldCommits();
  const Submission other = parties().Request(agency());
  const Submission request = parties().Request(agency());
  std::vector<std::future<absl::StatusOr<sequencer::Placement>>> placed;
  const auto submit = [&](const Submission& submission) {
    auto promise =
        std::make_shared<std::promise<absl::StatusOr<sequencer::Placement>>>();
    placed.push_back(promise->get_future());
    auto entry = log_->log().admission().Admit(
        {agency().id}, submission.statement, submission.openings);
    ASSERT_OK(entry);
    ASSERT_OK(log_->log().sequencer().Submit(
        *std::move(entry), [promise](absl::StatusOr<sequencer::Placement> at) {
          promise->set_value(std::move(at));
        }));
  };
  submit(other);
  store.AwaitHeldCommit();
  for (int i = 0; i < 8; ++i) submit(request);
  store.ReleaseCommits();
  ASSERT_OK(placed[0].get());
  std::string receipt;
  int first = 0;
  for (size_t i = 1; i < placed.size(); ++i) {
    ASSERT_OK_AND_ASSIGN(const sequencer::Placement at, placed[i].get());
    first += at.duplicate ? 0 : 1;
    v1::SubmitResponse answer;
    ASSERT_OK(services::FillAnswer(
        at, store, log_->log().publisher().current()->tree_size, &answer));
    if (receipt.empty()) receipt = answer.receipt().SerializeAsString();
    EXPECT_EQ(answer.receipt().SerializeAsString(), receipt);
  }
  EXPECT_EQ(first, 1);
  const Answer again = Submit(request.ToRequest());
  ASSERT_OK(again);
  EXPECT_EQ(again->receipt().SerializeAsString(), receipt);
  log_.reset();
}

// A statement is its payload: P-256 signs it with other bytes each time.
TEST_F(SubmissionTest, SignedAgainItGetsTheReceiptOfTheFirst) {
  TestLogOptions options;
  options.on_disk = true;
  Start(std::move(options));
  Party party = parties().MakeParty("ori:CA0190001");
  party.keys = {*crypto::PrivateKey::FromP256Scalar(std::string(32, '\x11'))};
  ASSERT_OK(log_->Enrol(party));
  v1::Statement plain =
      parties().Example(v1::STATEMENT_KIND_FOOTAGE_REQUEST, party, nullptr);
  plain.mutable_header()->clear_sealed();
  plain.mutable_footage_request()->set_case_reference_present(v1::DECLARED_NO);
  const auto signed_again = [&] {
    return parties().Sign(plain, party).ToRequest();
  };
  const v1::SubmitRequest original = signed_again();
  stub_ = StubOf(&party);
  const Answer first = Submit(original);
  ASSERT_OK(first);
  EXPECT_OK(CheckReceipt(parties(), first->receipt(), original.statement()));
  const std::string receipt = first->receipt().SerializeAsString();
  for (int round = 0; round < 2; ++round) {
    std::vector<std::future<Answer>> answers;
    for (int i = 0; i < 8; ++i) {
      const v1::SubmitRequest request = signed_again();
      EXPECT_NE(request.statement().signatures(0).signature(),
                original.statement().signatures(0).signature());
      answers.push_back(std::async(std::launch::async,
                                   [&, request] { return Submit(request); }));
    }
    for (std::future<Answer>& future : answers) {
      const Answer again = future.get();
      ASSERT_OK(again);
      EXPECT_TRUE(again->duplicate());
      EXPECT_EQ(again->receipt().SerializeAsString(), receipt);
    }
    ASSERT_OK(log_->Restart());
    stub_ = StubOf(&party);
  }
}

TEST_F(SubmissionTest, EveryFaultIsNamed) {
  v1::Statement statement =
      parties().Example(v1::STATEMENT_KIND_FOOTAGE_REQUEST, agency(), nullptr);
  statement.mutable_header()->clear_sealed();
  statement.mutable_header()->set_origin("log.example.com/other");
  statement.mutable_footage_request()->clear_channel();
  statement.mutable_footage_request()->set_offence_code("XX");
  statement.mutable_footage_request()->set_purpose(v1::PURPOSE_UNSPECIFIED);
  const Answer answer = Submit(parties().Sign(statement, agency()).ToRequest());
  ASSERT_THAT(answer, StatusIs(absl::StatusCode::kInvalidArgument));
  const auto named = statement::ViolationsFromStatus(answer.status());
  for (const char* const field :
       {"header.origin", "footage_request.channel",
        "footage_request.offence_code", "footage_request.purpose"}) {
    EXPECT_THAT(named, Contains(Field(&statement::Violation::field, field)));
  }
  EXPECT_EQ(log_->store().ReadTreeState()->tree_size, 3u);
}

TEST_F(SubmissionTest, AnEmptyRequestIsRefused) {
  EXPECT_THAT(Submit({}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(SubmissionTest, WithoutACertificateNobodySubmits) {
  stub_ = StubOf(nullptr);
  EXPECT_THAT(Submit(parties().Request(agency()).ToRequest()),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       HasSubstr("client certificate")));
}

TEST_F(SubmissionTest, AnothersCertificateDoesNotSubmitForYou) {
  stub_ = StubOf(&parties().platform());
  EXPECT_THAT(Submit(parties().Request(agency()).ToRequest()),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("platform:example-cameras")));
}

TEST_F(SubmissionTest, AStolenCertificateWithoutTheKeyDoesNotSubmit) {
  Party thief = agency();
  thief.keys = parties().platform().keys;
  const Answer answer = Submit(parties().Request(thief).ToRequest());
  EXPECT_THAT(answer, StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(SubmissionTest, ACertificateNamesExactlyOneSubmitter) {
  const std::vector<std::string> own = {"sightline://submitter/ori:CA0194200"};
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {own[0], "sightline://submitter/platform:example-cameras"},
      {own[0], own[0]},
      {"https://example.com/ori:CA0194200"},
      {"sightline://submitter/"},
      {"sightline://submitter/ori:CA0194200/more"}};
  for (const std::vector<std::string>& uris : wrong) {
    const crypto::IssuedCertificate issued = parties().ClientCertificate(uris);
    Party party = agency();
    party.certificate_pem = issued.certificate_pem;
    party.private_key_pem = std::string(issued.private_key_pem.view());
    stub_ = StubOf(&party);
    EXPECT_THAT(Submit(parties().Request(agency()).ToRequest()),
                StatusIs(absl::StatusCode::kUnauthenticated))
        << ::testing::PrintToString(uris);
  }
}

TEST_F(SubmissionTest, WaitingForWitnessesIsRefusedWhileThereAreNone) {
  v1::SubmitRequest request = parties().Request(agency()).ToRequest();
  request.set_wait_for(v1::WAIT_FOR_COSIGNED);
  EXPECT_THAT(Submit(request), StatusIs(absl::StatusCode::kFailedPrecondition,
                                        "no witnesses are configured"));
  request.set_wait_for(static_cast<v1::WaitFor>(17));
  EXPECT_THAT(Submit(request), StatusIs(absl::StatusCode::kInvalidArgument,
                                        HasSubstr("wait_for")));
}

TEST_F(SubmissionTest, AQuotaSaysWhichAndWhenToRetry) {
  TestLogOptions options;
  options.log.quota.statements_per_second = 0.5;
  options.log.quota.burst = 2;
  Start(std::move(options));
  ASSERT_OK(Submit(parties().Request(agency()).ToRequest()));
  ASSERT_OK(Submit(parties().Request(agency()).ToRequest()));
  const Answer third = Submit(parties().Request(agency()).ToRequest());
  ASSERT_THAT(third, StatusIs(absl::StatusCode::kResourceExhausted));
  const auto failure =
      DetailOf<google::rpc::QuotaFailure>(third.status(), "QuotaFailure");
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->violations(0).subject(), agency().id);
  const auto retry =
      DetailOf<google::rpc::RetryInfo>(third.status(), "RetryInfo");
  ASSERT_TRUE(retry.has_value());
  EXPECT_EQ(retry->retry_delay().seconds(), 2);
}

// Submissions from threads of their own, and their answers as they come.
class ManySubmissions {
 public:
  ~ManySubmissions() {
    for (std::thread& thread : threads_) thread.join();
  }

  void Add(std::function<Answer()> submit) {
    threads_.emplace_back([this, submit = std::move(submit)] {
      Answer answer = submit();
      base::MutexLock lock(&mutex_);
      answers_.push_back(std::move(answer));
      changed_.NotifyAll();
    });
  }
  std::vector<Answer> Await(size_t count) {
    base::MutexLock lock(&mutex_);
    while (answers_.size() < count) changed_.Wait(&mutex_);
    return answers_;
  }

 private:
  base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<Answer> answers_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

// A log whose commits are held, with one statement in a commit and the one that
// may wait.
class FullSequencerTest : public SubmissionTest {
 protected:
  void StartFull(TestLogOptions options) {
    options.store = &store_;
    options.log.sequencer.max_waiting = 1;
    Start(std::move(options));
    store_.HoldCommits();
    SubmitOne();
    store_.AwaitHeldCommit();
    for (int i = 0; i < 4; ++i) SubmitOne();
    refused_ = submissions_.Await(3);
  }
  void TearDown() override {
    store_.ReleaseCommits();
    submissions_.Await(5);
    log_.reset();
  }
  void SubmitOne() {
    submissions_.Add(
        [this, request = parties().PlainRequest(agency()).ToRequest()] {
          return Submit(request);
        });
  }

  HeldLogStore store_;
  ManySubmissions submissions_;
  std::vector<Answer> refused_;
};

TEST_F(FullSequencerTest, RefusesWithAHintWhenToRetry) {
  StartFull({});
  for (const Answer& answer : refused_) {
    ASSERT_THAT(answer, StatusIs(absl::StatusCode::kUnavailable));
    EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(answer.status(), "RetryInfo")
                    .has_value());
  }
  store_.ReleaseCommits();
  int accepted = 0;
  for (const Answer& answer : submissions_.Await(5)) accepted += answer.ok();
  EXPECT_EQ(accepted, 2);
}

// --- SubmitStream ---------------------------------------------------------------

class StreamTest : public SubmissionTest {
 protected:
  // A stream that is read and written by the test.
  struct Stream {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReaderWriter<v1::SubmitStreamRequest,
                                             v1::SubmitStreamResponse>>
        call;

    bool Write(const v1::SubmitRequest& submit) {
      v1::SubmitStreamRequest request;
      *request.mutable_submit() = submit;
      return call->Write(request);
    }
    absl::StatusOr<v1::SubmitStreamResponse> Read() {
      v1::SubmitStreamResponse response;
      if (call->Read(&response)) return response;
      return absl::OutOfRangeError("the stream has ended");
    }
    absl::Status Finish() { return services::FromGrpcStatus(call->Finish()); }
  };

  std::unique_ptr<Stream> Open(Stub* stub) {
    auto stream = std::make_unique<Stream>();
    SetDeadline(&stream->context);
    stream->call = stub->SubmitStream(&stream->context);
    return stream;
  }
  std::unique_ptr<Stream> Open() { return Open(stub_.get()); }

  std::vector<Submission> Requests(size_t count) {
    std::vector<Submission> requests;
    for (size_t i = 0; i < count; ++i) {
      requests.push_back(parties().PlainRequest(agency()));
    }
    return requests;
  }

  // Writes all from a thread, reads all, and wants receipts in their order.
  void SubmitAll(Stream* stream, const std::vector<Submission>& requests) {
    std::thread writer([&] {
      for (const Submission& request : requests) {
        ASSERT_TRUE(stream->Write(request.ToRequest()));
      }
      stream->call->WritesDone();
    });
    uint64_t last = 0;
    for (const Submission& request : requests) {
      const auto response = stream->Read();
      ASSERT_OK(response);
      ASSERT_TRUE(response->has_accepted())
          << response->refused().ShortDebugString();
      const v1::Receipt& receipt = response->accepted().receipt();
      EXPECT_GT(receipt.index(), last);
      last = receipt.index();
      ASSERT_OK(CheckReceipt(parties(), receipt, request.statement));
    }
    writer.join();
    EXPECT_OK(stream->Finish());
  }
};

TEST_F(StreamTest, OneAnswerPerStatementInOrder) {
  SubmitAll(Open().get(), Requests(600));
}

TEST_F(StreamTest, AnEmptyStreamEndsWell) {
  const auto stream = Open();
  stream->call->WritesDone();
  EXPECT_THAT(stream->Read(), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_OK(stream->Finish());
}

TEST_F(StreamTest, ARefusalDoesNotEndTheStream) {
  const auto stream = Open();
  const Submission good = parties().PlainRequest(agency());
  v1::SubmitRequest cosigned = good.ToRequest();
  cosigned.set_wait_for(v1::WAIT_FOR_COSIGNED);
  ASSERT_TRUE(stream->Write(good.ToRequest()));
  ASSERT_TRUE(stream->Write({}));
  ASSERT_TRUE(stream->Write(cosigned));
  ASSERT_TRUE(stream->Write(good.ToRequest()));
  stream->call->WritesDone();
  const auto first = stream->Read();
  ASSERT_OK(first);
  ASSERT_TRUE(first->has_accepted());
  const auto malformed = stream->Read();
  ASSERT_OK(malformed);
  EXPECT_THAT(services::FromRpcStatus(malformed->refused()),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_FALSE(statement::ViolationsFromStatus(
                   services::FromRpcStatus(malformed->refused()))
                   .empty());
  const auto unwitnessed = stream->Read();
  ASSERT_OK(unwitnessed);
  EXPECT_THAT(services::FromRpcStatus(unwitnessed->refused()),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  const auto again = stream->Read();
  ASSERT_OK(again);
  EXPECT_TRUE(again->accepted().duplicate());
  EXPECT_EQ(again->accepted().receipt().SerializeAsString(),
            first->accepted().receipt().SerializeAsString());
  EXPECT_OK(stream->Finish());
}

TEST_F(StreamTest, DuplicatesOfAnEarlierRunGetTheirReceiptsAgain) {
  const std::vector<Submission> requests = Requests(300);
  SubmitAll(Open().get(), requests);
  ASSERT_OK(log_->Append(3));
  SubmitAll(Open().get(), requests);  // the same order, so the same indices
  EXPECT_EQ(log_->store().ReadTreeState()->tree_size, 306u);
}

TEST_F(StreamTest, TheSameEnrolmentGetsTheSameReceipt) {
  stub_ = StubOf(&parties().registrar());
  const auto stream = Open();
  const Submission enrolment =
      parties().Enrolment(parties().MakeParty("ori:NY0303000"));
  ASSERT_TRUE(stream->Write(enrolment.ToRequest()));
  const auto first = stream->Read();
  ASSERT_OK(first);
  ASSERT_TRUE(stream->Write(enrolment.ToRequest()));
  const auto again = stream->Read();
  ASSERT_OK(again);
  EXPECT_TRUE(again->accepted().duplicate());
  EXPECT_EQ(again->accepted().receipt().SerializeAsString(),
            first->accepted().receipt().SerializeAsString());
  stream->call->WritesDone();
  EXPECT_OK(stream->Finish());
}

TEST_F(StreamTest, AClientThatAnswersEachOneBeforeTheNext) {
  const auto stream = Open();
  for (int i = 0; i < 20; ++i) {
    const Submission request = parties().PlainRequest(agency());
    ASSERT_TRUE(stream->Write(request.ToRequest()));
    const auto response = stream->Read();
    ASSERT_OK(response);
    EXPECT_OK(CheckReceipt(parties(), response->accepted().receipt(),
                           request.statement));
  }
  stream->call->WritesDone();
  EXPECT_OK(stream->Finish());
}

TEST_F(StreamTest, StreamsOfSeveralSubmittersAtOnce) {
  std::vector<Party> parties_of_streams;
  for (int i = 0; i < 4; ++i) {
    parties_of_streams.push_back(
        parties().MakeParty(absl::StrCat("ori:CA01942", 10 + i)));
    ASSERT_OK(log_->Enrol(parties_of_streams.back()));
  }
  std::vector<std::thread> threads;
  for (const Party& party : parties_of_streams) {
    threads.emplace_back([this, &party] {
      const std::unique_ptr<Stub> stub = StubOf(&party);
      std::vector<Submission> requests;
      for (int i = 0; i < 200; ++i) {
        requests.push_back(parties().PlainRequest(party));
      }
      SubmitAll(Open(stub.get()).get(), requests);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(log_->store().ReadTreeState()->tree_size, 3u + 4 + 800);
}

// The sequencer takes four at a time and the disk is slow: nothing is refused.
TEST_F(StreamTest, AFullSequencerIsBackPressure) {
  HeldLogStore store;
  TestLogOptions options;
  options.store = &store;
  options.log.sequencer.max_waiting = 4;
  options.log.sequencer.max_batch = 2;
  Start(std::move(options));
  store.HoldCommits();
  std::thread release([&store] {
    store.AwaitHeldCommit();
    store.ReleaseCommits();
  });
  SubmitAll(Open().get(), Requests(300));
  release.join();
  log_.reset();
}

TEST_F(FullSequencerTest, AStreamIsNotHeldForEver) {
  TestLogOptions options;
  options.server.submission.stream.max_hold = absl::Milliseconds(20);
  StartFull(std::move(options));
  grpc::ClientContext context;
  SetDeadline(&context);
  const auto stream = stub_->SubmitStream(&context);
  v1::SubmitStreamRequest request;
  *request.mutable_submit() = parties().PlainRequest(agency()).ToRequest();
  ASSERT_TRUE(stream->Write(request));
  v1::SubmitStreamResponse response;
  ASSERT_TRUE(stream->Read(&response));
  const absl::Status status = services::FromRpcStatus(response.refused());
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(
      DetailOf<google::rpc::RetryInfo>(status, "RetryInfo").has_value());
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(StreamTest, WithoutACertificateTheStreamDoesNotBegin) {
  stub_ = StubOf(nullptr);
  const auto stream = Open();
  EXPECT_THAT(stream->Finish(), StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(StreamTest, OneSubmitterHasSoManyStreams) {
  TestLogOptions options;
  options.server.submission.max_streams_per_submitter = 2;
  Start(std::move(options));
  const auto first = Open();
  const auto second = Open();
  for (Stream* const stream : {first.get(), second.get()}) {
    ASSERT_TRUE(stream->Write(parties().PlainRequest(agency()).ToRequest()));
    ASSERT_OK(stream->Read());
  }
  const absl::Status refused = Open()->Finish();
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted));
  const auto failure =
      DetailOf<google::rpc::QuotaFailure>(refused, "QuotaFailure");
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->violations(0).subject(), agency().id);
  EXPECT_TRUE(
      DetailOf<google::rpc::RetryInfo>(refused, "RetryInfo").has_value());
  for (Stream* const stream : {first.get(), second.get()}) {
    stream->call->WritesDone();
    EXPECT_OK(stream->Finish());
  }
}

TEST_F(StreamTest, ACancelledStreamLeavesTheLogAtWork) {
  for (int round = 0; round < 10; ++round) {
    const auto stream = Open();
    for (const Submission& request : Requests(50)) {
      ASSERT_TRUE(stream->Write(request.ToRequest()));
    }
    if (round % 2 == 0) {
      ASSERT_OK(stream->Read());
    }
    stream->context.TryCancel();
    while (stream->Read().ok()) {
    }
    EXPECT_THAT(stream->Finish(), StatusIs(absl::StatusCode::kCancelled));
  }
  EXPECT_OK(Submit(parties().PlainRequest(agency()).ToRequest()));
}

TEST_F(StreamTest, AClientThatDisappearsLeavesTheLogAtWork) {
  auto stub = StubOf(&agency());
  auto stream = Open(stub.get());
  for (const Submission& request : Requests(100)) {
    ASSERT_TRUE(stream->Write(request.ToRequest()));
  }
  stream.reset();
  stub.reset();
  EXPECT_OK(Submit(parties().PlainRequest(agency()).ToRequest()));
}

// A statement that the server has read gets its answer; then the stream ends.
TEST_F(StreamTest, ShutdownAnswersWhatWasAccepted) {
  const auto stream = Open();
  const std::vector<Submission> requests = Requests(200);
  for (const Submission& request : requests) {
    ASSERT_TRUE(stream->Write(request.ToRequest()));
  }
  ASSERT_OK(stream->Read());
  std::thread stop([this] { log_->Stop(); });
  uint64_t answered = 1;
  while (true) {
    const auto response = stream->Read();
    if (!response.ok()) break;
    ASSERT_TRUE(response->has_accepted());
    ASSERT_OK(CheckReceipt(parties(), response->accepted().receipt(),
                           requests[answered].statement));
    ++answered;
  }
  stop.join();
  EXPECT_THAT(stream->Finish(), StatusIs(absl::StatusCode::kUnavailable));
  // What was logged was answered, no more and no less.
  EXPECT_EQ(log_->store().ReadTreeState()->tree_size, 3 + answered);
}

}  // namespace
}  // namespace sightline::tests
