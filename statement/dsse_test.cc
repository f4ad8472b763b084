#include "statement/dsse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "base/status_matchers.h"
#include "statement/statement_codec.h"
#include "statement/test_log.h"

namespace sightline::statement {
namespace {

using ::sightline::base::IsOk;
using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr absl::string_view kHelloType = "http://example.com/HelloWorld";
constexpr absl::string_view kHelloBody = "hello world";

// The published vector of DSSE 1.0.2.
TEST(PreAuthEncoding, GivesThePublishedBytes) {
  EXPECT_EQ(PreAuthEncoding(kHelloType, kHelloBody),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

TEST(PreAuthEncoding, CountsBytesNotCharacters) {
  EXPECT_EQ(PreAuthEncoding("t\xc3\xa9", ""), "DSSEv1 3 t\xc3\xa9 0 ");
}

TEST(VerifySignature, TakesThePublishedP256Signature) {
  // SPKI of the vector's point: fixed prefix, 04, x, y.
  ASSERT_OK_AND_ASSIGN(
      const std::string spki,
      base::HexDecode("3059301306072a8648ce3d020106082a8648ce3d030107034200"
                      "04"
                      "67cd390f77aa359cb08c2235f652270493a9ed832b0abcc01f7095"
                      "4c0390d238"
                      "0c782bd54e269125a44f4433aff1432ce94e12bca73aa67ac80cea"
                      "12608ddf74"));
  ASSERT_OK_AND_ASSIGN(const crypto::PublicKey key,
                       crypto::PublicKey::FromSpkiDer(spki));
  EXPECT_EQ(base::HexEncode(crypto::AsBytes(key.key_id())),
            "f793580060562d6ff075d814ea698c282fcc779b0cde64d79ffc6301df00d14b");
  ASSERT_OK_AND_ASSIGN(
      std::string signature,
      base::Base64Decode("A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZ"
                         "KciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="));
  const std::string pae = PreAuthEncoding(kHelloType, kHelloBody);
  EXPECT_OK(VerifySignature(key, pae, signature));
  signature[5] ^= 1;
  EXPECT_THAT(VerifySignature(key, pae, signature),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(AddSignature, GivesTheEd25519Vector) {
  v1::SignedStatement hello;
  hello.set_payload_type(std::string(kHelloType));
  hello.set_payload(std::string(kHelloBody));
  ASSERT_OK(AddSignature(TestKey(3), &hello));
  EXPECT_EQ(base::Base64Encode(hello.signatures(0).signature()),
            "xlNWog4yIBQiCVoe6XJt1ivwtEsq9/TpZXO/w2VxHSxaduAzL/bCdoDnfVVLX47zmf"
            "JABV2YsOpbP+9mL6R1DQ==");
  EXPECT_EQ(base::HexEncode(hello.signatures(0).key_id()),
            "8cef065b7af83669150b7d32704d3d3e75c3e9aee0d4f6740544c68e81b377aa");
}

TEST(AddSignature, RefusesTheSameKeyTwice) {
  ASSERT_OK_AND_ASSIGN(v1::SignedStatement once, SignBytes("x", {TestKey(3)}));
  EXPECT_THAT(AddSignature(TestKey(3), &once),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(once.signatures_size(), 1);
}

TEST(IdentityHash, IsOverTheEncodingAndIgnoresSignatures) {
  ASSERT_OK_AND_ASSIGN(v1::SignedStatement a, SignBytes("x", {TestKey(3)}));
  ASSERT_OK_AND_ASSIGN(v1::SignedStatement b, SignBytes("x", {TestKey(4)}));
  EXPECT_EQ(IdentityHash(a), IdentityHash(b));
  EXPECT_EQ(IdentityHash(a),
            crypto::Sha256(PreAuthEncoding(kPayloadType, "x")));
  ASSERT_OK_AND_ASSIGN(v1::SignedStatement c, SignBytes("y", {TestKey(3)}));
  EXPECT_NE(IdentityHash(a), IdentityHash(c));
}

TEST(Sign, SerialisesOnceAndSignsWithEveryKey) {
  TestLog log;
  const v1::Statement statement = log.NewStatement();
  ASSERT_OK_AND_ASSIGN(const v1::SignedStatement both,
                       Sign(statement, {TestKey(3), TestKey(4)}));
  EXPECT_EQ(both.payload(), SerialiseStatement(statement));
  EXPECT_EQ(both.payload_type(), kPayloadType);
  ASSERT_EQ(both.signatures_size(), 2);
  EXPECT_OK(VerifySignature(TestKey(3).public_key(), both, 0));
  EXPECT_OK(VerifySignature(TestKey(4).public_key(), both, 1));
  EXPECT_FALSE(VerifySignature(TestKey(3).public_key(), both, 1).ok());
  EXPECT_THAT(VerifySignature(TestKey(3).public_key(), both, 2),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no signature 2")));
}

TEST(VerifySignature, RefusesAnotherPayloadOrType) {
  ASSERT_OK_AND_ASSIGN(v1::SignedStatement s, SignBytes("body", {TestKey(3)}));
  const crypto::PublicKey key = TestKey(3).public_key();
  EXPECT_THAT(VerifySignature(key, s, 0), IsOk());
  s.set_payload("Body");
  EXPECT_FALSE(VerifySignature(key, s, 0).ok());
  s.set_payload("body");
  s.set_payload_type("text/plain");
  EXPECT_FALSE(VerifySignature(key, s, 0).ok());
}

}  // namespace
}  // namespace sightline::statement
