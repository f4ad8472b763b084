// A request that is sealed as a whole, through a log: logged without being told of,
// read by who may, opened when the gag has ended, and part of the record from then on.
#include "statement/whole_seal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "crypto/fixed_rng.h"
#include "proto/sightline/v1/disclosure_service.grpc.pb.h"
#include "proto/sightline/v1/log_service.grpc.pb.h"
#include "proto/sightline/v1/record_service.grpc.pb.h"
#include "records/model.h"
#include "records/statistics.h"
#include "services/seal_keeper.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/policy.h"
#include "statement/seal.h"
#include "statement/statement_codec.h"
#include "telemetry/recorded_diagnostics.h"
#include "tests/services/calls.h"
#include "tests/services/scrape.h"
#include "tests/services/sealed_log.h"

namespace sightline::tests {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::string_view kUnit = "Marker Unit 4713";

class WholeSealTest : public SealedLogTest {
 protected:
  void SetUp() override {
    TestLogOptions options;
    options.on_disk = true;
    options.views_on_disk = true;
    Start(std::move(options));
    court_ = parties().MakeParty("court:example");
    keeper_ = parties().MakeParty("keeper:test");
    ASSERT_OK(log_->Enrol(court_));
    ASSERT_OK(log_->Enrol(keeper_));
  }

  void PublishPolicy() {
    v1::Statement statement =
        About(v1::STATEMENT_KIND_POLICY_VERSION, parties().registrar());
    for (const v1::PolicyVersion& policy : statement::DefaultPolicies()) {
      if (policy.policy().policy_id() == "ca-electronic-warrant") {
        *statement.mutable_policy_version() = policy;
      }
    }
    ASSERT_OK(log_->Submit(parties().registrar(),
                           parties().Sign(statement, parties().registrar())));
  }

  v1::Statement Warrant() const {
    v1::Statement out =
        About(v1::STATEMENT_KIND_FOOTAGE_REQUEST, parties().agency());
    out.mutable_header()->clear_sealed();
    v1::WholeSeal& seal = *out.mutable_header()->mutable_whole_seal();
    seal.set_ground(v1::SEAL_GROUND_JEOPARDIZE);
    seal.set_granter(v1::SEAL_GRANTER_COURT);
    *seal.mutable_sealed_until() = statement::FromUnixMs(kTestTimeMs + kSealMs);
    v1::FootageRequest& request = *out.mutable_footage_request();
    request.set_channel(v1::CHANNEL_LEGAL_PROCESS);
    request.set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT);
    request.set_court_county_fips("06037");
    request.set_judge_issued(v1::DECLARED_YES);
    request.set_custodian(parties().platform().id);
    request.set_unit(std::string(kUnit));
    request.mutable_policy()->set_policy_id("ca-electronic-warrant");
    return out;
  }
  Submission Sealed(const v1::Statement& statement) {
    Submission out = parties().Sign(statement, parties().agency());
    v1::SealOpening& opening = *out.openings.Add();
    opening.set_path(std::string(statement::kWholePath));
    opening.set_salt(rng_.Bytes(statement::kSealSaltSize));
    return out;
  }
  // Logs it; `target_` is its entry then.
  void Seal(const Submission& submission) {
    ASSERT_OK_AND_ASSIGN(const v1::SubmitResponse logged,
                         log_->Submit(parties().agency(), submission));
    SetTarget(logged.receipt().index());
  }
  void SetTarget(uint64_t index) {
    target_.set_index(index);
    const merkle::Hash leaf = merkle::LeafHash(BytesAt(index));
    target_.set_leaf_hash(std::string(crypto::AsBytes(leaf)));
  }
  Submission Opening(const Submission& sealed, const Party& by) const {
    v1::Statement statement = About(v1::STATEMENT_KIND_UNSEALING, by);
    v1::Unsealing& unsealing = *statement.mutable_unsealing();
    *unsealing.mutable_target() = target_;
    unsealing.clear_openings();
    *unsealing.add_openings() =
        statement::FillWholeOpening(sealed.openings[0], sealed.statement);
    return parties().Sign(statement, by);
  }
  Submission Answer() const {
    v1::Statement statement =
        About(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, parties().platform());
    statement.mutable_header()->clear_sealed();
    *statement.mutable_footage_response()->mutable_request() = target_;
    return parties().Sign(statement, parties().platform());
  }

  std::string BytesAt(uint64_t index) const {
    std::string out;
    EXPECT_OK(log_->store().ReadEntries(index, index + 1,
                                        [&](uint64_t, absl::string_view bytes) {
                                          out = std::string(bytes);
                                          return true;
                                        }));
    return out;
  }
  v1::Entry EntryAt(uint64_t index) const {
    return *statement::ParseEntry(BytesAt(index));
  }
  v1::Statement StatementAt(uint64_t index) const {
    return *statement::ParseStatement(EntryAt(index).statement().payload());
  }
  records::Model Record() const {
    records::Model model;
    for (uint64_t i = 0; i < size(); ++i) EXPECT_OK(model.Add(i, BytesAt(i)));
    return model;
  }

  crypto::FixedRng rng_{9};
  Party court_;
  Party keeper_;
};

TEST_F(WholeSealTest, IsLoggedWithoutBeingToldOf) {
  PublishPolicy();
  const Submission sealed = Sealed(Warrant());
  Seal(sealed);
  const v1::Entry entry = EntryAt(target_.index());
  EXPECT_EQ(entry.admitted_unix_ms(), statement::MonthBegin(202602));
  EXPECT_EQ(entry.feed_ordinal(), 1u);
  EXPECT_FALSE(entry.has_policy());
  const v1::Statement face = StatementAt(target_.index());
  EXPECT_TRUE(statement::IsFaceOf(face, sealed.statement, sealed.openings[0]));
  const std::string bytes = BytesAt(target_.index());
  EXPECT_EQ(bytes.find(std::string(kUnit)), std::string::npos);
  EXPECT_EQ(bytes.find(parties().agency().id), std::string::npos);
  // Twice is once.
  ASSERT_OK_AND_ASSIGN(const v1::SubmitResponse again,
                       log_->Submit(parties().agency(), sealed));
  EXPECT_TRUE(again.duplicate());
  EXPECT_EQ(again.receipt().index(), target_.index());
  EXPECT_THAT(Audit(), IsEmpty());
  ASSERT_OK(log_->Restart());
  EXPECT_THAT(Audit(), IsEmpty());
}

TEST_F(WholeSealTest, IsFoundByItsMonth) {
  PublishPolicy();
  const int64_t march = statement::MonthBegin(202603);
  log_->clock().Set(march + 1000);
  Seal(Sealed(Warrant()));
  ASSERT_OK(log_->Append(1));
  v1::LogService::Stub stub(log_->Channel());
  v1::ListEntriesRequest request;
  *request.mutable_filter()->mutable_admitted_from() =
      statement::FromUnixMs(march);
  ASSERT_OK_AND_ASSIGN(
      const v1::ListEntriesResponse response,
      Call(&stub, &v1::LogService::Stub::ListEntries, request));
  ASSERT_EQ(response.run().entries_size(), 2);
  EXPECT_EQ(response.run().entries(0).index(), target_.index());
}

TEST_F(WholeSealTest, NeedsAPolicyThatAllowsIt) {
  EXPECT_THAT(log_->Submit(parties().agency(), Sealed(Warrant())),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("none that the log has")));
  PublishPolicy();
  v1::Statement wiretap = Warrant();
  wiretap.mutable_footage_request()->set_legal_process(
      v1::LEGAL_PROCESS_WIRETAP);
  EXPECT_THAT(log_->Submit(parties().agency(), Sealed(wiretap)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("LEGAL_PROCESS_WIRETAP")));
}

TEST_F(WholeSealTest, AFaceIsTheLogsToMake) {
  PublishPolicy();
  Seal(Sealed(Warrant()));
  v1::SubmitRequest request;
  *request.mutable_statement() = EntryAt(target_.index()).statement();
  Submission face;
  face.statement = request.statement();
  EXPECT_FALSE(log_->Submit(parties().agency(), face).ok());
  v1::Statement statement = StatementAt(target_.index());
  EXPECT_FALSE(log_->Submit(parties().agency(),
                            parties().Sign(statement, parties().agency()))
                   .ok());
}

TEST_F(WholeSealTest, ACourtReadsItAndTheAgencyWouldGiveItselfAway) {
  PublishPolicy();
  const Submission sealed = Sealed(Warrant());
  Seal(sealed);
  v1::DisclosureService::Stub stub(log_->Channel(&court_));
  v1::ReadSealedRequest request;
  *request.mutable_statement() = Read(court_, v1::SealedRead::BASIS_COURT_ORDER,
                                      {std::string(statement::kWholePath)})
                                     .statement;
  ASSERT_OK_AND_ASSIGN(
      const v1::ReadSealedResponse read,
      Call(&stub, &v1::DisclosureService::Stub::ReadSealed, request));
  ASSERT_EQ(read.openings_size(), 1);
  EXPECT_EQ(read.openings(0).value(), sealed.statement.SerializeAsString());
  *request.mutable_statement() =
      Read(parties().agency(), v1::SealedRead::BASIS_OWN_RECORD,
           {std::string(statement::kWholePath)})
          .statement;
  v1::DisclosureService::Stub agency(log_->Channel(&parties().agency()));
  EXPECT_FALSE(
      Call(&agency, &v1::DisclosureService::Stub::ReadSealed, request).ok());
}

TEST_F(WholeSealTest, OpenedItJoinsTheFeedAndIsAnswered) {
  PublishPolicy();
  const Submission sealed = Sealed(Warrant());
  Seal(sealed);
  EXPECT_FALSE(log_->Submit(parties().platform(), Answer()).ok());
  // Nobody else may open it.
  EXPECT_FALSE(
      log_->Submit(parties().platform(), Opening(sealed, parties().platform()))
          .ok());
  ASSERT_OK_AND_ASSIGN(
      const v1::SubmitResponse opened,
      log_->Submit(parties().agency(), Opening(sealed, parties().agency())));
  const uint64_t face = target_.index();
  const uint64_t index = opened.receipt().index();
  const v1::Entry entry = EntryAt(index);
  EXPECT_EQ(entry.policy().policy_id(), "ca-electronic-warrant");
  EXPECT_EQ(entry.feed_ordinal(), 2u);  // after the request of the fixture
  SetTarget(index);
  ASSERT_OK(log_->Submit(parties().platform(), Answer()));
  EXPECT_THAT(Audit(), IsEmpty());

  const records::Model record = Record();
  const auto row = record.Request(index, kTestTimeMs);
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->facts().submitter(), parties().agency().id);
  EXPECT_EQ(row->facts().sealed_index(), face);
  EXPECT_EQ(row->state(), v1::REQUEST_STATE_ANSWERED);
  const auto months = record.SealedMonths(kTestTimeMs, kTestTimeMs + 1);
  ASSERT_THAT(months, SizeIs(1));
  EXPECT_EQ(months[0].sealed(), 1u);
  EXPECT_EQ(months[0].opened(), 1u);
  EXPECT_EQ(records::StatisticsOf(*row).with_seals(), 1u);
  v1::ListSealsRequest seals;
  seals.set_submitter("sealed");
  EXPECT_THAT(record.Seals(seals, kTestTimeMs), IsEmpty());
}

TEST_F(WholeSealTest, OpenedTwiceItIsInTheRecordOnce) {
  PublishPolicy();
  const Submission sealed = Sealed(Warrant());
  Seal(sealed);
  ASSERT_OK(
      log_->Submit(parties().agency(), Opening(sealed, parties().agency())));
  ASSERT_OK(log_->Submit(court_, Opening(sealed, court_)));
  EXPECT_THAT(Audit(), IsEmpty());
  EXPECT_THAT(Record().Search({}, kTestTimeMs), SizeIs(2));  // one of SetUp
  EXPECT_EQ(Record().SealedMonths(kTestTimeMs, kTestTimeMs + 1)[0].opened(),
            1u);
}

TEST_F(WholeSealTest, TheKeeperOpensItWhenNoCourtHasProlongedIt) {
  PublishPolicy();
  const Submission sealed = Sealed(Warrant());
  Seal(sealed);
  const uint64_t face = target_.index();
  v1::Statement renewal = About(v1::STATEMENT_KIND_SEAL_RENEWAL, court_);
  *renewal.mutable_seal_renewal()->mutable_target() = target_;
  renewal.mutable_seal_renewal()->set_paths(0,
                                            std::string(statement::kWholePath));
  *renewal.mutable_seal_renewal()->mutable_sealed_until() =
      statement::FromUnixMs(kTestTimeMs + 2 * kSealMs);
  ASSERT_OK(log_->Submit(court_, parties().Sign(renewal, court_)));
  services::SealKeeperOptions options;
  options.submitter = keeper_.id;
  options.key = keeper_.keys[0];
  telemetry::RecordedDiagnostics diagnostics;
  ASSERT_OK_AND_ASSIGN(const auto keeper, services::SealKeeper::Create(
                                              options, &log_->log(),
                                              &log_->clock(), &diagnostics));
  log_->clock().Set(kTestTimeMs + 2 * kSealMs - 1);
  ASSERT_OK(keeper->RunOnce());  // the request of SetUp
  const uint64_t before = size();
  log_->clock().Set(kTestTimeMs + 2 * kSealMs);
  EXPECT_THAT(keeper->RunOnce(), IsOkAndHolds(1u));
  EXPECT_EQ(size(), before + 1);
  const v1::Statement unsealing = StatementAt(before);
  EXPECT_EQ(unsealing.header().submitter(), keeper_.id);
  EXPECT_EQ(unsealing.unsealing().target().index(), face);
  EXPECT_EQ(EntryAt(before).feed_ordinal(), 2u);  // the agency's, not its own
  EXPECT_THAT(Audit(), IsEmpty());
}

TEST_F(WholeSealTest, NoByteOnDiskNoAnswerAndNoMetricTellsOfIt) {
  PublishPolicy();
  const v1::EntryLink first = target_;
  const Submission sealed = Sealed(Warrant());
  Seal(sealed);
  // And refused: under another salt than one of 32 bytes.
  Submission faulty = Sealed(Warrant());
  faulty.openings[0].set_salt(std::string(kUnit));
  const auto refused = log_->Submit(parties().agency(), faulty);
  ASSERT_FALSE(refused.ok());
  ASSERT_OK(log_->Append(300));
  ASSERT_OK_AND_ASSIGN(const std::string ciphertext,
                       log_->store().ReadSealedPayload(target_.index()));
  // An erasure elsewhere has every file flushed.
  target_ = first;
  ASSERT_OK(
      log_->Submit(parties().registrar(), Erasure(parties().registrar())));
  ASSERT_OK(log_->log().PurgeErased());
  std::string told = absl::StrCat(refused.status().ToString(), "\n");
  for (const std::string& line : log_->diagnostics().lines()) {
    absl::StrAppend(&told, line, "\n");
  }
  // What the record answers of everything, its views worked in.
  v1::RecordService::Stub record(log_->Channel());
  ASSERT_OK_AND_ASSIGN(const v1::SearchRequestsResponse rows,
                       Call(&record, &v1::RecordService::Stub::SearchRequests,
                            v1::SearchRequestsRequest()));
  ASSERT_OK_AND_ASSIGN(const v1::ListSealsResponse seals,
                       Call(&record, &v1::RecordService::Stub::ListSeals,
                            v1::ListSealsRequest()));
  EXPECT_EQ(seals.rows_size(), 3);  // the face, two fields of SetUp's request
  const std::string metrics = ScrapeMetrics(*log_);
  EXPECT_THAT(metrics, HasSubstr("sightline_refused_statements_total"));
  absl::StrAppend(&told, rows.SerializeAsString(), seals.SerializeAsString(),
                  metrics);
  log_->Close();
  const std::string secrets[] = {std::string(kUnit), sealed.openings[0].salt()};
  for (const std::string& secret : secrets) {
    EXPECT_EQ(told.find(secret), std::string::npos) << told;
  }
  bool saw_ciphertext = false;
  ASSERT_TRUE(std::filesystem::exists(log_->views_folder()));
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(log_->folder())) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    const std::string content(std::istreambuf_iterator<char>(in), {});
    saw_ciphertext =
        saw_ciphertext || content.find(ciphertext) != std::string::npos;
    for (const std::string& secret : secrets) {
      EXPECT_EQ(content.find(secret), std::string::npos) << file.path();
    }
  }
  EXPECT_TRUE(saw_ciphertext);
}

TEST_F(WholeSealTest, ErasedItIsGoneForGood) {
  PublishPolicy();
  Seal(Sealed(Warrant()));
  ASSERT_OK(
      log_->Submit(parties().registrar(), Erasure(parties().registrar())));
  EXPECT_THAT(log_->store().ReadSealedPayload(target_.index()),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Audit(), IsEmpty());
}

}  // namespace
}  // namespace sightline::tests
