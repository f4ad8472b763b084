#include "publish/receipt.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note.h"
#include "merkle/proof.h"
#include "tiles/proof_builder.h"

namespace sightline::publish {

Receipt ReceiptFromBatch(const sequencer::IntegratedBatch& batch,
                         uint64_t index) {
  Receipt receipt;
  receipt.index = index;
  receipt.entry = std::string(batch.Entry(index));
  batch.tree.InclusionProof(index, &receipt.inclusion_proof);
  receipt.checkpoint = batch.checkpoint;
  return receipt;
}

absl::StatusOr<Receipt> ReceiptFromStore(const storage::LogStore& store,
                                         uint64_t index,
                                         uint64_t published_size) {
  if (index >= published_size) {
    return absl::OutOfRangeError(
        absl::StrCat("entry ", index, " is beyond the published tree of ",
                     published_size, " entries"));
  }
  PublishedTree tree;
  ASSIGN_OR_RETURN(tree.checkpoint, store.ReadCheckpointCovering(index));
  ASSIGN_OR_RETURN(const checkpoint::Note note,
                   checkpoint::ParseNote(tree.checkpoint));
  ASSIGN_OR_RETURN(const checkpoint::Checkpoint parsed,
                   checkpoint::ParseCheckpoint(note.text));
  tree.tree_size = parsed.tree_size;
  tree.root_hash = parsed.root_hash;
  return ReceiptInTree(store, index, tree);
}

absl::StatusOr<Receipt> ReceiptInTree(const storage::LogStore& store,
                                      uint64_t index,
                                      const PublishedTree& tree) {
  if (index >= tree.tree_size) {
    return absl::OutOfRangeError(absl::StrCat(
        "entry ", index, " is beyond the tree of ", tree.tree_size));
  }
  Receipt receipt;
  receipt.index = index;
  receipt.checkpoint = tree.checkpoint;
  RETURN_IF_ERROR(store.ReadEntries(
      index, index + 1, [&receipt](uint64_t, absl::string_view entry) {
        receipt.entry = std::string(entry);
        return true;
      }));
  const tiles::ProofBuilder proofs(&store);
  ASSIGN_OR_RETURN(receipt.inclusion_proof,
                   proofs.InclusionProof(index, tree.tree_size));
  const absl::Status checked = merkle::VerifyInclusion(
      index, tree.tree_size, merkle::LeafHash(receipt.entry),
      receipt.inclusion_proof, tree.root_hash);
  if (!checked.ok()) {
    return absl::DataLossError(
        absl::StrCat("stored entry ", index,
                     " is not in the tree that was signed"
                     " for it: ",
                     checked.message()));
  }
  return receipt;
}

}  // namespace sightline::publish
