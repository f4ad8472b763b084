#include "services/log_queries.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "merkle/geometry.h"
#include "merkle/hash.h"
#include "merkle/proof.h"
#include "publish/publisher.h"
#include "services/beyond_tree.h"
#include "services/checkpoint_history.h"
#include "services/receipt_message.h"
#include "services/version.h"
#include "statement/entry_codec.h"
#include "statement/statement_codec.h"
#include "statement/violations.h"
#include "storage/log_store.h"
#include "tiles/log_reader.h"
#include "tiles/proof_builder.h"

namespace sightline::services {
namespace {

using Tree = std::shared_ptr<const publish::PublishedTree>;

constexpr uint32_t kMaxPageCheckpoints = 1000;

absl::Status Fault(absl::string_view field, absl::string_view description) {
  statement::Violations violations;
  violations.Add(field, description);
  return violations.ToStatus();
}

absl::StatusOr<uint64_t> ResolveSize(absl::string_view field, uint64_t asked,
                                     const Tree& tree) {
  if (asked == 0) return tree->tree_size;
  if (asked <= tree->tree_size) return asked;
  return BeyondTree(field, "size", asked, tree->tree_size);
}

absl::Status CheckIndex(absl::string_view field, uint64_t index,
                        uint64_t tree_size) {
  if (index < tree_size) return absl::OkStatus();
  return BeyondTree(field, "entry", index, tree_size);
}

absl::StatusOr<crypto::Digest> DigestField(absl::string_view field,
                                           absl::string_view bytes) {
  if (bytes.size() != crypto::kDigestSize) {
    return Fault(field, absl::StrCat(bytes.size(), " bytes, want 32"));
  }
  return crypto::DigestFromBytes(bytes);
}

absl::Status NoSuchLeaf(absl::string_view what) {
  return absl::NotFoundError(
      absl::StrCat("the published tree has no entry with this ", what));
}

// What is integrated but not published yet does not exist for a reader.
absl::StatusOr<uint64_t> Published(const std::optional<uint64_t>& found,
                                   const Tree& tree, absl::string_view what) {
  if (found.has_value() && *found < tree->tree_size) return *found;
  return NoSuchLeaf(what);
}

absl::StatusOr<uint64_t> IndexOfLeaf(const storage::LogStore& store,
                                     const Tree& tree,
                                     absl::string_view leaf_hash) {
  ASSIGN_OR_RETURN(const crypto::Digest hash,
                   DigestField("leaf_hash", leaf_hash));
  ASSIGN_OR_RETURN(const std::optional<uint64_t> found,
                   store.FindByLeafHash(hash));
  return Published(found, tree, "leaf hash");
}

absl::StatusOr<uint64_t> IndexOfIdentity(const storage::LogStore& store,
                                         const Tree& tree,
                                         absl::string_view identity_hash) {
  ASSIGN_OR_RETURN(const crypto::Digest hash,
                   DigestField("identity_hash", identity_hash));
  std::vector<std::optional<uint64_t>> found;
  RETURN_IF_ERROR(store.FindByIdentity(absl::MakeConstSpan(&hash, 1), &found));
  return Published(found[0], tree, "identity hash");
}

absl::StatusOr<merkle::Hash> RootAt(const tiles::NodeReader& nodes,
                                    const Tree& tree, uint64_t size) {
  if (size == tree->tree_size) return tree->root_hash;
  return tiles::ProofBuilder(&nodes).Root(size);
}

// The leaf hash of `index` and its verified proof, in one read per tile.
struct ProvedLeaf {
  merkle::Hash leaf_hash;
  std::vector<merkle::Hash> proof;
};

absl::StatusOr<ProvedLeaf> Prove(const tiles::NodeReader& nodes,
                                 const Tree& tree, uint64_t index,
                                 uint64_t tree_size) {
  ASSIGN_OR_RETURN(const merkle::ProofPlan plan,
                   merkle::InclusionNodes(index, tree_size));
  std::vector<merkle::NodeId> ids(plan.nodes().begin(), plan.nodes().end());
  ids.push_back({0, index});
  std::vector<merkle::Hash> hashes;
  RETURN_IF_ERROR(nodes.ReadNodes(ids, &hashes));
  ProvedLeaf proved;
  proved.leaf_hash = hashes.back();
  hashes.pop_back();
  plan.Assemble(hashes, &proved.proof);
  ASSIGN_OR_RETURN(const merkle::Hash root, RootAt(nodes, tree, tree_size));
  const absl::Status checked = merkle::VerifyInclusion(
      index, tree_size, proved.leaf_hash, proved.proof, root);
  if (!checked.ok()) {
    return absl::DataLossError(
        absl::StrCat("the stored tiles do not prove entry ", index, ": ",
                     checked.message()));
  }
  return proved;
}

absl::StatusOr<std::string> ReadOne(const storage::LogStore& store,
                                    uint64_t index) {
  std::string bytes;
  RETURN_IF_ERROR(store.ReadEntries(index, index + 1,
                                    [&](uint64_t, absl::string_view entry) {
                                      bytes = std::string(entry);
                                      return true;
                                    }));
  return bytes;
}

}  // namespace

absl::Status LogQueries::GetLog(v1::GetLogResponse* response) const {
  const Tree tree = log_->publisher().current();
  std::vector<v1::LogKey> keys;
  log_->admission().ReadRegistry([&](const statement::Registry& registry) {
    keys = registry.LogKeys(tree->tree_size);
  });
  response->set_origin(log_->origin());
  response->mutable_log_keys()->Assign(keys.begin(), keys.end());
  response->set_tree_size(tree->tree_size);
  ASSIGN_OR_RETURN(*response->mutable_genesis(), ReadOne(log_->store(), 0));
  response->set_max_statement_bytes(statement::kMaxStatementBytes);
  response->set_max_entry_bytes(statement::kMaxEntryBytes);
  response->set_server_version(kVersion);
  return absl::OkStatus();
}

absl::Status LogQueries::GetInclusionProof(
    const v1::GetInclusionProofRequest& request,
    v1::GetInclusionProofResponse* response) const {
  const Tree tree = log_->publisher().current();
  const storage::LogStore& store = log_->store();
  ASSIGN_OR_RETURN(const uint64_t size,
                   ResolveSize("tree_size", request.tree_size(), tree));
  uint64_t index = request.index();
  if (request.has_leaf_hash()) {
    ASSIGN_OR_RETURN(index, IndexOfLeaf(store, tree, request.leaf_hash()));
  } else if (!request.has_index()) {
    return Fault("leaf", "want an index or a leaf hash");
  }
  RETURN_IF_ERROR(
      CheckIndex(request.has_leaf_hash() ? "leaf_hash" : "index", index, size));
  ASSIGN_OR_RETURN(const ProvedLeaf proved,
                   Prove(log_->nodes(), tree, index, size));
  response->set_index(index);
  response->set_tree_size(size);
  const absl::string_view leaf_hash = crypto::AsBytes(proved.leaf_hash);
  response->set_leaf_hash(leaf_hash.data(), leaf_hash.size());
  FillHashes(proved.proof, response->mutable_hashes());
  response->set_checkpoint(tree->checkpoint);
  return absl::OkStatus();
}

absl::Status LogQueries::GetConsistencyProof(
    const v1::GetConsistencyProofRequest& request,
    v1::GetConsistencyProofResponse* response) const {
  const Tree tree = log_->publisher().current();
  const uint64_t first = request.first_tree_size();
  // Receipts are in trees that may not be served yet; that those continue what is
  // served must be provable all the same.
  const Tree newest = log_->publisher().integrated();
  ASSIGN_OR_RETURN(
      const uint64_t second,
      ResolveSize("second_tree_size", request.second_tree_size(),
                  request.second_tree_size() == 0 ? tree : newest));
  if (first == 0) return Fault("first_tree_size", "0, want more");
  if (first > newest->tree_size) {
    return ResolveSize("first_tree_size", first, newest).status();
  }
  if (first > second) {
    return Fault(
        "first_tree_size",
        absl::StrCat(first, ", want at most second_tree_size, ", second));
  }
  ASSIGN_OR_RETURN(const merkle::Hash first_root,
                   RootAt(log_->nodes(), tree, first));
  ASSIGN_OR_RETURN(const merkle::Hash second_root,
                   RootAt(log_->nodes(), tree, second));
  ASSIGN_OR_RETURN(
      const std::vector<merkle::Hash> proof,
      tiles::ProofBuilder(&log_->nodes()).ConsistencyProof(first, second));
  const absl::Status checked =
      merkle::VerifyConsistency(first, second, proof, first_root, second_root);
  if (!checked.ok()) {
    return absl::DataLossError(
        absl::StrCat("the stored tiles do not prove that size ", first,
                     " is a prefix of ", second, ": ", checked.message()));
  }
  response->set_first_tree_size(first);
  response->set_second_tree_size(second);
  FillHashes(proof, response->mutable_hashes());
  response->set_first_root_hash(std::string(crypto::AsBytes(first_root)));
  response->set_second_root_hash(std::string(crypto::AsBytes(second_root)));
  response->set_checkpoint(tree->checkpoint);
  return absl::OkStatus();
}

absl::Status LogQueries::GetEntry(const v1::GetEntryRequest& request,
                                  v1::GetEntryResponse* response) const {
  const Tree tree = log_->publisher().current();
  const uint64_t index = request.index();
  RETURN_IF_ERROR(CheckIndex("index", index, tree->tree_size));
  ASSIGN_OR_RETURN(std::string bytes, ReadOne(log_->store(), index));
  ASSIGN_OR_RETURN(const ProvedLeaf proved,
                   Prove(log_->nodes(), tree, index, tree->tree_size));
  if (merkle::LeafHash(bytes) != proved.leaf_hash) {
    return absl::DataLossError(absl::StrCat(
        "stored entry ", index, " does not hash to what its tile holds"));
  }
  v1::LogEntry* const entry = response->mutable_entry();
  entry->set_index(index);
  entry->set_entry(std::move(bytes));
  FillHashes(proved.proof, entry->mutable_inclusion_proof());
  response->set_checkpoint(tree->checkpoint);
  return absl::OkStatus();
}

absl::Status LogQueries::GetReceipt(const v1::GetReceiptRequest& request,
                                    v1::GetReceiptResponse* response) const {
  const Tree tree = log_->publisher().current();
  const storage::LogStore& store = log_->store();
  uint64_t index = 0;
  switch (request.leaf_case()) {
    case v1::GetReceiptRequest::kIndex:
      index = request.index();
      RETURN_IF_ERROR(CheckIndex("index", index, tree->tree_size));
      break;
    case v1::GetReceiptRequest::kLeafHash: {
      ASSIGN_OR_RETURN(index, IndexOfLeaf(store, tree, request.leaf_hash()));
      break;
    }
    case v1::GetReceiptRequest::kIdentityHash: {
      ASSIGN_OR_RETURN(index,
                       IndexOfIdentity(store, tree, request.identity_hash()));
      break;
    }
    case v1::GetReceiptRequest::LEAF_NOT_SET:
      return Fault("leaf", "want an index, a leaf hash or an identity hash");
  }
  return FillStoredReceipt(store, index, tree->tree_size,
                           response->mutable_receipt());
}

absl::Status LogQueries::ListCheckpoints(
    const v1::ListCheckpointsRequest& request,
    v1::ListCheckpointsResponse* response) const {
  if (request.max_checkpoints() > kMaxPageCheckpoints) {
    return Fault("max_checkpoints",
                 absl::StrCat(request.max_checkpoints(), ", want at most ",
                              kMaxPageCheckpoints));
  }
  HistoryQuery query;
  query.after = request.after_tree_size();
  query.every = request.every();
  query.limit = request.max_checkpoints() == 0 ? kMaxPageCheckpoints
                                               : request.max_checkpoints();
  ASSIGN_OR_RETURN(
      HistoryPage page,
      ReadHistory(log_->store(), *log_->publisher().current(), query));
  for (std::string& note : page.notes) {
    response->add_checkpoints(std::move(note));
  }
  response->set_more(page.more);
  return absl::OkStatus();
}

}  // namespace sightline::services
