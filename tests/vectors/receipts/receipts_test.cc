// The committed receipt files: still what the generator makes, and still judged
// as they were.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "base/status_matchers.h"
#include "client/log_client.h"
#include "client/receipt.h"
#include "tests/vectors/receipts/receipt_vectors.h"

namespace sightline::tests {
namespace {

constexpr char kFolder[] = "tests/vectors/receipts/";

std::string Committed(const std::string& file) {
  std::ifstream in(kFolder + file, std::ios::binary);
  EXPECT_TRUE(in.good()) << file;
  return {std::istreambuf_iterator<char>(in), {}};
}

// The first check that did not pass.
std::string Failed(const client::ReceiptVerdict& verdict) {
  for (const auto& check : verdict.checks) {
    if (!check.passed) return check.name;
  }
  return "";
}

TEST(ReceiptVectors, AreWhatTheGeneratorMakes) {
  const ReceiptVectors vectors = MakeReceiptVectors();
  EXPECT_EQ(Committed("receipts.json"), IndexOf(vectors));
  for (const ReceiptVector& vector : vectors.vectors) {
    EXPECT_EQ(Committed(vector.file), vector.bytes) << vector.file;
  }
}

TEST(ReceiptVectors, AreJudgedAsTheyWere) {
  const ReceiptVectors vectors = MakeReceiptVectors();
  ASSERT_OK_AND_ASSIGN(const auto keys,
                       client::LogKeysFromVkeys({vectors.vkey}));
  for (const ReceiptVector& vector : vectors.vectors) {
    const auto verdict =
        client::VerifyReceiptFile(Committed(vector.file), keys);
    EXPECT_EQ(verdict.valid, vector.valid)
        << vector.file << ": " << verdict.explanation;
    EXPECT_EQ(Failed(verdict), vector.failed) << vector.file;
  }
}

}  // namespace
}  // namespace sightline::tests
