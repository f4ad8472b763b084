#include "checkpoint/note_signer.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "base/status_matchers.h"
#include "checkpoint/test_vectors.h"

namespace sightline::checkpoint {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

constexpr char kPrivate[] =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+"
    "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
constexpr char kText[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
constexpr char kSignature[] =
    "x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotp"
    "RZb6KE6RyyBwJnAM=";

std::string LineOf(const SignatureLine& line) {
  return FormatSignatureLines({line});
}

TEST(NoteSigner, SignsThePublishedExample) {
  ASSERT_OK_AND_ASSIGN(const NoteSigner signer,
                       NoteSigner::FromPrivateText(kPrivate));
  EXPECT_EQ(signer.vkey(),
            "PeterNeumann+c74f20a3+"
            "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  ASSERT_OK_AND_ASSIGN(const SignatureLine line, signer.Sign(kText));
  EXPECT_EQ(LineOf(line), Line("PeterNeumann", kSignature));
}

TEST(NoteSigner, PrivateTextComesBack) {
  ASSERT_OK_AND_ASSIGN(const NoteSigner signer,
                       NoteSigner::FromPrivateText(kPrivate));
  ASSERT_OK_AND_ASSIGN(const crypto::SecretString text, signer.PrivateText());
  EXPECT_EQ(text.view(), kPrivate);
}

TEST(NoteSigner, ReadsTheTestLogsKey) {
  ASSERT_OK_AND_ASSIGN(const NoteSigner signer,
                       NoteSigner::FromPrivateText(
                           "PRIVATE+KEY+example.com/log/testdata+33d7b496+"
                           "AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg"));
  EXPECT_EQ(signer.vkey(),
            "example.com/log/testdata+33d7b496+"
            "AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx");
}

TEST(NoteSigner, PrivateTextKeepsTheCosignatureType) {
  ASSERT_OK_AND_ASSIGN(const crypto::SecretString text,
                       WitnessSigner().PrivateText());
  ASSERT_OK_AND_ASSIGN(const NoteSigner again,
                       NoteSigner::FromPrivateText(text.view()));
  EXPECT_EQ(again.vkey(), kWitnessVkey);
}

TEST(NoteSigner, RefusesMalformedPrivateText) {
  for (const char* text : {
           "",
           "PRIVATE+KEY+",
           "PRIVATE+KEY+PeterNeumann",
           "PRIVATE+KEY+PeterNeumann+c74f20a3",
           "PRIVATE+KEY+PeterNeumann+c74f20a3+",
           "PRIVATE+KEY+PeterNeumann+c74f20a4+"
           "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
           "PRIVATE+KEY+PeterNeuman+c74f20a3+"
           "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
           "PRIVATE+KEY+PeterNeumann+c74f20a3+"
           "AoEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
           "PRIVATE+KEY+PeterNeumann+c74f20a3+"
           "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDE=",
           "PeterNeumann+c74f20a3+"
           "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
       }) {
    EXPECT_THAT(NoteSigner::FromPrivateText(text), StatusIs(kInvalid)) << text;
  }
}

TEST(NoteSigner, CosignsTheVectors) {
  const NoteSigner witness = WitnessSigner();
  EXPECT_EQ(witness.vkey(), kWitnessVkey);
  ASSERT_OK_AND_ASSIGN(
      const SignatureLine on8,
      witness.Cosign(CheckpointText(kCheckpoints[3]), kCosignature8Time));
  EXPECT_EQ(LineOf(on8), Line(kWitnessName, kCosignature8));
  ASSERT_OK_AND_ASSIGN(
      const SignatureLine on5,
      witness.Cosign(CheckpointText(kCheckpoints[2]), kCosignature5Time));
  EXPECT_EQ(LineOf(on5), Line(kWitnessName, kCosignature5));
}

TEST(NoteSigner, CosignedTimestampsEndAt63Bits) {
  const NoteSigner witness = WitnessSigner();
  const uint64_t largest = (uint64_t{1} << 63) - 1;
  ASSERT_OK_AND_ASSIGN(const SignatureLine line,
                       witness.Cosign("text\n", largest));
  EXPECT_THAT(witness.verifier().Verify("text\n", line.signature),
              IsOkAndHolds(largest));
  EXPECT_THAT(witness.Cosign("text\n", largest + 1), StatusIs(kInvalid));
}

TEST(NoteSigner, KeepsSigningAndCosigningApart) {
  EXPECT_THAT(WitnessSigner().Sign("text\n"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(LogSigner().Cosign("text\n", 1),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(NoteSigner, RefusesKeysThatDoNotFitTheType) {
  ASSERT_OK_AND_ASSIGN(
      const crypto::PrivateKey p256,
      crypto::PrivateKey::Generate(crypto::KeyAlgorithm::kEcdsaP256));
  ASSERT_OK_AND_ASSIGN(
      const crypto::PrivateKey ed25519,
      crypto::PrivateKey::Generate(crypto::KeyAlgorithm::kEd25519));
  EXPECT_THAT(NoteSigner::Create("n", KeyType::kEd25519, p256),
              StatusIs(kInvalid));
  EXPECT_THAT(NoteSigner::Create("n", KeyType::kEcdsa, ed25519),
              StatusIs(kInvalid));
  EXPECT_FALSE(NoteSigner::Create("n", KeyType::kMlDsa44, ed25519).ok());
  EXPECT_THAT(NoteSigner::Create("a+b", KeyType::kEd25519, ed25519),
              StatusIs(kInvalid));
}

}  // namespace
}  // namespace sightline::checkpoint
