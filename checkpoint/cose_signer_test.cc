#include "checkpoint/cose_signer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/status_matchers.h"
#include "checkpoint/cose_receipt.h"
#include "checkpoint/log_keys.h"
#include "checkpoint/note_signer.h"
#include "crypto/signer.h"
#include "merkle/hash.h"
#include "merkle/reference_tree.h"
#include "merkle/test_trees.h"

namespace sightline::checkpoint {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr absl::string_view kOrigin = "example.com/log";

NoteSigner Key(char seed) {
  return *NoteSigner::Create(
      kOrigin, KeyType::kEd25519,
      *crypto::PrivateKey::FromSeed(std::string(32, seed)));
}

LogKeySet Keys(const NoteSigner& key, uint64_t from = 0,
               uint64_t to = LogKeySet::kNoEnd) {
  LogKeySet keys(kOrigin);
  EXPECT_OK(keys.Add(key.vkey(), from, to));
  return keys;
}

TEST(CoseSigner, SignsWhatOthersVerify) {
  const merkle::ReferenceTree tree(
      merkle::LeafHashes(merkle::CountingEntries(20)));
  const std::vector<merkle::Hash> leaves =
      merkle::LeafHashes(merkle::CountingEntries(20));
  // Seeds of many kinds: base64 of some holds a plus sign.
  for (char seed = 1; seed < 40; ++seed) {
    ASSERT_OK_AND_ASSIGN(const CoseSigner signer,
                         CoseSigner::Create(Key(seed)));
    EXPECT_EQ(signer.vkey(), Key(seed).vkey());
    const uint64_t size = 2 + seed % 18;
    const uint64_t index = seed % size;
    ASSERT_OK_AND_ASSIGN(
        const std::string bytes,
        signer.SignInclusion(index, size, tree.InclusionProof(index, size),
                             tree.Root(size)));
    ASSERT_OK_AND_ASSIGN(const CoseReceipt receipt, ParseCoseReceipt(bytes));
    EXPECT_EQ(receipt.issuer, kOrigin);
    EXPECT_THAT(VerifyCoseReceipt(receipt, leaves[index], Keys(Key(seed))),
                IsOkAndHolds(tree.Root(size)));
    EXPECT_FALSE(VerifyCoseReceipt(receipt,
                                   leaves[index + 1 < 20 ? index + 1 : 0],
                                   Keys(Key(seed)))
                     .ok());
    EXPECT_THAT(
        VerifyCoseReceipt(receipt, leaves[index], Keys(Key(77))),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("another key")));
    // A key counts for its tree sizes alone.
    EXPECT_THAT(
        VerifyCoseReceipt(receipt, leaves[index], Keys(Key(seed), size + 1)),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 HasSubstr("no key given counts")));
    ASSERT_OK_AND_ASSIGN(const PublishedCoseKey published,
                         PublishCoseKey(signer.vkey()));
    EXPECT_EQ(published.key_id, receipt.key_id);
    EXPECT_EQ(published.cose_key, CoseKey(*CosePublicKey(signer.vkey())));
  }
}

TEST(CoseSigner, HasNoReceiptForTheTreeOfOneLeaf) {
  ASSERT_OK_AND_ASSIGN(const CoseSigner signer, CoseSigner::Create(Key(1)));
  EXPECT_THAT(signer.SignInclusion(0, 1, {}, merkle::Hash{}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(CoseSigner, TakesNoOtherKeys) {
  const auto witness =
      *NoteSigner::Create("witness", KeyType::kCosignature,
                          *crypto::PrivateKey::FromSeed(std::string(32, 9)));
  EXPECT_FALSE(CoseSigner::Create(witness).ok());
  EXPECT_FALSE(PublishCoseKey("nonsense").ok());
}

}  // namespace
}  // namespace sightline::checkpoint
