#include "admission/payload_sealer.h"

#include <gtest/gtest.h>

#include "base/status_matchers.h"

namespace sightline::admission {
namespace {

using ::sightline::base::StatusIs;

class PayloadSealerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto sealer = PayloadSealer::Create(
        crypto::SecretString(std::string(32, 'k')), crypto::Rng::Real());
    ASSERT_OK(sealer);
    sealer_ = *std::move(sealer);
    opening_.set_path("narrative");
    opening_.set_salt(std::string(32, 's'));
    opening_.set_value("planted-marker");
  }

  std::string Sealed() {
    google::protobuf::RepeatedPtrField<v1::SealOpening> openings;
    *openings.Add() = opening_;
    return sealer_->Seal(owner_, openings).value();
  }

  std::unique_ptr<PayloadSealer> sealer_;
  v1::SealOpening opening_;
  const crypto::Digest owner_ = crypto::Sha256("statement");
};

TEST_F(PayloadSealerTest, OpensWhatItSealed) {
  ASSERT_OK_AND_ASSIGN(const auto openings, sealer_->Open(owner_, Sealed()));
  ASSERT_EQ(openings.size(), 1u);
  EXPECT_EQ(openings[0].value(), "planted-marker");
}

TEST_F(PayloadSealerTest, CiphertextShowsNeitherValueNorSalt) {
  EXPECT_EQ(Sealed().find("planted-marker"), std::string::npos);
  EXPECT_EQ(Sealed().find(std::string(32, 's')), std::string::npos);
}

TEST_F(PayloadSealerTest, DoesNotOpenForAnotherEntry) {
  EXPECT_THAT(sealer_->Open(crypto::Sha256("other"), Sealed()).status(),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(PayloadSealerTest, DoesNotOpenWithAnyByteChanged) {
  const std::string sealed = Sealed();
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string bad = sealed;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(sealer_->Open(owner_, bad).ok()) << i;
  }
}

TEST_F(PayloadSealerTest, SaysThatAnotherKeyIsNeeded) {
  auto other = PayloadSealer::Create(crypto::SecretString(std::string(32, 'x')),
                                     crypto::Rng::Real());
  ASSERT_OK(other);
  EXPECT_THAT((*other)->Open(owner_, Sealed()).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(PayloadSealerKey, MustHave32Bytes) {
  EXPECT_THAT(PayloadSealer::Create(crypto::SecretString(std::string(31, 'k')),
                                    crypto::Rng::Real())
                  .status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(PayloadSealerTest, RewrapsTheDataKeyAndLeavesThePayload) {
  const std::string sealed = Sealed();
  std::vector<crypto::SecretString> older;
  older.emplace_back(std::string(32, 'k'));
  ASSERT_OK_AND_ASSIGN(
      const auto newer,
      PayloadSealer::Create(crypto::SecretString(std::string(32, 'n')),
                            std::move(older), crypto::Rng::Real()));
  ASSERT_OK_AND_ASSIGN(const std::string rewrapped,
                       newer->Rewrap(owner_, sealed));
  EXPECT_EQ(rewrapped.size(), sealed.size());
  // "SLP1", key id and wrapped data key are another's, the payload is the same.
  EXPECT_NE(rewrapped.substr(4, 68), sealed.substr(4, 68));
  EXPECT_EQ(rewrapped.substr(72), sealed.substr(72));
  ASSERT_OK_AND_ASSIGN(const auto openings, newer->Open(owner_, rewrapped));
  EXPECT_EQ(openings[0].value(), "planted-marker");
  // What the newest key has wrapped stays as it is.
  ASSERT_OK_AND_ASSIGN(const std::string again,
                       newer->Rewrap(owner_, rewrapped));
  EXPECT_EQ(again, rewrapped);
  // The old key alone opens it no more.
  EXPECT_THAT(sealer_->Open(owner_, rewrapped).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(PayloadSealerTest, RewrapsForItsOwnEntryOnly) {
  EXPECT_THAT(sealer_->Rewrap(crypto::Sha256("other"), Sealed()).status(),
              StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace sightline::admission
