#include "monitor/tile_feed.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note.h"
#include "merkle/proof.h"
#include "merkle/range_proof.h"
#include "tiles/entry_source.h"
#include "tiles/log_tile_source.h"
#include "tiles/proof_builder.h"
#include "tiles/tile_source.h"

namespace sightline::monitor {
namespace {

absl::StatusOr<checkpoint::Checkpoint> TreeOf(const std::string& note_bytes) {
  ASSIGN_OR_RETURN(const checkpoint::Note note,
                   checkpoint::ParseNote(note_bytes));
  return checkpoint::ParseCheckpoint(note.text);
}

absl::Status NotALog(const absl::Status& why) {
  return absl::DataLossError(absl::StrCat("checkpoint: ", why.message()));
}

}  // namespace

absl::StatusOr<std::optional<LogFeed::Step>> TileFeed::Next(
    uint64_t from, absl::Duration patience, const Visitor& visit) {
  ASSIGN_OR_RETURN(std::string note, reader_->ReadCheckpoint());
  if (note == last_) {
    if (!pause_.Wait(patience)) return absl::CancelledError("stopped");
    ASSIGN_OR_RETURN(note, reader_->ReadCheckpoint());
    // Whoever comes again from before its end had no use for what was visited.
    if (note == last_ && from >= last_end_) return std::nullopt;
  }
  const auto tree = TreeOf(note);
  if (!tree.ok()) return NotALog(tree.status());
  Step step{note, std::max(from, tree->tree_size), false};
  if (tree->tree_size > from) {
    tiles::BundleEntrySource entries(reader_, tree->tree_size);
    absl::Status visited;
    RETURN_IF_ERROR(entries.ReadEntries(
        from, tree->tree_size, [&](uint64_t index, absl::string_view bytes) {
          visited = pause_.cancelled() ? absl::CancelledError("stopped")
                                       : visit(index, bytes);
          return visited.ok();
        }));
    RETURN_IF_ERROR(visited);
  }
  last_ = std::move(note);
  last_end_ = tree->tree_size;
  return step;
}

absl::StatusOr<std::string> TileFeed::ReadEntry(uint64_t index) {
  // Of the tree that is shown: a partial bundle may be gone.
  ASSIGN_OR_RETURN(const std::string note, reader_->ReadCheckpoint());
  const auto tree = TreeOf(note);
  if (!tree.ok()) return NotALog(tree.status());
  std::string entry;
  tiles::BundleEntrySource entries(reader_, tree->tree_size);
  RETURN_IF_ERROR(entries.ReadEntries(index, index + 1,
                                      [&](uint64_t, absl::string_view bytes) {
                                        entry = std::string(bytes);
                                        return true;
                                      }));
  const tiles::LogTileSource source(reader_, tree->tree_size);
  ASSIGN_OR_RETURN(
      const std::vector<merkle::Hash> proof,
      tiles::ProofBuilder(&source).InclusionProof(index, tree->tree_size));
  const absl::Status proven = merkle::VerifyInclusion(
      index, tree->tree_size, merkle::LeafHash(entry), proof, tree->root_hash);
  if (!proven.ok()) {
    return absl::DataLossError(
        absl::StrCat("entry ", index, ": ", proven.message()));
  }
  return entry;
}

absl::StatusOr<checkpoint::PrefixProof> PrefixFromTiles(
    tiles::LogReader* reader, uint64_t size, uint64_t tree_size) {
  ASSIGN_OR_RETURN(const merkle::RangePlan plan,
                   merkle::RangeNodes(size, size, tree_size));
  std::vector<merkle::NodeId> ids(plan.left.begin(), plan.left.end());
  ids.insert(ids.end(), plan.right.begin(), plan.right.end());
  const tiles::LogTileSource source(reader, tree_size);
  std::vector<merkle::Hash> hashes;
  RETURN_IF_ERROR(tiles::TileNodeReader(&source).ReadNodes(ids, &hashes));
  checkpoint::PrefixProof proof;
  const auto middle = hashes.begin() + static_cast<ptrdiff_t>(plan.left.size());
  proof.left.assign(hashes.begin(), middle);
  proof.right.assign(middle, hashes.end());
  return proof;
}

absl::StatusOr<LogFeed::Prefix> TileFeed::ReadPrefix(uint64_t size,
                                                     const std::string& newer) {
  ASSIGN_OR_RETURN(const checkpoint::Checkpoint tree, TreeOf(newer));
  Prefix prefix;
  prefix.newer = newer;
  ASSIGN_OR_RETURN(prefix.proof,
                   PrefixFromTiles(reader_, size, tree.tree_size));
  return prefix;
}

}  // namespace sightline::monitor
