#include "services/record_answers.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "merkle/proof.h"
#include "tiles/proof_builder.h"

namespace sightline::services {
namespace {

// What each kind of row rests on.
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
// These rest on every entry of the tree.
void RestsOn(const v1::ReconcileRow&, std::set<uint64_t>*) {}
void RestsOn(const v1::StatisticsRow&, std::set<uint64_t>*) {}

template <typename Response>
std::set<uint64_t> RestsOn(const Response& response) {
  std::set<uint64_t> out;
  for (const auto& row : response.rows()) RestsOn(row, &out);
  return out;
}
std::set<uint64_t> RestsOn(const v1::GetRequestResponse& response) {
  std::set<uint64_t> out;
  RestsOn(response.row(), &out);
  return out;
}

absl::Status ReadOne(const storage::LogStore& store, uint64_t index,
                     std::string* bytes) {
  return store.ReadEntries(index, index + 1,
                           [&](uint64_t, absl::string_view entry) {
                             bytes->assign(entry.data(), entry.size());
                             return true;
                           });
}

}  // namespace

absl::Status RecordAnswers::Prove(const RecordViews::Reading& reading,
                                  const std::set<uint64_t>& indices,
                                  v1::AnswerBasis* basis) const {
  basis->set_tree_size(reading.views.tree_size);
  basis->set_checkpoint(reading.tree->checkpoint);
  const tiles::ProofBuilder builder(&log_->nodes());
  size_t bytes = 0;
  for (const uint64_t index : indices) {
    v1::LogEntry* const out = basis->add_entries();
    out->set_index(index);
    RETURN_IF_ERROR(ReadOne(log_->store(), index, out->mutable_entry()));
    ASSIGN_OR_RETURN(const std::vector<merkle::Hash> proof,
                     builder.InclusionProof(index, reading.tree->tree_size));
    const absl::Status checked = merkle::VerifyInclusion(
        index, reading.tree->tree_size, merkle::LeafHash(out->entry()), proof,
        reading.tree->root_hash);
    if (!checked.ok()) {
      return absl::DataLossError(
          absl::StrCat("the stored tiles do not prove entry ", index, ": ",
                       checked.message()));
    }
    for (const merkle::Hash& hash : proof) {
      out->add_inclusion_proof(std::string(crypto::AsBytes(hash)));
    }
    bytes += out->entry().size() + proof.size() * merkle::kHashSize;
    if (bytes > kMaxBasisBytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the answer rests on more than the ", kMaxBasisBytes,
                       " bytes of entries that fit a message"));
    }
  }
  return absl::OkStatus();
}

template <typename Request, typename Response>
absl::Status RecordAnswers::Ask(const RecordViews::Reading& reading,
                                const Request& request, Response* response,
                                absl::Status (records::Queries::*ask)(
                                    const Request&, Response*) const) const {
  const records::Queries queries(reading.views.snapshot.get(),
                                 clock_->NowUnixMs());
  RETURN_IF_ERROR((queries.*ask)(request, response));
  return Prove(reading, RestsOn(*response), response->mutable_basis());
}

// Rows rest on few entries or, once in a while, on many large ones.
template <typename Request, typename Response>
absl::Status RecordAnswers::Page(const Request& request, Response* response,
                                 absl::Status (records::Queries::*ask)(
                                     const Request&, Response*) const) const {
  if (views_ == nullptr) {
    return absl::UnimplementedError("this server keeps no views");
  }
  ASSIGN_OR_RETURN(const RecordViews::Reading reading, views_->Read());
  Request page = request;
  while (true) {
    const absl::Status status = Ask(reading, page, response, ask);
    const int rows = response->rows_size();
    if (!absl::IsResourceExhausted(status) || rows <= 1) return status;
    page.set_page_size(static_cast<uint32_t>(rows / 2));
    response->Clear();
  }
}

absl::Status RecordAnswers::GetRequest(const v1::GetRequestRequest& request,
                                       v1::GetRequestResponse* response) const {
  if (views_ == nullptr) {
    return absl::UnimplementedError("this server keeps no views");
  }
  ASSIGN_OR_RETURN(const RecordViews::Reading reading, views_->Read());
  return Ask(reading, request, response, &records::Queries::GetRequest);
}

absl::Status RecordAnswers::SearchRequests(
    const v1::SearchRequestsRequest& request,
    v1::SearchRequestsResponse* response) const {
  return Page(request, response, &records::Queries::SearchRequests);
}

absl::Status RecordAnswers::ListFeed(const v1::ListFeedRequest& request,
                                     v1::ListFeedResponse* response) const {
  return Page(request, response, &records::Queries::ListFeed);
}

absl::Status RecordAnswers::ListSeals(const v1::ListSealsRequest& request,
                                      v1::ListSealsResponse* response) const {
  return Page(request, response, &records::Queries::ListSeals);
}

absl::Status RecordAnswers::ListChanges(
    const v1::ListChangesRequest& request,
    v1::ListChangesResponse* response) const {
  return Page(request, response, &records::Queries::ListChanges);
}

absl::Status RecordAnswers::Reconcile(const v1::ReconcileRequest& request,
                                      v1::ReconcileResponse* response) const {
  return Page(request, response, &records::Queries::Reconcile);
}

absl::Status RecordAnswers::GetStatistics(
    const v1::GetStatisticsRequest& request,
    v1::GetStatisticsResponse* response) const {
  return Page(request, response, &records::Queries::GetStatistics);
}

}  // namespace sightline::services
