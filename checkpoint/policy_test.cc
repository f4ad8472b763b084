#include "checkpoint/policy.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "checkpoint/note.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/test_vectors.h"
#include "crypto/signer.h"

namespace sightline::checkpoint {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

std::string LogLine() { return absl::StrCat("log ", kLogVkey, "\n"); }
std::string W1() { return absl::StrCat("witness W1 ", kWitnessVkey, "\n"); }

// Witness number `i` of some more.
NoteSigner Other(int i) {
  return *NoteSigner::Create(absl::StrCat("example.com/w", i),
                             KeyType::kCosignature,
                             *crypto::PrivateKey::FromSeed(
                                 std::string(32, static_cast<char>(0x20 + i))));
}

std::string Witness(int i) {
  return absl::StrCat("witness w", i, " ", Other(i).vkey(), "\n");
}

std::string Witnesses(int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += Witness(i);
  return out;
}

std::string Example() { return LogLine() + W1() + "group G 1 W1\nquorum G\n"; }

TEST(Policy, ParsesTheExample) {
  ASSERT_OK_AND_ASSIGN(const Policy policy, Policy::Parse(Example()));
  ASSERT_EQ(policy.logs().size(), 1u);
  EXPECT_EQ(policy.logs()[0].verifier.name(), kLogOrigin);
  ASSERT_EQ(policy.witnesses().size(), 1u);
  EXPECT_EQ(policy.witnesses()[0].name, "W1");
  EXPECT_EQ(policy.witnesses()[0].vkey.name, kWitnessName);
}

TEST(Policy, KeepsUrls) {
  ASSERT_OK_AND_ASSIGN(
      const Policy policy,
      Policy::Parse(absl::StrCat("log ", kLogVkey, " https://log.example/\n",
                                 "witness W1 ", kWitnessVkey,
                                 " https://witness.example/\nquorum W1\n")));
  EXPECT_EQ(policy.logs()[0].url, "https://log.example/");
  EXPECT_EQ(policy.witnesses()[0].url, "https://witness.example/");
}

TEST(Policy, PassesOverBlankLinesAndComments) {
  EXPECT_OK(Policy::Parse("\n  \t \n# comment\n\t # indented\n#\n" + LogLine() +
                          "\tlog\t\t" +
                          "example.com/foo+530d903a+"
                          "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k \n"
                          "quorum none"));
}

TEST(Policy, HasNoTrailingComments) {
  EXPECT_THAT(Policy::Parse("quorum none # all\n"), StatusIs(kInvalid));
}

TEST(Policy, TakesHighBytesAsTheyAre) {
  EXPECT_OK(Policy::Parse(
      absl::StrCat("witness \xff\xfe ", kWitnessVkey, "\nquorum \xff\xfe\n")));
}

TEST(Policy, RefusesControlCharacters) {
  for (const char* bytes : {"\x01", "\r", "\x7f", "\x0b"}) {
    EXPECT_THAT(Policy::Parse(absl::StrCat("# c", bytes, "\nquorum none\n")),
                StatusIs(kInvalid, HasSubstr("line 1")));
  }
  EXPECT_THAT(Policy::Parse(absl::string_view("#\0\nquorum none\n", 15)),
              StatusIs(kInvalid));
}

TEST(Policy, WantsExactlyOneQuorumLine) {
  EXPECT_THAT(Policy::Parse(LogLine() + W1()),
              StatusIs(kInvalid, HasSubstr("no quorum")));
  EXPECT_THAT(Policy::Parse(Example() + "quorum none\n"),
              StatusIs(kInvalid, HasSubstr("line 5")));
  EXPECT_THAT(Policy::Parse(""), StatusIs(kInvalid));
}

TEST(Policy, RefusesThresholdsOutsideTheGroup) {
  for (const char* k : {"0", "2", "01", "+1", "-1", "some", "4294967297"}) {
    EXPECT_THAT(Policy::Parse(absl::StrCat(LogLine(), W1(), "group G ", k,
                                           " W1\nquorum G\n")),
                StatusIs(kInvalid, HasSubstr("threshold")))
        << k;
  }
  EXPECT_THAT(Policy::Parse(W1() + "group G any\nquorum G\n"),
              StatusIs(kInvalid));
}

TEST(Policy, RefusesMembersTwice) {
  EXPECT_THAT(Policy::Parse(W1() + "group G 1 W1\ngroup H 1 W1\nquorum G\n"),
              StatusIs(kInvalid, HasSubstr("member")));
  EXPECT_THAT(Policy::Parse(W1() + "group G 1 W1 W1\nquorum G\n"),
              StatusIs(kInvalid, HasSubstr("member")));
}

TEST(Policy, RefusesNamesDefinedLaterOrNever) {
  EXPECT_THAT(Policy::Parse(W1() + "group G 1 W1 H\n" + Witness(1) +
                            "group H 1 w1\nquorum G\n"),
              StatusIs(kInvalid, HasSubstr("earlier")));
  EXPECT_THAT(Policy::Parse("group G 1 G\nquorum G\n"), StatusIs(kInvalid));
  EXPECT_THAT(Policy::Parse("quorum W1\n" + W1()), StatusIs(kInvalid));
  EXPECT_THAT(Policy::Parse("quorum G\n"), StatusIs(kInvalid));
}

TEST(Policy, RefusesNamesDefinedTwiceAndNone) {
  EXPECT_THAT(Policy::Parse(W1() + "group W1 1 W1\nquorum W1\n"),
              StatusIs(kInvalid, HasSubstr("already")));
  EXPECT_THAT(Policy::Parse(W1() + absl::StrCat("witness W1 ", Other(1).vkey(),
                                                "\nquorum W1\n")),
              StatusIs(kInvalid));
  EXPECT_THAT(Policy::Parse(absl::StrCat("witness none ", kWitnessVkey,
                                         "\nquorum none\n")),
              StatusIs(kInvalid, HasSubstr("reserved")));
  EXPECT_THAT(Policy::Parse(W1() + "group none 1 W1\nquorum none\n"),
              StatusIs(kInvalid));
  EXPECT_THAT(Policy::Parse(W1() + "group G 1 none\nquorum G\n"),
              StatusIs(kInvalid));
}

TEST(Policy, RefusesTheSameKeyTwice) {
  // As another witness, under another name.
  EXPECT_THAT(
      Policy::Parse(
          W1() + absl::StrCat(
                     "witness W2 ",
                     NoteSigner::Create(
                         "other.example", KeyType::kCosignature,
                         *crypto::PrivateKey::FromSeed(std::string(32, '\x02')))
                         ->vkey(),
                     "\nquorum W1\n")),
      StatusIs(kInvalid, HasSubstr("listed already")));
  // As a log of type 1, before and after.
  const std::string as_log = absl::StrCat("log ", kWitnessLogTypeVkey, "\n");
  EXPECT_THAT(Policy::Parse(W1() + as_log + "quorum W1\n"),
              StatusIs(kInvalid, HasSubstr("listed already")));
  EXPECT_THAT(Policy::Parse(as_log + W1() + "quorum W1\n"), StatusIs(kInvalid));
  EXPECT_THAT(Policy::Parse(LogLine() + LogLine() + "quorum none\n"),
              StatusIs(kInvalid));
}

TEST(Policy, RefusesKeysOfTheWrongType) {
  EXPECT_THAT(Policy::Parse(absl::StrCat("witness W1 ", kWitnessLogTypeVkey,
                                         "\nquorum W1\n")),
              StatusIs(kInvalid, HasSubstr("cosignature key")));
  EXPECT_THAT(
      Policy::Parse(absl::StrCat("log ", kWitnessVkey, "\nquorum none\n")),
      StatusIs(kInvalid, HasSubstr("log's signature type")));
  ASSERT_OK_AND_ASSIGN(const Vkey unknown,
                       MakeVkey("n", static_cast<KeyType>(0xff), "key"));
  EXPECT_THAT(Policy::Parse(
                  absl::StrCat("log ", FormatVkey(unknown), "\nquorum none\n")),
              StatusIs(kInvalid, HasSubstr("not supported")));
}

TEST(Policy, RefusesMalformedLines) {
  for (const std::string& line :
       {std::string("log"), std::string("witness W1"), std::string("group G"),
        std::string("group G 1"), std::string("quorum"),
        std::string("quorum none none"), std::string("frobnicate x"),
        absl::StrCat("log ", kLogVkey, " url more"),
        absl::StrCat("witness W1 ", kWitnessVkey, " url more"),
        std::string("log nonsense")}) {
    EXPECT_THAT(Policy::Parse("\n" + line + "\nquorum none\n"),
                StatusIs(kInvalid, HasSubstr("line 2")))
        << line;
  }
}

TEST(Policy, HoldsManyOfEach) {
  std::string text;
  std::string all = "group all all";
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(&text, Witness(i), "group g", i, " any w", i, "\n");
    absl::StrAppend(&all, " g", i);
  }
  ASSERT_OK_AND_ASSIGN(const Policy policy,
                       Policy::Parse(text + all + "\nquorum all\n"));
  std::vector<size_t> witnesses;
  for (size_t i = 0; i < 99; ++i) witnesses.push_back(i);
  EXPECT_THAT(policy.CheckQuorum(witnesses), StatusIs(kInvalid));
  witnesses.push_back(99);
  EXPECT_OK(policy.CheckQuorum(witnesses));
}

TEST(Policy, RefusesMoreThanAMebibyte) {
  EXPECT_THAT(Policy::Parse(std::string(1 << 20, '#') + "\nquorum none\n"),
              StatusIs(kInvalid));
}

TEST(CheckQuorum, NoneAsksForNobody) {
  ASSERT_OK_AND_ASSIGN(const Policy policy, Policy::Parse("quorum none\n"));
  EXPECT_OK(policy.CheckQuorum({}));
}

TEST(CheckQuorum, OneWitnessMayBeTheQuorum) {
  ASSERT_OK_AND_ASSIGN(const Policy policy,
                       Policy::Parse(Witnesses(2) + "quorum w1\n"));
  EXPECT_OK(policy.CheckQuorum({1}));
  EXPECT_THAT(policy.CheckQuorum({0}), StatusIs(kInvalid, HasSubstr("w1")));
}

TEST(CheckQuorum, CountsThresholds) {
  for (size_t k = 1; k <= 3; ++k) {
    ASSERT_OK_AND_ASSIGN(const Policy policy,
                         Policy::Parse(absl::StrCat(Witnesses(3), "group G ", k,
                                                    " w0 w1 w2\nquorum G\n")));
    for (unsigned set = 0; set < 8; ++set) {
      std::vector<size_t> witnesses;
      for (size_t i = 0; i < 3; ++i) {
        if (set >> i & 1) witnesses.push_back(i);
      }
      EXPECT_EQ(policy.CheckQuorum(witnesses).ok(), witnesses.size() >= k)
          << k << " of " << set;
    }
  }
}

TEST(CheckQuorum, GroupsNest) {
  // (all of w0, w1) and (any of w2, w3).
  ASSERT_OK_AND_ASSIGN(
      const Policy policy,
      Policy::Parse(Witnesses(4) + "group A all w0 w1\ngroup B any w2 w3\n"
                                   "group Q all A B\nquorum Q\n"));
  EXPECT_OK(policy.CheckQuorum({0, 1, 2}));
  EXPECT_OK(policy.CheckQuorum({3, 1, 0}));
  EXPECT_THAT(policy.CheckQuorum({0, 2, 3}), StatusIs(kInvalid));
  EXPECT_THAT(policy.CheckQuorum({0, 1}), StatusIs(kInvalid));
}

TEST(CheckQuorum, RepetitionsAndUnknownIndicesCountForNothing) {
  ASSERT_OK_AND_ASSIGN(
      const Policy policy,
      Policy::Parse(Witnesses(2) + "group G 2 w0 w1\nquorum G\n"));
  EXPECT_THAT(policy.CheckQuorum({0, 0, 0, 7}), StatusIs(kInvalid));
}

TEST(Policy, UnsupportedWitnessesNeverCount) {
  ASSERT_OK_AND_ASSIGN(
      const Vkey pq,
      MakeVkey("example.com/pq", KeyType::kMlDsa44, std::string(1312, 'k')));
  ASSERT_OK_AND_ASSIGN(
      const Policy policy,
      Policy::Parse(absl::StrCat(W1(), "witness PQ ", FormatVkey(pq),
                                 "\ngroup G any W1 PQ\nquorum G\n")));
  EXPECT_FALSE(policy.witnesses()[1].verifier.has_value());
  std::vector<size_t> indices;
  EXPECT_EQ(policy.WitnessKeys(&indices).size(), 1u);
  EXPECT_EQ(indices, std::vector<size_t>{0});
}

TEST(PolicyOpenCheckpoint, AcceptsWhatLogAndQuorumSigned) {
  ASSERT_OK_AND_ASSIGN(const Policy policy, Policy::Parse(Example()));
  ASSERT_OK_AND_ASSIGN(const OpenedCheckpoint opened,
                       policy.OpenCheckpoint(CosignedNote()));
  EXPECT_EQ(opened.checkpoint.tree_size, 8u);
}

TEST(PolicyOpenCheckpoint, RefusesWithoutQuorumLogOrOrigin) {
  ASSERT_OK_AND_ASSIGN(const Policy policy, Policy::Parse(Example()));
  EXPECT_THAT(policy.OpenCheckpoint(CheckpointNote(kCheckpoints[3])),
              StatusIs(kInvalid, HasSubstr("quorum")));
  EXPECT_THAT(
      policy.OpenCheckpoint(absl::StrCat(CheckpointText(kCheckpoints[3]), "\n",
                                         Line(kWitnessName, kCosignature8))),
      StatusIs(kInvalid, HasSubstr("log did not sign")));
  ASSERT_OK_AND_ASSIGN(const Policy other, Policy::Parse(W1() + "quorum W1\n"));
  EXPECT_THAT(other.OpenCheckpoint(CosignedNote()),
              StatusIs(kInvalid, HasSubstr("no log with the origin")));
}

TEST(PolicyOpenCheckpoint, RefusesAForgedCosignatureEvenWithoutQuorum) {
  ASSERT_OK_AND_ASSIGN(const Policy policy,
                       Policy::Parse(LogLine() + W1() + "quorum none\n"));
  EXPECT_OK(policy.OpenCheckpoint(CheckpointNote(kCheckpoints[3])));
  EXPECT_THAT(policy.OpenCheckpoint(CheckpointNote(kCheckpoints[3]) +
                                    Line(kWitnessName, kCosignature5)),
              StatusIs(kInvalid, HasSubstr("line 2")));
}

TEST(CheckCosigned, CountsWitnessesThatVerifyWhoeverElseSigned) {
  ASSERT_OK_AND_ASSIGN(
      const Policy policy,
      Policy::Parse(Witnesses(3) + "group G 2 w0 w1 w2\nquorum G\n"));
  Note note;
  note.text = CheckpointText(kCheckpoints[3]);
  note.signatures = {*LogSigner().Sign(note.text),
                     *Other(0).Cosign(note.text, 1)};
  EXPECT_THAT(policy.CheckCosigned(note), StatusIs(kInvalid));
  note.signatures.push_back(*Other(0).Cosign(note.text, 2));
  EXPECT_THAT(policy.CheckCosigned(note), StatusIs(kInvalid)) << "one twice";
  note.signatures.push_back(*Other(2).Cosign(note.text, 1));
  EXPECT_OK(policy.CheckCosigned(note));
  note.signatures.back().signature[20] ^= 1;
  EXPECT_THAT(policy.CheckCosigned(note), StatusIs(kInvalid));
}

}  // namespace
}  // namespace sightline::checkpoint
