#include "checkpoint/proof_file.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/bytes.h"
#include "base/status_matchers.h"
#include "checkpoint/test_vectors.h"
#include "crypto/sha256.h"

namespace sightline::checkpoint {
namespace {

using ::sightline::base::StatusIs;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

std::string Changed(absl::string_view from, absl::string_view to) {
  const std::string file = ProofFile();
  const std::string changed = absl::StrReplaceAll(file, {{from, to}});
  EXPECT_NE(changed, file) << from;
  return changed;
}

TEST(TlogProof, VectorHasThePublishedHash) {
  EXPECT_EQ(ProofFile().size(), 509u);
  EXPECT_EQ(base::HexEncode(crypto::AsBytes(crypto::Sha256(ProofFile()))),
            "c60dcbc6220ebc48105808f416a2433536704c492dc0d5183c469b1f1f64d644");
}

TEST(TlogProof, VectorParsesAndComesBack) {
  ASSERT_OK_AND_ASSIGN(const TlogProof proof, ParseTlogProof(ProofFile()));
  EXPECT_EQ(proof.extra, absl::optional<std::string>("hello"));
  EXPECT_EQ(proof.index, 5u);
  EXPECT_EQ(proof.hashes.size(), 3u);
  EXPECT_EQ(proof.checkpoint, CosignedNote());
  EXPECT_EQ(FormatTlogProof(proof), ProofFile());
}

TEST(TlogProof, ExtraIsOptional) {
  const std::string file = Changed("extra aGVsbG8=\n", "");
  ASSERT_OK_AND_ASSIGN(const TlogProof proof, ParseTlogProof(file));
  EXPECT_FALSE(proof.extra.has_value());
  EXPECT_EQ(FormatTlogProof(proof), file);
}

TEST(TlogProof, OneLeafTreeHasNoHashes) {
  const std::string file = absl::StrCat("c2sp.org/tlog-proof@v1\nindex 0\n\n",
                                        CheckpointNote(kCheckpoints[1]));
  ASSERT_OK_AND_ASSIGN(const TlogProof proof, ParseTlogProof(file));
  EXPECT_TRUE(proof.hashes.empty());
  EXPECT_EQ(FormatTlogProof(proof), file);
}

TEST(ParseTlogProof, RefusesOtherFirstLines) {
  for (const char* line :
       {"c2sp.org/tlog-proof@v2\n", "c2sp.org/tlog-proof@v1 \n",
        "c2sp.org/tlog-proof@v1\r\n", "C2SP.org/tlog-proof@v1\n", ""}) {
    EXPECT_THAT(ParseTlogProof(Changed("c2sp.org/tlog-proof@v1\n", line)),
                StatusIs(kInvalid))
        << line;
  }
}

TEST(ParseTlogProof, RefusesMissingAndMalformedIndex) {
  for (const char* line :
       {"", "index\n", "index \n", "index 05\n", "index +5\n", "index -1\n",
        "index  5\n", "index 5 \n", "index 18446744073709551616\n",
        "index five\n", "Index 5\n", "index 5\nindex 5\n"}) {
    EXPECT_THAT(ParseTlogProof(Changed("index 5\n", line)), StatusIs(kInvalid))
        << line;
  }
}

TEST(ParseTlogProof, RefusesMalformedExtra) {
  for (const char* line :
       {"extra\n", "extra aGVsbG8\n", "extra aGVsbG9=\n", "extra !\n",
        "extra aGVsbG8=\nextra aGVsbG8=\n", "other aGVsbG8=\n"}) {
    EXPECT_THAT(ParseTlogProof(Changed("extra aGVsbG8=\n", line)),
                StatusIs(kInvalid))
        << line;
  }
  EXPECT_THAT(ParseTlogProof("c2sp.org/tlog-proof@v1\nextra aGVsbG8=\n\n" +
                             CosignedNote()),
              StatusIs(kInvalid));
}

TEST(ParseTlogProof, RefusesExtraAfterIndex) {
  EXPECT_THAT(ParseTlogProof(Changed("extra aGVsbG8=\nindex 5\n",
                                     "index 5\nextra aGVsbG8=\n")),
              StatusIs(kInvalid));
}

TEST(ParseTlogProof, RefusesMalformedHashes) {
  const std::string hash = "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=";
  for (const std::string& other :
       {base::Base64Encode(std::string(31, 'h')),
        base::Base64Encode(std::string(33, 'h')),
        hash.substr(0, hash.size() - 1), hash + " ",
        std::string("vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnmt=")}) {
    EXPECT_THAT(ParseTlogProof(Changed(hash, other)), StatusIs(kInvalid))
        << other;
  }
}

TEST(ParseTlogProof, RefusesMoreThan63Hashes) {
  TlogProof proof = *ParseTlogProof(ProofFile());
  proof.hashes.resize(63);
  EXPECT_OK(ParseTlogProof(FormatTlogProof(proof)));
  proof.hashes.resize(64);
  EXPECT_THAT(ParseTlogProof(FormatTlogProof(proof)), StatusIs(kInvalid));
}

TEST(ParseTlogProof, RefusesWhatHoldsNoCheckpoint) {
  const std::string header = "c2sp.org/tlog-proof@v1\nindex 0\n\n";
  EXPECT_THAT(ParseTlogProof(header), StatusIs(kInvalid));
  EXPECT_THAT(ParseTlogProof(header + "not a note"), StatusIs(kInvalid));
  EXPECT_THAT(ParseTlogProof(header + "text\n\n" + Line("n", "AAAAAAA=")),
              StatusIs(kInvalid));
  EXPECT_THAT(ParseTlogProof("c2sp.org/tlog-proof@v1\nindex 0\n"),
              StatusIs(kInvalid));
  EXPECT_THAT(ParseTlogProof(ProofFile() + "\n"), StatusIs(kInvalid));
}

TEST(ParseTlogProof, RefusesEveryTruncation) {
  const std::string file = ProofFile();
  // Cutting off whole lines of cosignatures leaves a valid file.
  const size_t log_line_end =
      file.size() - Line(kWitnessName, kCosignature8).size();
  for (size_t size = 0; size < file.size(); ++size) {
    if (size == log_line_end) continue;
    ASSERT_THAT(ParseTlogProof(file.substr(0, size)), StatusIs(kInvalid))
        << size << " bytes";
  }
}

}  // namespace
}  // namespace sightline::checkpoint
