#include "monitor/live_check.h"

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "monitor/tile_check.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/kinds.h"
#include "statement/links.h"

namespace sightline::monitor {
namespace {

uint64_t PrefixOf(const crypto::Digest& hash) {
  return base::ReadU64(crypto::AsBytes(hash));
}

}  // namespace

absl::StatusOr<std::unique_ptr<LiveCheck>> LiveCheck::Resume(
    const Options& options, LiveState state) {
  std::unique_ptr<LiveCheck> check(new LiveCheck(options));
  if (state.identities.size() != state.range.size()) {
    return absl::DataLossError(absl::StrCat("state: ", state.identities.size(),
                                            " identity hashes of ",
                                            state.range.size(), " entries"));
  }
  for (const auto& [index, bytes] : state.control) {
    CheckedEntry entry;
    entry.index = index;
    ReadEntryFully(bytes, &entry, &check->problems_);
    if (entry.readable) check->replay_.ApplyAgain(&entry);
  }
  check->problems_.Drain();  // were told when they were taken
  check->replay_.Resume(state.feeds, state.last_admitted_unix_ms,
                        state.renewed_seals);
  for (uint64_t i = 0; i < state.identities.size(); ++i) {
    check->Remember(state.identities[i], i);
  }
  check->range_ = std::move(state.range);
  return check;
}

void LiveCheck::Remember(uint64_t prefix, uint64_t index) {
  // 0 stands for an entry that could not be read.
  if (prefix != 0 && identities_.size() < options_.max_identities) {
    identities_.emplace(prefix, index);
  }
}

absl::Status LiveCheck::CheckLinks(const CheckedEntry& entry,
                                   const EntryReader& read) {
  for (const statement::Violation& violation :
       statement::CheckKeeperTime(entry.statement,
                                  entry.entry.admitted_unix_ms())
           .kept()) {
    problems_.Add({.kind = ProblemKind::kLink,
                   .index = entry.index,
                   .where = violation.field,
                   .got = violation.description});
  }
  for (const statement::Link& link : statement::LinksOf(entry.statement)) {
    Problem problem{
        .kind = ProblemKind::kLink, .index = entry.index, .where = link.field};
    if (link.index >= entry.index) {
      problem.got = absl::StrCat("entry ", link.index);
      problem.want = "an earlier entry";
      problems_.Add(std::move(problem));
      continue;
    }
    const absl::StatusOr<std::string> target = read(link.index);
    if (!target.ok()) {
      if (!IsAboutTheLog(target.status())) return target.status();
      problem.got = absl::StrCat("entry ", link.index, ", which is missing");
      problems_.Add(std::move(problem));
      continue;
    }
    const statement::Violations violations =
        statement::CheckLink(entry.statement, link, *target);
    for (const statement::Violation& violation : violations.kept()) {
      problem.where = violation.field;
      problem.got = violation.description;
      problems_.Add(problem);
    }
  }
  return absl::OkStatus();
}

absl::Status LiveCheck::CheckDuplicate(const CheckedEntry& entry,
                                       const EntryReader& read) {
  const auto known = identities_.find(PrefixOf(entry.identity_hash));
  if (known == identities_.end()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string bytes, read(known->second));
  const auto peek = statement::PeekEntry(bytes);
  if (!peek.ok() ||
      statement::IdentityHash(peek->payload_type, peek->payload) !=
          entry.identity_hash) {
    return absl::OkStatus();
  }
  problems_.Add(
      {.kind = ProblemKind::kDuplicate,
       .index = entry.index,
       .got = absl::StrCat("the statement of entry ", known->second)});
  return absl::OkStatus();
}

absl::Status LiveCheck::Take(absl::string_view bytes, const EntryReader& read,
                             CheckedEntry* entry,
                             std::vector<Problem>* problems) {
  problems_.Drain();  // of an attempt that failed
  entry->index = size();
  entry->keys.clear();
  entry->leaf_hash = merkle::LeafHash(bytes);
  ReadEntryFully(bytes, entry, &problems_);
  uint64_t prefix = 0;
  if (entry->readable) {
    prefix = PrefixOf(entry->identity_hash);
    const bool is_control =
        statement::IsControl(statement::KindOf(entry->statement));
    // Whatever may fail comes before what changes the state.
    if (entry->valid) {
      RETURN_IF_ERROR(CheckLinks(*entry, read));
      RETURN_IF_ERROR(replay_.ReadTrail(read, entry));
    }
    RETURN_IF_ERROR(CheckDuplicate(*entry, read));
    replay_.Next(entry);
    // Those of registry entries were verified there.
    if (entry->valid && !is_control && !entry->keys.empty()) {
      Replay::VerifySignatures(*entry, &problems_);
    }
    if (is_control) new_.control.emplace_back(entry->index, bytes);
  }
  Remember(prefix, entry->index);
  new_.identities.push_back(prefix);
  range_.Append(entry->leaf_hash);
  for (Problem& problem : problems_.Drain()) {
    problems->push_back(std::move(problem));
  }
  return absl::OkStatus();
}

}  // namespace sightline::monitor
