#include "tests/e2e/notice_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "cmd/cli/import/agency_file.h"
#include "cmd/cli/import/importer.h"
#include "cmd/cli/import/plain_table.h"
#include "cmd/cli/import/request_file.h"
#include "crypto/fixed_rng.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "services/seal_keeper.h"
#include "statement/timestamps.h"
#include "telemetry/recorded_diagnostics.h"
#include "tests/support/test_log.h"

namespace sightline::tests {

using ::testing::IsEmpty;
using ::testing::SizeIs;

NoticeLog::NoticeLog(const std::string& data)
    : data_(data),
      notices_(ReadNotices(cli::ReadTable(data + kRequestFile),
                           cli::ReadTable(data + kAgencyFile))) {
  for (const Notice& notice : notices_) by_place_[PlaceOf(notice)] = &notice;
}

const Notice* NoticeLog::Find(const Place& place) const {
  const auto found = by_place_.find(place);
  return found == by_place_.end() ? nullptr : found->second;
}

uint64_t NoticeLog::size() const {
  return log_->log().log().publisher().integrated()->tree_size;
}

void NoticeLog::Fill() {
  ASSERT_OK_AND_ASSIGN(log_, RealDataLog::Start(data_));
  ASSERT_OK(log_->Publish(StrictPolicy()));
  ASSERT_NO_FATAL_FAILURE(EnrolPlatforms());
  ASSERT_NO_FATAL_FAILURE(ImportYearByYear());
  ASSERT_NO_FATAL_FAILURE(Answer());
  ASSERT_NO_FATAL_FAILURE(UnsealWhatEnded());
  ASSERT_OK_AND_ASSIGN(client_, log_->Connect());
}

void NoticeLog::EnrolPlatforms() {
  google_ = parties().MakeParty(kGoogle);
  ring_ = parties().MakeParty(kRing);
  ASSERT_OK(log_->ReportGeofenceWarrants(google_));
  ASSERT_OK(log_->log().Enrol(ring_));
}

void NoticeLog::ImportYearByYear() {
  ASSERT_OK_AND_ASSIGN(const cli::AgencyFile agencies, log_->ReadAgencies());
  ASSERT_OK_AND_ASSIGN(const cli::RequestFile requests, log_->ReadRequests());
  cli::Importer importer = log_->MakeImporter(nullptr);
  cli::ImportResult enrolled;
  ASSERT_OK(importer.Enrol(agencies.agencies, log_->registrars(), &enrolled));
  ASSERT_OK(importer.Enrol(requests.agencies, log_->registrars(), &enrolled));
  ASSERT_THAT(enrolled.refused, IsEmpty());
  for (int year = kFirstYear; year < kFirstYear + kYears; ++year) {
    std::vector<cli::ImportedRequest> batch;
    for (const cli::ImportedRequest& request : requests.requests) {
      if (notices_[request.line - 2].year == year) batch.push_back(request);
    }
    log_->log().clock().Set(LoggedAt(year));
    cli::ImportResult result;
    ASSERT_OK(importer.Submit(batch, &result));
    ASSERT_THAT(result.refused, IsEmpty());
    for (const cli::LoggedRow& row : result.logged) {
      index_by_line_[row.line] = row.index;
    }
  }
  ASSERT_THAT(index_by_line_, SizeIs(notices_.size()));
}

v1::EntryLink NoticeLog::LinkTo(const Notice& notice) {
  v1::EntryLink link;
  link.set_index(IndexOf(notice));
  EXPECT_OK(log_->store()->ReadEntries(
      link.index(), link.index() + 1, [&](uint64_t, absl::string_view entry) {
        const merkle::Hash leaf = merkle::LeafHash(entry);
        link.set_leaf_hash(std::string(crypto::AsBytes(leaf)));
        return true;
      }));
  return link;
}

void NoticeLog::CountResidents(v1::FootageResponse* response) {
  std::vector<statement::ResidentAnswer> answers(9);
  for (size_t i = 0; i < answers.size(); ++i) {
    answers[i].token = absl::StrCat("resident ", i);
  }
  answers[0].answer = statement::TallyAnswer::kShared;
  answers[1].answer = statement::TallyAnswer::kDeclined;
  answers[2].answer = statement::TallyAnswer::kDeclined;
  crypto::FixedRng rng(response->request().index());
  ASSERT_OK_AND_ASSIGN(statement::Tally tally,
                       statement::Tally::Build(answers, rng));
  tally.FillIn(response);
  response->set_notified(v1::COUNT_BUCKET_5_19);
  tally_ = std::make_unique<statement::Tally>(std::move(tally));
}

void NoticeLog::FillResponse(const Notice& notice,
                             v1::FootageResponse* response) {
  *response->mutable_request() = LinkTo(notice);
  response->set_outcome(OutcomeOf(notice));
  if (notice.platform == kRing) CountResidents(response);
  if (!IsGiven(notice)) {
    response->set_refusal_ground(v1::REFUSAL_GROUND_OVERBROAD);
    return;
  }
  response->set_clips(2);
  response->set_camera_hours_given(5);
  response->set_content_given(v1::DECLARED_YES);
  response->set_user_notice(v1::USER_NOTICE_GIVEN);
  *response->mutable_user_notice_time() =
      statement::FromUnixMs(kAnswered + (IsToldInTime(notice) ? 2 : 5) * kDay);
}

void NoticeLog::Answer() {
  log_->log().clock().Set(kAnswered);
  for (const Notice& notice : notices_) {
    if (!IsAnswered(notice)) continue;
    const Party& by = notice.platform == kRing ? ring_ : google_;
    v1::Statement statement =
        parties().Example(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, by, nullptr);
    *statement.mutable_header()->mutable_claimed_time() =
        statement::FromUnixMs(kAnswered);
    statement.mutable_header()->clear_sealed();
    statement.clear_footage_response();
    FillResponse(notice, statement.mutable_footage_response());
    ASSERT_OK(log_->log().Submit(by, parties().Sign(statement, by)));
  }
}

// By a keeper whose clock is years behind, so that most seals stay.
void NoticeLog::UnsealWhatEnded() {
  const Party keeper = parties().MakeParty(kKeeper);
  ASSERT_OK(log_->log().Enrol(keeper));
  services::SealKeeperOptions options;
  options.submitter = keeper.id;
  options.key = keeper.keys[0];
  base::FakeClock behind(k2017);
  telemetry::RecordedDiagnostics diagnostics;
  ASSERT_OK_AND_ASSIGN(
      const auto kept,
      services::SealKeeper::Create(std::move(options), &log_->log().log(),
                                   &behind, &diagnostics));
  for (size_t opened = 1; opened > 0;) {
    ASSERT_OK_AND_ASSIGN(opened, kept->RunOnce());
  }
}

}  // namespace sightline::tests
