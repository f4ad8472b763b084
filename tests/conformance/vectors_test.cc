// Published vectors that no test of a room has a use for; VECTORS.md says where
// the others are.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "checkpoint/add_checkpoint.h"
#include "checkpoint/cose_receipt.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/test_vectors.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"
#include "merkle/hash.h"
#include "witness/answer.h"
#include "witness/log_list.h"
#include "witness/memory_cosigned_store.h"
#include "witness/witness.h"

namespace sightline {
namespace {

// add-checkpoint of the eight-leaf tree, from 5 leaves to 8.
constexpr const char* kFrom5To8[] = {
    "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=",
    "QnGia+DYqE8L1UyMMC58s6O10fpngKQLzOKHNHfatlg=",
    "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=",
    "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc="};
constexpr char kFrom5To8Sha256[] =
    "636ce8c8cdf710028ec6c446a201436c3ea4044f789316638a1544123e747e52";

std::string From5To8() {
  std::vector<merkle::Hash> proof;
  for (const char* const hash : kFrom5To8) {
    const std::string bytes = base::Base64Decode(hash).value();
    proof.push_back(merkle::HashAt(bytes, 0));
  }
  return checkpoint::FormatAddCheckpoint(
      5, proof, checkpoint::CheckpointNote(checkpoint::kCheckpoints[3]));
}

TEST(AddCheckpointVector, IsWhatAClientSends) {
  const std::string body = From5To8();
  EXPECT_EQ(body.size(), 378u);
  EXPECT_EQ(base::HexEncode(crypto::AsBytes(crypto::Sha256(body))),
            kFrom5To8Sha256);
}

TEST(AddCheckpointVector, IsCosignedAsThePublishedLinesSay) {
  base::FakeClock clock(checkpoint::kCosignature5Time * 1000);
  witness::MemoryCosignedStore store;
  witness::Witness::Parts parts;
  parts.logs = *witness::ParseLogList(
      absl::StrCat("logs/v0\n\nvkey ", checkpoint::kLogVkey, "\n"));
  parts.signers = {checkpoint::WitnessSigner()};
  parts.store = &store;
  parts.clock = &clock;
  const auto witness =
      std::move(witness::Witness::Create(std::move(parts))).value();

  const witness::Answer five = witness->AddCheckpoint(absl::StrCat(
      "old 0\n\n", checkpoint::CheckpointNote(checkpoint::kCheckpoints[2])));
  EXPECT_EQ(five.status, 200);
  EXPECT_EQ(five.body, checkpoint::Line(checkpoint::kWitnessName,
                                        checkpoint::kCosignature5));
  clock.Advance(1000);
  const witness::Answer eight = witness->AddCheckpoint(From5To8());
  EXPECT_EQ(eight.status, 200);
  EXPECT_EQ(eight.body, checkpoint::Line(checkpoint::kWitnessName,
                                         checkpoint::kCosignature8));
}

// RFC 8032 and P-256: what the vectors' seeds and scalars are the keys of.
TEST(KeyVectors, AreTheKeysOfTheirSecrets) {
  const auto ends = [](const crypto::PrivateKey& key, absl::string_view hex) {
    const std::string whole =
        base::HexEncode(checkpoint::CoseKey(key.public_key()));
    EXPECT_TRUE(absl::EndsWith(whole, hex)) << whole << "\n" << hex;
  };
  const std::pair<char, const char*> kEd25519[] = {
      {1, "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c"},
      {2, "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394"},
      {3, "ed4928c628d1c2c6eae90338905995612959273a5c63f93636c14614ac8737d1"}};
  for (const auto& [seed, x] : kEd25519) {
    ends(*crypto::PrivateKey::FromSeed(std::string(32, seed)), x);
  }
  // Labels -2 and -3, each with 32 bytes.
  ends(
      *crypto::PrivateKey::FromP256Scalar(std::string(32, 5)),
      "21582007810ea974cea5773e63b897f37e3be9a09e7a5fe9b971a44d1065ac2a3a9311"
      "225820637e47a4f99464a0fdce44a88ec7d703a9183c1d06552d9e2d6b76069481c577");
}

}  // namespace
}  // namespace sightline
