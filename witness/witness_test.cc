#include "witness/witness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/bytes.h"
#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "checkpoint/note.h"
#include "checkpoint/test_vectors.h"
#include "checkpoint/verifier.h"
#include "crypto/sha256.h"
#include "telemetry/recorded_diagnostics.h"
#include "witness/memory_cosigned_store.h"
#include "witness/test_log.h"

namespace sightline::witness {
namespace {

using ::sightline::base::StatusIs;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kNowS = 1'750'000'000;

ListedLog VectorLog(uint64_t queries_per_day = 0) {
  return {checkpoint::kLogOrigin,
          {checkpoint::LogSigner().verifier()},
          queries_per_day};
}

std::string HashOf(absl::string_view origin) {
  return base::HexEncode(crypto::AsBytes(crypto::Sha256(origin)));
}

class WitnessTest : public ::testing::Test {
 protected:
  std::unique_ptr<Witness> Make(uint64_t queries_per_day = 0) {
    Witness::Parts parts;
    parts.logs = {VectorLog(queries_per_day)};
    parts.signers = {checkpoint::WitnessSigner()};
    parts.store = &store_;
    parts.clock = &clock_;
    parts.diagnostics = &diagnostics_;
    return std::move(Witness::Create(std::move(parts))).value();
  }

  // The size that is cosigned now.
  uint64_t Cosigned() const {
    const auto tree = store_.Read(checkpoint::kLogOrigin).value();
    return tree.has_value() ? tree->tree_size : 0;
  }

  base::FakeClock clock_{kNowS * 1000};
  telemetry::RecordedDiagnostics diagnostics_;
  MemoryCosignedStore store_;
  TestLog log_;
  std::unique_ptr<Witness> witness_ = Make();
};

TEST_F(WitnessTest, CosignsTheVectorsByteForByte) {
  const std::string note =
      checkpoint::CheckpointNote(checkpoint::kCheckpoints[3]);
  const Answer answer =
      witness_->AddCheckpoint(absl::StrCat("old 0\n\n", note));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, checkpoint::Line(checkpoint::kWitnessName,
                                          checkpoint::kCosignature8));
  EXPECT_EQ(witness_->LatestCheckpoint(HashOf(checkpoint::kLogOrigin)).body,
            checkpoint::CosignedNote());
}

TEST_F(WitnessTest, FollowsTheLogAsItGrows) {
  for (const auto& [from, to] :
       {std::pair(0, 0), {0, 1}, {1, 7}, {7, 8}, {8, 8}, {8, 64}}) {
    EXPECT_EQ(witness_->AddCheckpoint(log_.Request(from, to)).status, 200)
        << from << " to " << to;
    EXPECT_EQ(Cosigned(), static_cast<uint64_t>(to));
  }
}

TEST_F(WitnessTest, RefreshesWithANewTimestamp) {
  const std::string first = witness_->AddCheckpoint(log_.Request(0, 5)).body;
  clock_.Advance(1000);
  const Answer again = witness_->AddCheckpoint(log_.Request(5, 5));
  EXPECT_EQ(again.status, 200);
  EXPECT_NE(again.body, first);
  EXPECT_THAT(witness_->LatestCheckpoint(HashOf(checkpoint::kLogOrigin)).body,
              HasSubstr(again.body));
}

TEST_F(WitnessTest, AnswersTheSizeThatItHasCosigned) {
  const Answer none = witness_->AddCheckpoint(log_.Request(3, 5));
  EXPECT_EQ(none.status, 409);
  EXPECT_EQ(none.body, "0\n");
  ASSERT_EQ(witness_->AddCheckpoint(log_.Request(0, 5)).status, 200);
  for (const uint64_t old : {0, 4, 6}) {
    const Answer answer = witness_->AddCheckpoint(log_.Request(old, 9));
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.body, "5\n");
    EXPECT_EQ(answer.content_type, "text/x.tlog.size");
  }
  EXPECT_EQ(Cosigned(), 5u);
}

TEST_F(WitnessTest, NeverCosignsASecondTreeOfOneSize) {
  ASSERT_EQ(witness_->AddCheckpoint(log_.Request(0, 5)).status, 200);
  const TestLog fork(64, "fork", 3);
  const Answer answer = witness_->AddCheckpoint(fork.Request(5, 5));
  EXPECT_EQ(answer.status, 409);
  EXPECT_NE(answer.content_type, "text/x.tlog.size");
  EXPECT_THAT(
      diagnostics_.lines(),
      Contains(HasSubstr(absl::StrCat("offered_note_base64=",
                                      base::Base64Encode(fork.NoteOf(5))))));
}

TEST_F(WitnessTest, RefusesAForkThatHasGrown) {
  ASSERT_EQ(witness_->AddCheckpoint(log_.Request(0, 5)).status, 200);
  const TestLog fork(64, "fork", 3);
  EXPECT_EQ(witness_->AddCheckpoint(fork.Request(5, 9)).status, 422);
  EXPECT_EQ(Cosigned(), 5u);
  EXPECT_THAT(diagnostics_.lines(),
              Contains(HasSubstr("warning inconsistent_checkpoint")));
}

TEST_F(WitnessTest, RefusesAWrongProof) {
  ASSERT_EQ(witness_->AddCheckpoint(log_.Request(0, 5)).status, 200);
  auto proof = log_.Proof(5, 9);
  const auto ask = [this](const std::vector<crypto::Digest>& hashes) {
    return witness_
        ->AddCheckpoint(
            checkpoint::FormatAddCheckpoint(5, hashes, log_.NoteOf(9)))
        .status;
  };
  for (size_t i = 0; i < proof.size(); ++i) {
    auto wrong = proof;
    wrong[i][0] ^= 1;
    EXPECT_EQ(ask(wrong), 422);
  }
  auto longer = proof;
  longer.push_back(proof[0]);
  EXPECT_EQ(ask(longer), 422);
  proof.pop_back();
  EXPECT_EQ(ask(proof), 422);
  EXPECT_EQ(ask({}), 422);
  EXPECT_EQ(Cosigned(), 5u);
}

TEST_F(WitnessTest, WantsNoProofWhereNoneIsNeeded) {
  const std::vector<crypto::Digest> one = {log_.Root(1)};
  EXPECT_EQ(witness_
                ->AddCheckpoint(
                    checkpoint::FormatAddCheckpoint(0, one, log_.NoteOf(5)))
                .status,
            422);
  ASSERT_EQ(witness_->AddCheckpoint(log_.Request(0, 5)).status, 200);
  EXPECT_EQ(witness_
                ->AddCheckpoint(
                    checkpoint::FormatAddCheckpoint(5, one, log_.NoteOf(5)))
                .status,
            422);
}

TEST_F(WitnessTest, RefusesAnEmptyTreeWithARoot) {
  checkpoint::Checkpoint tree;
  tree.origin = checkpoint::kLogOrigin;
  tree.root_hash = log_.Root(5);
  const auto signer = checkpoint::LogSigner();
  const std::string note = *checkpoint::SignCheckpoint(tree, {&signer, 1});
  // Even when the old size is wrong as well: 422 comes before 409.
  ASSERT_EQ(witness_->AddCheckpoint(log_.Request(0, 5)).status, 200);
  EXPECT_EQ(witness_->AddCheckpoint(absl::StrCat("old 0\n\n", note)).status,
            422);
}

// Several things are wrong at once: the first in the order is answered.
TEST_F(WitnessTest, DecidesInTheOrderOfTheSpecification) {
  ASSERT_EQ(witness_->AddCheckpoint(log_.Request(0, 5)).status, 200);
  const std::string unknown_and_unsigned = absl::StrReplaceAll(
      log_.Request(9, 3), {{checkpoint::kLogOrigin, "example.com/other"}});
  EXPECT_EQ(witness_->AddCheckpoint(unknown_and_unsigned).status, 404);
  // Bad signature, unparsable size, old above size.
  const std::string bad_signature =
      absl::StrReplaceAll(log_.Request(9, 3), {{"\n3\n", "\nthree\n"}});
  EXPECT_EQ(witness_->AddCheckpoint(bad_signature).status, 403);
  // Old above the size and not the one cosigned.
  EXPECT_EQ(witness_->AddCheckpoint(log_.Request(9, 3)).status, 400);
  // Not the one cosigned, and a wrong proof.
  EXPECT_EQ(witness_
                ->AddCheckpoint(checkpoint::FormatAddCheckpoint(
                    4, {log_.Root(1)}, log_.NoteOf(9)))
                .status,
            409);
}

TEST_F(WitnessTest, RefusesAKeyThatIsNotListed) {
  checkpoint::Checkpoint tree;
  tree.origin = checkpoint::kLogOrigin;
  tree.tree_size = 5;
  tree.root_hash = log_.Root(5);
  const auto stranger = *checkpoint::NoteSigner::Create(
      checkpoint::kLogOrigin, checkpoint::KeyType::kEd25519,
      *crypto::PrivateKey::FromSeed(std::string(32, '\x09')));
  const std::string note = *checkpoint::SignCheckpoint(tree, {&stranger, 1});
  EXPECT_EQ(witness_->AddCheckpoint(absl::StrCat("old 0\n\n", note)).status,
            403);
}

TEST_F(WitnessTest, DropsLinesThatItDoesNotKnow) {
  const std::string stranger =
      checkpoint::Line("example.com/stranger", checkpoint::kCosignature5);
  const Answer answer =
      witness_->AddCheckpoint(absl::StrCat(log_.Request(0, 5), stranger));
  ASSERT_EQ(answer.status, 200);
  EXPECT_THAT(witness_->LatestCheckpoint(HashOf(checkpoint::kLogOrigin)).body,
              Not(HasSubstr("stranger")));
}

TEST_F(WitnessTest, LetsGoOfNothingThatIsNotStored) {
  for (const bool persists : {false, true}) {
    MemoryCosignedStore store;
    Witness::Parts parts;
    parts.logs = {VectorLog()};
    parts.signers = {checkpoint::WitnessSigner()};
    parts.store = &store;
    parts.clock = &clock_;
    const auto witness = std::move(Witness::Create(std::move(parts))).value();
    store.FailWrites(absl::UnavailableError("no space"), persists);
    const Answer answer = witness->AddCheckpoint(log_.Request(0, 5));
    EXPECT_EQ(answer.status, 503);
    EXPECT_FALSE(absl::StrContains(answer.body, checkpoint::kWitnessName));
    store.FailWrites(absl::OkStatus(), false);
    // Whichever it was, the log finds its way.
    EXPECT_EQ(witness->AddCheckpoint(log_.Request(persists ? 5 : 0, 9)).status,
              200);
  }
}

TEST_F(WitnessTest, StopsForALogWhoseStateIsDamaged) {
  store_.FailReads(absl::DataLossError("x"));
  EXPECT_EQ(witness_->AddCheckpoint(log_.Request(0, 5)).status, 500);
  EXPECT_THAT(diagnostics_.lines(), Contains(HasSubstr("error state_failed")));
}

TEST_F(WitnessTest, LimitsALogToItsQueries) {
  const auto witness = Make(/*queries_per_day=*/24);
  for (int i = 0; i < 10; ++i) {
    ASSERT_NE(witness->AddCheckpoint(log_.Request(0, 0)).status, 429);
  }
  // A stranger's requests cost the log nothing: they end before.
  const Answer limited = witness->AddCheckpoint(log_.Request(0, 0));
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.retry_after_s, 3600);
  clock_.Advance(3'600'000);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(witness
                  ->AddCheckpoint(absl::StrReplaceAll(log_.Request(0, 0),
                                                      {{"\n0\n", "\n1\n"}}))
                  .status,
              403);
  }
  EXPECT_EQ(witness->AddCheckpoint(log_.Request(0, 0)).status, 200);
}

// Forks of one log race; of any size at most one root is ever cosigned.
TEST_F(WitnessTest, OneRootPerSizeWhateverComesAtOnce) {
  std::mutex mutex;
  std::set<std::pair<uint64_t, std::string>> cosigned;
  std::vector<std::thread> threads;
  for (int fork = 0; fork < 6; ++fork) {
    threads.emplace_back([&, fork] {
      const TestLog log(40, absl::StrCat("fork", fork % 3, "/"), 5);
      uint64_t old = 0;
      for (int i = 0; i < 60; ++i) {
        const uint64_t size = std::min<uint64_t>(40, old + 1);
        const Answer answer = witness_->AddCheckpoint(log.Request(old, size));
        if (answer.status == 200) {
          std::lock_guard<std::mutex> lock(mutex);
          cosigned.insert({size, std::string(crypto::AsBytes(log.Root(size)))});
          old = size;
        } else if (answer.status == 409 &&
                   answer.content_type == checkpoint::kSizeContentType) {
          old = *checkpoint::ParseSizeAnswer(answer.body);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<uint64_t> sizes;
  for (const auto& [size, root] : cosigned) {
    EXPECT_TRUE(sizes.insert(size).second) << "two roots of size " << size;
  }
  EXPECT_GE(sizes.size(), 5u);
}

TEST_F(WitnessTest, ServesTheLatestCheckpointToReaders) {
  EXPECT_EQ(witness_->LatestCheckpoint(HashOf("x")).status, 404);
  EXPECT_EQ(witness_->LatestCheckpoint(HashOf(checkpoint::kLogOrigin)).status,
            404);
  ASSERT_EQ(witness_->AddCheckpoint(log_.Request(0, 5)).status, 200);
  EXPECT_EQ(HashOf(checkpoint::kLogOrigin),
            "d9b4e0740e8f9636e5e025045a8a409634fe49735ecefb2be486907a2de7193b");
  const Answer answer =
      witness_->LatestCheckpoint(HashOf(checkpoint::kLogOrigin));
  EXPECT_EQ(answer.status, 200);
  const auto note = checkpoint::ParseNote(answer.body);
  ASSERT_OK(note);
  const checkpoint::Verifier keys[] = {checkpoint::LogSigner().verifier(),
                                       checkpoint::WitnessSigner().verifier()};
  const auto verified = checkpoint::VerifyNote(*note, keys);
  ASSERT_OK(verified);
  EXPECT_EQ(verified->size(), 2u);
  EXPECT_EQ((*verified)[1].time_unix_s, static_cast<uint64_t>(kNowS));
}

TEST_F(WitnessTest, CountsWhatItAnswers) {
  witness_->AddCheckpoint("x");
  witness_->AddCheckpoint(log_.Request(0, 5));
  witness_->AddCheckpoint(log_.Request(0, 5));
  const std::string metrics = witness_->Metrics();
  for (const char* line :
       {"sightline_witness_answers_total{status=\"200\"} 1\n",
        "sightline_witness_answers_total{status=\"400\"} 1\n",
        "sightline_witness_answers_total{status=\"409\"} 1\n",
        "sightline_witness_cosigned_size{origin=\"example.com/vector-log\"} "
        "5\n",
        "sightline_witness_logs 1\n"}) {
    EXPECT_THAT(metrics, HasSubstr(line));
  }
}

TEST_F(WitnessTest, WantsKeysOfItsOwn) {
  Witness::Parts parts;
  parts.logs = {VectorLog()};
  parts.store = &store_;
  parts.clock = &clock_;
  EXPECT_THAT(Witness::Create(parts),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("needs a cosigner key")));
  parts.signers = {checkpoint::LogSigner()};
  EXPECT_THAT(Witness::Create(parts),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("is not a cosigner's")));
  // The log's own key, made a cosigner's.
  parts.signers = {*checkpoint::NoteSigner::Create(
      "w", checkpoint::KeyType::kCosignature,
      *crypto::PrivateKey::FromSeed(std::string(32, '\x01')))};
  EXPECT_THAT(Witness::Create(parts),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("is also that of example.com/vector-log")));
  parts.signers = {checkpoint::WitnessSigner(), checkpoint::WitnessSigner()};
  EXPECT_THAT(Witness::Create(parts),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("is also that of")));
}

}  // namespace
}  // namespace sightline::witness
