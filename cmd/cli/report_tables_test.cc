#include "cmd/cli/report_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"

namespace sightline::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::RequestRow Request() {
  v1::RequestRow row;
  row.mutable_facts()->set_admitted_unix_ms(1'590'861'600'000);
  v1::FootageRequest& request = *row.mutable_facts()->mutable_request();
  request.set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT);
  request.set_custodian("platform:one");
  request.add_data_categories(v1::DATA_CATEGORY_AUDIO);
  request.add_data_categories(v1::DATA_CATEGORY_SUBSCRIBER);
  request.set_offence_code("220");
  return row;
}

std::vector<v1::RequestRow> ThreeRequests() {
  std::vector<v1::RequestRow> rows(3, Request());
  rows[0].set_carried_out(true);
  rows[0].set_answered_index(7);
  rows[0].set_answered_unix_ms(1'590'861'600'000 + 2 * 3'600'000);
  rows[1].set_answered_index(8);
  rows[1].set_answered_unix_ms(1'590'861'600'000 + 4 * 3'600'000);
  rows[1].add_events()->mutable_response()->set_refusal_ground(
      v1::REFUSAL_GROUND_OVERBROAD);
  v1::OnwardSharing& sharing =
      *rows[1].add_events()->mutable_amendment()->mutable_onward_sharing();
  sharing.set_recipient("outside:\"<b>\"");
  sharing.set_basis(v1::LEGAL_PROCESS_MLAT);
  rows[2].mutable_facts()->mutable_request()->set_legal_process(
      v1::LEGAL_PROCESS_EMERGENCY_2702);
  rows[2].set_notice(v1::NOTICE_STATE_NOT_DUE);
  rows[2].set_review(v1::REVIEW_STATE_GIVEN);
  rows[2].set_review_verdict(v1::REVIEW_VERDICT_FORGED);
  return rows;
}

TEST(Report, CountsWhatWasFulfilledAndHowLongItTook) {
  const std::string csv = ReportCsv(MakeReport(ThreeRequests()));
  for (const char* line :
       {"In all,requests,count,3",
        "By legal standard,search warrant,requests,2",
        "By legal standard,search warrant,fulfilled,1",
        "By legal standard,search warrant,not fulfilled,1",
        "By legal standard,search warrant,mean hours to answer,3.0",
        "By addressee,\"platform:one, emergency\",without answer,1",
        "By addressee,platform:one,requests,2",
        "By type of data,audio,requests,3",
        "Grounds of refusal,overbroad,count,1",
        "Emergencies: notice to the user,not due,count,1",
        "Emergencies: review,\"given, forged\",count,1"}) {
    EXPECT_THAT(csv, HasSubstr(std::string(line) + "\n"));
  }
}

// Of a row of the table "In all", as it is printed.
std::string InAll(absl::Span<const v1::RequestRow> requests, const char* what) {
  const std::vector<ReportTable> report = MakeReport(requests);
  for (const auto& row : report.front().rows) {
    if (row[0] == what) return row[1];
  }
  ADD_FAILURE() << what;
  return "";
}

// ADR 48: people are ranges, of which none is narrower than 1 to 4.
TEST(Report, NeverTellsOneResidentFromFour) {
  std::vector<v1::RequestRow> rows(2, Request());
  for (int a = 0; a <= v1::COUNT_BUCKET_500_PLUS; ++a) {
    for (int b = 0; b <= a; ++b) {
      rows[0].mutable_residents()->set_shared(static_cast<v1::CountBucket>(a));
      rows[1].mutable_residents()->set_shared(static_cast<v1::CountBucket>(b));
      const std::string cell = InAll(rows, "residents who shared");
      if (cell == "0 to 0" || cell.find("more than") != std::string::npos) {
        continue;
      }
      const std::pair<std::string, std::string> ends =
          absl::StrSplit(cell, absl::MaxSplits(" to ", 1));
      uint64_t least = 0;
      uint64_t most = 0;
      ASSERT_TRUE(absl::SimpleAtoi(ends.first, &least)) << cell;
      ASSERT_TRUE(absl::SimpleAtoi(ends.second, &most)) << cell;
      EXPECT_GE(most, least + 3) << cell;
    }
  }
}

// Each is an entry that anybody reads.
TEST(Report, CountsRequestsExactlyAlsoWhereThereIsOne) {
  const std::vector<v1::RequestRow> one = {Request()};
  EXPECT_EQ(InAll(one, "requests"), "1");
}

TEST(Report, IsAPageInWhichNothingIsMarkupButOurs) {
  const std::vector<std::string> notes = {"a < b"};
  const std::string html =
      ReportHtml("Year & agency", notes, MakeReport(ThreeRequests()));
  EXPECT_THAT(html, HasSubstr("<h1>Year &amp; agency</h1>"));
  EXPECT_THAT(html, HasSubstr("<p>a &lt; b</p>"));
  EXPECT_THAT(html, HasSubstr("<td>outside:&quot;&lt;b&gt;&quot;, "));
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
}

TEST(Report, OfNoRequestsHasTotalsAlone) {
  const std::string html = ReportHtml("x", {}, MakeReport({}));
  EXPECT_THAT(html, HasSubstr("In all"));
  EXPECT_THAT(html, Not(HasSubstr("By channel")));
}

}  // namespace
}  // namespace sightline::cli
