#include "checkpoint/log_checkpoint.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_matchers.h"
#include "checkpoint/test_vectors.h"
#include "crypto/sha256.h"

namespace sightline::checkpoint {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr char kRoot[] = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=";

std::string Text(absl::string_view size, absl::string_view root) {
  return absl::StrCat("example.com/log\n", size, "\n", root, "\n");
}

TEST(Checkpoint, VectorsParseAndComeBack) {
  for (const CheckpointVector& v : kCheckpoints) {
    ASSERT_OK_AND_ASSIGN(const Checkpoint c,
                         ParseCheckpoint(CheckpointText(v)));
    EXPECT_EQ(c.origin, kLogOrigin);
    EXPECT_EQ(c.tree_size, v.tree_size);
    EXPECT_EQ(base::Base64Encode(crypto::AsBytes(c.root_hash)), v.root);
    EXPECT_EQ(FormatCheckpoint(c), CheckpointText(v));
  }
}

TEST(Checkpoint, EmptyTreesRootIsTheHashOfNothing) {
  ASSERT_OK_AND_ASSIGN(const Checkpoint c,
                       ParseCheckpoint(CheckpointText(kCheckpoints[0])));
  EXPECT_EQ(c.root_hash, crypto::Sha256(""));
}

TEST(SignCheckpoint, MakesTheVectors) {
  for (const CheckpointVector& v : kCheckpoints) {
    ASSERT_OK_AND_ASSIGN(const Checkpoint c,
                         ParseCheckpoint(CheckpointText(v)));
    EXPECT_THAT(SignCheckpoint(c, {LogSigner()}),
                IsOkAndHolds(CheckpointNote(v)));
  }
}

TEST(SignCheckpoint, WritesOneLinePerSigner) {
  const Checkpoint c = *ParseCheckpoint(CheckpointText(kCheckpoints[3]));
  ASSERT_OK_AND_ASSIGN(
      const NoteSigner second,
      NoteSigner::Create(
          kLogOrigin, KeyType::kEcdsa,
          *crypto::PrivateKey::Generate(crypto::KeyAlgorithm::kEcdsaP256)));
  ASSERT_OK_AND_ASSIGN(const std::string note,
                       SignCheckpoint(c, {LogSigner(), second}));
  ASSERT_OK_AND_ASSIGN(
      const OpenedCheckpoint opened,
      OpenCheckpoint(note, kLogOrigin,
                     {LogSigner().verifier(), second.verifier()}));
  EXPECT_EQ(opened.verified.size(), 2u);
}

TEST(SignCheckpoint, WantsASignerAndAnOrigin) {
  Checkpoint c = *ParseCheckpoint(CheckpointText(kCheckpoints[3]));
  EXPECT_THAT(SignCheckpoint(c, {}), StatusIs(kInvalid));
  c.origin = "two\nlines";
  EXPECT_THAT(SignCheckpoint(c, {LogSigner()}), StatusIs(kInvalid));
  c.origin = "";
  EXPECT_THAT(SignCheckpoint(c, {LogSigner()}), StatusIs(kInvalid));
}

TEST(OpenCheckpoint, AcceptsTheVectors) {
  for (const CheckpointVector& v : kCheckpoints) {
    ASSERT_OK_AND_ASSIGN(const OpenedCheckpoint opened,
                         OpenCheckpoint(CheckpointNote(v), kLogOrigin,
                                        {LogSigner().verifier()}));
    EXPECT_EQ(opened.checkpoint.tree_size, v.tree_size);
  }
}

TEST(OpenCheckpoint, RefusesOtherOrigins) {
  EXPECT_THAT(OpenCheckpoint(CheckpointNote(kCheckpoints[3]),
                             "example.com/other", {LogSigner().verifier()}),
              StatusIs(kInvalid, HasSubstr("example.com/other")));
}

TEST(OpenCheckpoint, RefusesUnsignedAndForeignlySigned) {
  EXPECT_THAT(OpenCheckpoint(CheckpointText(kCheckpoints[3]) + "\n", kLogOrigin,
                             {LogSigner().verifier()}),
              StatusIs(kInvalid));
  EXPECT_THAT(OpenCheckpoint(CheckpointNote(kCheckpoints[3]), kLogOrigin,
                             {WitnessSigner().verifier()}),
              StatusIs(kInvalid));
}

TEST(ParseCheckpoint, KeepsExtensionLinesVerbatim) {
  const std::string text = Text("8", kRoot) + "first extension\n second\n";
  ASSERT_OK_AND_ASSIGN(const Checkpoint c, ParseCheckpoint(text));
  EXPECT_EQ(c.extensions, "first extension\n second\n");
}

TEST(FormatCheckpoint, NeverWritesExtensionLines) {
  const std::string text = Text("8", kRoot);
  ASSERT_OK_AND_ASSIGN(const Checkpoint c, ParseCheckpoint(text + "more\n"));
  EXPECT_EQ(FormatCheckpoint(c), text);
}

TEST(OpenCheckpoint, VerifiesWithExtensionLines) {
  const std::string text = CheckpointText(kCheckpoints[3]) + "extension\n";
  ASSERT_OK_AND_ASSIGN(const SignatureLine line, LogSigner().Sign(text));
  const std::string note =
      absl::StrCat(text, "\n", FormatSignatureLines({line}));
  ASSERT_OK_AND_ASSIGN(
      const OpenedCheckpoint opened,
      OpenCheckpoint(note, kLogOrigin, {LogSigner().verifier()}));
  EXPECT_EQ(opened.checkpoint.extensions, "extension\n");
}

TEST(ParseCheckpoint, RefusesOtherSpellingsOfTheSize) {
  EXPECT_OK(ParseCheckpoint(Text("18446744073709551615", kRoot)));
  for (const char* size : {"08", "+8", "-1", " 8", "8 ", "", "0x8", "8.0", "00",
                           "18446744073709551616", "five"}) {
    EXPECT_THAT(ParseCheckpoint(Text(size, kRoot)), StatusIs(kInvalid)) << size;
  }
}

TEST(ParseCheckpoint, RefusesOtherRoots) {
  for (const std::string& root :
       {base::Base64Encode(std::string(31, 'r')),
        base::Base64Encode(std::string(33, 'r')), std::string(),
        // without padding; with a stray bit; with a space
        std::string("XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg"),
        std::string("XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh="),
        std::string("XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg= ")}) {
    EXPECT_THAT(ParseCheckpoint(Text("8", root)), StatusIs(kInvalid)) << root;
  }
}

TEST(ParseCheckpoint, RefusesMissingAndEmptyLines) {
  EXPECT_THAT(ParseCheckpoint(""), StatusIs(kInvalid));
  EXPECT_THAT(ParseCheckpoint("example.com/log\n8\n"), StatusIs(kInvalid));
  EXPECT_THAT(ParseCheckpoint(absl::StrCat("example.com/log\n8\n", kRoot)),
              StatusIs(kInvalid));
  EXPECT_THAT(ParseCheckpoint(absl::StrCat("\n8\n", kRoot, "\n")),
              StatusIs(kInvalid));
  EXPECT_THAT(ParseCheckpoint(Text("8", kRoot) + "\n"), StatusIs(kInvalid));
  EXPECT_THAT(ParseCheckpoint(Text("8", kRoot) + "\nmore\n"),
              StatusIs(kInvalid));
  EXPECT_THAT(ParseCheckpoint(Text("8", kRoot) + "a\n\nb\n"),
              StatusIs(kInvalid));
  EXPECT_THAT(ParseCheckpoint(Text("8", kRoot) + "no newline"),
              StatusIs(kInvalid));
}

}  // namespace
}  // namespace sightline::checkpoint
