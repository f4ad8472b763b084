#include "crypto/signer.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/status_matchers.h"

namespace sightline::crypto {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

std::string Bytes(absl::string_view hex) { return *base::HexDecode(hex); }
std::string FromBase64(absl::string_view text) {
  return *base::Base64Decode(text);
}
std::string Hex(absl::string_view bytes) { return base::HexEncode(bytes); }

// Flips bit `bit` of `bytes`.
std::string Flipped(std::string bytes, size_t bit) {
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
  return bytes;
}

// --- RFC 8032 section 7.1

struct Rfc8032Vector {
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};

constexpr Rfc8032Vector kRfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb882159"
     "0a33b"
     "acc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43"
     "e1599"
     "6e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538"
     "d16f2"
     "90ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Ed25519, SignsTheRfc8032Vectors) {
  for (const Rfc8032Vector& v : kRfc8032) {
    ASSERT_OK_AND_ASSIGN(const PrivateKey key,
                         PrivateKey::FromSeed(Bytes(v.seed)));
    EXPECT_EQ(Hex(key.public_key().ed25519_bytes()), v.public_key);
    ASSERT_OK_AND_ASSIGN(const std::string signature,
                         key.Sign(Bytes(v.message)));
    EXPECT_EQ(Hex(signature), v.signature);
  }
}

TEST(Ed25519, VerifiesTheRfc8032Vectors) {
  for (const Rfc8032Vector& v : kRfc8032) {
    ASSERT_OK_AND_ASSIGN(const PublicKey key,
                         PublicKey::FromEd25519(Bytes(v.public_key)));
    EXPECT_OK(key.Verify(Bytes(v.message), Bytes(v.signature)));
  }
}

// --- the DSSE vectors: one message, both algorithms

constexpr char kPae[] =
    "DSSEv1 29 http://example.com/HelloWorld 11 hello world";
constexpr char kP256Scalar[] =
    "d73ec437fd6346e3619c5ebfdfff0f6916804955ad32ac9ac492b0ede1f6ffb7";
constexpr char kP256Point[] =
    "67cd390f77aa359cb08c2235f652270493a9ed832b0abcc01f70954c0390d238"
    "0c782bd54e269125a44f4433aff1432ce94e12bca73aa67ac80cea12608ddf74";
constexpr char kP256KeyId[] =
    "f793580060562d6ff075d814ea698c282fcc779b0cde64d79ffc6301df00d14b";
constexpr char kP256Signature[] =
    "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+"
    "O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUj"
    "W2JIZA==";
constexpr char kP256SignatureDer[] =
    "3044022003726ab101ad56c2763b6c6aac8e487275e2a79193a09dc5f859d9f8ef3c4a3b02"
    "2051ea"
    "b0c06a369b64a7222537d4887a893dc200ae21060074d57825235b624864";
constexpr char kP256SpkiPrefix[] =
    "3059301306072a8648ce3d020106082a8648ce3d030107034200"
    "04";
constexpr char kEd25519Spki[] =
    "302a300506032b6570032100ed4928c628d1c2c6eae90338905995612959273a5c63f93636"
    "c14614"
    "ac8737d1";
constexpr char kEd25519KeyId[] =
    "8cef065b7af83669150b7d32704d3d3e75c3e9aee0d4f6740544c68e81b377aa";
constexpr char kEd25519Signature[] =
    "xlNWog4yIBQiCVoe6XJt1ivwtEsq9/TpZXO/w2VxHSxaduAzL/"
    "bCdoDnfVVLX47zmfJABV2YsOpbP+9m"
    "L6R1DQ==";

PrivateKey Ed25519Key() {
  return *PrivateKey::FromSeed(std::string(32, '\x03'));
}
PrivateKey P256Key() { return *PrivateKey::FromP256Scalar(Bytes(kP256Scalar)); }

TEST(Ed25519, SignsTheDsseVector) {
  ASSERT_OK_AND_ASSIGN(const std::string signature, Ed25519Key().Sign(kPae));
  EXPECT_EQ(base::Base64Encode(signature), kEd25519Signature);
}

TEST(Ed25519, KeyIdIsTheHashOfTheSpki) {
  const PublicKey key = Ed25519Key().public_key();
  EXPECT_EQ(Hex(key.spki_der()), kEd25519Spki);
  EXPECT_EQ(Hex(AsBytes(key.key_id())), kEd25519KeyId);
}

TEST(P256, ScalarGivesThePublishedPoint) {
  const PublicKey key = P256Key().public_key();
  EXPECT_EQ(Hex(key.spki_der()), std::string(kP256SpkiPrefix) + kP256Point);
  EXPECT_EQ(key.algorithm(), KeyAlgorithm::kEcdsaP256);
  EXPECT_TRUE(key.ed25519_bytes().empty());
}

TEST(P256, KeyIdIsTheHashOfTheSpki) {
  EXPECT_EQ(Hex(AsBytes(P256Key().public_key().key_id())), kP256KeyId);
}

TEST(P256, VerifiesTheDsseVector) {
  EXPECT_OK(P256Key().public_key().Verify(kPae, FromBase64(kP256Signature)));
}

TEST(P256, RefusesDerSignatures) {
  EXPECT_THAT(P256Key().public_key().Verify(kPae, Bytes(kP256SignatureDer)),
              StatusIs(kInvalid, "signature does not verify"));
}

TEST(P256, SignatureConvertsBetweenItsSpellings) {
  EXPECT_THAT(EcdsaRawFromDer(Bytes(kP256SignatureDer)),
              base::IsOkAndHolds(FromBase64(kP256Signature)));
  EXPECT_THAT(EcdsaDerFromRaw(FromBase64(kP256Signature)),
              base::IsOkAndHolds(Bytes(kP256SignatureDer)));
}

TEST(P256, RefusesDerThatIsNotCanonical) {
  const std::string der = Bytes(kP256SignatureDer);
  EXPECT_THAT(EcdsaRawFromDer(""), StatusIs(kInvalid));
  EXPECT_THAT(EcdsaRawFromDer(der + '\0'), StatusIs(kInvalid));
  EXPECT_THAT(EcdsaRawFromDer(der.substr(0, der.size() - 1)),
              StatusIs(kInvalid));
  EXPECT_THAT(EcdsaRawFromDer(Bytes("300702020001020101")),
              StatusIs(kInvalid));  // padded with a zero
  EXPECT_THAT(EcdsaRawFromDer(Bytes("30060201ff020101")),
              StatusIs(kInvalid));  // negative
  EXPECT_THAT(EcdsaDerFromRaw(std::string(63, 'x')), StatusIs(kInvalid));
}

TEST(P256, RefusesZeroAndTooLargeNumbers) {
  const PublicKey key = P256Key().public_key();
  EXPECT_THAT(key.Verify(kPae, std::string(64, '\0')), StatusIs(kInvalid));
  EXPECT_THAT(key.Verify(kPae, std::string(64, '\xff')), StatusIs(kInvalid));
}

// --- both algorithms

class EachAlgorithm : public ::testing::TestWithParam<KeyAlgorithm> {
 protected:
  const PrivateKey key_ = *PrivateKey::Generate(GetParam());
};

INSTANTIATE_TEST_SUITE_P(Keys, EachAlgorithm,
                         ::testing::Values(KeyAlgorithm::kEd25519,
                                           KeyAlgorithm::kEcdsaP256),
                         [](const auto& info) {
                           return info.param == KeyAlgorithm::kEd25519
                                      ? "Ed25519"
                                      : "P256";
                         });

TEST_P(EachAlgorithm, VerifiesWhatItSigned) {
  for (const std::string& message : {std::string(), std::string(1000, 'm')}) {
    // P-256 signatures have random length in DER; ours never.
    for (int i = 0; i < 50; ++i) {
      ASSERT_OK_AND_ASSIGN(const std::string signature, key_.Sign(message));
      ASSERT_EQ(signature.size(), kSignatureSize);
      ASSERT_OK(key_.public_key().Verify(message, signature));
    }
  }
}

TEST_P(EachAlgorithm, RefusesEveryChangedBitOfTheSignature) {
  ASSERT_OK_AND_ASSIGN(const std::string signature, key_.Sign("message"));
  for (size_t bit = 0; bit < 8 * kSignatureSize; ++bit) {
    ASSERT_THAT(key_.public_key().Verify("message", Flipped(signature, bit)),
                StatusIs(kInvalid, "signature does not verify"))
        << "bit " << bit;
  }
}

TEST_P(EachAlgorithm, RefusesOtherMessagesKeysAndLengths) {
  ASSERT_OK_AND_ASSIGN(const std::string signature, key_.Sign("message"));
  ASSERT_OK_AND_ASSIGN(const PrivateKey other,
                       PrivateKey::Generate(GetParam()));
  EXPECT_THAT(key_.public_key().Verify("massage", signature),
              StatusIs(kInvalid));
  EXPECT_THAT(other.public_key().Verify("message", signature),
              StatusIs(kInvalid));
  EXPECT_THAT(key_.public_key().Verify("message", ""), StatusIs(kInvalid));
  EXPECT_THAT(key_.public_key().Verify("message", signature.substr(1)),
              StatusIs(kInvalid));
  EXPECT_THAT(key_.public_key().Verify("message", signature + "x"),
              StatusIs(kInvalid));
}

TEST_P(EachAlgorithm, PublicKeyComesBackFromDerAndPem) {
  const PublicKey key = key_.public_key();
  ASSERT_OK_AND_ASSIGN(const PublicKey from_der,
                       PublicKey::FromSpkiDer(key.spki_der()));
  ASSERT_OK_AND_ASSIGN(const PublicKey from_pem,
                       PublicKey::FromPem(key.ToPem()));
  EXPECT_EQ(from_der, key);
  EXPECT_EQ(from_pem, key);
  EXPECT_EQ(from_der.algorithm(), GetParam());
}

TEST_P(EachAlgorithm, PrivateKeyComesBackFromPem) {
  ASSERT_OK_AND_ASSIGN(const SecretString pem, key_.ToPem());
  EXPECT_EQ(pem.view().substr(0, 28), "-----BEGIN PRIVATE KEY-----\n");
  ASSERT_OK_AND_ASSIGN(const PrivateKey again, PrivateKey::FromPem(pem.view()));
  EXPECT_EQ(again.public_key(), key_.public_key());
}

TEST_P(EachAlgorithm, LeavesOpenSslsErrorQueueEmpty) {
  ASSERT_OK_AND_ASSIGN(const std::string signature, key_.Sign("message"));
  EXPECT_FALSE(key_.public_key().Verify("other", signature).ok());
  EXPECT_FALSE(key_.public_key().Verify("other", std::string(64, '\xff')).ok());
  EXPECT_FALSE(PublicKey::FromPem("no PEM").ok());
  EXPECT_FALSE(PrivateKey::FromPem("no PEM").ok());
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST_P(EachAlgorithm, RefusesAnySpkiThatIsNotCanonical) {
  const std::string der(key_.public_key().spki_der());
  EXPECT_THAT(PublicKey::FromSpkiDer(""), StatusIs(kInvalid));
  EXPECT_THAT(PublicKey::FromSpkiDer(der + '\0'), StatusIs(kInvalid));
  EXPECT_THAT(PublicKey::FromSpkiDer(der.substr(0, der.size() - 1)),
              StatusIs(kInvalid));
  for (size_t bit = 0; bit < 8 * 12;
       ++bit) {  // both prefixes are 12 bytes or more
    ASSERT_THAT(PublicKey::FromSpkiDer(Flipped(der, bit)), StatusIs(kInvalid))
        << "bit " << bit;
  }
}

TEST_P(EachAlgorithm, NameComesBack) {
  EXPECT_THAT(ParseKeyAlgorithm(KeyAlgorithmName(GetParam())),
              base::IsOkAndHolds(GetParam()));
}

TEST(KeyAlgorithm, RefusesOtherNames) {
  EXPECT_THAT(ParseKeyAlgorithm("rsa"), StatusIs(kInvalid));
}

// --- keys that must not be accepted

TEST(PublicKey, RefusesPointsOffTheP256Curve) {
  const std::string der = Bytes(std::string(kP256SpkiPrefix) + kP256Point);
  EXPECT_THAT(PublicKey::FromSpkiDer(Flipped(der, 8 * der.size() - 8)),
              StatusIs(kInvalid, HasSubstr("curve")));
}

TEST(PublicKey, RefusesCompressedP256Points) {
  const std::string der = Bytes(
      "3039301306072a8648ce3d020106082a8648ce3d03010703220002"
      "67cd390f77aa359cb08c2235f652270493a9ed832b0abcc01f70954c0390d238");
  EXPECT_THAT(PublicKey::FromSpkiDer(der), StatusIs(kInvalid));
}

TEST(PublicKey, RefusesEd25519PointsOfSmallOrder) {
  for (const char* hex :
       {"0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"}) {
    EXPECT_THAT(PublicKey::FromEd25519(Bytes(hex)),
                StatusIs(kInvalid, HasSubstr("small order")))
        << hex;
  }
}

TEST(PublicKey, RefusesEd25519CoordinatesThatAreNotReduced) {
  for (const char* hex :
       {"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}) {
    EXPECT_THAT(PublicKey::FromEd25519(Bytes(hex)),
                StatusIs(kInvalid, HasSubstr("reduced")))
        << hex;
  }
}

TEST(PublicKey, RefusesEd25519KeysOfOtherSizes) {
  EXPECT_THAT(PublicKey::FromEd25519(std::string(31, 'k')), StatusIs(kInvalid));
  EXPECT_THAT(PublicKey::FromEd25519(std::string(33, 'k')), StatusIs(kInvalid));
}

TEST(PrivateKey, RefusesSeedsAndScalarsOutOfRange) {
  EXPECT_THAT(PrivateKey::FromSeed(std::string(31, 's')), StatusIs(kInvalid));
  EXPECT_THAT(PrivateKey::FromP256Scalar(std::string(31, 's')),
              StatusIs(kInvalid));
  EXPECT_THAT(PrivateKey::FromP256Scalar(std::string(32, '\0')),
              StatusIs(kInvalid));
  EXPECT_THAT(PrivateKey::FromP256Scalar(std::string(32, '\xff')),
              StatusIs(kInvalid));
}

TEST(PrivateKey, RefusesEncryptedPemInsteadOfAsking) {
  // openssl genpkey -algorithm ed25519 -aes256 -pass pass:secret
  constexpr char kEncrypted[] =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
      "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgr2MFPNywyUwICCAAw\n"
      "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEH4MVk3/u+/AjKX6YN66tDUEQD7m\n"
      "dl68JaG/XLsSApImGk/ScZApABoj6ebQ85+XwGB7Ft34Eiiplchm94ybF3ZLEH2/\n"
      "LfPmefQksgIEkq3s+YQ=\n"
      "-----END ENCRYPTED PRIVATE KEY-----\n";
  EXPECT_THAT(PrivateKey::FromPem(kEncrypted),
              StatusIs(kInvalid, HasSubstr("unencrypted")));
}

TEST(PrivateKey, RefusesOtherAlgorithms) {
  // openssl genpkey -algorithm x25519
  constexpr char kX25519[] =
      "-----BEGIN PRIVATE KEY-----\n"
      "MC4CAQAwBQYDK2VuBCIEIKDjqM+Av9T6T5fjjPqV91x8ufGzVEdfszD5plH8xaxy\n"
      "-----END PRIVATE KEY-----\n";
  EXPECT_THAT(PrivateKey::FromPem(kX25519), StatusIs(kInvalid));
}

TEST(PrivateKey, GivesItsSeedBack) {
  ASSERT_OK_AND_ASSIGN(const SecretString seed, Ed25519Key().Ed25519Seed());
  EXPECT_EQ(seed.view(), std::string(32, '\x03'));
  EXPECT_THAT(P256Key().Ed25519Seed(),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace sightline::crypto
