#include "monitor/report_books.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::monitor {
namespace {

constexpr int64_t kMay = 1588334400000;   // 2020-05-01 12:00
constexpr int64_t kJune = 1591012800000;  // 2020-06-01 12:00
constexpr char kAgency[] = "ori:CA0194200";
constexpr char kPlatform[] = "platform:example";

v1::Statement Warrant(const std::string& agency, const std::string& platform) {
  v1::Statement statement;
  statement.mutable_header()->set_submitter(agency);
  v1::FootageRequest& request = *statement.mutable_footage_request();
  request.set_channel(v1::CHANNEL_LEGAL_PROCESS);
  request.set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT);
  request.set_custodian(platform);
  return statement;
}

// `count` warrants; below 0: no total at all.
v1::Statement Report(const std::string& by, const std::string& with,
                     uint32_t month, int count,
                     v1::Outcome outcome = v1::OUTCOME_UNSPECIFIED) {
  v1::Statement statement;
  statement.mutable_header()->set_submitter(by);
  v1::PeriodReport& report = *statement.mutable_period_report();
  report.set_month(month);
  report.set_counterparty(with);
  if (count < 0) return statement;
  v1::ClassTotal& total = *report.add_totals();
  total.set_channel(v1::CHANNEL_LEGAL_PROCESS);
  total.set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT);
  total.set_outcome(outcome);
  total.set_count(static_cast<uint64_t>(count));
  return statement;
}

std::string Only(const std::vector<std::string>& differences) {
  EXPECT_EQ(differences.size(), 1u);
  return differences.empty() ? "" : differences[0];
}

TEST(ReportBooks, HoldsBothSidesAgainstTheLog) {
  ReportBooks books;
  books.OnRequest(Warrant(kAgency, kPlatform), kMay);
  books.OnRequest(Warrant(kAgency, ""), kMay);
  books.OnRequest(Warrant("ori:IL0000100", kPlatform), kMay);
  EXPECT_TRUE(books.Differences(Report(kAgency, "", 202005, 2)).empty());
  EXPECT_TRUE(books.Differences(Report(kPlatform, "", 202005, 2)).empty());
  EXPECT_TRUE(books.Differences(Report(kAgency, kPlatform, 202005, 1)).empty());
  EXPECT_TRUE(books.Differences(Report(kPlatform, kAgency, 202005, 1)).empty());
  EXPECT_EQ(Only(books.Differences(Report(kPlatform, kAgency, 202005, 9))),
            "legal process, search warrant: reported 9, logged 1");
  // Silence is a none; so is a month without requests.
  EXPECT_EQ(Only(books.Differences(Report(kAgency, "", 202005, -1))),
            "legal process, search warrant: reported 0, logged 2");
  EXPECT_EQ(
      Only(books.Differences(Report(kPlatform, "ori:TX0000100", 202005, 3))),
      "legal process, search warrant: reported 3, logged 0");
  EXPECT_TRUE(books.Differences(Report(kAgency, "", 202006, 0)).empty());
}

TEST(ReportBooks, LeavesOutWhatIsToldByOutcomeAlone) {
  ReportBooks books;
  books.OnRequest(Warrant(kAgency, kPlatform), kMay);
  EXPECT_TRUE(
      books.Differences(Report(kAgency, "", 202005, 7, v1::OUTCOME_FULL))
          .empty());
}

TEST(ReportBooks, GoesOnFromWhatItSaved) {
  ReportBooks books;
  books.OnRequest(Warrant(kAgency, kPlatform), kMay);
  ReportBooks again;
  again.Load(nlohmann::json::parse(books.Save().dump()));
  EXPECT_EQ(again.counts(), 4u);
  again.OnRequest(Warrant(kAgency, kPlatform), kMay);
  EXPECT_TRUE(again.Differences(Report(kAgency, kPlatform, 202005, 2)).empty());
  EXPECT_THROW(again.Load(nlohmann::json::array()), nlohmann::json::exception);
}

TEST(ReportBooks, IsBoundedAndSaysNothingOfWhatItForgot) {
  ReportBooks books(4);
  books.OnRequest(Warrant(kAgency, kPlatform), kMay);
  books.OnRequest(Warrant(kAgency, kPlatform), kJune);
  EXPECT_EQ(books.counts(), 4u);
  EXPECT_TRUE(books.Differences(Report(kAgency, "", 202005, 9)).empty());
  EXPECT_FALSE(books.Differences(Report(kAgency, "", 202006, 9)).empty());
  // A month that was forgotten stays so.
  books.OnRequest(Warrant(kAgency, kPlatform), kMay);
  EXPECT_EQ(books.counts(), 4u);
}

TEST(ReportBooks, SaysNothingOfAMonthThatItSawInPart) {
  ReportBooks books;
  books.ForgetAll();
  EXPECT_TRUE(books.Differences(Report(kAgency, "", 202005, 9)).empty());
  books.OnRequest(Warrant(kAgency, kPlatform), kMay);
  EXPECT_TRUE(books.Differences(Report(kAgency, "", 202005, 9)).empty());
  books.OnRequest(Warrant(kAgency, kPlatform), kJune);
  EXPECT_EQ(Only(books.Differences(Report(kAgency, "", 202006, 9))),
            "legal process, search warrant: reported 9, logged 1");
}

}  // namespace
}  // namespace sightline::monitor
