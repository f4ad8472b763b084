// The vectors of the receipts' formats, and what must not hold.
#include "checkpoint/cose_receipt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_matchers.h"
#include "checkpoint/cbor.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"
#include "merkle/compact_range.h"
#include "merkle/hash.h"

namespace sightline::checkpoint {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

constexpr absl::string_view kProtected =
    "a401270448766563746f722d310fa101781e68747470733a2f2f6578616d706c652e636f"
    "6d2f766563746f722d6c6f6719018b01";
constexpr absl::string_view kSigned =
    "846a5369676e6174757265315834a401270448766563746f722d310fa101781e68747470"
    "733a2f2f6578616d706c652e636f6d2f766563746f722d6c6f6719018b014058205dc9da"
    "79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";
constexpr absl::string_view kInclusion =
    "d2845834a401270448766563746f722d310fa101781e68747470733a2f2f6578616d706c"
    "652e636f6d2f766563746f722d6c6f6719018b01a119018ca12081586a83080583582"
    "0bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b5820"
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae05820d3"
    "7ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7f658402314"
    "d52c17e9d0df90fe4e0277924fe6bcdab3b8f1e7a24c2cecaaedf76b529681ff715f51cf"
    "b43421bbd33abb5cff5e7ea8c80b33a2e05f0bcf83071921f502";
constexpr absl::string_view kConsistency =
    "d2845834a401270448766563746f722d310fa101781e68747470733a2f2f6578616d706c"
    "652e636f6d2f766563746f722d6c6f6719018b01a119018ca12181588c8305088458"
    "20bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b58204"
    "271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab6585820ca854"
    "ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae05820d37ee4189"
    "76dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7f658402314d52c17e"
    "9d0df90fe4e0277924fe6bcdab3b8f1e7a24c2cecaaedf76b529681ff715f51cfb43421b"
    "bd33abb5cff5e7ea8c80b33a2e05f0bcf83071921f502";

std::string Hex(absl::string_view hex) { return *base::HexDecode(hex); }

// The eight leaves of Certificate Transparency's tests.
merkle::Hash Root(uint64_t size) {
  merkle::CompactRange range;
  const std::vector<std::string> leaves = {"",
                                           "00",
                                           "10",
                                           "2021",
                                           "3031",
                                           "40414243",
                                           "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f"};
  for (uint64_t i = 0; i < size; ++i) {
    range.Append(merkle::LeafHash(Hex(leaves[i])));
  }
  return range.Root();
}

merkle::Hash LeafFive() { return merkle::LeafHash(Hex("40414243")); }

crypto::PrivateKey EdKey() {
  return *crypto::PrivateKey::FromSeed(std::string(32, 3));
}

crypto::PublicKey EcKey() {
  return crypto::PrivateKey::FromP256Scalar(std::string(32, 5))->public_key();
}

TEST(CoseReceipt, IsMadeByteForByte) {
  const crypto::PrivateKey key = EdKey();
  ASSERT_OK_AND_ASSIGN(const std::string header,
                       CoseProtectedHeader(key.public_key(), "vector-1",
                                           "https://example.com/vector-log"));
  EXPECT_EQ(base::HexEncode(header), kProtected);
  EXPECT_EQ(base::HexEncode(CoseToBeSigned(header, Root(8))), kSigned);
  for (const absl::string_view hex : {kInclusion, kConsistency}) {
    ASSERT_OK_AND_ASSIGN(CoseReceipt receipt, ParseCoseReceipt(Hex(hex)));
    receipt.protected_bytes = header;
    receipt.signature = *key.Sign(CoseToBeSigned(header, Root(8)));
    EXPECT_EQ(base::HexEncode(FormatCoseReceipt(receipt)), hex);
  }
}

TEST(CoseReceipt, ProvesInclusion) {
  ASSERT_OK_AND_ASSIGN(const CoseReceipt receipt,
                       ParseCoseReceipt(Hex(kInclusion)));
  EXPECT_EQ(receipt.key_id, "vector-1");
  EXPECT_EQ(receipt.issuer, "https://example.com/vector-log");
  EXPECT_EQ(receipt.first, 8u);
  EXPECT_EQ(receipt.second, 5u);
  EXPECT_THAT(VerifyCoseInclusion(receipt, LeafFive(), EdKey().public_key()),
              IsOkAndHolds(Root(8)));
}

TEST(CoseReceipt, ProvesConsistency) {
  ASSERT_OK_AND_ASSIGN(const CoseReceipt receipt,
                       ParseCoseReceipt(Hex(kConsistency)));
  const crypto::PublicKey key = EdKey().public_key();
  EXPECT_OK(VerifyCoseConsistency(receipt, Root(5), Root(8), key));
  EXPECT_FALSE(VerifyCoseConsistency(receipt, Root(4), Root(8), key).ok());
  EXPECT_FALSE(VerifyCoseConsistency(receipt, Root(5), Root(7), key).ok());
  EXPECT_FALSE(VerifyCoseInclusion(receipt, LeafFive(), key).ok());
}

TEST(CoseReceipt, VerifiesEs256) {
  std::string hex(kInclusion);
  const std::string header =
      "a401260448766563746f722d320fa101781e68747470733a2f2f6578616d706c652e636f"
      "6d2f766563746f722d6c6f6719018b01";
  hex.replace(hex.find(std::string(kProtected)), kProtected.size(), header);
  hex.replace(hex.size() - 128, 128,
              "afe1408c2d8c3d0b5b1ac5609dd514013cd1229420f6efd8b39e0fc215eb3b69"
              "06ed5db2a41492ba9fc416822048d9e976826a396cf9adb157772d98798a304"
              "a");
  ASSERT_OK_AND_ASSIGN(const CoseReceipt receipt, ParseCoseReceipt(Hex(hex)));
  EXPECT_THAT(VerifyCoseInclusion(receipt, LeafFive(), EcKey()),
              IsOkAndHolds(Root(8)));
  EXPECT_THAT(VerifyCoseInclusion(receipt, LeafFive(), EdKey().public_key()),
              StatusIs(kInvalid, HasSubstr("algorithm")));
}

TEST(CoseReceipt, NamesKeysByTheirThumbprints) {
  EXPECT_EQ(
      base::HexEncode(crypto::AsBytes(CoseKeyThumbprint(EdKey().public_key()))),
      "72d16fafc7e5497618246178631d650fef01a4aca770c965dd8b551760bad6dc");
  EXPECT_EQ(base::HexEncode(crypto::AsBytes(CoseKeyThumbprint(EcKey()))),
            "26361a84323d0e446097d3a448da4343bf0ea39a2db9159c75edd76ac183082b");
  const crypto::PublicKey keys[] = {EdKey().public_key(), EcKey()};
  const std::string set = CoseKeySet(keys);
  EXPECT_EQ(set, absl::StrCat("\x82", CoseKey(keys[0]), CoseKey(keys[1])));
  EXPECT_EQ(
      base::HexEncode(CoseKey(keys[0])),
      "a50101025820"
      "72d16fafc7e5497618246178631d650fef01a4aca770c965dd8b551760bad6dc"
      "032720062158"
      "20ed4928c628d1c2c6eae90338905995612959273a5c63f93636c14614ac8737d1");
}

TEST(CoseReceipt, FailsWithAnyBitChanged) {
  const std::string good = Hex(kInclusion);
  const crypto::PublicKey key = EdKey().public_key();
  for (size_t i = 0; i < 8 * good.size(); ++i) {
    std::string bad = good;
    bad[i / 8] ^= static_cast<char>(1 << (i % 8));
    const auto receipt = ParseCoseReceipt(bad);
    if (!receipt.ok()) continue;
    EXPECT_FALSE(VerifyCoseInclusion(*receipt, LeafFive(), key).ok())
        << "bit " << i;
  }
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(ParseCoseReceipt(good.substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(ParseCoseReceipt(good + std::string(1, '\0')).ok());
}

// Whoever writes header 395 before 15 is understood, as the drafts do.
TEST(CoseReceipt, TakesHeadersInAnyOrder) {
  ASSERT_OK_AND_ASSIGN(CoseReceipt receipt, ParseCoseReceipt(Hex(kInclusion)));
  CborWriter header;
  header.Map(3).Int(395).Int(1).Int(4).Bytes("k").Int(1).Int(-8);
  receipt.protected_bytes = header.bytes();
  receipt.signature =
      *EdKey().Sign(CoseToBeSigned(receipt.protected_bytes, Root(8)));
  ASSERT_OK_AND_ASSIGN(const CoseReceipt read,
                       ParseCoseReceipt(FormatCoseReceipt(receipt)));
  EXPECT_OK(VerifyCoseInclusion(read, LeafFive(), EdKey().public_key()));
  EXPECT_EQ(read.issuer, "");
}

TEST(CoseReceipt, RefusesOtherStructures) {
  ASSERT_OK_AND_ASSIGN(CoseReceipt receipt, ParseCoseReceipt(Hex(kInclusion)));
  CborWriter ccf;
  ccf.Map(2).Int(1).Int(-8).Int(395).Int(2);
  receipt.protected_bytes = ccf.bytes();
  EXPECT_THAT(ParseCoseReceipt(FormatCoseReceipt(receipt)),
              StatusIs(kInvalid, HasSubstr("RFC9162_SHA256")));
  receipt.protected_bytes = Hex(kProtected);
  receipt.hashes.clear();
  EXPECT_FALSE(ParseCoseReceipt(FormatCoseReceipt(receipt)).ok());
}

TEST(Cbor, WritesTheShortestForm) {
  const auto hex = [](const CborWriter& out) {
    return base::HexEncode(out.bytes());
  };
  // RFC 8949 appendix A.
  EXPECT_EQ(hex(CborWriter().Int(23)), "17");
  EXPECT_EQ(hex(CborWriter().Int(24)), "1818");
  EXPECT_EQ(hex(CborWriter().Int(256)), "190100");
  EXPECT_EQ(hex(CborWriter().Int(65536)), "1a00010000");
  EXPECT_EQ(hex(CborWriter().Int(1000000000000)), "1b000000e8d4a51000");
  EXPECT_EQ(hex(CborWriter().Int(-1)), "20");
  EXPECT_EQ(hex(CborWriter().Int(-1000)), "3903e7");
  EXPECT_EQ(hex(CborWriter().Text("IETF")), "6449455446");
  EXPECT_EQ(hex(CborWriter().Null()), "f6");
}

TEST(Cbor, ReadsOnlyTheShortestForm) {
  for (const char* bad : {"1817", "190017", "1a0000ffff", "1b00000000ffffffff",
                          "1c", "1f", "18", "3800"}) {
    const std::string bytes = Hex(bad);
    EXPECT_FALSE(CborReader(bytes).Int().ok()) << bad;
  }
  for (const int64_t value :
       {int64_t{0}, int64_t{23}, int64_t{24}, int64_t{-25}, int64_t{65535},
        int64_t{65536}, INT64_MAX, INT64_MIN}) {
    const std::string bytes = CborWriter().Int(value).bytes();
    EXPECT_THAT(CborReader(bytes).Int(), IsOkAndHolds(value));
  }
  // Nested without end, or longer than it is.
  const std::string deep(100, '\x81');
  EXPECT_FALSE(CborReader(deep).Skip().ok());
  for (const char* bad : {"9bffffffffffffffff", "bbffffffffffffffff",
                          "5bffffffffffffffff", "a101"}) {
    const std::string bytes = Hex(bad);
    EXPECT_FALSE(CborReader(bytes).Skip().ok()) << bad;
  }
}

}  // namespace
}  // namespace sightline::checkpoint
