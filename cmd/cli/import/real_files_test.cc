// Reads the real public records, when they are there, and compares what the
// readers make of them with a tally that is taken independently of them.
//
// SIGHTLINE_TEST_DATA names the folder of the records.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/status_matchers.h"
#include "cmd/cli/import/agency_file.h"
#include "cmd/cli/import/import_notes.h"
#include "cmd/cli/import/imported_agency.h"
#include "cmd/cli/import/plain_table.h"
#include "cmd/cli/import/request_file.h"
#include "crypto/signer.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "statement/validate.h"

namespace sightline::cli {
namespace {

using ::testing::IsEmpty;

constexpr char kOrigin[] = "log.example/test";

const Remark* FindRemark(const ImportNotes& notes, const std::string& text) {
  for (const Remark& remark : notes.remarks) {
    if (remark.text.find(text) != std::string::npos) return &remark;
  }
  return nullptr;
}

size_t CountRemark(const ImportNotes& notes, const std::string& text) {
  const Remark* remark = FindRemark(notes, text);
  return remark == nullptr ? 0 : remark->lines.size();
}

class RealFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("SIGHTLINE_TEST_DATA");
    if (folder == nullptr || *folder == '\0') {
      GTEST_SKIP() << "NOT TESTED: set SIGHTLINE_TEST_DATA to the folder of "
                      "the public records";
    }
    folder_ = folder;
  }
  std::string folder_;
};

TEST_F(RealFiles, EveryRowOfTheAgencyListIsTaken) {
  const std::string path =
      folder_ + "/ring_agency_partnerships_2020-10_with_ori.csv";
  std::ifstream in(path);
  ASSERT_OK_AND_ASSIGN(const AgencyFile file, ReadAgencyFile(in));
  const Table table = ReadTable(path);
  EXPECT_EQ(file.notes.rows, table.size());
  EXPECT_THAT(file.notes.unusable, IsEmpty());

  // Which names share an ORI, and which rows remain after the same ones have
  // been put together.
  std::map<std::string, std::set<std::string>> names;
  for (const auto& row : table) {
    names[row.at("ori9")].insert(Words(row.at("agency")));
  }
  std::set<std::string> agencies;
  size_t with_month = 0;
  size_t ambiguous = 0;
  for (const auto& row : table) {
    const std::string& ori = row.at("ori9");
    const bool sure = !ori.empty() && names[ori].size() == 1;
    agencies.insert(sure ? ori : row.at("state") + Words(row.at("agency")));
    if (row.at("joined").empty()) ++with_month;
    if (row.at("ori_match").rfind("ambiguous", 0) == 0) ++ambiguous;
  }
  EXPECT_EQ(file.agencies.size(), agencies.size());
  EXPECT_EQ(CountRemark(file.notes, "joined in a month"), with_month);
  EXPECT_EQ(CountRemark(file.notes, "several possible ORIs"), ambiguous);
  EXPECT_EQ(CountRemark(file.notes, "taken together"),
            table.size() - agencies.size());

  const crypto::PublicKey key =
      crypto::PrivateKey::FromSeed(std::string(32, 'k'))->public_key();
  for (const ImportedAgency& agency : file.agencies) {
    EXPECT_OK(
        statement::Validate(EnrolmentOf(agency, kOrigin, 1, key)).ToStatus());
  }
}

TEST_F(RealFiles, EveryNoticeIsTaken) {
  const std::string path =
      folder_ + "/calecpa_notifications_2016_2021_sanitized.csv";
  std::ifstream in(path);
  RequestFileOptions options;
  ASSERT_TRUE(absl::LoadTimeZone("America/Los_Angeles", &options.zone));
  ASSERT_OK_AND_ASSIGN(const RequestFile file, ReadRequestFile(in, options));
  const Table table = ReadTable(path);
  EXPECT_EQ(file.notes.rows, table.size());
  EXPECT_THAT(file.notes.unusable, IsEmpty());
  EXPECT_EQ(file.requests.size(), table.size());

  std::set<std::string> agencies;
  std::map<std::string, size_t> count;
  for (const auto& row : table) {
    const std::string agency =
        row.at("ori9").empty() ? Words(row.at("agency_name")) : row.at("ori9");
    agencies.insert(agency);
    const std::string& end = row.at("info_end");
    const bool reversed = end < row.at("info_start");
    if (reversed) ++count["reversed"];
    if (!reversed && end.substr(0, 10) > row.at("submitted").substr(0, 10)) {
      ++count["ahead"];
    }
    if (!row.at("delay_reasons").empty()) ++count["sealed"];
    if (row.at("emergency") == "Y") ++count["emergencies"];
  }
  EXPECT_EQ(file.agencies.size(), agencies.size());
  EXPECT_EQ(CountRemark(file.notes, "before it begins"), count["reversed"]);
  EXPECT_EQ(CountRemark(file.notes, "after the submission"), count["ahead"]);

  size_t sealed = 0;
  size_t emergencies = 0;
  std::set<std::string> ids;
  for (const ImportedRequest& request : file.requests) {
    ASSERT_OK_AND_ASSIGN(const ImportedStatement imported,
                         StatementOf(request, kOrigin, "secret"));
    EXPECT_OK(statement::Validate(imported.statement).ToStatus());
    ids.insert(imported.statement.header().statement_id());
    sealed += imported.openings.size();
    if (request.request.channel() == v1::CHANNEL_EMERGENCY) ++emergencies;
  }
  EXPECT_EQ(ids.size(), table.size());
  EXPECT_EQ(sealed, count["sealed"]);
  EXPECT_EQ(emergencies, count["emergencies"]);
  const crypto::PublicKey key =
      crypto::PrivateKey::FromSeed(std::string(32, 'k'))->public_key();
  for (const ImportedAgency& agency : file.agencies) {
    EXPECT_OK(
        statement::Validate(EnrolmentOf(agency, kOrigin, 1, key)).ToStatus());
  }
}

}  // namespace
}  // namespace sightline::cli
