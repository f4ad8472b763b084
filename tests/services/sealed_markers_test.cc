// Nothing that is secret shows: markers are planted in sealed values, salts and
// tokens, which are submitted, refused, asked about, and due to be opened. Searched
// for them is every byte that the log has written (its store and its views), what
// LogService and RecordService answer, what callers are refused with, the
// diagnostics and the metrics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "base/status_matchers.h"
#include "crypto/fixed_rng.h"
#include "proto/sightline/v1/disclosure_service.grpc.pb.h"
#include "proto/sightline/v1/log_service.grpc.pb.h"
#include "proto/sightline/v1/record_service.grpc.pb.h"
#include "proto/sightline/v1/submission_service.grpc.pb.h"
#include "services/seal_keeper.h"
#include "statement/seal.h"
#include "statement/tally.h"
#include "tests/services/calls.h"
#include "tests/services/scrape.h"
#include "tests/services/sealed_log.h"

namespace sightline::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::string_view kValue = "MARKER-VALUE-4711";
constexpr absl::string_view kSalt = "MARKER-SALT-0123456789abcdefghij";
constexpr absl::string_view kToken = "MARKER-TOKEN-0815";
constexpr absl::string_view kPublic = "Marker Unit 4712";

class SealedMarkersTest : public SealedLogTest {
 protected:
  void SetUp() override {
    static_assert(kSalt.size() == statement::kSealSaltSize);
    TestLogOptions options;
    options.on_disk = true;
    options.views_on_disk = true;
    Start(std::move(options));
  }

  // A request whose narrative and salt are markers.
  Submission MarkedRequest() {
    google::protobuf::RepeatedPtrField<v1::SealOpening> openings;
    v1::Statement statement = parties().Example(
        v1::STATEMENT_KIND_FOOTAGE_REQUEST, parties().agency(), &openings);
    statement.mutable_footage_request()->set_unit(std::string(kPublic));
    for (int i = 0; i < openings.size(); ++i) {
      openings[i].set_salt(std::string(kSalt));
      openings[i].set_value(absl::StrCat(kValue, " of ", openings[i].path()));
      const crypto::Digest commitment = statement::Commitment(
          openings[i].path(), openings[i].salt(), openings[i].value());
      statement.mutable_header()->mutable_sealed(i)->set_commitment(
          std::string(crypto::AsBytes(commitment)));
    }
    Submission out = parties().Sign(statement, parties().agency());
    out.openings = std::move(openings);
    return out;
  }

  Submission MarkedResponse() {
    crypto::FixedRng rng(5);
    std::vector<statement::ResidentAnswer> answers;
    for (int i = 0; i < 30; ++i) {
      answers.push_back(
          {absl::StrCat(kToken, "-", i), statement::TallyAnswer::kDeclined});
    }
    v1::Statement statement =
        About(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, parties().platform());
    statement.mutable_header()->clear_sealed();
    v1::FootageResponse& response = *statement.mutable_footage_response();
    *response.mutable_request() = target_;
    response.set_notified(v1::COUNT_BUCKET_20_99);
    statement::Tally::Build(answers, rng)->FillIn(&response);
    return parties().Sign(statement, parties().platform());
  }

  // Through gRPC; what is refused is told, too.
  template <typename Response>
  void Told(const absl::StatusOr<Response>& answer) {
    if (answer.ok()) {
      said_.push_back(answer->SerializeAsString());
      return;
    }
    std::string all = answer.status().ToString();
    answer.status().ForEachPayload(
        [&all](absl::string_view url, const absl::Cord& payload) {
          absl::StrAppend(&all, url, std::string(payload));
        });
    said_.push_back(all);
    refused_ += 1;
  }
  void Submit(const Party& by, const v1::SubmitRequest& request) {
    v1::SubmissionService::Stub stub(log_->Channel(&by));
    Told(Call(&stub, &v1::SubmissionService::Stub::Submit, request));
  }

  // Every question that a page of rows answers, and those of one request.
  void AskTheRecord() {
    v1::RecordService::Stub record(log_->Channel());
    using Stub = v1::RecordService::Stub;
    v1::GetRequestRequest one;
    one.set_index(4);
    Told(Call(&record, &Stub::GetRequest, one));
    Told(Call(&record, &Stub::SearchRequests, v1::SearchRequestsRequest()));
    v1::ListFeedRequest feed;
    feed.set_submitter(parties().agency().id);
    Told(Call(&record, &Stub::ListFeed, feed));
    v1::ListSealsRequest seals;
    Told(Call(&record, &Stub::ListSeals, seals));
    seals.set_ground(v1::SEAL_GROUND_PERSONAL_DATA);
    Told(Call(&record, &Stub::ListSeals, seals));
    Told(Call(&record, &Stub::ListChanges, v1::ListChangesRequest()));
    v1::ReconcileRequest reconcile;
    reconcile.set_from_month(202601);
    reconcile.set_until_month(202612);
    Told(Call(&record, &Stub::Reconcile, reconcile));
    v1::GetStatisticsRequest statistics;
    statistics.set_group_by(v1::STATISTICS_GROUPING_AGENCY);
    Told(Call(&record, &Stub::GetStatistics, statistics));
  }

  // Every byte in a folder, by file.
  static std::vector<std::pair<std::string, std::string>> FilesIn(
      const std::string& folder) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& file :
         std::filesystem::recursive_directory_iterator(folder)) {
      if (!file.is_regular_file()) continue;
      std::ifstream in(file.path(), std::ios::binary);
      out.emplace_back(file.path(),
                       std::string(std::istreambuf_iterator<char>(in), {}));
    }
    return out;
  }

  std::vector<std::string> said_;
  int refused_ = 0;
};

using Places = std::vector<std::pair<std::string, std::string>>;

bool AnyHas(const Places& places, absl::string_view text) {
  return std::any_of(places.begin(), places.end(), [&](const auto& place) {
    return place.second.find(std::string(text)) != std::string::npos;
  });
}

// As it is, and as texts may spell it.
std::vector<std::string> SpellingsOf(absl::string_view marker) {
  // base64 of three alignments, without what depends on the neighbours.
  std::vector<std::string> out = {std::string(marker), base::HexEncode(marker)};
  for (size_t skip = 0; skip < 3; ++skip) {
    const std::string text = base::Base64Encode(marker.substr(skip));
    out.push_back(text.substr(0, text.size() / 4 * 4 - 4));
  }
  return out;
}

TEST_F(SealedMarkersTest, AreNowhere) {
  const Submission marked = MarkedRequest();
  Submit(parties().agency(), marked.ToRequest());
  ASSERT_EQ(refused_, 0) << said_.back();
  Submit(parties().platform(), MarkedResponse().ToRequest());
  ASSERT_EQ(refused_, 0) << said_.back();
  // What is refused: openings that do not fit, too few, on a wrong connection.
  v1::SubmitRequest wrong = MarkedRequest().ToRequest();
  wrong.mutable_openings(0)->set_value(absl::StrCat(kValue, "-altered"));
  Submit(parties().agency(), wrong);
  wrong.mutable_openings()->RemoveLast();
  Submit(parties().agency(), wrong);
  wrong.mutable_openings(0)->set_salt(absl::StrCat(kSalt, "-longer"));
  wrong.mutable_openings(0)->set_path(absl::StrCat(kValue, "-path"));
  Submit(parties().agency(), wrong);
  Submit(parties().platform(), MarkedRequest().ToRequest());
  wrong.mutable_statement()->set_payload(absl::StrCat(kValue, kSalt, kToken));
  Submit(parties().agency(), wrong);
  // An unsealing that opens nothing.
  v1::Statement unsealing =
      About(v1::STATEMENT_KIND_UNSEALING, parties().agency());
  *unsealing.mutable_unsealing()->mutable_target() = target_;
  unsealing.mutable_unsealing()->mutable_openings(0)->set_value(
      std::string(kValue));
  unsealing.mutable_unsealing()->mutable_openings(0)->set_salt(
      std::string(kSalt));
  Submit(parties().agency(),
         parties().Sign(unsealing, parties().agency()).ToRequest());
  // A read by who may not.
  v1::DisclosureService::Stub strangers(log_->Channel(&parties().platform()));
  v1::ReadSealedRequest read;
  target_.set_index(4);
  *read.mutable_statement() =
      Read(parties().platform(), v1::SealedRead::BASIS_OWN_RECORD).statement;
  Told(Call(&strangers, &v1::DisclosureService::Stub::ReadSealed, read));
  ASSERT_EQ(refused_, 7);
  // Public answers.
  v1::LogService::Stub reader(log_->Channel());
  v1::ListEntriesRequest list;
  Told(Call(&reader, &v1::LogService::Stub::ListEntries, list));
  v1::GetEntryRequest get;
  get.set_index(4);
  Told(Call(&reader, &v1::LogService::Stub::GetEntry, get));
  AskTheRecord();
  ASSERT_EQ(refused_, 7) << said_.back();
  ASSERT_OK(log_->Append(300));  // flushes are not far

  // A keeper that may not speak, when the seals have ended.
  telemetry::RecordedDiagnostics keeper_lines;
  {
    const Party party = parties().MakeParty("keeper:nobody");
    services::SealKeeperOptions options;
    options.submitter = party.id;
    options.key = party.keys[0];
    ASSERT_OK_AND_ASSIGN(
        const auto keeper,
        services::SealKeeper::Create(std::move(options), &log_->log(),
                                     &log_->clock(), &keeper_lines));
    log_->clock().Advance(kSealMs);
    const auto round = keeper->RunOnce();
    EXPECT_FALSE(round.ok());
    said_.push_back(round.status().ToString());
  }
  ASSERT_OK_AND_ASSIGN(const std::string ciphertext,
                       log_->store().ReadSealedPayload(4));
  // An erasure elsewhere has every file flushed.
  target_.set_index(3);
  ASSERT_OK(
      log_->Submit(parties().registrar(), Erasure(parties().registrar())));
  ASSERT_OK(log_->log().PurgeErased());
  AskTheRecord();
  ASSERT_EQ(refused_, 7) << said_.back();
  const std::string metrics = ScrapeMetrics(*log_);
  EXPECT_THAT(metrics, HasSubstr("sightline_refused_statements_total"));
  said_.push_back(metrics);
  said_.push_back(absl::StrJoin(log_->diagnostics().lines(), "\n"));
  said_.push_back(absl::StrJoin(keeper_lines.lines(), "\n"));
  log_->Close();

  Places places = FilesIn(log_->store_folder());
  const Places views = FilesIn(log_->views_folder());
  Places told;
  for (const std::string& text : said_) told.emplace_back("told", text);
  // The search looks at the right bytes.
  EXPECT_TRUE(AnyHas(places, kPublic));
  EXPECT_TRUE(AnyHas(places, ciphertext));
  EXPECT_TRUE(AnyHas(views, kPublic));
  EXPECT_TRUE(AnyHas(told, kPublic));
  places.insert(places.end(), views.begin(), views.end());
  places.insert(places.end(), told.begin(), told.end());
  for (const absl::string_view marker : {kValue, kSalt, kToken}) {
    for (const std::string& spelling : SpellingsOf(marker)) {
      for (const auto& [name, content] : places) {
        EXPECT_EQ(content.find(spelling), std::string::npos)
            << spelling << " in " << name << "\n"
            << (name == "told" ? content : "");
      }
    }
  }
}

}  // namespace
}  // namespace sightline::tests
