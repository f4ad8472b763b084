#include "monitor/record_check.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "crypto/sha256.h"
#include "monitor/tile_check.h"
#include "statement/whole_seal.h"
#include "tiles/proof_builder.h"
#include "tiles/tile.h"

namespace sightline::monitor {
namespace {

constexpr absl::string_view kHashIndex = "hash index";
constexpr absl::string_view kControlList = "list of control entries";
constexpr absl::string_view kPurgeList = "list of payloads to purge";
constexpr absl::string_view kCosigned = "cosigned checkpoint";
constexpr absl::string_view kTreeState = "tree state";

std::string EntryText(const std::optional<uint64_t>& index) {
  return index.has_value() ? absl::StrCat("entry ", *index) : "none";
}

std::string Hex(const merkle::Hash& hash) {
  return base::HexEncode(crypto::AsBytes(hash));
}

std::string HeadText(uint64_t ordinal, uint64_t last_index) {
  return absl::StrCat("ordinal ", ordinal, " at entry ", last_index);
}

}  // namespace

absl::Status RecordCheck::Take(const absl::Status& status, ProblemKind kind,
                               std::optional<uint64_t> index,
                               absl::string_view where) {
  if (status.ok()) return status;
  if (!IsAboutTheLog(status)) return status;
  problems_->Add({.kind = kind,
                  .index = index,
                  .where = std::string(where),
                  .got = std::string(status.message())});
  return absl::OkStatus();
}

// --- Entry by entry -------------------------------------------------------------

absl::Status RecordCheck::CheckIdentities(absl::Span<const EntryFacts> facts) {
  std::vector<crypto::Digest> hashes;
  hashes.reserve(facts.size());
  for (const EntryFacts& entry : facts) hashes.push_back(entry.identity_hash);
  std::vector<std::optional<uint64_t>> found;
  const absl::Status status = records_->FindByIdentity(hashes, &found);
  if (!status.ok() && IsAboutTheLog(status) && facts.size() > 1) {
    // Which of them is it?
    for (size_t i = 0; i < facts.size(); ++i) {
      RETURN_IF_ERROR(CheckIdentities(facts.subspan(i, 1)));
    }
    return absl::OkStatus();
  }
  if (!status.ok()) {
    return Take(status, ProblemKind::kStoreRecord, facts.front().index,
                "identity hash");
  }
  for (size_t i = 0; i < facts.size(); ++i) {
    // A face is found by the hash of what it hides, which nobody can tell.
    if (facts[i].statement->has_sealed_statement()) continue;
    if (found[i] == facts[i].index) continue;
    problems_->Add({.kind = ProblemKind::kStoreRecord,
                    .index = facts[i].index,
                    .where = "identity hash",
                    .got = EntryText(found[i]),
                    .want = EntryText(facts[i].index)});
  }
  return absl::OkStatus();
}

absl::Status RecordCheck::CheckLeafHash(const EntryFacts& entry) {
  const auto found = records_->FindByLeafHash(entry.leaf_hash);
  if (!found.ok()) {
    return Take(found.status(), ProblemKind::kStoreRecord, entry.index,
                "leaf hash in the index");
  }
  if (*found == entry.index) return absl::OkStatus();
  problems_->Add({.kind = ProblemKind::kStoreRecord,
                  .index = entry.index,
                  .where = "leaf hash in the index",
                  .got = EntryText(*found),
                  .want = EntryText(entry.index)});
  return absl::OkStatus();
}

absl::Status RecordCheck::CheckSealed(const EntryFacts& entry) {
  const bool wanted = entry.statement->header().sealed_size() > 0;
  const auto payload = records_->ReadSealedPayload(entry.index);
  if (absl::IsNotFound(payload.status())) {
    if (!wanted) return absl::OkStatus();
    base::MutexLock lock(&mutex_);
    without_payload_.push_back(entry.index);
    return absl::OkStatus();
  }
  absl::Status status = payload.status();
  if (status.ok() && !wanted) {
    status = absl::DataLossError("one, but the entry seals nothing");
  }
  if (status.ok()) {
    status = records_->CheckSealedPayload(
        statement::PayloadBinding(*entry.statement, entry.identity_hash),
        *entry.statement, *payload);
  }
  return Take(status, ProblemKind::kStoreRecord, entry.index, "sealed payload");
}

void RecordCheck::NoteErasure(const EntryFacts& entry) {
  if (!entry.statement->has_erasure()) return;
  base::MutexLock lock(&mutex_);
  erased_.insert(entry.statement->erasure().target().index());
}

absl::Status RecordCheck::Inspect(absl::Span<const EntryFacts> facts) {
  if (facts.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckIdentities(facts));
  for (const EntryFacts& entry : facts) {
    RETURN_IF_ERROR(CheckLeafHash(entry));
    RETURN_IF_ERROR(CheckSealed(entry));
    NoteErasure(entry);
  }
  base::MutexLock lock(&mutex_);
  for (const EntryFacts& entry : facts) {
    if (entry.index < last_index_) continue;
    last_index_ = entry.index;
    last_admitted_unix_ms_ = entry.admitted_unix_ms;
    last_is_face_ = entry.statement->has_sealed_statement();
  }
  return absl::OkStatus();
}

// --- The log as a whole ---------------------------------------------------------

absl::Status RecordCheck::CheckTree(const CheckReport& report, bool whole) {
  const auto tree = records_->ReadTree();
  if (!tree.ok()) {
    return Take(tree.status(), ProblemKind::kStoreRecord, std::nullopt,
                kTreeState);
  }
  const auto differs = [&](std::string got, std::string want) {
    problems_->Add({.kind = ProblemKind::kStoreRecord,
                    .where = std::string(kTreeState),
                    .got = std::move(got),
                    .want = std::move(want)});
  };
  const checkpoint::Checkpoint& newest = report.checkpoint;
  if (tree->tree_size != newest.tree_size) {
    differs(absl::StrCat("size ", tree->tree_size),
            absl::StrCat(newest.tree_size));
  }
  if (tree->root_hash != newest.root_hash) {
    differs(absl::StrCat("root ", Hex(tree->root_hash)), Hex(newest.root_hash));
  }
  base::MutexLock lock(&mutex_);
  // A face says no more of its admission than the month.
  const int64_t last_admitted =
      last_is_face_ ? statement::MonthBegin(
                          statement::MonthOf(tree->last_admitted_unix_ms))
                    : tree->last_admitted_unix_ms;
  if (whole && last_index_ + 1 == newest.tree_size &&
      last_admitted != last_admitted_unix_ms_) {
    differs(
        absl::StrCat("last entry admitted at ", tree->last_admitted_unix_ms),
        absl::StrCat(last_admitted_unix_ms_));
  }
  return absl::OkStatus();
}

absl::Status RecordCheck::CheckCheckpoints(const CheckReport& report,
                                           const checkpoint::LogKeySet& keys) {
  const uint64_t tree_size = report.checkpoint.tree_size;
  const tiles::ProofBuilder proofs(tiles_);
  std::string wrong_note;  // told already
  for (uint64_t index = 0; index < tree_size;) {
    const auto note = records_->ReadCheckpointCovering(index);
    const std::string where = absl::StrCat("checkpoint covering entry ", index);
    if (!note.ok()) {
      return Take(note.status(), ProblemKind::kCheckpointMalformed,
                  std::nullopt, where);
    }
    const auto opened = keys.OpenCheckpoint(*note);
    absl::Status status = opened.status();
    uint64_t next = index + 1;
    if (status.ok()) {
      const checkpoint::Checkpoint& tree = opened->checkpoint;
      if (opened->verified.size() != opened->note.signatures.size()) {
        status = absl::InvalidArgumentError(
            "a signature by no key that counts for its size");
      } else if (tree.tree_size <= index || tree.tree_size > tree_size) {
        status = absl::InvalidArgumentError(
            absl::StrCat("a checkpoint of size ", tree.tree_size));
      } else {
        next = tree.tree_size;
        const auto root = proofs.Root(tree.tree_size);
        if (root.ok() && *root != tree.root_hash) {
          problems_->Add({.kind = ProblemKind::kRootHash,
                          .where = where,
                          .got = Hex(tree.root_hash),
                          .want = Hex(*root)});
        }
        // Tiles have been checked; one that is missing is known.
        if (!root.ok() && !IsAboutTheLog(root.status())) return root.status();
      }
    }
    // What it really covers is not known: the next one may lie beyond any entry.
    if (!status.ok() && *note != wrong_note) {
      wrong_note = *note;
      problems_->Add({.kind = ProblemKind::kCheckpointSignature,
                      .where = where,
                      .got = std::string(status.message())});
    }
    if (status.ok()) RETURN_IF_ERROR(CheckNoneMissing(index, next));
    index = next;
  }
  return absl::OkStatus();
}

absl::Status RecordCheck::CheckCosigned(const CheckReport& report,
                                        const checkpoint::LogKeySet& keys) {
  const auto note = records_->ReadCosigned(report.checkpoint.origin);
  if (absl::IsNotFound(note.status())) return absl::OkStatus();
  if (!note.ok()) {
    return Take(note.status(), ProblemKind::kStoreRecord, std::nullopt,
                kCosigned);
  }
  const auto opened = keys.OpenCheckpoint(*note);
  if (!opened.ok()) {
    return Take(absl::DataLossError(opened.status().message()),
                ProblemKind::kCheckpointSignature, std::nullopt, kCosigned);
  }
  const checkpoint::Checkpoint& tree = opened->checkpoint;
  if (tree.tree_size > report.checkpoint.tree_size) {
    problems_->Add({.kind = ProblemKind::kStoreRecord,
                    .where = std::string(kCosigned),
                    .got = absl::StrCat("tree size ", tree.tree_size),
                    .want = absl::StrCat(report.checkpoint.tree_size,
                                         " at most, as the log is now")});
    return absl::OkStatus();
  }
  const auto root = tiles::ProofBuilder(tiles_).Root(tree.tree_size);
  // Tiles have been checked; one that is missing is known.
  if (!root.ok()) {
    return IsAboutTheLog(root.status()) ? absl::OkStatus() : root.status();
  }
  if (*root == tree.root_hash) return absl::OkStatus();
  problems_->Add({.kind = ProblemKind::kRootHash,
                  .where = std::string(kCosigned),
                  .got = Hex(tree.root_hash),
                  .want = Hex(*root)});
  return absl::OkStatus();
}

absl::Status RecordCheck::CheckNoneMissing(uint64_t begin, uint64_t end) {
  for (uint64_t at = begin; at < end;) {
    const auto batch_end = records_->ReadBatchEnd(at);
    if (!batch_end.ok()) {
      return Take(batch_end.status(), ProblemKind::kStoreRecord, at,
                  "end of its batch");
    }
    if (*batch_end <= at) return absl::InternalError("a batch ends before it");
    at = *batch_end;
    // At a multiple a batch may as well have gone on.
    if (at >= end || at % tiles::kTileWidth == 0) continue;
    problems_->Add({.kind = ProblemKind::kStoreRecord,
                    .where = absl::StrCat("checkpoint of tree size ", at),
                    .got = "none",
                    .want = "the one that its batch was signed with"});
  }
  return absl::OkStatus();
}

absl::Status RecordCheck::CheckFeeds(const CheckReport& report) {
  const auto heads = records_->ReadFeedHeads();
  if (!heads.ok()) {
    return Take(heads.status(), ProblemKind::kStoreRecord, std::nullopt,
                "feed heads");
  }
  std::map<std::string, std::string> stored;
  for (const StoredFeedHead& head : *heads) {
    stored[head.feed] = HeadText(head.ordinal, head.last_index);
  }
  const auto differs = [&](const std::string& feed, std::string got,
                           std::string want) {
    problems_->Add({.kind = ProblemKind::kStoreRecord,
                    .where = absl::StrCat("feed head of ", feed),
                    .got = std::move(got),
                    .want = std::move(want)});
  };
  for (const FeedTotals& feed : report.feeds) {
    const std::string want = HeadText(feed.entries, feed.last_index);
    const auto found = stored.find(feed.submitter);
    if (found == stored.end()) {
      differs(feed.submitter, "none", want);
      continue;
    }
    if (found->second != want) differs(feed.submitter, found->second, want);
    stored.erase(found);
  }
  for (const auto& [feed, head] : stored) differs(feed, head, "none");
  return absl::OkStatus();
}

absl::Status RecordCheck::CheckControl(const CheckReport& report) {
  const auto stored = records_->ReadControlIndices();
  if (!stored.ok()) {
    return Take(stored.status(), ProblemKind::kStoreRecord, std::nullopt,
                kControlList);
  }
  const std::vector<uint64_t>& want = report.control_indices;
  std::vector<uint64_t> odd;
  std::set_symmetric_difference(stored->begin(), stored->end(), want.begin(),
                                want.end(), std::back_inserter(odd));
  for (const uint64_t index : odd) {
    const bool is_control = std::binary_search(want.begin(), want.end(), index);
    problems_->Add({.kind = ProblemKind::kStoreRecord,
                    .index = index,
                    .where = std::string(kControlList),
                    .got = is_control ? "not in it" : "in it",
                    .want = is_control ? "in it" : "not in it"});
  }
  return absl::OkStatus();
}

void RecordCheck::CheckMissingPayloads() {
  base::MutexLock lock(&mutex_);
  for (const uint64_t index : without_payload_) {
    if (erased_.count(index) != 0) continue;
    problems_->Add({.kind = ProblemKind::kStoreRecord,
                    .index = index,
                    .where = "sealed payload",
                    .got = "none, and no erasure of it"});
  }
  for (const uint64_t index : erased_) {
    if (absl::IsNotFound(records_->ReadSealedPayload(index).status())) continue;
    problems_->Add({.kind = ProblemKind::kStoreRecord,
                    .index = index,
                    .where = "sealed payload",
                    .got = "one, although it was erased"});
  }
}

absl::Status RecordCheck::Close(const CheckReport& report, bool whole,
                                const checkpoint::LogKeySet& keys) {
  RETURN_IF_ERROR(CheckTree(report, whole));
  RETURN_IF_ERROR(CheckCheckpoints(report, keys));
  RETURN_IF_ERROR(Take(records_->CheckHashIndex(), ProblemKind::kStoreRecord,
                       std::nullopt, kHashIndex));
  RETURN_IF_ERROR(Take(records_->CheckPendingPurge(), ProblemKind::kStoreRecord,
                       std::nullopt, kPurgeList));
  RETURN_IF_ERROR(CheckCosigned(report, keys));
  if (!whole) return absl::OkStatus();
  RETURN_IF_ERROR(CheckFeeds(report));
  RETURN_IF_ERROR(CheckControl(report));
  CheckMissingPayloads();
  return absl::OkStatus();
}

}  // namespace sightline::monitor
