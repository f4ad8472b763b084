#include "monitor/renewed_seals.h"

#include "absl/strings/str_cat.h"
#include "monitor/alert.h"
#include "statement/submitter_id.h"
#include "statement/timestamps.h"

namespace sightline::monitor {

void RenewedSeals::Next(const CheckedEntry& entry, ProblemLog* problems) {
  // The log's time does not go back, so what has ended will not be too early.
  DropEnded(entry.entry.admitted_unix_ms());
  const v1::Statement& statement = entry.statement;
  if (statement.has_seal_renewal()) {
    Renew(entry.index, statement.seal_renewal());
  } else if (statement.has_unsealing()) {
    Open(entry, problems);
  } else if (statement.has_erasure()) {
    Erase(statement.erasure().target().index());
  }
}

void RenewedSeals::DropEnded(int64_t now_unix_ms) {
  while (!by_end_.empty() && std::get<0>(*by_end_.begin()) <= now_unix_ms) {
    const auto& [until, index, path] = *by_end_.begin();
    Remove(ends_.find({index, path}));
  }
}

// A renewal prolongs; one that ends earlier than another does not shorten it.
void RenewedSeals::Renew(uint64_t renewal_index,
                         const v1::SealRenewal& renewal) {
  const int64_t until = statement::ToUnixMs(renewal.sealed_until());
  for (const std::string& path : renewal.paths()) {
    const Field field(renewal.target().index(), path);
    const auto it = ends_.find(field);
    if (it != ends_.end()) {
      if (it->second.until_unix_ms >= until) continue;
      Remove(it);
    }
    Put(field, {until, renewal_index});
  }
}

void RenewedSeals::Put(const Field& field, const End& end) {
  if (ends_.size() == max_seals_) {
    const auto& [until, index, path] = *by_end_.begin();
    Remove(ends_.find({index, path}));
  }
  ends_.emplace(field, end);
  by_end_.emplace(end.until_unix_ms, field.first, field.second);
}

void RenewedSeals::Remove(std::map<Field, End>::iterator it) {
  by_end_.erase({it->second.until_unix_ms, it->first.first, it->first.second});
  ends_.erase(it);
}

// Submitters and courts may open what they like; a keeper, what has ended.
void RenewedSeals::Open(const CheckedEntry& entry, ProblemLog* problems) {
  const v1::Unsealing& unsealing = entry.statement.unsealing();
  const bool by_keeper =
      statement::SubmitterKindOf(entry.statement.header().submitter()) ==
      v1::SUBMITTER_KIND_KEEPER;
  for (const v1::SealOpening& opening : unsealing.openings()) {
    const auto it = ends_.find({unsealing.target().index(), opening.path()});
    if (it == ends_.end()) continue;
    if (by_keeper) {
      const int64_t opened = entry.entry.admitted_unix_ms();
      problems->Add({.kind = ProblemKind::kOpenedEarly,
                     .index = entry.index,
                     .where = absl::StrCat(entry.statement.header().submitter(),
                                           ", ", opening.path(), " of entry ",
                                           unsealing.target().index()),
                     .got = TimeText(opened),
                     .want = absl::StrCat(TimeText(it->second.until_unix_ms),
                                          " or later, by the renewal in entry ",
                                          it->second.renewal_index)});
    }
    Remove(it);
  }
}

void RenewedSeals::Erase(uint64_t index) {
  auto it = ends_.lower_bound({index, ""});
  while (it != ends_.end() && it->first.first == index) Remove(it++);
}

void RenewedSeals::Resume(const std::vector<RenewedSeal>& seals) {
  for (const RenewedSeal& seal : seals) {
    if (ends_.contains({seal.index, seal.path})) continue;
    Put({seal.index, seal.path}, {seal.until_unix_ms, seal.renewal_index});
  }
}

std::vector<RenewedSeal> RenewedSeals::List() const {
  std::vector<RenewedSeal> out;
  for (const auto& [field, end] : ends_) {
    out.push_back(
        {field.first, field.second, end.until_unix_ms, end.renewal_index});
  }
  return out;
}

}  // namespace sightline::monitor
