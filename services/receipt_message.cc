#include "services/receipt_message.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "publish/receipt.h"

namespace sightline::services {

void FillHashes(absl::Span<const merkle::Hash> hashes,
                google::protobuf::RepeatedPtrField<std::string>* out) {
  out->Clear();
  out->Reserve(static_cast<int>(hashes.size()));
  for (const merkle::Hash& hash : hashes) {
    out->Add()->assign(reinterpret_cast<const char*>(hash.data()), hash.size());
  }
}

namespace {

absl::Status Fill(absl::StatusOr<publish::Receipt> made, v1::Receipt* out) {
  ASSIGN_OR_RETURN(publish::Receipt receipt, std::move(made));
  out->set_index(receipt.index);
  out->set_entry(std::move(receipt.entry));
  FillHashes(receipt.inclusion_proof, out->mutable_inclusion_proof());
  out->set_checkpoint(std::move(receipt.checkpoint));
  return absl::OkStatus();
}

}  // namespace

absl::Status FillStoredReceipt(const storage::LogStore& store, uint64_t index,
                               uint64_t published_size, v1::Receipt* out) {
  return Fill(publish::ReceiptFromStore(store, index, published_size), out);
}

absl::Status FillReceiptInTree(const storage::LogStore& store, uint64_t index,
                               const publish::PublishedTree& tree,
                               v1::Receipt* out) {
  return Fill(publish::ReceiptInTree(store, index, tree), out);
}

absl::Status FillReceipt(const sequencer::Placement& placement,
                         const storage::LogStore& store,
                         uint64_t published_size, v1::Receipt* out) {
  if (placement.batch == nullptr) {
    return FillStoredReceipt(store, placement.index, published_size, out);
  }
  const sequencer::IntegratedBatch& batch = *placement.batch;
  static thread_local std::vector<merkle::Hash> proof;
  batch.tree.InclusionProof(placement.index, &proof);
  const absl::string_view entry = batch.Entry(placement.index);
  out->set_index(placement.index);
  out->set_entry(entry.data(), entry.size());
  FillHashes(proof, out->mutable_inclusion_proof());
  out->set_checkpoint(batch.checkpoint);
  return absl::OkStatus();
}

absl::Status FillAnswer(const sequencer::Placement& placement,
                        const storage::LogStore& store, uint64_t published_size,
                        v1::SubmitResponse* out) {
  out->set_duplicate(placement.duplicate);
  return FillReceipt(placement, store, published_size, out->mutable_receipt());
}

}  // namespace sightline::services
