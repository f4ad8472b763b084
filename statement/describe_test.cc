#include "statement/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "crypto/fixed_rng.h"
#include "statement/dsse.h"
#include "statement/examples.h"
#include "statement/kinds.h"
#include "statement/test_log.h"
#include "statement/text.h"

namespace sightline::statement {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

v1::Statement Make(v1::StatementKind kind) {
  crypto::FixedRng rng(31);
  return ExampleStatement(kind, kTestOrigin, "", kTestNowUnixMs, rng).statement;
}

std::string LapdIs(absl::string_view id) {
  return id == "ori:CA0194200" ? "Los Angeles Police Department" : "";
}

TEST(DescribeStatement, TellsARequest) {
  EXPECT_EQ(DescribeStatement(Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST), LapdIs),
            "Los Angeles Police Department (ori:CA0194200) asked residents "
            "through platform:example-cameras for stored video of 2020-05-30 "
            "06:00 UTC to 2020-05-30 10:00 UTC in county 06037: "
            "burglary/breaking & entering (220), by request for assistance, "
            "consent");
}

TEST(DescribeStatement, TellsWhatMatters) {
  v1::Statement request = Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST);
  request.mutable_footage_request()->set_assembly_related(v1::DECLARED_YES);
  request.mutable_footage_request()->mutable_escalates()->set_index(41);
  request.mutable_footage_request()->mutable_imported()->set_source("notices");
  EXPECT_THAT(
      DescribeStatement(request),
      AllOf(HasSubstr("related to an assembly"), HasSubstr("after entry 41"),
            HasSubstr("imported from notices")));
}

TEST(DescribeStatement, TellsAResponse) {
  EXPECT_EQ(
      DescribeStatement(Make(v1::STATEMENT_KIND_FOOTAGE_RESPONSE)),
      "platform:example-cameras answered the request of entry 1: given in part "
      "(owner declined), asked 20 to 99, shared 1 to 4, declined 5 to 19, did "
      "nothing 20 to 99, opted out none");
}

TEST(DescribeStatement, TellsWhenFootageWasFirstGiven) {
  v1::Statement response = Make(v1::STATEMENT_KIND_FOOTAGE_RESPONSE);
  *response.mutable_footage_response()->mutable_first_given() =
      response.header().claimed_time();
  EXPECT_THAT(DescribeStatement(response),
              HasSubstr(", first given 2020-05-30 18:00 UTC"));
}

TEST(DescribeStatement, TellsAReview) {
  v1::Statement review = Make(v1::STATEMENT_KIND_EMERGENCY_REVIEW);
  EXPECT_EQ(DescribeStatement(review),
            "platform:example-cameras reviewed the emergency request of entry "
            "1: there was an emergency as stated; the requester verified by "
            "call-back and signature");
  review.mutable_emergency_review()->set_verdict(v1::REVIEW_VERDICT_FORGED);
  review.mutable_emergency_review()->set_verification(
      v1::REQUESTER_VERIFICATION_NONE);
  EXPECT_EQ(DescribeStatement(review),
            "platform:example-cameras reviewed the emergency request of entry "
            "1: forged, the requester was not who it said; the requester not "
            "verified");
}

TEST(DescribeStatement, TellsEveryKindInOneLine) {
  for (v1::StatementKind kind : AllKinds()) {
    const std::string line = DescribeStatement(Make(kind), LapdIs);
    EXPECT_TRUE(IsPlainText(line)) << line;
    EXPECT_GT(line.size(), 20u);
    EXPECT_THAT(line, Not(HasSubstr("unknown")));
    EXPECT_THAT(line, Not(HasSubstr("unspecified")));
  }
  EXPECT_THAT(DescribeStatement(v1::Statement()), HasSubstr("said nothing"));
}

TEST(DescribeStatement, NeverLetsTextSteerTheTerminal) {
  v1::Statement enrolment = Make(v1::STATEMENT_KIND_ENROLMENT);
  enrolment.mutable_enrolment()->set_name("a\x1b[2J\nb");
  enrolment.mutable_header()->set_submitter("x\n");
  EXPECT_TRUE(IsPlainText(DescribeStatement(enrolment)));
  EXPECT_THAT(DescribeStatementAtLength(enrolment), Not(HasSubstr("\x1b")));
}

TEST(DescribeStatementAtLength, ShowsEveryPublicField) {
  const std::string text =
      DescribeStatementAtLength(Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST));
  EXPECT_THAT(text, AllOf(HasSubstr("  footage request:\n"),
                          HasSubstr("    offence code: 220\n"),
                          HasSubstr("    evidence sources: home camera\n"),
                          HasSubstr("      begin: 2020-05-30 06:00 UTC\n"),
                          HasSubstr("    camera hours asked: 200\n"),
                          HasSubstr("    path: case_number\n")));
}

TEST(DescribeStatementAtLength, ShowsAReview) {
  EXPECT_THAT(
      DescribeStatementAtLength(Make(v1::STATEMENT_KIND_EMERGENCY_REVIEW)),
      AllOf(HasSubstr("  emergency review:\n"),
            HasSubstr("    verdict: confirmed\n"),
            HasSubstr("    verification: call-back and signature\n")));
}

TEST(DescribeStatementAtLength, ShowsWhatWasUnsealed) {
  EXPECT_THAT(DescribeStatementAtLength(Make(v1::STATEMENT_KIND_UNSEALING)),
              HasSubstr("value: 20-0614-1187"));
}

v1::Entry EntryOf(const v1::Statement& statement) {
  v1::Entry entry;
  entry.set_format_version(1);
  entry.set_admitted_unix_ms(kTestNowUnixMs + 1000);
  *entry.mutable_statement() = *Sign(statement, {TestKey(1)});
  entry.set_feed_ordinal(1);
  v1::Finding& finding = *entry.add_findings();
  finding.set_rule_id("window.max");
  finding.set_severity(v1::Finding::SEVERITY_VIOLATION);
  finding.set_got("50000 s");
  finding.set_limit("43200 s");
  return entry;
}

TEST(DescribeEntry, SaysIndexTimeAndFindings) {
  const v1::Entry entry = EntryOf(Make(v1::STATEMENT_KIND_GENESIS));
  EXPECT_EQ(DescribeEntry(0, entry),
            "0  2020-05-30 18:00:01 UTC  the registrars began the log "
            "example.com/test-log [window.max]");
  EXPECT_THAT(
      DescribeEntryAtLength(0, entry),
      AllOf(HasSubstr("entry: 0\n"),
            HasSubstr("finding: violation, window.max: 50000 s, the "
                      "policy says 43200 s\n"),
            HasSubstr("feed: 1, the first\n"), HasSubstr("signed by key: ")));
}

TEST(DescribeEntry, SaysWhenTheStatementDoesNotParse) {
  v1::Entry entry = EntryOf(Make(v1::STATEMENT_KIND_GENESIS));
  entry.mutable_statement()->set_payload("\xff");
  EXPECT_THAT(DescribeEntry(3, entry), HasSubstr("not a protobuf"));
  EXPECT_THAT(DescribeEntryAtLength(3, entry), HasSubstr("not a protobuf"));
}

TEST(TimeText, ShowsSecondsOnlyWhenThereAreSome) {
  EXPECT_EQ(TimeText(1590861600000), "2020-05-30 18:00 UTC");
  EXPECT_EQ(TimeText(1590861601500), "2020-05-30 18:00:01 UTC");
}

}  // namespace
}  // namespace sightline::statement
