#include "client/field_text.h"

#include <gtest/gtest.h>

#include "base/status_matchers.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::client {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;

v1::Statement Sample() {
  v1::Statement statement;
  auto* header = statement.mutable_header();
  header->set_submitter("ori:CA0194200");
  header->set_statement_id("0123456789abcdef");
  header->mutable_claimed_time()->set_seconds(1590861600);
  header->mutable_claimed_time()->set_nanos(250'000'000);
  header->add_sealed()->set_path("case_number");
  auto* request = statement.mutable_footage_request();
  request->set_channel(v1::CHANNEL_DIRECT_ASK);
  request->add_evidence_sources(v1::EVIDENCE_SOURCE_HOME_CAMERA);
  request->add_evidence_sources(v1::EVIDENCE_SOURCE_DRONE);
  request->set_recipients(v1::COUNT_BUCKET_1_4);
  request->mutable_area()->set_county_fips("06037");
  request->mutable_area()->set_area_square_metres(800000);
  request->mutable_escalates()->set_leaf_hash("\x01\xff");
  return statement;
}

TEST(FieldText, SaysEachTypeAsPeopleWriteIt) {
  const v1::Statement s = Sample();
  EXPECT_THAT(FieldText(s, "header.submitter"), IsOkAndHolds("ori:CA0194200"));
  EXPECT_THAT(FieldText(s, "header.statement_id"),
              IsOkAndHolds("30313233-3435-3637-3839-616263646566"));
  EXPECT_THAT(FieldText(s, "header.claimed_time"),
              IsOkAndHolds("2020-05-30T18:00:00.25Z"));
  EXPECT_THAT(FieldText(s, "footage_request.channel"),
              IsOkAndHolds("DIRECT_ASK"));
  EXPECT_THAT(FieldText(s, "footage_request.recipients"), IsOkAndHolds("1_4"));
  EXPECT_THAT(FieldText(s, "footage_request.area.area_square_metres"),
              IsOkAndHolds("800000"));
  EXPECT_THAT(FieldText(s, "footage_request.escalates.leaf_hash"),
              IsOkAndHolds("01ff"));
}

TEST(FieldText, SaysEnumsInFullWhenAsked) {
  EXPECT_THAT(FieldText(Sample(), "footage_request.channel", EnumStyle::kFull),
              IsOkAndHolds("CHANNEL_DIRECT_ASK"));
}

TEST(FieldText, JoinsListsAndPicksFromThem) {
  const v1::Statement s = Sample();
  EXPECT_THAT(FieldText(s, "footage_request.evidence_sources"),
              IsOkAndHolds("HOME_CAMERA;DRONE"));
  EXPECT_THAT(FieldText(s, "footage_request.evidence_sources[1]"),
              IsOkAndHolds("DRONE"));
  EXPECT_THAT(FieldText(s, "footage_request.evidence_sources[2]"),
              IsOkAndHolds(""));
  EXPECT_THAT(FieldText(s, "header.sealed[0].path"),
              IsOkAndHolds("case_number"));
  EXPECT_THAT(FieldText(s, "header.sealed[1].path"), IsOkAndHolds(""));
}

TEST(FieldText, IsEmptyForWhatIsNotSet) {
  const v1::Statement s = Sample();
  EXPECT_THAT(FieldText(s, "footage_request.area.state"), IsOkAndHolds(""));
  EXPECT_THAT(FieldText(s, "footage_request.incident_window.begin"),
              IsOkAndHolds(""));
  EXPECT_THAT(FieldText(s, "footage_request.legal_process"),
              IsOkAndHolds("UNSPECIFIED"));
}

TEST(FieldText, IsEmptyBelowAMessageThatIsNotSet) {
  v1::Statement s = Sample();
  s.mutable_footage_request()->clear_escalates();
  s.mutable_footage_request()->clear_area();
  EXPECT_THAT(FieldText(s, "footage_request.escalates.index"),
              IsOkAndHolds(""));
  EXPECT_THAT(FieldText(s, "footage_request.area.area_square_metres"),
              IsOkAndHolds(""));
  EXPECT_THAT(FieldText(s, "footage_response.outcome"), IsOkAndHolds(""));
  EXPECT_THAT(FieldText(s, "footage_response.request.nothing"),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(FieldText, RefusesPathsThatLeadNowhere) {
  const v1::Statement s = Sample();
  for (const char* path :
       {"", ".", "header.", ".header", "header", "header.nothing",
        "header.submitter.more", "header.submitter[0]", "header.sealed.path",
        "footage_request.area", "footage_request.evidence_sources[x]",
        "footage_request.evidence_sources[-1]",
        "footage_request.evidence_sources[999999]",
        "header.claimed_time.seconds", "header.sealed]"}) {
    EXPECT_THAT(FieldText(s, path), StatusIs(absl::StatusCode::kNotFound))
        << path;
  }
}

}  // namespace
}  // namespace sightline::client
