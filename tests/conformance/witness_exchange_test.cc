// The witness exchange, step by step, as FiloSottile/sunlight's
// internal/witness/witness_test.go has it: a Sigsum log of 1, 3 and 5 leaves
// whose leaf hashes are 2a, the leaf's number, and zeros.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "checkpoint/note.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/vkey.h"
#include "crypto/signer.h"
#include "witness/answer.h"
#include "witness/log_list.h"
#include "witness/memory_cosigned_store.h"
#include "witness/witness.h"

namespace sightline {
namespace {

using witness::Answer;

constexpr char kOrigin[] =
    "sigsum.org/v1/tree/"
    "4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562";
constexpr char kVkeyTail[] =
    "+5202289b+Af/cLU2Y5BJNP+r3iMDC+av9eWCD0fBJVDfzAux5zxAP";

constexpr char kRoot1[] = "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
constexpr char kRoot3[] = "RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=";
constexpr char kRoot5[] = "QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=";
constexpr char kSig1[] =
    "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+"
    "YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=";
constexpr char kSig3[] =
    "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/"
    "GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=";
constexpr char kBadSig3[] =
    "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/"
    "GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6gx=";
constexpr char kSig5[] =
    "UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/"
    "jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=";
constexpr char kSigFive[] =
    "UgIom4JTC2MerrFcJ5xDcWHzRPVB6zzGBIw4OFqcKDflqjH4q4xY5vMxUxyczvdIlEwFYf7iv"
    "QU4KoWan2bLmzLx0go=";

constexpr char kA[] = "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
constexpr char kB[] = "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
constexpr char kBadB[] = "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABA=";
constexpr char kC[] = "KgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
constexpr char kD[] = "KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
constexpr char kE[] = "+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=";
constexpr char kF[] = "wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=";

std::string Text(absl::string_view size, absl::string_view root,
                 absl::string_view origin = kOrigin) {
  return absl::StrCat(origin, "\n", size, "\n", root, "\n");
}

std::string Signed(const std::string& text, absl::string_view signature) {
  return absl::StrCat(text, "\n\xe2\x80\x94 ", text.substr(0, text.find('\n')),
                      " ", signature, "\n");
}

std::string Request(int old, const std::vector<std::string>& proof,
                    const std::string& note) {
  std::string out = absl::StrCat("old ", old, "\n");
  for (const std::string& hash : proof) absl::StrAppend(&out, hash, "\n");
  return absl::StrCat(out, "\n", note);
}

class WitnessExchange : public ::testing::Test {
 protected:
  WitnessExchange() { Start(); }

  // A witness that has seen nothing.
  void Start() {
    witness_.reset();
    store_ = std::make_unique<witness::MemoryCosignedStore>();
    witness::Witness::Parts parts;
    parts.logs = *witness::ParseLogList(absl::StrCat(
        "logs/v0\n\norigin ", kOrigin, "\nvkey ", kOrigin, kVkeyTail, "\n"));
    parts.signers = {signer_};
    parts.store = store_.get();
    parts.clock = &clock_;
    witness_ = std::move(witness::Witness::Create(std::move(parts))).value();
  }

  // The answer is one line of this witness that verifies over `text`.
  void ExpectCosigned(const Answer& answer, const std::string& text) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto lines = checkpoint::ParseSignatureLines(answer.body);
    ASSERT_OK(lines);
    ASSERT_EQ(lines->size(), 1u);
    EXPECT_EQ((*lines)[0].name, signer_.name());
    EXPECT_OK(signer_.verifier().Verify(text, (*lines)[0].signature));
  }

  void ExpectSize(const Answer& answer, const std::string& size) {
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.body, size);
    EXPECT_EQ(answer.content_type, "text/x.tlog.size");
  }

  // Torchwood's race, once: from 1 leaf to 3 and to 5 at the same time.
  void Race() {
    const std::string note1 = Signed(Text("1", kRoot1), kSig1);
    ASSERT_EQ(witness_->AddCheckpoint(Request(0, {}, note1)).status, 200);
    const std::string to3 =
        Request(1, {kA, kB}, Signed(Text("3", kRoot3), kSig3));
    const std::string to5 =
        Request(1, {kA, kE, kD}, Signed(Text("5", kRoot5), kSig5));
    Answer three;
    std::thread other([&] { three = witness_->AddCheckpoint(to3); });
    const Answer five = witness_->AddCheckpoint(to5);
    other.join();
    if (five.status == 200) {
      ExpectSize(three, "5\n");
    } else {
      EXPECT_EQ(three.status, 200) << three.body;
      ExpectSize(five, "3\n");
    }
    // What a client knows is held, and a smaller tree takes nothing back.
    ExpectSize(witness_->AddCheckpoint(Request(0, {}, note1)),
               five.status == 200 ? "5\n" : "3\n");
  }

  const checkpoint::NoteSigner signer_ = *checkpoint::NoteSigner::Create(
      "example.com/witness", checkpoint::KeyType::kCosignature,
      *crypto::PrivateKey::FromSeed(std::string(32, '\x02')));
  base::FakeClock clock_{1'750'000'000'000};
  std::unique_ptr<witness::MemoryCosignedStore> store_;
  std::unique_ptr<witness::Witness> witness_;
};

TEST_F(WitnessExchange, StepByStep) {
  const std::string note1 = Signed(Text("1", kRoot1), kSig1);
  const std::string note3 = Signed(Text("3", kRoot3), kSig3);
  const std::string note5 = Signed(Text("5", kRoot5), kSig5);
  const auto ask = [this](const std::string& body) {
    return witness_->AddCheckpoint(body);
  };

  SCOPED_TRACE("step 1: the first checkpoint");
  ExpectCosigned(ask(Request(0, {}, note1)), Text("1", kRoot1));

  SCOPED_TRACE("step 2: a bad signature");
  EXPECT_EQ(
      ask(Request(1, {kA, kB}, Signed(Text("3", kRoot3), kBadSig3))).status,
      403);

  SCOPED_TRACE("step 3: another log");
  std::string other(kOrigin);
  other.back() = '3';
  EXPECT_EQ(
      ask(Request(1, {kA, kB}, Signed(Text("3", kRoot3, other), kSig3))).status,
      404);

  SCOPED_TRACE("steps 4 and 5: a wrong proof");
  EXPECT_EQ(ask(Request(1, {}, note3)).status, 422);
  EXPECT_EQ(ask(Request(1, {kA, kBadB}, note3)).status, 422);

  SCOPED_TRACE("step 6: growth");
  ExpectCosigned(ask(Request(1, {kA, kB}, note3)), Text("3", kRoot3));

  SCOPED_TRACE("step 7: an old size from before");
  ExpectSize(ask(Request(1, {kA, kE, kD}, note5)), "3\n");

  SCOPED_TRACE("step 8: growth again");
  ExpectCosigned(ask(Request(3, {kB, kC, kF, kD}, note5)), Text("5", kRoot5));

  SCOPED_TRACE("step 9: a client that knows nothing");
  ExpectSize(ask(Request(0, {}, note5)), "5\n");

  SCOPED_TRACE("steps 10 and 11: not a signed checkpoint");
  EXPECT_EQ(ask(Request(5, {}, absl::StrCat(Text("5", kRoot5), "\n"))).status,
            400);
  EXPECT_EQ(ask(Request(5, {}, Signed(Text("five", kRoot1), kSigFive))).status,
            400);
}

TEST_F(WitnessExchange, OfTwoAtOnceOneIsTaken) {
  for (int i = 0; i < 200; ++i) {
    Start();
    Race();
    ASSERT_FALSE(HasFailure());
  }
}

}  // namespace
}  // namespace sightline
