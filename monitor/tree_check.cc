#include "monitor/tree_check.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "crypto/sha256.h"

namespace sightline::monitor {
namespace {

using ::sightline::merkle::Hash;

std::string Hex(const Hash& hash) {
  return base::HexEncode(crypto::AsBytes(hash));
}

}  // namespace

CheckedTile CheckTile(uint8_t level, uint64_t index, const FetchedTile* tile,
                      absl::Span<const Hash> believed,
                      const TileFetcher& fetcher) {
  CheckedTile checked;
  checked.width = static_cast<uint16_t>(believed.size());
  if (tile == nullptr) {
    checked.stored_edge = FoldTile(believed).edge;
    checked.believed_edge = checked.stored_edge;
    return checked;
  }
  for (uint16_t i = 0; i < checked.width; ++i) {
    if (tile->hashes[i] == believed[i]) continue;
    checked.suspects.push_back({level, index, i, tile->hashes[i], believed[i]});
  }
  const TileFold fold = FoldTile(tile->hashes);
  checked.stored_edge = fold.edge;
  checked.believed_edge =
      checked.suspects.empty() ? fold.edge : FoldTile(believed).edge;
  fetcher.CheckMids(level, index, fold, tile->mids);
  return checked;
}

void TreeCheck::BlameTiles(const std::vector<Suspect>& suspects) {
  for (const Suspect& suspect : suspects) {
    problems_->Add(
        {.kind = ProblemKind::kTileHash,
         .where = absl::StrCat(TileName(suspect.level, suspect.index), " hash ",
                               suspect.position),
         .got = Hex(suspect.stored),
         .want = Hex(suspect.believed)});
  }
}

void TreeCheck::BlameBelow(const std::vector<Suspect>& suspects) {
  for (const Suspect& suspect : suspects) {
    const uint64_t below = suspect.index * tiles::kTileWidth + suspect.position;
    Problem problem{.kind = ProblemKind::kTileHash,
                    .got = Hex(suspect.believed),
                    .want = Hex(suspect.stored)};
    if (suspect.level == 0) {
      problem.kind = ProblemKind::kEntryHash;
      problem.index = below;
    } else {
      problem.where =
          absl::StrCat(TileName(static_cast<uint8_t>(suspect.level - 1), below),
                       " as a whole");
    }
    problems_->Add(std::move(problem));
  }
}

Hash TreeCheck::Resolve(Child* child, const Hash* above) {
  if (child->suspects.empty()) return child->believed;
  if (above != nullptr && *above == child->stored) {
    BlameBelow(child->suspects);
    return child->stored;
  }
  // The tile above confirms what lies below, or neither.
  BlameTiles(child->suspects);
  return child->believed;
}

absl::StatusOr<CheckedTile> TreeCheck::Close(uint8_t level) {
  const uint64_t index = next_index_[level]++;
  std::vector<Child> children = std::move(children_[level]);
  children_[level].clear();
  const auto width = static_cast<uint16_t>(children.size());
  ASSIGN_OR_RETURN(const std::optional<FetchedTile> tile,
                   fetcher_->Fetch(level, index, width));
  std::vector<Hash> believed;
  for (uint16_t i = 0; i < width; ++i) {
    believed.push_back(
        Resolve(&children[i], tile.has_value() ? &tile->hashes[i] : nullptr));
  }
  return CheckTile(level, index, tile.has_value() ? &*tile : nullptr, believed,
                   *fetcher_);
}

absl::Status TreeCheck::AddAt(uint8_t level, CheckedTile tile) {
  ++tiles_;
  if (tile.width < tiles::kTileWidth) {
    partial_[level] = std::move(tile);
    return absl::OkStatus();
  }
  const auto above = static_cast<uint8_t>(level + 1);
  children_[above].push_back({tile.stored_edge.front(),
                              tile.believed_edge.front(),
                              std::move(tile.suspects)});
  if (children_[above].size() < tiles::kTileWidth) return absl::OkStatus();
  ASSIGN_OR_RETURN(CheckedTile closed, Close(above));
  return AddAt(above, std::move(closed));
}

Hash TreeCheck::EdgeRoot(bool stored) const {
  std::vector<Hash> edge;  // largest first: from the top level down
  for (auto it = partial_.rbegin(); it != partial_.rend(); ++it) {
    if (!it->has_value()) continue;
    const std::vector<Hash>& part =
        stored ? (*it)->stored_edge : (*it)->believed_edge;
    edge.insert(edge.end(), part.begin(), part.end());
  }
  return merkle::FoldRight(edge);
}

absl::StatusOr<Hash> TreeCheck::Finish(const Hash& signed_root) {
  for (uint8_t level = 1; level <= tiles::kTreeLevels; ++level) {
    if (children_[level].empty()) continue;
    ASSIGN_OR_RETURN(CheckedTile closed, Close(level));
    RETURN_IF_ERROR(AddAt(level, std::move(closed)));
  }
  const Hash believed = EdgeRoot(/*stored=*/false);
  const bool stored_was_signed =
      believed != signed_root && EdgeRoot(/*stored=*/true) == signed_root;
  for (const std::optional<CheckedTile>& tile : partial_) {
    if (!tile.has_value()) continue;
    if (stored_was_signed) {
      BlameBelow(tile->suspects);
    } else {
      BlameTiles(tile->suspects);
    }
  }
  if (believed != signed_root && !stored_was_signed) {
    problems_->Add({.kind = ProblemKind::kRootHash,
                    .got = Hex(believed),
                    .want = Hex(signed_root)});
  }
  return believed;
}

}  // namespace sightline::monitor
