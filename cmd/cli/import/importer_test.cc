// The importer against a real log.
#include "cmd/cli/import/importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "base/status_matchers.h"
#include "client/log_client.h"
#include "client/receipt_check.h"
#include "cmd/cli/import/identities.h"
#include "cmd/cli/import/import_notes.h"
#include "cmd/cli/import/imported_agency.h"
#include "cmd/cli/import/key_folder.h"
#include "cmd/cli/import/request_file.h"
#include "crypto/random.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"

namespace sightline::cli {
namespace {

using ::sightline::base::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

constexpr char kHeader[] =
    "source_file,source_row,agency_name,ori9,court_county,submitted,"
    "primary_nature,served_on,provider,items,info_start,info_end,grounds,"
    "delay_reasons,emergency\n";

// One row of a made-up file; `ori` may be empty.
std::string Row(int row, const std::string& agency, const std::string& ori) {
  return absl::StrCat("notices.csv,", row, ",", agency, ",", ori,
                      ",Alpine,2020-02-03 10:35,Burglary,Business,Example "
                      "Phone,SUBSCRIBER,2020-01-10,2020-01-12,FELONY_EVIDENCE,,"
                      "N\n");
}

RequestFile Read(const std::string& rows) {
  std::istringstream in(kHeader + rows);
  RequestFileOptions options;
  options.zone = absl::UTCTimeZone();
  auto file = ReadRequestFile(in, options);
  EXPECT_OK(file.status());
  EXPECT_THAT(file->notes.unusable, IsEmpty());
  return *std::move(file);
}

class ImporterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(log_, tests::TestLog::Start({}));
    address_ = log_->address();
    client::TlsOptions tls;
    tls.ca_file = log_->folder() + "/authority.crt";
    ASSERT_OK_AND_ASSIGN(
        identities_,
        Identities::Create(tls,
                           [this](const std::string& uri)
                               -> absl::StatusOr<crypto::IssuedCertificate> {
                             base::MutexLock lock(&mutex_);
                             return log_->parties().ClientCertificate({uri});
                           }));
    keys_ = OpenKeys("first");
  }

  std::unique_ptr<KeyFolder> OpenKeys(const std::string& name) {
    auto keys = KeyFolder::Open(absl::StrCat(log_->folder(), "/", name),
                                tests::kTestTimeMs, crypto::Rng::Real());
    EXPECT_OK(keys.status());
    return *std::move(keys);
  }

  // Enrols and submits, as `sightline import requests` does.
  absl::Status Import(const RequestFile& file, ImportResult* result,
                      ImporterOptions options = {}) {
    auto log_keys = client::LogKeysFromVkeys({log_->parties().vkey()});
    EXPECT_OK(log_keys.status());
    ImportTarget target{address_, *log_keys, {}, nullptr};
    target.identity = [this](const std::string& submitter) {
      return identities_->For(submitter);
    };
    options.threads = 2;
    Importer importer(std::move(target), keys_.get(), std::move(options));
    const absl::Status enrolled =
        importer.Enrol(file.agencies, log_->parties().registrar().keys, result);
    if (!enrolled.ok()) return enrolled;
    return importer.Submit(file.requests, result);
  }

  uint64_t TreeSize() { return log_->store().ReadTreeState()->tree_size; }

  std::unique_ptr<tests::TestLog> log_;
  std::string address_;
  std::unique_ptr<Identities> identities_;
  std::unique_ptr<KeyFolder> keys_;
  base::Mutex mutex_;  // TestParties is used by one thread at a time
};

TEST_F(ImporterTest, EnrolsAndSubmitsEachAsItsAgency) {
  const RequestFile file = Read(Row(2, "Anytown Police", "CA0999900") +
                                Row(3, "Elsewhere Sheriff", "") +
                                Row(4, "Anytown Police", "CA0999900"));
  const uint64_t before = TreeSize();
  ImportResult result;
  ASSERT_OK(Import(file, &result));
  EXPECT_EQ(result.enrolled, 2u);
  EXPECT_EQ(result.enrolled_before, 0u);
  EXPECT_THAT(result.refused, IsEmpty());
  // The agency without an ORI is provisional, by its state and name.
  EXPECT_THAT(
      result.logged,
      ElementsAre(
          AllOf(Field(&LoggedRow::line, 2u),
                Field(&LoggedRow::submitter, "ori:CA0999900"),
                Field(&LoggedRow::duplicate, false)),
          AllOf(Field(&LoggedRow::line, 3u),
                Field(&LoggedRow::submitter, StartsWith("prov:ca-elsewhere"))),
          AllOf(Field(&LoggedRow::line, 4u),
                Field(&LoggedRow::submitter, "ori:CA0999900"))));
  EXPECT_EQ(TreeSize(), before + 5);
}

TEST_F(ImporterTest, ASecondRunLogsNothingTwice) {
  const RequestFile file = Read(Row(2, "Anytown Police", "CA0999900") +
                                Row(3, "Elsewhere Sheriff", ""));
  ImportResult first;
  ASSERT_OK(Import(file, &first));
  const uint64_t size = TreeSize();
  ImportResult second;
  ASSERT_OK(Import(file, &second));
  EXPECT_EQ(TreeSize(), size);
  EXPECT_EQ(second.enrolled, 0u);
  EXPECT_EQ(second.enrolled_before, 2u);
  ASSERT_THAT(second.logged, SizeIs(2));
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(second.logged[i].duplicate);
    EXPECT_EQ(second.logged[i].index, first.logged[i].index);
  }
}

TEST_F(ImporterTest, AnAgencyWithAnotherKeyIsNotSpokenFor) {
  const RequestFile file = Read(Row(2, "Anytown Police", "CA0999900") +
                                Row(3, "Anytown Police", "CA0999900"));
  ImportResult first;
  ASSERT_OK(Import(file, &first));
  const uint64_t size = TreeSize();
  keys_ = OpenKeys("second");
  ImportResult second;
  ASSERT_OK(Import(file, &second));
  EXPECT_EQ(TreeSize(), size);
  EXPECT_THAT(second.logged, IsEmpty());
  EXPECT_THAT(second.refused,
              UnorderedElementsAre(
                  AllOf(Field(&RowFault::line, 2u),
                        Field(&RowFault::reason,
                              HasSubstr("enrolled with another key"))),
                  AllOf(Field(&RowFault::line, 2u),
                        Field(&RowFault::reason, HasSubstr("not enrolled"))),
                  AllOf(Field(&RowFault::line, 3u),
                        Field(&RowFault::reason, HasSubstr("not enrolled")))));
}

TEST_F(ImporterTest, NamesTheRowThatBreaksARule) {
  RequestFile file = Read(Row(2, "Anytown Police", "CA0999900") +
                          Row(3, "Anytown Police", "CA0999900"));
  file.requests[0].request.clear_legal_process();
  ImportResult result;
  ASSERT_OK(Import(file, &result));
  EXPECT_THAT(result.logged, ElementsAre(Field(&LoggedRow::line, 3u)));
  EXPECT_THAT(
      result.refused,
      ElementsAre(AllOf(Field(&RowFault::line, 2u),
                        Field(&RowFault::reason, HasSubstr("legal_process")))));
}

TEST_F(ImporterTest, HandsOverEveryReceipt) {
  const RequestFile file = Read(Row(2, "Anytown Police", "CA0999900") +
                                Row(3, "Anytown Police", "CA0999900"));
  std::set<std::string> names;
  ImporterOptions options;
  options.keep_receipt = [&](const std::string& name, const client::Receipt&) {
    base::MutexLock lock(&mutex_);
    names.insert(name);
    return absl::OkStatus();
  };
  ImportResult result;
  ASSERT_OK(Import(file, &result, options));
  EXPECT_THAT(names,
              ElementsAre("enrolment-ori-CA0999900", "request-notices.csv-2",
                          "request-notices.csv-3"));
}

TEST_F(ImporterTest, EndsWhenAReceiptCannotBeKept) {
  ImporterOptions options;
  options.keep_receipt = [](const std::string& name, const client::Receipt&) {
    return name == "request-notices.csv-2" ? absl::InternalError("disk full")
                                           : absl::OkStatus();
  };
  ImportResult result;
  EXPECT_THAT(
      Import(Read(Row(2, "Anytown Police", "CA0999900")), &result, options),
      StatusIs(absl::StatusCode::kInternal, HasSubstr("disk full")));
  EXPECT_THAT(result.logged, SizeIs(1));  // what was done is told
}

TEST_F(ImporterTest, SaysThatTheLogCannotBeReached) {
  log_->Stop();
  ImporterOptions options;
  options.max_attempts = 1;
  ImportResult result;
  EXPECT_THAT(
      Import(Read(Row(2, "Anytown Police", "CA0999900")), &result, options),
      StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace sightline::cli
