// The log's side: one witness and its odd answers, a panel of them, the guard.
#include "witness/panel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "checkpoint/add_checkpoint.h"
#include "checkpoint/policy.h"
#include "checkpoint/test_vectors.h"
#include "crypto/signer.h"
#include "telemetry/recorded_diagnostics.h"
#include "witness/backoff.h"
#include "witness/local_transport.h"
#include "witness/memory_cosigned_store.h"
#include "witness/remote_witness.h"
#include "witness/rollback_guard.h"
#include "witness/test_log.h"
#include "witness/witness.h"

namespace sightline::witness {
namespace {

using ::sightline::base::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using Kind = Opinion::Kind;

constexpr absl::Duration kLong = absl::Seconds(30);
constexpr absl::Duration kShort = absl::Milliseconds(50);

std::string Prefix(int i) { return absl::StrCat("http://w", i, ".example"); }

checkpoint::NoteSigner SignerOf(int i) {
  return *checkpoint::NoteSigner::Create(
      absl::StrCat("w", i, ".example"), checkpoint::KeyType::kCosignature,
      *crypto::PrivateKey::FromSeed(
          std::string(32, static_cast<char>(10 + i))));
}

// Three witnesses, of which two must cosign.
class PanelTest : public ::testing::Test {
 protected:
  PanelTest() {
    std::string policy = absl::StrCat("log ", checkpoint::kLogVkey, "\n");
    for (int i = 0; i < 3; ++i) {
      Witness::Parts parts;
      parts.logs = {
          {checkpoint::kLogOrigin, {checkpoint::LogSigner().verifier()}, 0}};
      parts.signers = {SignerOf(i)};
      parts.store = &stores_[i];
      parts.clock = base::Clock::Real();
      witnesses_.push_back(
          std::move(Witness::Create(std::move(parts))).value());
      transport_.Serve(Prefix(i), witnesses_.back().get());
      absl::StrAppend(&policy, "witness W", i, " ", SignerOf(i).vkey(), " ",
                      Prefix(i), i == 1 ? "/" : "", "\n");
    }
    policy_ = absl::StrCat(policy, "group G 2 W0 W1 W2\nquorum G\n");
    MakePanel(&log_);
  }

  void MakePanel(const ConsistencySource* proofs) {
    Panel::Options options;
    options.backoff = {1, 10};
    panel_ = std::move(Panel::Create(options, Policy(), &transport_, proofs,
                                     base::Clock::Real(), &diagnostics_))
                 .value();
  }

  checkpoint::Policy Policy() const {
    return std::move(checkpoint::Policy::Parse(policy_)).value();
  }

  MemoryCosignedStore stores_[3];
  std::vector<std::unique_ptr<Witness>> witnesses_;
  LocalTransport transport_;
  telemetry::RecordedDiagnostics diagnostics_;
  TestLog log_;
  std::string policy_;
  std::unique_ptr<Panel> panel_;
};

TEST_F(PanelTest, ReturnsANoteThatThePolicyAccepts) {
  for (const uint64_t size : {0, 1, 5, 5, 64}) {
    const auto cosigned = panel_->Cosign(log_.Tree(size), kLong);
    ASSERT_OK(cosigned);
    EXPECT_EQ(cosigned->tree_size, size);
    EXPECT_TRUE(absl::StartsWith(cosigned->note, log_.NoteOf(size)));
    EXPECT_OK(Policy().OpenCheckpoint(cosigned->note));
  }
}

TEST_F(PanelTest, HoldsWithOneOfThreeGone) {
  transport_.TakeAway(Prefix(0));
  const auto cosigned = panel_->Cosign(log_.Tree(5), kLong);
  ASSERT_OK(cosigned);
  EXPECT_OK(Policy().OpenCheckpoint(cosigned->note));
}

TEST_F(PanelTest, SaysWhoIsMissing) {
  transport_.TakeAway(Prefix(0));
  transport_.TakeAway(Prefix(2));
  EXPECT_THAT(
      panel_->Cosign(log_.Tree(5), kShort),
      StatusIs(absl::StatusCode::kUnavailable,
               AllOf(HasSubstr("W0 unreachable (nobody there)"),
                     HasSubstr("W1 cosigned"), HasSubstr("W2 unreachable"))));
  EXPECT_THAT(diagnostics_.lines(),
              Contains(HasSubstr("witness_did_not_cosign witness=W0")));
}

TEST_F(PanelTest, TriesAgainUntilAWitnessIsBack) {
  transport_.TakeAway(Prefix(0));
  std::atomic<int> calls{0};
  transport_.Serve(
      Prefix(1), [&](absl::string_view body) -> absl::StatusOr<Reply> {
        if (++calls < 4) return Reply{503, "text/plain", "busy\n", 0};
        const Answer answer = witnesses_[1]->AddCheckpoint(body);
        return Reply{answer.status, answer.content_type, answer.body, 0};
      });
  EXPECT_OK(panel_->Cosign(log_.Tree(5), kLong));
  EXPECT_EQ(calls, 4);
}

TEST_F(PanelTest, FollowsWitnessesThatKnowAnOlderTree) {
  ASSERT_OK(panel_->Cosign(log_.Tree(5), kLong));
  MakePanel(&log_);  // as after a restart: knows of no witness where it stands
  const int before = transport_.posts();
  ASSERT_OK(panel_->Cosign(log_.Tree(9), kLong));
  EXPECT_LE(transport_.posts() - before, 6);
}

TEST_F(PanelTest, GivesUpOnATreeThatWitnessesAreAheadOf) {
  ASSERT_OK(panel_->Cosign(log_.Tree(9), kLong));
  EXPECT_THAT(panel_->Cosign(log_.Tree(5), kLong),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("it has cosigned a tree of 9 entries")));
  EXPECT_OK(panel_->Cosign(log_.Tree(10), kLong));
}

TEST_F(PanelTest, AForkIsCosignedByNobody) {
  // By all three, not by a quorum: who has seen nothing of the log cannot know.
  panel_->Ask(log_.Tree(9), kLong, [](const auto& so_far) {
    return WhoIs(Kind::kCosigned, so_far).size() == 3;
  });
  const TestLog fork(64, "fork", 4);
  MakePanel(&fork);
  for (const uint64_t size : {9, 12}) {
    const auto opinions =
        panel_->Ask(fork.Tree(size), kLong, [](const auto& so_far) {
          return WhoIs(Kind::kInconsistent, so_far).size() == 3;
        });
    EXPECT_EQ(WhoIs(Kind::kInconsistent, opinions).size(), 3u) << size;
    EXPECT_THAT(panel_->Cosign(fork.Tree(size), kLong),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("inconsistent")));
  }
}

TEST_F(PanelTest, EndsARoundWhenItIsShutDown) {
  for (int i = 0; i < 3; ++i) transport_.TakeAway(Prefix(i));
  std::thread closer([this] { panel_->Shutdown(); });
  EXPECT_THAT(panel_->Cosign(log_.Tree(5), absl::Hours(1)),
              StatusIs(absl::StatusCode::kUnavailable));
  closer.join();
}

TEST_F(PanelTest, RefusesAQuorumThatCannotBeReached) {
  const auto policy = checkpoint::Policy::Parse(absl::StrCat(
      "witness W0 ", SignerOf(0).vkey(), " ", Prefix(0), "\nwitness W1 ",
      SignerOf(1).vkey(), "\ngroup G all W0 W1\nquorum G\n"));
  ASSERT_OK(policy);
  EXPECT_THAT(Panel::Create({}, *policy, &transport_, &log_,
                            base::Clock::Real(), &diagnostics_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("do not make up the quorum")));
}

// --- The guard ------------------------------------------------------------------

TEST_F(PanelTest, GuardLetsALogGoOnThatIsWhereItWas) {
  EXPECT_OK(CheckNotBehind(panel_.get(), log_.Tree(0), kLong));
  ASSERT_OK(panel_->Cosign(log_.Tree(5), kLong));
  MakePanel(&log_);
  EXPECT_OK(CheckNotBehind(panel_.get(), log_.Tree(5), kLong));
  EXPECT_OK(CheckNotBehind(panel_.get(), log_.Tree(9), kLong));
}

TEST_F(PanelTest, GuardRefusesAnOldBackup) {
  ASSERT_OK(panel_->Cosign(log_.Tree(9), kLong));
  for (const uint64_t size : {0, 5}) {
    MakePanel(&log_);
    EXPECT_THAT(
        CheckNotBehind(panel_.get(), log_.Tree(size), kLong),
        StatusIs(absl::StatusCode::kFailedPrecondition,
                 AllOf(HasSubstr(absl::StrCat("holds ", size)),
                       HasSubstr("has cosigned 9"), HasSubstr("old backup"))));
  }
}

// One of any two of three has seen every tree that two have cosigned.
TEST_F(PanelTest, GuardNeedsOneOfEveryQuorum) {
  transport_.TakeAway(Prefix(2));
  ASSERT_OK(panel_->Cosign(log_.Tree(9), kLong));  // by W0 and W1
  transport_.Serve(Prefix(2), witnesses_[2].get());
  transport_.TakeAway(Prefix(0));
  MakePanel(&log_);
  EXPECT_THAT(CheckNotBehind(panel_.get(), log_.Tree(5), kLong),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  transport_.TakeAway(Prefix(1));
  MakePanel(&log_);
  EXPECT_THAT(CheckNotBehind(panel_.get(), log_.Tree(5), kShort),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("cannot tell"), HasSubstr("W0"),
                             HasSubstr("W1"))));
}

TEST_F(PanelTest, GuardRefusesAFork) {
  ASSERT_OK(panel_->Cosign(log_.Tree(9), kLong));
  const TestLog fork(64, "fork", 4);
  for (const uint64_t size : {9, 12}) {
    MakePanel(&fork);
    EXPECT_THAT(CheckNotBehind(panel_.get(), fork.Tree(size), kLong),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("the log has forked")));
  }
}

// --- One witness ----------------------------------------------------------------

class RemoteWitnessTest : public ::testing::Test {
 protected:
  void Answer(int status, std::string body, std::string type = "text/plain") {
    transport_.Serve("http://w", [=](absl::string_view) {
      return Reply{status, type, body, 0};
    });
  }
  Opinion Ask(uint64_t size = 5) {
    return witness_.Ask(log_.Tree(size), kLong);
  }

  TestLog log_;
  LocalTransport transport_;
  RemoteWitness witness_{SignerOf(0).verifier(), "http://w", &transport_,
                         &log_};
};

TEST_F(RemoteWitnessTest, TellsTroubleFromRefusal) {
  for (const int status : {408, 429, 500, 502, 503}) {
    Answer(status, "later");
    EXPECT_EQ(Ask().kind, Kind::kUnreachable) << status;
  }
  for (const int status : {301, 400, 401, 403, 404}) {
    Answer(status, "no");
    EXPECT_EQ(Ask().kind, Kind::kRefused) << status;
  }
  Answer(422, "no");
  EXPECT_EQ(Ask().kind, Kind::kInconsistent);
}

TEST_F(RemoteWitnessTest, TakesNothingOnFaith) {
  Answer(200, "");
  EXPECT_EQ(Ask().kind, Kind::kRefused);
  Answer(200,
         checkpoint::Line(checkpoint::kWitnessName, checkpoint::kCosignature5));
  EXPECT_EQ(Ask().why, "no line by its key");
  // A line of its own, of another tree.
  const auto text = log_.NoteOf(6).substr(0, log_.NoteOf(6).find("\n\n") + 1);
  const auto line = *SignerOf(0).Cosign(text, 1);
  Answer(200, checkpoint::FormatSignatureLines({&line, 1}));
  EXPECT_EQ(Ask().why, "its line does not verify");
  EXPECT_EQ(Ask(6).kind, Kind::kCosigned);
}

TEST_F(RemoteWitnessTest, WantsATimestamp) {
  const auto text = log_.NoteOf(5).substr(0, log_.NoteOf(5).find("\n\n") + 1);
  const auto line = *SignerOf(0).Cosign(text, 0);
  Answer(200, checkpoint::FormatSignatureLines({&line, 1}));
  EXPECT_EQ(Ask().why, "its line does not verify");
}

TEST_F(RemoteWitnessTest, FollowsOneThatKeepsChangingItsMindOnlySoFar) {
  int size = 0;
  transport_.Serve("http://w",
                   [&size](absl::string_view) -> absl::StatusOr<Reply> {
                     size = size % 4 + 1;
                     return Reply{409, checkpoint::kSizeContentType,
                                  checkpoint::FormatSizeAnswer(size), 0};
                   });
  EXPECT_EQ(Ask(64).kind, Kind::kUnreachable);
  EXPECT_EQ(transport_.posts(), 4);
}

TEST_F(RemoteWitnessTest, ReadsConflictsThatCarryNoSize) {
  Answer(409, "another tree\n");
  EXPECT_EQ(Ask().kind, Kind::kRefused);
  // It knows our size, and then says 409 without a size.
  transport_.Serve("http://w",
                   [](absl::string_view body) -> absl::StatusOr<Reply> {
                     if (absl::StartsWith(body, "old 0\n")) {
                       return Reply{409, "", "5\n", 0};
                     }
                     return Reply{409, "", "another tree", 0};
                   });
  EXPECT_EQ(Ask().kind, Kind::kInconsistent);
}

TEST_F(RemoteWitnessTest, RepeatsNoControlCharactersOfOthers) {
  Answer(404, absl::StrCat("a\x1b[31m\n", std::string(5000, 'x')));
  const std::string why = Ask().why;
  EXPECT_LT(why.size(), 300u);
  EXPECT_EQ(why.find('\x1b'), std::string::npos);
}

TEST(Backoff, DoublesUpToItsLimitAndForgets) {
  base::FakeClock clock(1'000'000);
  Backoff backoff({200, 1000});
  EXPECT_EQ(backoff.WaitMs(clock.NowUnixMs()), 0);
  for (const int64_t wait : {200, 400, 800, 1000, 1000}) {
    backoff.Failed(clock.NowUnixMs());
    EXPECT_EQ(backoff.WaitMs(clock.NowUnixMs()), wait);
    clock.Advance(wait - 1);
    EXPECT_EQ(backoff.WaitMs(clock.NowUnixMs()), 1);
    clock.Advance(1);
    EXPECT_EQ(backoff.WaitMs(clock.NowUnixMs()), 0);
  }
  backoff.Succeeded();
  backoff.Failed(clock.NowUnixMs());
  EXPECT_EQ(backoff.WaitMs(clock.NowUnixMs()), 200);
}

TEST(Backoff, WaitsAsLongAsTheOtherSideAsksWithinItsLimit) {
  Backoff backoff({200, 1000});
  backoff.Failed(0, 700);
  EXPECT_EQ(backoff.WaitMs(0), 700);
  backoff.Failed(0, 1'000'000);
  EXPECT_EQ(backoff.WaitMs(0), 1000);
  // The clock was set back by an hour.
  EXPECT_EQ(backoff.WaitMs(-3'600'000), 1000);
}

}  // namespace
}  // namespace sightline::witness
