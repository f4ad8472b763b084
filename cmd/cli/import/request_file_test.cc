#include "cmd/cli/import/request_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/status_matchers.h"
#include "cmd/cli/import/import_notes.h"
#include "cmd/cli/import/imported_agency.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "statement/seal.h"
#include "statement/validate.h"

namespace sightline::cli {
namespace {

using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A row of made-up values; each test changes what it is about.
class Row {
 public:
  Row& Set(const std::string& column, const std::string& value) {
    values_[column] = value;
    return *this;
  }
  std::string text() const {
    std::vector<std::string> fields;
    for (const char* column : kColumns) fields.push_back(values_.at(column));
    return absl::StrJoin(fields, ",") + "\r\n";
  }
  static std::string Header() { return absl::StrJoin(kColumns, ",") + "\r\n"; }

 private:
  static constexpr const char* kColumns[] = {
      "source_file",  "source_row",    "agency_name",    "ori9",
      "court_county", "submitted",     "primary_nature", "served_on",
      "provider",     "items",         "info_start",     "info_end",
      "grounds",      "delay_reasons", "emergency"};

  std::map<std::string, std::string> values_ = {
      {"source_file", "notices.xlsx"},
      {"source_row", "2"},
      {"agency_name", "Anytown Police Department"},
      {"ori9", "CA0999900"},
      {"court_county", "Alpine"},
      {"submitted", "2020-02-03 10:35"},
      {"primary_nature", "Burglary"},
      {"served_on", "Business"},
      {"provider", "Example Phone"},
      {"items", "SUBSCRIBER"},
      {"info_start", "2020-01-10"},
      {"info_end", "2020-01-12"},
      {"grounds", "FELONY_EVIDENCE"},
      {"delay_reasons", ""},
      {"emergency", "N"}};
};

RequestFile Read(const std::vector<Row>& rows) {
  std::string text = Row::Header();
  for (const Row& row : rows) text += row.text();
  std::istringstream in(text);
  RequestFileOptions options;
  options.zone = absl::FixedTimeZone(-8 * 3600);
  absl::StatusOr<RequestFile> file = ReadRequestFile(in, options);
  EXPECT_OK(file.status());
  return file.ok() ? *std::move(file) : RequestFile();
}

ImportedRequest ReadOne(const Row& row) {
  RequestFile file = Read({row});
  EXPECT_THAT(file.requests, SizeIs(1));
  EXPECT_THAT(file.notes.unusable, IsEmpty());
  return file.requests.empty() ? ImportedRequest()
                               : std::move(file.requests[0]);
}

MATCHER_P2(IsRemark, text, lines, "") {
  return arg.text.find(text) != std::string::npos && arg.lines == lines;
}
using Lines = std::vector<uint64_t>;

TEST(ReadRequestFile, TurnsARowIntoARequest) {
  const ImportedRequest imported = ReadOne(Row());
  EXPECT_EQ(imported.line, 2);
  EXPECT_EQ(imported.submitter, "ori:CA0999900");
  EXPECT_EQ(imported.submitted_unix_ms, 1580754900000);  // 18:35 UTC
  EXPECT_EQ(imported.seal.ground, v1::SEAL_GROUND_UNSPECIFIED);
  const v1::FootageRequest& request = imported.request;
  EXPECT_EQ(request.channel(), v1::CHANNEL_LEGAL_PROCESS);
  EXPECT_EQ(request.legal_process(), v1::LEGAL_PROCESS_SEARCH_WARRANT);
  EXPECT_THAT(request.evidence_sources(),
              ElementsAre(v1::EVIDENCE_SOURCE_ACCOUNT_RECORDS));
  EXPECT_THAT(request.data_categories(),
              ElementsAre(v1::DATA_CATEGORY_SUBSCRIBER));
  EXPECT_EQ(request.includes_content(), v1::DECLARED_NO);
  EXPECT_EQ(request.custodian(), "platform:example-phone");
  EXPECT_EQ(request.purpose(), v1::PURPOSE_THEFT);
  EXPECT_EQ(request.offence_code(), "220");
  EXPECT_EQ(request.recipient_class(), v1::RECIPIENT_CLASS_PLATFORM);
  EXPECT_EQ(request.court_county_fips(), "06003");
  EXPECT_EQ(request.footage_window().begin().seconds(), 1578643200);
  EXPECT_EQ(request.footage_window().end().seconds(), 1578643200 + 3 * 86400);
  EXPECT_EQ(request.imported().source(), "notices.xlsx");
  EXPECT_EQ(request.imported().row(), 2);
}

TEST(ReadRequestFile, TurnsAnEmergencyIntoAnEmergencyDemand) {
  const ImportedRequest imported = ReadOne(Row().Set("emergency", "Y"));
  EXPECT_EQ(imported.request.channel(), v1::CHANNEL_EMERGENCY);
  EXPECT_EQ(imported.request.legal_process(), v1::LEGAL_PROCESS_EMERGENCY_2702);
  EXPECT_EQ(imported.request.emergency_basis(),
            v1::EMERGENCY_BASIS_UNSPECIFIED);
}

TEST(ReadRequestFile, ReadsBothFormsOfTime) {
  EXPECT_EQ(ReadOne(Row().Set("submitted", "2016-01-06 23:15:02 UTC"))
                .submitted_unix_ms,
            1452122102000);
  EXPECT_EQ(
      ReadOne(Row().Set("submitted", "2019-12-31 17:05")).submitted_unix_ms,
      1577840700000);  // 2020-01-01 01:05 UTC
}

TEST(ReadRequestFile, TakesStoredFilesOfACameraPlatformAsVideo) {
  const v1::FootageRequest video =
      ReadOne(
          Row().Set("provider", "Ring").Set("items", "STORED_FILES;SUBSCRIBER"))
          .request;
  EXPECT_EQ(video.custodian(), "platform:ring");
  EXPECT_THAT(video.evidence_sources(),
              ElementsAre(v1::EVIDENCE_SOURCE_HOME_CAMERA));
  EXPECT_THAT(video.data_categories(),
              ElementsAre(v1::DATA_CATEGORY_VIDEO_STORED,
                          v1::DATA_CATEGORY_SUBSCRIBER));
  EXPECT_EQ(video.includes_content(), v1::DECLARED_YES);
  const v1::FootageRequest files =
      ReadOne(Row().Set("items", "OTHER;STORED_FILES")).request;
  EXPECT_THAT(files.data_categories(), ElementsAre(v1::DATA_CATEGORY_OTHER));
  EXPECT_EQ(files.includes_content(), v1::DECLARED_YES);
}

TEST(ReadRequestFile, GivesNoCustodianWhereThereIsNoneOrSeveral) {
  for (const char* provider : {"", "OTHER", "Bank"}) {
    EXPECT_EQ(ReadOne(Row().Set("provider", provider)).request.custodian(), "");
  }
  const RequestFile file =
      Read({Row().Set("provider", "Example Phone;Other Phone")});
  EXPECT_EQ(file.requests[0].request.custodian(), "");
  EXPECT_THAT(file.notes.remarks,
              ElementsAre(IsRemark("several providers", Lines{2})));
}

TEST(ReadRequestFile, SaysWhoWasServed) {
  const v1::FootageRequest device =
      ReadOne(Row().Set("served_on", "Device Only")).request;
  EXPECT_THAT(device.evidence_sources(),
              ElementsAre(v1::EVIDENCE_SOURCE_OTHER));
  EXPECT_EQ(device.recipient_class(), v1::RECIPIENT_CLASS_UNSPECIFIED);
  const v1::FootageRequest both =
      ReadOne(Row().Set("served_on", "Business;Device Only;Residence")).request;
  EXPECT_THAT(both.evidence_sources(),
              ElementsAre(v1::EVIDENCE_SOURCE_ACCOUNT_RECORDS,
                          v1::EVIDENCE_SOURCE_OTHER));
  EXPECT_EQ(both.recipient_class(), v1::RECIPIENT_CLASS_BOTH);
  EXPECT_EQ(
      ReadOne(Row().Set("served_on", "Residence")).request.recipient_class(),
      v1::RECIPIENT_CLASS_RESIDENT);
}

TEST(ReadRequestFile, TakesTheNatureFromTheGroundsWhenTheyTellIt) {
  const v1::FootageRequest child =
      ReadOne(Row()
                  .Set("primary_nature", "")
                  .Set("grounds", "CHILD_EXPLOITATION;FELONY_EVIDENCE"))
          .request;
  EXPECT_EQ(child.offence_code(), "90X");
  EXPECT_EQ(ReadOne(Row().Set("primary_nature", "").Set("grounds", "STOLEN"))
                .request.purpose(),
            v1::PURPOSE_THEFT);
  EXPECT_EQ(ReadOne(Row().Set("primary_nature", "")).request.purpose(),
            v1::PURPOSE_UNSPECIFIED);
}

TEST(ReadRequestFile, TakesPeriodsThatReachBeyondTheSubmission) {
  const RequestFile file =
      Read({Row().Set("info_end", "2030-01-01"), Row().Set("source_row", "3")});
  ASSERT_THAT(file.requests, SizeIs(2));
  EXPECT_EQ(file.requests[0].request.footage_window().end().seconds(),
            1893484800 + 86400);
  EXPECT_THAT(file.notes.remarks,
              ElementsAre(IsRemark("after the submission", Lines{2})));
}

TEST(ReadRequestFile, DoesNotTakeThePeriodOfASameDaySubmissionForALateOne) {
  EXPECT_THAT(Read({Row().Set("info_end", "2020-02-03")}).notes.remarks,
              IsEmpty());
}

TEST(ReadRequestFile, LeavesOutAPeriodThatEndsBeforeItBegins) {
  const RequestFile file = Read({Row().Set("info_end", "2019-12-31")});
  ASSERT_THAT(file.requests, SizeIs(1));
  EXPECT_FALSE(file.requests[0].request.has_footage_window());
  EXPECT_THAT(file.notes.remarks,
              ElementsAre(IsRemark("before it begins", Lines{2})));
  EXPECT_FALSE(ReadOne(Row().Set("info_start", "").Set("info_end", ""))
                   .request.has_footage_window());
}

TEST(ReadRequestFile, SealsWithTheFirstReasonOfTheStatute) {
  const RequestFile file =
      Read({Row().Set("delay_reasons", "JEOPARDIZE;TAMPERING"),
            Row().Set("delay_reasons", "INTIMIDATION").Set("source_row", "3")});
  EXPECT_EQ(file.requests[0].seal.ground, v1::SEAL_GROUND_TAMPERING);
  EXPECT_THAT(file.requests[0].seal.narrative,
              HasSubstr("JEOPARDIZE;TAMPERING"));
  EXPECT_EQ(file.requests[1].seal.ground, v1::SEAL_GROUND_INTIMIDATION);
  EXPECT_THAT(file.notes.remarks,
              ElementsAre(IsRemark("several reasons", Lines{2})));
}

TEST(ReadRequestFile, GathersAnAgencyUnderItsOriWithItsSpellings) {
  const RequestFile file =
      Read({Row().Set("agency_name", "Anytown PD"),
            Row().Set("source_row", "3"), Row().Set("source_row", "4"),
            Row().Set("source_row", "5").Set("submitted", "2018-01-01 08:00"),
            Row().Set("source_row", "6").Set("agency_name", "ANYTOWN PD")});
  ASSERT_THAT(file.agencies, SizeIs(1));
  const ImportedAgency& agency = file.agencies[0];
  EXPECT_EQ(agency.id, "ori:CA0999900");
  EXPECT_EQ(agency.name, "Anytown Police Department");
  EXPECT_THAT(agency.aliases, ElementsAre("Anytown PD", "ANYTOWN PD"));
  EXPECT_EQ(agency.type, v1::AGENCY_TYPE_POLICE);
  EXPECT_EQ(agency.joined_unix_ms, 1514822400000);  // its first request
  EXPECT_EQ(agency.state, "CA");
}

TEST(ReadRequestFile, MakesProvisionalAgenciesWithoutAnOri) {
  const RequestFile file =
      Read({Row().Set("ori9", "").Set("agency_name", "Any Task Force"),
            Row()
                .Set("ori9", "")
                .Set("agency_name", "ANY TASK-FORCE")
                .Set("source_row", "3"),
            Row()
                .Set("ori9", "")
                .Set("agency_name", "OTHER")
                .Set("source_row", "4")});
  ASSERT_THAT(file.agencies, SizeIs(2));
  EXPECT_EQ(file.agencies[0].id, "prov:ca-any-task-force");
  EXPECT_EQ(file.agencies[1].id, "prov:ca-other");
  EXPECT_EQ(file.agencies[1].name, "Agencies that the source does not name");
  EXPECT_THAT(file.notes.remarks,
              ElementsAre(IsRemark("no ORI", (Lines{2, 3})),
                          IsRemark("does not name", Lines{4})));
}

TEST(ReadRequestFile, TakesTheSameNoticeTwiceButNotTheSameSourceRow) {
  const RequestFile file =
      Read({Row(), Row().Set("source_row", "3"), Row().Set("source_row", "3"),
            Row().Set("source_file", "other.xlsx")});
  EXPECT_THAT(file.requests, SizeIs(3));
  ASSERT_THAT(file.notes.unusable, SizeIs(1));
  EXPECT_EQ(file.notes.unusable[0].line, 4);
  EXPECT_THAT(file.notes.unusable[0].reason, HasSubstr("line 3"));
}

TEST(ReadRequestFile, ReportsRowsThatItCannotTakeAndTakesTheOthers) {
  const std::vector<std::pair<std::string, std::string>> faults = {
      {"source_file", ""},          {"source_row", "0"},
      {"source_row", "two"},        {"agency_name", ""},
      {"agency_name", "\xff"},      {"ori9", "CA12"},
      {"court_county", "Atlantis"}, {"submitted", ""},
      {"submitted", "yesterday"},   {"primary_nature", "Jaywalking"},
      {"served_on", "Nobody"},      {"items", "DREAMS"},
      {"info_start", "2020-02-30"}, {"info_end", ""},
      {"grounds", "BECAUSE"},       {"delay_reasons", "LATER"},
      {"emergency", "maybe"}};
  std::vector<Row> rows;
  for (size_t i = 0; i < faults.size(); ++i) {
    rows.push_back(Row().Set("source_row", absl::StrCat(i + 10)));
    rows.back().Set(faults[i].first, faults[i].second);
  }
  rows.push_back(Row());
  const RequestFile file = Read(rows);
  EXPECT_EQ(file.notes.rows, rows.size());
  ASSERT_THAT(file.requests, SizeIs(1));
  EXPECT_EQ(file.requests[0].line, rows.size() + 1);
  ASSERT_THAT(file.notes.unusable, SizeIs(faults.size()));
  for (size_t i = 0; i < faults.size(); ++i) {
    EXPECT_EQ(file.notes.unusable[i].line, i + 2);
    EXPECT_THAT(file.notes.unusable[i].reason, HasSubstr(faults[i].first));
  }
  EXPECT_THAT(file.notes.remarks, IsEmpty());  // none of rows not taken
}

TEST(StatementOf, IsWellFormedWithOpeningsThatFitAndTheSameBytesEachTime) {
  const ImportedRequest request =
      ReadOne(Row().Set("delay_reasons", "FLIGHT").Set("emergency", "Y"));
  ASSERT_OK_AND_ASSIGN(const ImportedStatement imported,
                       StatementOf(request, "log.example/test", "secret"));
  EXPECT_OK(statement::Validate(imported.statement).ToStatus());
  const v1::StatementHeader& header = imported.statement.header();
  ASSERT_THAT(header.sealed(), SizeIs(1));
  EXPECT_EQ(header.sealed(0).granter(), v1::SEAL_GRANTER_COURT);
  EXPECT_EQ(header.sealed(0).sealed_until().seconds(),
            header.claimed_time().seconds() + 90 * 86400);
  const google::protobuf::RepeatedPtrField<v1::SealOpening> openings(
      imported.openings.begin(), imported.openings.end());
  EXPECT_OK(statement::CheckOpenings(imported.statement, openings).ToStatus());
  EXPECT_EQ(StatementOf(request, "log.example/test", "secret")
                ->statement.SerializeAsString(),
            imported.statement.SerializeAsString());
  EXPECT_NE(StatementOf(request, "log.example/test", "other")
                ->statement.SerializeAsString(),
            imported.statement.SerializeAsString());
}

TEST(ReadRequestFile, RefusesAFileOfAnotherShape) {
  std::istringstream in("agency_name,submitted\na,b\n");
  EXPECT_THAT(
      ReadRequestFile(in, {}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("source_file")));
}

}  // namespace
}  // namespace sightline::cli
