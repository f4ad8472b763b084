#include "checkpoint/verifier.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_matchers.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/test_vectors.h"
#include "crypto/signer.h"

namespace sightline::checkpoint {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

Verifier Key(absl::string_view vkey) { return *Verifier::FromVkey(vkey); }

TEST(VerifyNote, AcceptsThePublishedExamples) {
  struct {
    const char* vkey;
    const char* text;
    const char* name;
    const char* signature;
  } const examples[] = {
      {"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
       "This is an example message.\n", "example.com/foo",
       "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFX"
       "mRKuwHjG1Yu72IneyaQM="},
      {"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
       "If you think cryptography is the answer to your problem,\n"
       "then you don't know what your problem is.\n",
       "PeterNeumann",
       "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdn"
       "gotpRZb6KE6RyyBwJnAM="},
  };
  for (const auto& e : examples) {
    ASSERT_OK_AND_ASSIGN(
        const Note note,
        ParseNote(absl::StrCat(e.text, "\n", Line(e.name, e.signature))));
    ASSERT_OK_AND_ASSIGN(const auto verified, VerifyNote(note, {Key(e.vkey)}));
    EXPECT_EQ(verified.size(), 1u);
  }
}

TEST(VerifyNote, AcceptsTheWitnessProtocolsCheckpoints) {
  // Published by Sunlight's witness tests.
  const std::string origin =
      "sigsum.org/v1/tree/"
      "4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562";
  const Verifier key = Key(absl::StrCat(
      origin, "+5202289b+Af/cLU2Y5BJNP+r3iMDC+av9eWCD0fBJVDfzAux5zxAP"));
  struct {
    const char* body;
    const char* signature;
  } const notes[] = {
      {"1\nKgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
       "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSz"
       "VnnNuWRTYrajXpNUbIQY="},
      {"3\nRcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=\n",
       "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/"
       "GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go="},
      {"5\nQrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=\n",
       "UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/"
       "ASRcWJi0tW90dJWAShei7sDww="},
      {"five\nKgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
       "UgIom4JTC2MerrFcJ5xDcWHzRPVB6zzGBIw4OFqcKDflqjH4q4xY5vMxUxyczvdIlEwFYf7"
       "ivQU4KoWan2bLmzLx0go="},
  };
  for (const auto& n : notes) {
    ASSERT_OK_AND_ASSIGN(const Note note,
                         ParseNote(absl::StrCat(origin, "\n", n.body, "\n",
                                                Line(origin, n.signature))));
    EXPECT_OK(VerifyNote(note, {key}));
  }
}

TEST(VerifyNote, AcceptsLogSignaturesAndCosignatures) {
  ASSERT_OK_AND_ASSIGN(const Note note, ParseNote(CosignedNote()));
  ASSERT_OK_AND_ASSIGN(const auto verified,
                       VerifyNote(note, {Key(kWitnessVkey), Key(kLogVkey)}));
  ASSERT_EQ(verified.size(), 2u);
  EXPECT_EQ(verified[0].line, 0u);
  EXPECT_EQ(verified[0].verifier, 1u);
  EXPECT_EQ(verified[0].time_unix_s, 0u);
  EXPECT_EQ(verified[1].line, 1u);
  EXPECT_EQ(verified[1].verifier, 0u);
  EXPECT_EQ(verified[1].time_unix_s, kCosignature8Time);
}

TEST(VerifyNote, PassesOverUnknownLines) {
  // An ML-DSA cosignature (type 6) is as long as this; its key is unknown.
  const std::string foreign =
      Line("example.com/vector-witness-pq",
           base::Base64Encode("\x60\x6a\x16\x92" + std::string(2428, 's')));
  ASSERT_OK_AND_ASSIGN(const Note note,
                       ParseNote(CheckpointNote(kCheckpoints[3]) + foreign));
  ASSERT_OK_AND_ASSIGN(const auto verified, VerifyNote(note, {Key(kLogVkey)}));
  EXPECT_EQ(verified.size(), 1u);
}

TEST(VerifyNote, RefusesNotesWithoutAKnownSignature) {
  ASSERT_OK_AND_ASSIGN(const Note note,
                       ParseNote(CheckpointNote(kCheckpoints[3])));
  EXPECT_THAT(VerifyNote(note, {Key(kWitnessVkey)}),
              StatusIs(kInvalid, HasSubstr("no signature by a known key")));
  EXPECT_THAT(VerifyNote(note, {}), StatusIs(kInvalid));
}

TEST(VerifyNote, NameAloneOrIdAloneIsUnknown) {
  ASSERT_OK_AND_ASSIGN(Note note, ParseNote(CheckpointNote(kCheckpoints[3])));
  note.signatures[0].key_id ^= 1;
  EXPECT_THAT(VerifyNote(note, {Key(kLogVkey)}),
              StatusIs(kInvalid, HasSubstr("no signature by a known key")));
  note.signatures[0].key_id ^= 1;
  note.signatures[0].name += "x";
  EXPECT_THAT(VerifyNote(note, {Key(kLogVkey)}),
              StatusIs(kInvalid, HasSubstr("no signature by a known key")));
}

TEST(VerifyNote, OneFailingLineOfAKnownKeyRefusesTheNote) {
  ASSERT_OK_AND_ASSIGN(Note note, ParseNote(CosignedNote()));
  note.signatures[1].signature.back() ^= 1;
  EXPECT_THAT(VerifyNote(note, {Key(kLogVkey), Key(kWitnessVkey)}),
              StatusIs(kInvalid, HasSubstr("line 2")));
  EXPECT_OK(VerifyNote(note, {Key(kLogVkey)}));
}

TEST(VerifyNote, RefusesAFailingSecondLineOfTheSameKey) {
  ASSERT_OK_AND_ASSIGN(Note note, ParseNote(CheckpointNote(kCheckpoints[3])));
  note.signatures.push_back(note.signatures[0]);
  EXPECT_OK(VerifyNote(note, {Key(kLogVkey)}));
  note.signatures[1].signature[0] ^= 1;
  EXPECT_THAT(VerifyNote(note, {Key(kLogVkey)}), StatusIs(kInvalid));
}

TEST(VerifyNote, RefusesEveryChangedBitOfASignature) {
  ASSERT_OK_AND_ASSIGN(const Note good, ParseNote(CosignedNote()));
  const std::vector<Verifier> keys = {Key(kLogVkey), Key(kWitnessVkey)};
  for (size_t line : {0, 1}) {
    for (size_t bit = 0; bit < 8 * good.signatures[line].signature.size();
         ++bit) {
      Note note = good;
      std::string& signature = note.signatures[line].signature;
      signature[bit / 8] =
          static_cast<char>(signature[bit / 8] ^ (1 << bit % 8));
      ASSERT_THAT(VerifyNote(note, keys), StatusIs(kInvalid)) << "bit " << bit;
    }
  }
}

TEST(VerifyNote, RefusesChangedText) {
  ASSERT_OK_AND_ASSIGN(Note note, ParseNote(CosignedNote()));
  note.text[0] = 'E';
  EXPECT_THAT(VerifyNote(note, {Key(kLogVkey)}), StatusIs(kInvalid));
  EXPECT_THAT(VerifyNote(note, {Key(kWitnessVkey)}), StatusIs(kInvalid));
}

TEST(VerifyNote, TypeOneKeyDoesNotVerifyCosignatures) {
  // The line carries the ID of the type 4 key; relabel it.
  ASSERT_OK_AND_ASSIGN(Note note, ParseNote(CosignedNote()));
  note.signatures[1].key_id = 0x06627e8b;
  EXPECT_THAT(VerifyNote(note, {Key(kWitnessLogTypeVkey)}),
              StatusIs(kInvalid, HasSubstr("does not verify")));
}

TEST(Verifier, KnowsEcdsa) {
  ASSERT_OK_AND_ASSIGN(
      crypto::PrivateKey key,
      crypto::PrivateKey::Generate(crypto::KeyAlgorithm::kEcdsaP256));
  ASSERT_OK_AND_ASSIGN(const NoteSigner signer,
                       NoteSigner::Create("ec", KeyType::kEcdsa, key));
  ASSERT_OK_AND_ASSIGN(const SignatureLine line, signer.Sign("text\n"));
  ASSERT_OK_AND_ASSIGN(const Verifier verifier,
                       Verifier::FromVkey(signer.vkey()));
  EXPECT_OK(verifier.Verify("text\n", line.signature));
  EXPECT_THAT(verifier.Verify("test\n", line.signature), StatusIs(kInvalid));
  ASSERT_OK_AND_ASSIGN(const std::string raw, key.Sign("text\n"));
  EXPECT_THAT(verifier.Verify("text\n", raw), StatusIs(kInvalid));
}

TEST(Verifier, RefusesTypesItCannotVerify) {
  for (int type : {0x05, 0x06, 0xff}) {
    const std::string key(type == 0x06 ? 1312 : 32, 'k');
    ASSERT_OK_AND_ASSIGN(const Vkey vkey,
                         MakeVkey("n", static_cast<KeyType>(type), key));
    EXPECT_THAT(Verifier::Create(vkey),
                StatusIs(absl::StatusCode::kUnimplemented));
  }
}

TEST(Verifier, RefusesKeysThatDoNotFitTheirType) {
  const std::string ed25519_spki(
      LogSigner().verifier().public_key().spki_der());
  ASSERT_OK_AND_ASSIGN(const Vkey ec,
                       MakeVkey("n", KeyType::kEcdsa, ed25519_spki));
  EXPECT_THAT(Verifier::Create(ec), StatusIs(kInvalid));
  ASSERT_OK_AND_ASSIGN(const Vkey small_order,
                       MakeVkey("n", KeyType::kEd25519, std::string(32, '\0')));
  EXPECT_THAT(Verifier::Create(small_order), StatusIs(kInvalid));
  Vkey wrong_id = *ParseVkey(kLogVkey);
  wrong_id.key_id ^= 1;
  EXPECT_THAT(Verifier::Create(wrong_id), StatusIs(kInvalid));
}

}  // namespace
}  // namespace sightline::checkpoint
