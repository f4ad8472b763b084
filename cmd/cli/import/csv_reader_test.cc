#include "cmd/cli/import/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_matchers.h"

namespace sightline::cli {
namespace {

using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

struct Result {
  absl::Status status;
  std::vector<std::string> rows;  // "line:name|city"
  std::vector<std::pair<uint64_t, std::string>> faults;
};

Result Read(const std::string& text) {
  Result result;
  std::istringstream in(text);
  result.status = ReadCsv(
      in, {"name", "city"},
      [&](const CsvRow& row) {
        result.rows.push_back(
            absl::StrCat(row.line(), ":", row["name"], "|", row["city"]));
      },
      [&](uint64_t line, absl::string_view fault) {
        result.faults.emplace_back(line, fault);
      });
  return result;
}

TEST(ReadCsv, FindsColumnsByNameInAnyOrder) {
  const Result result = Read("city,other,name\nOakland,x,Alpha\n");
  EXPECT_OK(result.status);
  EXPECT_THAT(result.rows, ElementsAre("2:Alpha|Oakland"));
}

TEST(ReadCsv, GivesNothingForColumnsThatAreNotThere) {
  std::istringstream in("name,city\na,b\n");
  std::string got = "unset";
  EXPECT_OK(ReadCsv(
      in, {"name"},
      [&](const CsvRow& row) { got = std::string(row["county"]); },
      [](uint64_t, absl::string_view) {}));
  EXPECT_EQ(got, "");
}

TEST(ReadCsv, KeepsQuotedCommasQuotesAndLineBreaks) {
  const Result result = Read(
      "name,city\n\"Kansas, City\",\"say "
      "\"\"hi\"\"\"\n\"two\nlines\",b\nc,d\n");
  EXPECT_THAT(result.rows, ElementsAre("2:Kansas, City|say \"hi\"",
                                       "3:two\nlines|b", "5:c|d"));
  EXPECT_THAT(result.faults, IsEmpty());
}

TEST(ReadCsv, TakesByteOrderMarkCarriageReturnsAndAMissingLastNewline) {
  const Result result =
      Read("\xef\xbb\xbfname,city\r\na,b\r\n\r\nc,Zo\xc3\xab");
  EXPECT_OK(result.status);
  EXPECT_THAT(result.rows, ElementsAre("2:a|b", "4:c|Zo\xc3\xab"));
}

TEST(ReadCsv, ReportsRowsOfAnotherWidthAndGoesOn) {
  const Result result = Read("name,city\na\nb,c,d\ne,f\n");
  EXPECT_THAT(result.rows, ElementsAre("4:e|f"));
  EXPECT_THAT(result.faults, ElementsAre(Pair(2, "1 fields, want 2"),
                                         Pair(3, "3 fields, want 2")));
}

TEST(ReadCsv, ReportsRowsThatAreNotCsvAndGoesOn) {
  const Result result = Read("name,city\na\"b,c\n\"d\" e,f\ng\rh,i\nj,k\n");
  EXPECT_THAT(result.rows, ElementsAre("5:j|k"));
  EXPECT_THAT(result.faults, ElementsAre(Pair(2, "not CSV"), Pair(3, "not CSV"),
                                         Pair(4, "not CSV")));
}

TEST(ReadCsv, ReportsAQuoteThatNeverCloses) {
  const Result result = Read("name,city\na,b\n\"c,d\ne,f\n");
  EXPECT_THAT(result.rows, ElementsAre("2:a|b"));
  EXPECT_THAT(result.faults,
              ElementsAre(Pair(3, "ends within a quoted field")));
}

TEST(ReadCsv, ReportsARowThatIsTooLong) {
  const Result result = Read(
      absl::StrCat("name,city\n", std::string(kMaxRowBytes, 'x'), ",b\nc,d\n"));
  EXPECT_THAT(result.rows, ElementsAre("3:c|d"));
  EXPECT_THAT(result.faults, ElementsAre(Pair(2, HasSubstr("longer than"))));
}

TEST(ReadCsv, RefusesAHeaderThatLacksAColumnOrNamesOneTwice) {
  EXPECT_THAT(Read("").status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Read("name\na\n").status,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no column \"city\"")));
  EXPECT_THAT(Read("name,city,name\na,b,c\n").status,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("\"name\" twice")));
}

}  // namespace
}  // namespace sightline::cli
