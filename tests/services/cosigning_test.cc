// A log with three witnesses, of which two must cosign: what submitters get, what
// readers are served, and when it does not start.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/status_matchers.h"
#include "checkpoint/log_keys.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/policy.h"
#include "client/log_client.h"
#include "crypto/signer.h"
#include "proto/sightline/v1/log_service.grpc.pb.h"
#include "proto/sightline/v1/submission_service.grpc.pb.h"
#include "publish/cosigner.h"
#include "publish/store_consistency.h"
#include "telemetry/diagnostics.h"
#include "tests/services/calls.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"
#include "web/http_message.h"
#include "web/kept_answer.h"
#include "web/metrics_handler.h"
#include "witness/local_transport.h"
#include "witness/memory_cosigned_store.h"
#include "witness/panel.h"
#include "witness/witness.h"

namespace sightline::tests {
namespace {

using ::sightline::base::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using Submissions = v1::SubmissionService::Stub;
using Reads = v1::LogService::Stub;

constexpr int kWitnesses = 3;

std::string Prefix(int i) { return absl::StrCat("http://w", i); }

// The witnesses and what the log keeps of them; outlives every run of the log.
class CosigningTest : public ::testing::Test {
 protected:
  CosigningTest() {
    policy_ = absl::StrCat("log ", parties_.vkey(), "\n");
    for (int i = 0; i < kWitnesses; ++i) {
      const auto signer = *checkpoint::NoteSigner::Create(
          absl::StrCat("w", i), checkpoint::KeyType::kCosignature,
          *crypto::PrivateKey::FromSeed(
              std::string(32, static_cast<char>(100 + i))));
      absl::StrAppend(&policy_, "witness W", i, " ", signer.vkey(), " ",
                      Prefix(i), "\n");
      witness::Witness::Parts parts;
      parts.logs = {{parties_.origin(), {parties_.LogSigner().verifier()}, 0}};
      parts.signers = {signer};
      parts.store = &witness_stores_[i];
      parts.clock = base::Clock::Real();
      running_.push_back(
          std::move(witness::Witness::Create(std::move(parts))).value());
      Bring(i);
    }
    absl::StrAppend(&policy_, "group G 2 W0 W1 W2\nquorum G\n");
  }

  void Bring(int i) { transport_.Serve(Prefix(i), running_[i].get()); }
  void TakeAway(int i) { transport_.TakeAway(Prefix(i)); }

  checkpoint::Policy Policy() const {
    return std::move(checkpoint::Policy::Parse(policy_)).value();
  }

  TestLogOptions Options() {
    TestLogOptions options;
    options.witnesses = [this](const storage::LogStore* store) {
      proofs_.push_back(std::make_unique<publish::StoreConsistency>(store));
      witness::Panel::Options panel;
      panel.backoff = {1, 10};
      panels_.push_back(
          std::move(witness::Panel::Create(
                        panel, Policy(), &transport_, proofs_.back().get(),
                        base::Clock::Real(), telemetry::NoDiagnostics()))
              .value());
      witnesses_.panel = panels_.back().get();
      return &witnesses_;
    };
    return options;
  }

  absl::Status Start() {
    auto log = TestLog::Start(Options());
    if (!log.ok()) return log.status();
    log_ = *std::move(log);
    return absl::OkStatus();
  }

  absl::StatusOr<v1::SubmitResponse> Submit(
      v1::WaitFor wait_for, const Submission* statement = nullptr) {
    Submissions stub(log_->Channel(&log_->parties().agency()));
    v1::SubmitRequest request =
        statement != nullptr ? statement->ToRequest()
                             : log_->parties()
                                   .PlainRequest(log_->parties().agency())
                                   .ToRequest();
    request.set_wait_for(wait_for);
    return Call(&stub, &Submissions::Submit, request);
  }

  // What readers are served, from `min_size` on.
  std::string Served(uint64_t min_size = 0) {
    Reads stub(log_->Channel());
    v1::GetCheckpointRequest request;
    request.set_min_tree_size(min_size);
    const auto response = Call(&stub, &Reads::GetCheckpoint, request);
    return response.ok() ? response->checkpoint()
                         : response.status().ToString();
  }

  uint64_t Size() const { return log_->store().ReadTreeState()->tree_size; }

  // What operators are shown; each metric is a line, "\nNAME VALUE\n".
  std::string Metrics() {
    web::MetricsSources sources;
    sources.log = &log_->log();
    web::MetricsHandler handler(std::move(sources));
    web::Request request;
    request.method = "GET";
    request.target = "/metrics";
    return std::string(web::AnswerOf(handler, request).body.bytes());
  }
  // The value of one that has to be there.
  double Metric(absl::string_view name) {
    const std::string all = Metrics();
    const std::string key = absl::StrCat("\n", name, " ");
    const size_t at = all.find(key);
    EXPECT_NE(at, std::string::npos) << name;
    double value = -1;
    const size_t begin = at + key.size();
    EXPECT_TRUE(at != std::string::npos &&
                absl::SimpleAtod(
                    all.substr(begin, all.find('\n', begin) - begin), &value))
        << name;
    return value;
  }
  double TreeSize(absl::string_view tree) {
    return Metric(absl::StrCat("sightline_tree_size{tree=\"", tree, "\"}"));
  }
  double PolicyMetric(absl::string_view policy) {
    return Metric(
        absl::StrCat("sightline_publication_policy{policy=\"", policy, "\"}"));
  }

  // Has a round end without the quorum for one more entry.
  void LoseTheQuorum() {
    TakeAway(0);
    TakeAway(2);
    EXPECT_THAT(Submit(v1::WAIT_FOR_COSIGNED),
                StatusIs(absl::StatusCode::kUnavailable));
  }

  const TestParties parties_;
  std::string policy_;
  witness::MemoryCosignedStore witness_stores_[kWitnesses];
  std::vector<std::unique_ptr<witness::Witness>> running_;
  witness::LocalTransport transport_;
  witness::MemoryCosignedStore kept_;
  publish::Witnesses witnesses_ = {nullptr, &kept_, false, absl::Seconds(1),
                                   absl::Seconds(20)};
  // Of every run: a panel ends with its log.
  std::vector<std::unique_ptr<publish::StoreConsistency>> proofs_;
  std::vector<std::unique_ptr<witness::Panel>> panels_;
  std::unique_ptr<TestLog> log_;
};

TEST_F(CosigningTest, WhoWaitsGetsTheQuorumInTheReceipt) {
  ASSERT_OK(Start());
  const Submission statement =
      log_->parties().PlainRequest(log_->parties().agency());
  const auto answer = Submit(v1::WAIT_FOR_COSIGNED, &statement);
  ASSERT_OK(answer);
  EXPECT_OK(
      CheckReceipt(log_->parties(), answer->receipt(), statement.statement));
  EXPECT_OK(Policy().OpenCheckpoint(answer->receipt().checkpoint()));
  const auto again = Submit(v1::WAIT_FOR_COSIGNED, &statement);
  ASSERT_OK(again);
  EXPECT_TRUE(again->duplicate());
  EXPECT_OK(Policy().OpenCheckpoint(again->receipt().checkpoint()));
}

TEST_F(CosigningTest, AStreamKeepsItsOrderWhoeverWaits) {
  ASSERT_OK(Start());
  Submissions stub(log_->Channel(&log_->parties().agency()));
  grpc::ClientContext context;
  SetDeadline(&context);
  const auto call = stub.SubmitStream(&context);
  std::vector<Submission> statements;
  for (int i = 0; i < 20; ++i) {
    statements.push_back(
        log_->parties().PlainRequest(log_->parties().agency()));
    v1::SubmitStreamRequest request;
    *request.mutable_submit() = statements.back().ToRequest();
    request.mutable_submit()->set_wait_for(
        i % 3 == 0 ? v1::WAIT_FOR_COSIGNED : v1::WAIT_FOR_INTEGRATED);
    ASSERT_TRUE(call->Write(request));
  }
  call->WritesDone();
  for (int i = 0; i < 20; ++i) {
    v1::SubmitStreamResponse response;
    ASSERT_TRUE(call->Read(&response)) << i;
    const v1::Receipt& receipt = response.accepted().receipt();
    EXPECT_OK(CheckReceipt(log_->parties(), receipt, statements[i].statement));
    if (i % 3 == 0) {
      EXPECT_OK(Policy().OpenCheckpoint(receipt.checkpoint())) << i;
    }
  }
  EXPECT_TRUE(call->Finish().ok());
}

TEST_F(CosigningTest, OneOfThreeMayBeGone) {
  ASSERT_OK(Start());
  TakeAway(1);
  EXPECT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  EXPECT_OK(Policy().OpenCheckpoint(Served(Size())));
}

// Failing closed: readers see what the quorum has seen, submitters are served on.
TEST_F(CosigningTest, WithoutTheQuorumReadersStayWhereTheyWere) {
  ASSERT_OK(Start());
  ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  const std::string before = Served(Size());
  ASSERT_OK(Policy().OpenCheckpoint(before));
  TakeAway(0);
  TakeAway(2);
  const Submission statement =
      log_->parties().PlainRequest(log_->parties().agency());
  const auto logged = Submit(v1::WAIT_FOR_INTEGRATED, &statement);
  ASSERT_OK(logged);
  EXPECT_OK(
      CheckReceipt(log_->parties(), logged->receipt(), statement.statement));
  EXPECT_THAT(Submit(v1::WAIT_FOR_COSIGNED, &statement),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("is logged as"),
                             HasSubstr("has not cosigned it yet"))));
  EXPECT_EQ(Served(), before);
  Bring(0);
  EXPECT_OK(Policy().OpenCheckpoint(Served(Size())));
  const auto at_last = Submit(v1::WAIT_FOR_COSIGNED, &statement);
  ASSERT_OK(at_last);
  EXPECT_TRUE(at_last->duplicate());
  EXPECT_OK(Policy().OpenCheckpoint(at_last->receipt().checkpoint()));
}

// A client that has a receipt in a tree that is not served yet is not misled
// into thinking that the log has gone back.
TEST_F(CosigningTest, AClientUnderstandsThatReceiptsAreAhead) {
  ASSERT_OK(Start());
  ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  checkpoint::LogKeySet keys(parties_.origin());
  ASSERT_OK(keys.Add(parties_.vkey()));
  ASSERT_OK_AND_ASSIGN(const auto client,
                       client::LogClient::Create(
                           log_->Channel(&log_->parties().agency()), keys));
  const uint64_t served = Size();
  ASSERT_OK(client->GetCheckpoint(served, absl::Seconds(20)));
  TakeAway(0);
  TakeAway(1);
  const Submission statement =
      log_->parties().PlainRequest(log_->parties().agency());
  ASSERT_OK(client->Submit(statement.ToRequest()));
  EXPECT_EQ(client->newest()->size, served + 1);
  const auto tree = client->GetCheckpoint();
  ASSERT_OK(tree);
  EXPECT_EQ((*tree)->size, served);
  EXPECT_OK(client->ProveConsistency(1, served + 1));
  Bring(0);
  EXPECT_OK(client->GetCheckpoint(served + 1, absl::Seconds(20)));
}

TEST_F(CosigningTest, FailingOpenServesWithoutTheQuorumAndAddsIt) {
  witnesses_.fail_open = true;
  ASSERT_OK(Start());
  ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  EXPECT_OK(Policy().OpenCheckpoint(Served(Size())));
  TakeAway(0);
  TakeAway(1);
  ASSERT_OK(Submit(v1::WAIT_FOR_INTEGRATED));
  EXPECT_FALSE(Policy().OpenCheckpoint(Served(Size())).ok());
  Bring(0);
  ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  EXPECT_OK(Policy().OpenCheckpoint(Served(Size())));
}

TEST_F(CosigningTest, MetricsSayThatItFailsClosed) {
  ASSERT_OK(Start());
  ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  const auto cosigned = static_cast<double>(Size());
  EXPECT_EQ(PolicyMetric("fail_closed"), 1);
  EXPECT_EQ(PolicyMetric("fail_open"), 0);
  EXPECT_EQ(PolicyMetric("no_witnesses"), 0);
  EXPECT_EQ(TreeSize("cosigned"), cosigned);
  EXPECT_EQ(Metric("sightline_rounds_without_quorum_total"), 0);
  LoseTheQuorum();
  EXPECT_EQ(TreeSize("integrated"), cosigned + 1);
  EXPECT_EQ(TreeSize("cosigned"), cosigned);
  EXPECT_EQ(TreeSize("served"), cosigned);
  EXPECT_GE(Metric("sightline_rounds_without_quorum_total"), 1);
}

TEST_F(CosigningTest, MetricsSayThatItFailsOpen) {
  witnesses_.fail_open = true;
  ASSERT_OK(Start());
  ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  const auto cosigned = static_cast<double>(Size());
  EXPECT_EQ(PolicyMetric("fail_closed"), 0);
  EXPECT_EQ(PolicyMetric("fail_open"), 1);
  EXPECT_EQ(PolicyMetric("no_witnesses"), 0);
  LoseTheQuorum();
  EXPECT_EQ(TreeSize("integrated"), cosigned + 1);
  EXPECT_EQ(TreeSize("cosigned"), cosigned);
  EXPECT_EQ(TreeSize("served"), cosigned + 1);
  EXPECT_GE(Metric("sightline_rounds_without_quorum_total"), 1);
}

TEST_F(CosigningTest, ServesAfterARestartWhatItServedBefore) {
  ASSERT_OK(Start());
  ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  const std::string before = Served(Size());
  TakeAway(2);
  ASSERT_OK(log_->Restart());
  EXPECT_OK(Policy().OpenCheckpoint(Served()));
  EXPECT_EQ(Served().substr(0, before.find("\n\n")),
            before.substr(0, before.find("\n\n")));
  EXPECT_OK(Submit(v1::WAIT_FOR_COSIGNED));
}

TEST_F(CosigningTest, DoesNotStartWhenItCannotKnowWhereItStands) {
  ASSERT_OK(Start());
  ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  log_->Stop();
  TakeAway(0);
  TakeAway(1);
  witnesses_.start_limit = absl::Milliseconds(200);
  EXPECT_THAT(log_->Restart(), StatusIs(absl::StatusCode::kUnavailable,
                                        HasSubstr("rollback guard")));
  witnesses_.fail_open = true;
  EXPECT_OK(log_->Restart());
}

// The data folder was emptied, or an old backup of it was restored; what the log
// itself kept of its witnesses went with it.
TEST_F(CosigningTest, DoesNotStartOnAnEmptiedStore) {
  ASSERT_OK(Start());
  ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  log_.reset();
  witness::MemoryCosignedStore emptied;
  witnesses_.store = &emptied;
  EXPECT_THAT(Start(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                AllOf(HasSubstr("rollback guard"),
                                      HasSubstr("holds 0 entries"),
                                      HasSubstr("restore"))));
}

// Its own note of what was cosigned is enough when that was not lost.
TEST_F(CosigningTest, DoesNotStartBehindItsOwnCosignedTree) {
  ASSERT_OK(Start());
  ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  log_.reset();
  for (int i = 0; i < kWitnesses; ++i) {
    transport_.Serve(
        Prefix(i),
        [this, i](absl::string_view body) -> absl::StatusOr<witness::Reply> {
          // Witnesses that have forgotten everything.
          witness::MemoryCosignedStore nothing;
          witness::Witness::Parts parts;
          parts.logs = {
              {parties_.origin(), {parties_.LogSigner().verifier()}, 0}};
          parts.signers = {*checkpoint::NoteSigner::Create(
              absl::StrCat("w", i), checkpoint::KeyType::kCosignature,
              *crypto::PrivateKey::FromSeed(
                  std::string(32, static_cast<char>(100 + i))))};
          parts.store = &nothing;
          parts.clock = base::Clock::Real();
          const auto fresh = std::move(witness::Witness::Create(parts)).value();
          const auto answer = fresh->AddCheckpoint(body);
          return witness::Reply{answer.status, answer.content_type, answer.body,
                                0};
        });
  }
  EXPECT_THAT(Start(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                HasSubstr("the folder is older")));
}

TEST_F(CosigningTest, RefusesAPolicyForAnotherLog) {
  policy_.replace(0, policy_.find('\n'),
                  "log example.com/foo+530d903a+"
                  "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
  EXPECT_THAT(Start(), StatusIs(absl::StatusCode::kInvalidArgument,
                                HasSubstr("for other logs than")));
}

}  // namespace
}  // namespace sightline::tests
