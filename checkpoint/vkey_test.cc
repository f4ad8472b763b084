#include "checkpoint/vkey.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_matchers.h"
#include "checkpoint/test_vectors.h"

namespace sightline::checkpoint {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

constexpr const char* kVkeys[] = {
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "example.com/log/testdata+33d7b496+"
    "AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
    // The log of the witness protocol's vectors (key 5202289b).
    "sigsum.org/v1/tree/"
    "4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562+5202289b+"
    "Af/cLU2Y5BJNP+r3iMDC+av9eWCD0fBJVDfzAux5zxAP",
    kLogVkey,
    kWitnessVkey,
    kWitnessLogTypeVkey,
};

TEST(Vkey, PublishedOnesParseAndComeBack) {
  for (const char* text : kVkeys) {
    ASSERT_OK_AND_ASSIGN(const Vkey vkey, ParseVkey(text));
    EXPECT_EQ(FormatVkey(vkey), text);
  }
}

TEST(Vkey, FieldsAreThoseOfTheVectors) {
  ASSERT_OK_AND_ASSIGN(const Vkey vkey, ParseVkey(kWitnessVkey));
  EXPECT_EQ(vkey.name, kWitnessName);
  EXPECT_EQ(vkey.key_id, 0xb64a0db2u);
  EXPECT_EQ(vkey.type, KeyType::kCosignature);
  EXPECT_EQ(base::HexEncode(vkey.key),
            "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394");
}

TEST(Vkey, SameKeyUnderOtherNamesAndTypes) {
  ASSERT_OK_AND_ASSIGN(const Vkey witness, ParseVkey(kWitnessVkey));
  ASSERT_OK_AND_ASSIGN(const Vkey same, ParseVkey(kWitnessLogTypeVkey));
  ASSERT_OK_AND_ASSIGN(const Vkey log, ParseVkey(kLogVkey));
  EXPECT_TRUE(SameKey(witness, same));
  EXPECT_FALSE(SameKey(witness, log));
  EXPECT_NE(witness.key_id, same.key_id);
}

TEST(Vkey, EcdsaIdIsTheHashOfTheSpki) {
  // The DSSE test key: SHA-256 of its SPKI begins f7935800.
  const std::string spki = *base::HexDecode(
      "3059301306072a8648ce3d020106082a8648ce3d030107034200"
      "0467cd390f77aa359cb08c2235f652270493a9ed832b0abcc01f70954c0390d2380c78"
      "2bd54e269125a44f4433aff1432ce94e12bca73aa67ac80cea12608ddf74");
  EXPECT_EQ(ComputeKeyId("any", KeyType::kEcdsa, spki), 0xf7935800u);
  EXPECT_EQ(ComputeKeyId("other", KeyType::kEcdsa, spki), 0xf7935800u);
}

TEST(ParseVkey, RefusesAnIdThatIsNotTheKeys) {
  EXPECT_THAT(ParseVkey("example.com/foo+530d903b+"
                        "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"),
              StatusIs(kInvalid, HasSubstr("530d903a")));
  EXPECT_THAT(ParseVkey("example.com/fop+530d903a+"
                        "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"),
              StatusIs(kInvalid));
}

TEST(ParseVkey, RefusesOtherSpellings) {
  for (const char* text : {
           "",
           "name",
           "name+530d903a",
           // upper-case, short and long hexadecimal
           "example.com/foo+530D903A+"
           "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
           "example.com/foo+530d903+"
           "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
           "example.com/foo+0530d903a+"
           "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
           // a newline behind, a space before
           "example.com/foo+530d903a+"
           "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
           " example.com/foo+530d903a+"
           "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
           // 31 bytes of key; no key; nothing
           "example.com/"
           "foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
           "example.com/foo+530d903a+AQ==",
           "example.com/foo+530d903a+",
       }) {
    EXPECT_THAT(ParseVkey(text), StatusIs(kInvalid)) << text;
  }
}

TEST(MakeVkey, ChecksNameAndKeyLength) {
  const std::string key(32, 'k');
  EXPECT_OK(MakeVkey("name", KeyType::kEd25519, key));
  EXPECT_THAT(MakeVkey("", KeyType::kEd25519, key), StatusIs(kInvalid));
  EXPECT_THAT(MakeVkey("a+b", KeyType::kEd25519, key), StatusIs(kInvalid));
  EXPECT_THAT(MakeVkey("a b", KeyType::kEd25519, key), StatusIs(kInvalid));
  EXPECT_THAT(MakeVkey("name", KeyType::kCosignature, key + "k"),
              StatusIs(kInvalid));
  EXPECT_THAT(MakeVkey("name", KeyType::kMlDsa44, key), StatusIs(kInvalid));
  EXPECT_OK(MakeVkey("name", KeyType::kMlDsa44, std::string(1312, 'k')));
}

TEST(MakeVkey, UnknownTypesAreKeptAndComeBack) {
  ASSERT_OK_AND_ASSIGN(const Vkey vkey,
                       MakeVkey("name", static_cast<KeyType>(0xff), "private"));
  EXPECT_THAT(ParseVkey(FormatVkey(vkey)), base::IsOkAndHolds(vkey));
}

}  // namespace
}  // namespace sightline::checkpoint
