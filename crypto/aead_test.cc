#include "crypto/aead.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "base/bytes.h"
#include "base/status_matchers.h"
#include "crypto/fixed_rng.h"

namespace sightline::crypto {
namespace {

using ::sightline::base::StatusIs;

// Test case 16 of the GCM specification (McGrew and Viega).
constexpr char kKey[] =
    "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
constexpr char kNonce[] = "cafebabefacedbaddecaf888";
constexpr char kAad[] = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
constexpr char kPlaintext[] =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595"
    "68"
    "09532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
constexpr char kCiphertextAndTag[] =
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e4859"
    "0d"
    "bb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d55"
    "1b";

std::string Bytes(absl::string_view hex) { return *base::HexDecode(hex); }

// Hands out the same bytes every time.
class GivenRng final : public Rng {
 public:
  explicit GivenRng(std::string bytes) : bytes_(std::move(bytes)) {}
  void Fill(void* out, size_t size) override {
    ASSERT_EQ(size, bytes_.size());
    std::memcpy(out, bytes_.data(), size);
  }

 private:
  const std::string bytes_;
};

class Aead : public ::testing::Test {
 protected:
  FixedRng rng_{1};
  const SecretString key_ = SecretString(Bytes(kKey));
};

TEST_F(Aead, SealsThePublishedVector) {
  GivenRng nonce(Bytes(kNonce));
  ASSERT_OK_AND_ASSIGN(const std::string sealed,
                       Seal(key_, Bytes(kAad), Bytes(kPlaintext), nonce));
  EXPECT_EQ(base::HexEncode(sealed), std::string(kNonce) + kCiphertextAndTag);
}

TEST_F(Aead, OpensThePublishedVector) {
  ASSERT_OK_AND_ASSIGN(
      const SecretString opened,
      Open(key_, Bytes(kAad), Bytes(std::string(kNonce) + kCiphertextAndTag)));
  EXPECT_EQ(base::HexEncode(opened.view()), kPlaintext);
}

TEST_F(Aead, OpensWhatItSealedAtEverySize) {
  for (size_t size : {0, 1, 15, 16, 17, 1000}) {
    const std::string plaintext(size, 'p');
    ASSERT_OK_AND_ASSIGN(const std::string sealed,
                         Seal(key_, "", plaintext, rng_));
    EXPECT_EQ(sealed.size(), size + kAeadOverhead);
    ASSERT_OK_AND_ASSIGN(const SecretString opened, Open(key_, "", sealed));
    EXPECT_EQ(opened.view(), plaintext);
  }
}

TEST_F(Aead, NeverReusesANonce) {
  ASSERT_OK_AND_ASSIGN(const std::string a, Seal(key_, "", "same", rng_));
  ASSERT_OK_AND_ASSIGN(const std::string b, Seal(key_, "", "same", rng_));
  EXPECT_NE(a.substr(0, 12), b.substr(0, 12));
}

TEST_F(Aead, RefusesEveryChangedBit) {
  ASSERT_OK_AND_ASSIGN(const std::string sealed,
                       Seal(key_, "aad", "text", rng_));
  for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string changed = sealed;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    ASSERT_THAT(Open(key_, "aad", changed),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << "bit " << bit;
  }
}

TEST_F(Aead, RefusesEveryTruncation) {
  ASSERT_OK_AND_ASSIGN(const std::string sealed,
                       Seal(key_, "aad", "text", rng_));
  for (size_t size = 0; size < sealed.size(); ++size) {
    ASSERT_THAT(Open(key_, "aad", sealed.substr(0, size)),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << size << " bytes";
  }
}

TEST_F(Aead, RefusesOtherAssociatedDataAndOtherKeys) {
  ASSERT_OK_AND_ASSIGN(const std::string sealed,
                       Seal(key_, "aad", "text", rng_));
  EXPECT_THAT(Open(key_, "add", sealed),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Open(rng_.Secret(32), "aad", sealed),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(Aead, RefusesKeysOfOtherSizes) {
  EXPECT_THAT(Seal(rng_.Secret(16), "", "text", rng_),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Open(rng_.Secret(33), "", std::string(40, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sightline::crypto
