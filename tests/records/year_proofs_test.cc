// The answers to every question on a year of 100,000 entries, each with its proof,
// as the client library verifies it. That they are the true ones: year_test.cc.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/status_matchers.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/log_keys.h"
#include "checkpoint/note_signer.h"
#include "client/answer_check.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/record_service.pb.h"
#include "records/entry_list_store.h"
#include "records/queries.h"
#include "records/views.h"
#include "records/year_maker.h"
#include "statement/timestamps.h"
#include "storage/memory_view_store.h"
#include "tiles/memory_tiles.h"
#include "tiles/proof_builder.h"

namespace sightline::records {
namespace {

using base::StatusIs;

constexpr int64_t kNow = YearMaker::kEnd - 20 * YearMaker::kDay;
const int64_t kMay = YearMaker::kBegin + 121 * YearMaker::kDay;
const int64_t kJuly = kMay + 61 * YearMaker::kDay;
// Of lists that go on and on; every page costs its proofs.
constexpr int kMaxPages = 20;

// 100,000, or what SIGHTLINE_YEAR_ENTRIES says.
uint64_t Entries() {
  const char* const wanted = std::getenv("SIGHTLINE_YEAR_ENTRIES");
  return wanted == nullptr ? 100'000 : std::strtoull(wanted, nullptr, 10);
}

YearOptions Options() {
  YearOptions options;
  options.entries = Entries();
  options.agencies = 400;
  return options;
}

void RestsOn(const v1::RequestRow& row, std::set<uint64_t>* out) {
  out->insert(row.rests_on().begin(), row.rests_on().end());
}
void RestsOn(const v1::SealRow& row, std::set<uint64_t>* out) {
  out->insert(row.rests_on().begin(), row.rests_on().end());
}
void RestsOn(const v1::FeedRow& row, std::set<uint64_t>* out) {
  out->insert(row.index());
}
void RestsOn(const v1::TimelineEvent& row, std::set<uint64_t>* out) {
  out->insert(row.index());
  if (row.has_agency()) out->insert(row.agency().enrolled_index());
}
// These rest on every entry.
void RestsOn(const v1::ReconcileRow&, std::set<uint64_t>*) {}
void RestsOn(const v1::StatisticsRow&, std::set<uint64_t>*) {}

// A log of the year's entries that signs, proves and answers; made once.
class YearLog {
 public:
  YearLog()
      : year_(Options()),
        log_(year_.entries()),
        tiles_(tiles::MemoryTiles::FromEntries(year_.entries())),
        proofs_(static_cast<const tiles::TileSource*>(&tiles_)),
        keys_(YearMaker::kOrigin) {
    auto views = Views::Open(&log_, &store_);
    EXPECT_OK(views);
    EXPECT_OK((*views)->CatchUp(size()));
    snapshot_ = store_.Snapshot();
    auto key = crypto::PrivateKey::FromSeed(std::string(32, 'y'));
    EXPECT_OK(key);
    auto signer = checkpoint::NoteSigner::Create(
        YearMaker::kOrigin, checkpoint::KeyType::kEd25519, *key);
    EXPECT_OK(signer);
    EXPECT_OK(keys_.Add(signer->vkey()));
    checkpoint::Checkpoint tree;
    tree.origin = std::string(YearMaker::kOrigin);
    tree.tree_size = size();
    tree.root_hash = *proofs_.Root(size());
    note_ = *checkpoint::SignCheckpoint(tree, {&*signer, 1});
  }

  const YearMaker& year() const { return year_; }
  uint64_t size() const { return year_.entries().size(); }

  // The pages of an answer, at most `max_pages`, and what proves them.
  template <typename Request, typename Response, typename Add>
  v1::AnswerFile Ask(Request request,
                     absl::Status (Queries::*ask)(const Request&, Response*)
                         const,
                     Add add_page, int max_pages = 1 << 20) const {
    const Queries queries(snapshot_.get(), kNow);
    v1::AnswerFile file;
    for (int page = 0; page < max_pages; ++page) {
      Response* const response = add_page(&file);
      EXPECT_OK((queries.*ask)(request, response));
      std::set<uint64_t> indices;
      for (const auto& row : response->rows()) RestsOn(row, &indices);
      Prove(indices, response->mutable_basis());
      if (response->next_page_token().empty()) break;
      request.set_page_token(response->next_page_token());
    }
    return file;
  }

  void BringEveryEntry(v1::AnswerFile* file) const {
    for (const std::string& entry : year_.entries()) file->add_entries(entry);
    file->set_checkpoint(note_);
  }

  absl::StatusOr<client::AnswerVerdict> Check(const v1::AnswerFile& file,
                                              bool allow_more = false) const {
    return client::CheckAnswer(file, client::OpenWith(&keys_), allow_more);
  }

 private:
  void Prove(const std::set<uint64_t>& indices, v1::AnswerBasis* basis) const {
    basis->set_tree_size(size());
    basis->set_checkpoint(note_);
    for (const uint64_t index : indices) {
      v1::LogEntry* const entry = basis->add_entries();
      entry->set_index(index);
      entry->set_entry(year_.entries()[index]);
      const auto proof = proofs_.InclusionProof(index, size());
      ASSERT_OK(proof);
      for (const merkle::Hash& hash : *proof) {
        entry->add_inclusion_proof(std::string(crypto::AsBytes(hash)));
      }
    }
  }

  const YearMaker year_;
  EntryListStore log_;
  storage::MemoryViewStore store_;
  std::unique_ptr<const storage::ViewSnapshot> snapshot_;
  tiles::MemoryTiles tiles_;
  tiles::ProofBuilder proofs_;
  checkpoint::LogKeySet keys_;
  std::string note_;
};

class YearProofs : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { log_ = new YearLog(); }
  static void TearDownTestSuite() {
    delete log_;
    log_ = nullptr;
  }

  // Rows that were verified.
  static uint64_t Search(const v1::RequestFilter& filter) {
    v1::SearchRequestsRequest request;
    *request.mutable_filter() = filter;
    request.set_page_size(kMaxPageSize);
    v1::AnswerFile file = log_->Ask(
        request, &Queries::SearchRequests,
        [](v1::AnswerFile* f) { return f->add_pages()->mutable_search(); },
        kMaxPages);
    *file.mutable_search() = request;
    return Verified(file, true);
  }
  static uint64_t Verified(const v1::AnswerFile& file, bool allow_more) {
    const auto verdict = log_->Check(file, allow_more);
    EXPECT_OK(verdict);
    return verdict.ok() ? verdict->rows : 0;
  }

  static YearLog* log_;
};

YearLog* YearProofs::log_ = nullptr;

v1::RequestFilter Touching(int64_t from, int64_t before) {
  v1::RequestFilter filter;
  *filter.mutable_touches_from() = statement::FromUnixMs(from);
  *filter.mutable_touches_before() = statement::FromUnixMs(before);
  return filter;
}

TEST_F(YearProofs, SearchesHold) {
  v1::RequestFilter where = Touching(kMay, kJuly);  // question 1
  where.set_county_fips("06037");
  EXPECT_GT(Search(where), 0u);
  v1::RequestFilter unanswered;  // 3
  unanswered.set_unanswered_days(30);
  EXPECT_GT(Search(unanswered), 0u);
  EXPECT_GT(Search({}), 0u);                                           // 4
  v1::RequestFilter me = Touching(kMay, kMay + 10 * YearMaker::kDay);  // 5
  me.set_s2_cell("80c2c7b");
  EXPECT_GT(Search(me), 0u);
  v1::RequestFilter violations;  // 6
  violations.set_violates_policy(true);
  EXPECT_GT(Search(violations), 0u);
  v1::RequestFilter compelled;  // 7
  compelled.set_compelled_after_decline(true);
  EXPECT_GT(Search(compelled), 0u);
  v1::RequestFilter emergencies;  // 8
  emergencies.set_is_emergency(true);
  EXPECT_GT(Search(emergencies), 0u);
}

TEST_F(YearProofs, AFeedIsComplete) {  // 2
  v1::ListFeedRequest request;
  request.set_submitter(log_->year().agencies()[0]);
  *request.mutable_admitted_from() = statement::FromUnixMs(kMay);
  *request.mutable_admitted_before() = statement::FromUnixMs(kJuly);
  v1::AnswerFile file = log_->Ask(
      request, &Queries::ListFeed,
      [](v1::AnswerFile* f) { return f->add_pages()->mutable_feed(); });
  *file.mutable_feed() = request;
  ASSERT_OK_AND_ASSIGN(const client::AnswerVerdict verdict, log_->Check(file));
  EXPECT_TRUE(verdict.is_complete);
  EXPECT_GT(verdict.rows, 2u);
}

TEST_F(YearProofs, SealsHold) {  // 9
  std::vector<v1::ListSealsRequest> requests(3);
  requests[1].set_overdue(true);
  requests[2].set_state("CA");
  requests[2].add_channels(v1::CHANNEL_LEGAL_PROCESS);
  for (v1::ListSealsRequest& request : requests) {
    request.set_page_size(kMaxPageSize);
    v1::AnswerFile file = log_->Ask(
        request, &Queries::ListSeals,
        [](v1::AnswerFile* f) { return f->add_pages()->mutable_seals(); },
        kMaxPages);
    *file.mutable_seals() = request;
    EXPECT_GT(Verified(file, true), 0u) << request.ShortDebugString();
    // The proof is of the rows: no other one passes.
    file.mutable_pages(0)->mutable_seals()->mutable_rows(0)->set_renewals(77);
    EXPECT_THAT(log_->Check(file, true), StatusIs(absl::StatusCode::kDataLoss));
  }
}

TEST_F(YearProofs, ReconciliationHolds) {  // 10
  v1::ReconcileRequest request;
  request.set_from_month(202001);
  request.set_until_month(202012);
  request.set_disagreements(true);
  v1::AnswerFile file = log_->Ask(
      request, &Queries::Reconcile,
      [](v1::AnswerFile* f) { return f->add_pages()->mutable_reconcile(); });
  *file.mutable_reconcile() = request;
  log_->BringEveryEntry(&file);
  EXPECT_GT(Verified(file, false), 0u);
}

TEST_F(YearProofs, ChangesHold) {  // 11
  v1::ListChangesRequest request;
  request.set_since_index(log_->size() / 2);
  request.add_submitters(log_->year().agencies()[0]);
  request.add_submitters(log_->year().agencies()[1]);
  v1::AnswerFile file = log_->Ask(
      request, &Queries::ListChanges,
      [](v1::AnswerFile* f) { return f->add_pages()->mutable_changes(); });
  *file.mutable_changes() = request;
  EXPECT_GT(Verified(file, false), 0u);
}

TEST_F(YearProofs, CountsHold) {  // 12
  std::vector<v1::GetStatisticsRequest> requests(2);
  requests[1].mutable_filter()->set_state("CA");
  requests[1].mutable_filter()->add_purposes(v1::PURPOSE_THEFT);
  for (v1::GetStatisticsRequest& request : requests) {
    request.set_group_by(v1::STATISTICS_GROUPING_AGENCY);
    v1::AnswerFile file = log_->Ask(
        request, &Queries::GetStatistics,
        [](v1::AnswerFile* f) { return f->add_pages()->mutable_statistics(); });
    *file.mutable_statistics() = request;
    log_->BringEveryEntry(&file);
    EXPECT_GT(Verified(file, false), 0u);
    v1::StatisticsRow& row =
        *file.mutable_pages(0)->mutable_statistics()->mutable_rows(0);
    row.mutable_statistics()->set_requests(row.statistics().requests() + 1);
    EXPECT_THAT(log_->Check(file), StatusIs(absl::StatusCode::kDataLoss));
  }
}

}  // namespace
}  // namespace sightline::records
