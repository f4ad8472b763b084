#include "client/entry_run.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/evidence.h"
#include "client/proof_bytes.h"
#include "merkle/proof.h"
#include "merkle/range_proof.h"
#include "statement/entry_codec.h"
#include "statement/timestamps.h"

namespace sightline::client {
namespace {

absl::Status CheckBounds(const v1::EntryRun& run, uint64_t start_index,
                         uint64_t tree_size) {
  if (run.next_index() < start_index || run.next_index() > tree_size) {
    return Unverified(absl::StrCat("run from ", start_index,
                                   ": goes on at index ", run.next_index(),
                                   " of a tree of ", tree_size));
  }
  uint64_t least = start_index;
  for (const v1::LogEntry& entry : run.entries()) {
    if (entry.index() < least || entry.index() >= run.next_index()) {
      return Unverified(absl::StrCat("run from ", start_index, ": index ",
                                     entry.index(), ", want ", least, " to ",
                                     run.next_index()));
    }
    least = entry.index() + 1;
  }
  return absl::OkStatus();
}

absl::Status CheckContiguous(const v1::EntryRun& run, uint64_t start_index,
                             const std::vector<EntryView>& entries,
                             const SignedTree& tree,
                             std::vector<merkle::Hash>* left,
                             std::vector<merkle::Hash>* right) {
  if (run.start_index() != start_index) {
    return Unverified(absl::StrCat("run begins at ", run.start_index(),
                                   ", want ", start_index));
  }
  if (run.next_index() - start_index != entries.size()) {
    return Unverified(absl::StrCat("run from ", start_index, " to ",
                                   run.next_index(), ": ", entries.size(),
                                   " entries"));
  }
  ASSIGN_OR_RETURN(*left, ReadHashes(run.left()));
  ASSIGN_OR_RETURN(*right, ReadHashes(run.right()));
  std::vector<merkle::Hash> leaf_hashes;
  leaf_hashes.reserve(entries.size());
  for (const EntryView& entry : entries) leaf_hashes.push_back(entry.leaf_hash);
  const absl::Status proven = merkle::VerifyRange(
      start_index, leaf_hashes, *left, *right, tree.size, tree.root);
  return proven.ok()
             ? proven
             : Unverified(absl::StrCat("run from ", start_index), proven);
}

absl::Status CheckFiltered(const v1::EntryRun& run,
                           const v1::EntryFilter& filter,
                           const std::vector<EntryView>& entries,
                           const SignedTree& tree) {
  for (size_t i = 0; i < entries.size(); ++i) {
    const EntryView& entry = entries[i];
    ASSIGN_OR_RETURN(
        const auto proof,
        ReadHashes(run.entries(static_cast<int>(i)).inclusion_proof()));
    const absl::Status proven = merkle::VerifyInclusion(
        entry.index, tree.size, entry.leaf_hash, proof, tree.root);
    if (!proven.ok()) {
      return Unverified(absl::StrCat("entry ", entry.index), proven);
    }
    ASSIGN_OR_RETURN(const bool matches, Matches(filter, entry.bytes));
    if (!matches) {
      return Unverified(
          absl::StrCat("entry ", entry.index, " is not of those asked for"));
    }
  }
  return absl::OkStatus();
}

template <typename List, typename Value>
bool AnyOrAll(const List& list, const Value& value) {
  return list.empty() ||
         std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

absl::StatusOr<EntryRun> EntryRun::Check(v1::EntryRun run, uint64_t start_index,
                                         const v1::EntryFilter& filter,
                                         TreePtr tree) {
  EntryRun out;
  out.run_ = std::make_unique<const v1::EntryRun>(std::move(run));
  out.tree_ = std::move(tree);
  RETURN_IF_ERROR(CheckBounds(*out.run_, start_index, out.tree_->size));
  out.entries_.reserve(out.run_->entries_size());
  for (const v1::LogEntry& entry : out.run_->entries()) {
    out.entries_.push_back(
        {entry.index(), entry.entry(), merkle::LeafHash(entry.entry())});
  }
  RETURN_IF_ERROR(
      IsEmpty(filter)
          ? CheckContiguous(*out.run_, start_index, out.entries_, *out.tree_,
                            &out.left_, &out.right_)
          : CheckFiltered(*out.run_, filter, out.entries_, *out.tree_));
  return out;
}

bool IsEmpty(const v1::EntryFilter& filter) {
  return filter.kinds().empty() && filter.submitters().empty() &&
         !filter.has_admitted_from() && !filter.has_admitted_before();
}

absl::StatusOr<bool> Matches(const v1::EntryFilter& filter,
                             absl::string_view entry) {
  const auto peek = statement::PeekEntry(entry);
  if (!peek.ok()) return Unverified("entry", peek.status());
  if (!AnyOrAll(filter.kinds(), static_cast<int>(peek->kind))) return false;
  if (!AnyOrAll(filter.submitters(), peek->submitter) &&
      !AnyOrAll(filter.submitters(), peek->feed)) {
    return false;
  }
  if (filter.has_admitted_from() &&
      peek->admitted_unix_ms < statement::ToUnixMs(filter.admitted_from())) {
    return false;
  }
  return !filter.has_admitted_before() ||
         peek->admitted_unix_ms < statement::ToUnixMs(filter.admitted_before());
}

}  // namespace sightline::client
