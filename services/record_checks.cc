#include "services/record_checks.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/kinds.h"
#include "statement/submitter_id.h"
#include "statement/whole_seal.h"
#include "tiles/proof_builder.h"
#include "tiles/tile.h"

namespace sightline::services {
namespace {

using Visitor =
    absl::FunctionRef<absl::Status(uint64_t index, const statement::EntryPeek&,
                                   const merkle::Hash& leaf_hash)>;

// Entries [begin, end), each of which hashes to what its tile holds.
absl::Status VisitChecked(const storage::LogStore& store, uint64_t begin,
                          uint64_t end, Visitor visit) {
  const tiles::ProofBuilder tiles(&store);
  absl::Status status;
  const auto check = [&](uint64_t index, absl::string_view bytes) {
    const merkle::Hash leaf_hash = merkle::LeafHash(bytes);
    ASSIGN_OR_RETURN(const merkle::Hash stored, tiles.LeafHash(index));
    const auto peek = statement::PeekEntry(bytes);
    if (leaf_hash != stored || !peek.ok()) {
      return absl::DataLossError(absl::StrCat(
          "entry ", index, " does not hash to what its tile holds"));
    }
    return visit(index, *peek, leaf_hash);
  };
  RETURN_IF_ERROR(store.ReadEntries(
      begin, end, [&](uint64_t index, absl::string_view bytes) {
        status = check(index, bytes);
        return status.ok();
      }));
  return status;
}

absl::Status CheckFound(uint64_t index, absl::string_view what,
                        const std::optional<uint64_t>& found) {
  if (found == index) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      "entry ", index, " is not found by its ", what,
      found.has_value() ? absl::StrCat(", but entry ", *found) : ""));
}

absl::Status CheckNewest(const storage::LogStore& store,
                         const storage::TreeState& state) {
  const uint64_t begin =
      (state.tree_size - 1) / tiles::kTileWidth * tiles::kTileWidth;
  int64_t last_ms = 0;
  bool last_is_face = false;
  RETURN_IF_ERROR(VisitChecked(
      store, begin, state.tree_size,
      [&](uint64_t index, const statement::EntryPeek& entry,
          const merkle::Hash& leaf_hash) -> absl::Status {
        last_ms = entry.admitted_unix_ms;
        last_is_face = entry.kind == v1::STATEMENT_KIND_SEALED_STATEMENT;
        if (!last_is_face) {
          const crypto::Digest identity =
              statement::IdentityHash(entry.payload_type, entry.payload);
          std::vector<std::optional<uint64_t>> found;
          RETURN_IF_ERROR(store.FindByIdentity({&identity, 1}, &found));
          RETURN_IF_ERROR(CheckFound(index, "identity hash", found.front()));
        }
        ASSIGN_OR_RETURN(const auto leaf, store.FindByLeafHash(leaf_hash));
        return CheckFound(index, "leaf hash", leaf);
      }));
  // A face says no more of its admission than the month.
  const int64_t stored_ms =
      last_is_face ? statement::MonthBegin(
                         statement::MonthOf(state.last_admitted_unix_ms))
                   : state.last_admitted_unix_ms;
  if (last_ms == stored_ms) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("the tree state says that the last entry was admitted at ",
                   state.last_admitted_unix_ms, ", the entry says ", last_ms));
}

absl::Status CheckFeedHead(const storage::LogStore& store,
                           const storage::FeedHead& head, uint64_t tree_size) {
  const std::string name = absl::StrCat("the head of feed ", head.feed);
  if (head.last_index >= tree_size) {
    return absl::DataLossError(absl::StrCat(name, " is entry ", head.last_index,
                                            ", beyond the tree of ",
                                            tree_size));
  }
  return VisitChecked(
      store, head.last_index, head.last_index + 1,
      [&](uint64_t index, const statement::EntryPeek& entry,
          const merkle::Hash&) {
        if (entry.feed == head.feed && entry.feed_ordinal == head.ordinal) {
          return absl::OkStatus();
        }
        return absl::DataLossError(absl::StrCat(
            name, " is number ", head.ordinal, " at entry ", index,
            ", which is number ", entry.feed_ordinal, " of ", entry.feed));
      });
}

// Registrars alone make control entries, so their feed leads to every one.
absl::StatusOr<std::vector<uint64_t>> ControlEntriesOfFeed(
    const storage::LogStore& store, uint64_t last_index) {
  std::vector<uint64_t> indices;
  std::optional<uint64_t> next = last_index;
  while (next.has_value()) {
    const uint64_t here = *next;
    RETURN_IF_ERROR(
        VisitChecked(store, here, here + 1,
                     [&](uint64_t index, const statement::EntryPeek& entry,
                         const merkle::Hash&) {
                       if (statement::IsControl(entry.kind))
                         indices.push_back(index);
                       next = entry.feed_previous_index;
                       return absl::OkStatus();
                     }));
    if (next.has_value() && *next >= here) {
      return absl::DataLossError(absl::StrCat(
          "entry ", here, " of the registrars' feed follows entry ", *next));
    }
  }
  std::reverse(indices.begin(), indices.end());
  return indices;
}

absl::Status CheckControlList(const storage::LogStore& store,
                              uint64_t last_registrar_index) {
  ASSIGN_OR_RETURN(const std::vector<uint64_t> want,
                   ControlEntriesOfFeed(store, last_registrar_index));
  ASSIGN_OR_RETURN(
      const std::vector<uint64_t> stored,
      store.ReadControlIndices(std::numeric_limits<uint64_t>::max()));
  const auto [a, b] =
      std::mismatch(stored.begin(), stored.end(), want.begin(), want.end());
  if (a == stored.end() && b == want.end()) return absl::OkStatus();
  const bool is_missing = b != want.end() && (a == stored.end() || *b < *a);
  return absl::DataLossError(absl::StrCat(
      "the list of control entries ",
      is_missing ? absl::StrCat("lacks entry ", *b)
                 : absl::StrCat("has entry ", *a, ", which is none")));
}

}  // namespace

absl::Status CheckRecords(const storage::LogStore& store) {
  ASSIGN_OR_RETURN(const storage::TreeState state, store.ReadTreeState());
  if (state.tree_size == 0) return absl::OkStatus();
  RETURN_IF_ERROR(CheckNewest(store, state));
  absl::Status status;
  std::optional<uint64_t> registrars;
  RETURN_IF_ERROR(store.ReadFeedHeads([&](const storage::FeedHead& head) {
    if (head.feed == statement::kRegistrar) registrars = head.last_index;
    if (status.ok()) status = CheckFeedHead(store, head, state.tree_size);
  }));
  RETURN_IF_ERROR(status);
  if (!registrars.has_value()) {
    return absl::DataLossError("the head of the registrars' feed is missing");
  }
  return CheckControlList(store, *registrars);
}

}  // namespace sightline::services
