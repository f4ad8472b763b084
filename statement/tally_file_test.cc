#include "statement/tally_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status_matchers.h"
#include "crypto/fixed_rng.h"

namespace sightline::statement {
namespace {

using base::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Tally ExampleTally() {
  crypto::FixedRng rng(7);
  const std::vector<ResidentAnswer> answers = {
      {"resident-a", TallyAnswer::kShared},
      {"resident-b", TallyAnswer::kDeclined},
      {std::string("\0\n x", 4), TallyAnswer::kDeclined},
      {"resident-d", TallyAnswer::kOptedOut}};
  return Tally::Build(answers, rng).value();
}

uint64_t FirstResident(const Tally& tally) {
  uint64_t i = 0;
  while (tally.leaves()[i].answer == TallyAnswer::kPadding) ++i;
  return i;
}

std::string ExampleReceipt() {
  const Tally tally = ExampleTally();
  return FormatTallyReceipt(tally.ReceiptAt(FirstResident(tally)));
}

// Pinned in docs/formats.md: nobody may change these bytes.
TEST(TallyReceiptFile, HasTheDocumentedLines) {
  const TallyReceipt receipt{
      {std::string(32, '\x01'), "ab", TallyAnswer::kNoAction},
      1,
      2,
      {merkle::Hash{}}};
  EXPECT_EQ(FormatTallyReceipt(receipt),
            "sightline/tally-receipt/v1\n"
            "answer no_action\n"
            "token YWI=\n"
            "salt AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"
            "index 1\n"
            "size 2\n"
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
}

TEST(TallyReceiptFile, ComesBackAsItWas) {
  const Tally tally = ExampleTally();
  v1::FootageResponse response;
  tally.FillIn(&response);
  for (uint64_t i = 0; i < tally.size(); ++i) {
    if (tally.leaves()[i].answer == TallyAnswer::kPadding) continue;
    const std::string text = FormatTallyReceipt(tally.ReceiptAt(i));
    const auto parsed = ParseTallyReceipt(text);
    ASSERT_OK(parsed);
    EXPECT_EQ(FormatTallyReceipt(*parsed), text);
    EXPECT_OK(VerifyTallyReceipt(*parsed, response));
  }
}

TEST(TallyReceiptFile, RefusesEveryPrefix) {
  const std::string text = ExampleReceipt();
  const size_t first_hash = text.find("size ");
  for (size_t i = 0; i < first_hash; ++i) {
    EXPECT_THAT(ParseTallyReceipt(text.substr(0, i)),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(TallyReceiptFile, NamesTheLineAndQuotesNoSecret) {
  const std::string text = ExampleReceipt();
  const auto broken = [&](absl::string_view from, absl::string_view to) {
    return ParseTallyReceipt(absl::StrReplaceAll(text, {{from, to}})).status();
  };
  EXPECT_THAT(
      broken("receipt/v1", "receipt/v2"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 1: want")));
  EXPECT_THAT(broken("answer ", "answer  "),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("line 2: answer")));
  EXPECT_THAT(broken("token ", "token Zm9vYmFy!"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("line 3: token: not base64"),
                             Not(HasSubstr("Zm9v")))));
  EXPECT_THAT(broken("salt ", "salt AAAA"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("line 4: salt: 35 bytes, want 32")));
  EXPECT_THAT(
      broken("index ", "index 0"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 5: index")));
  EXPECT_THAT(
      broken("size ", "size +"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 6: size")));
}

TEST(TallyReceiptFile, RefusesPaddingAndMoreThanThereCanBe) {
  EXPECT_THAT(ParseTallyReceipt(absl::StrReplaceAll(
                  ExampleReceipt(), {{"answer shared", "answer padding"},
                                     {"answer declined", "answer padding"},
                                     {"answer opted_out", "answer padding"}})),
              StatusIs(absl::StatusCode::kInvalidArgument));
  std::string many = ExampleReceipt();
  for (int i = 0; i < 64; ++i)
    absl::StrAppend(&many, std::string(43, 'A'), "=\n");
  EXPECT_THAT(ParseTallyReceipt(many),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("more than 63 hashes")));
  EXPECT_THAT(ParseTallyReceipt(std::string(5000, 'A')),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("5000 bytes, want at most 4096")));
}

TEST(TallyFile, ComesBackAsItWas) {
  const Tally tally = ExampleTally();
  v1::FootageResponse response;
  tally.FillIn(&response);
  const std::string text = FormatTallyFile(tally.leaves());
  const auto leaves = ParseTallyFile(text);
  ASSERT_OK(leaves);
  EXPECT_EQ(FormatTallyFile(*leaves), text);
  EXPECT_OK(VerifyOpenedTally(*leaves, response));
}

TEST(TallyFile, RefusesMoreOrFewerLeavesThanItSays) {
  const std::string text = FormatTallyFile(ExampleTally().leaves());
  EXPECT_THAT(
      ParseTallyFile(absl::StrReplaceAll(text, {{"size 1", "size 9"}})),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(": missing")));
  EXPECT_THAT(ParseTallyFile(absl::StrCat(text, "\n")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("more than the 12 leaves")));
  EXPECT_THAT(
      ParseTallyFile("sightline/tally/v1\nsize 0\n"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("size: 0")));
  EXPECT_THAT(
      ParseTallyFile("sightline/tally/v1\nsize 1048577\n"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("size: 1048577")));
}

}  // namespace
}  // namespace sightline::statement
