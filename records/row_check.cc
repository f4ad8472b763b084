#include "records/row_check.h"

#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "records/pending_views.h"
#include "records/request_row.h"
#include "records/seal_row.h"

namespace sightline::records {
namespace {

template <typename Message>
bool Same(const Message& a, const Message& b) {
  return SerialiseView(a) == SerialiseView(b);
}

absl::Status Wrong(uint64_t index, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("the row of entry ", index, " ", what));
}

// Parts of a row, gathered from entries in any order but for events.
struct Gathered {
  RequestParts parts;
  std::optional<v1::SubmitterFacts> agency;
  std::optional<v1::PolicyFacts> policy;
  std::set<uint64_t> spoken_of;  // the request and its events
};

bool TakeParty(const RecordEntry& entry, Gathered* out) {
  const v1::RequestFacts& facts = out->parts.facts;
  if (auto agency = SubmitterOf(entry)) {
    if (agency->submitter() != facts.submitter() || out->agency.has_value()) {
      return false;
    }
    out->agency = *std::move(agency);
    return true;
  }
  auto policy = PolicyOf(entry);
  if (!policy.has_value() || !facts.has_policy() ||
      !Same(policy->policy(), facts.policy()) || out->policy.has_value()) {
    return false;
  }
  out->policy = *std::move(policy);
  return true;
}

bool TakeEvent(const RecordEntry& entry, Gathered* out) {
  for (v1::TimelineEvent& event : EventsOf(entry)) {
    if (out->spoken_of.count(event.target_index()) == 0) continue;
    // What escalates is spoken of in a timeline of its own.
    if (!event.has_escalation()) out->spoken_of.insert(entry.index);
    out->parts.events.push_back(std::move(event));
    return true;
  }
  return false;
}

}  // namespace

absl::Status RowCheck::AddEntry(uint64_t index, absl::string_view bytes) {
  ASSIGN_OR_RETURN(RecordEntry entry, ReadRecordEntry(index, bytes));
  entries_.insert_or_assign(index, std::move(entry));
  return absl::OkStatus();
}

absl::StatusOr<const RecordEntry*> RowCheck::Find(uint64_t index) const {
  const auto found = entries_.find(index);
  if (found != entries_.end()) return &found->second;
  return absl::InvalidArgumentError(
      absl::StrCat("entry ", index, " is not given"));
}

absl::Status RowCheck::Check(const v1::RequestRow& row,
                             int64_t as_of_unix_ms) const {
  const uint64_t own = row.facts().index();
  ASSIGN_OR_RETURN(const RecordEntry* const request, Find(own));
  auto facts = FactsOf(*request);
  if (!facts.has_value()) return Wrong(own, "is of no footage request");
  Gathered gathered;
  gathered.parts.facts = *std::move(facts);
  gathered.spoken_of.insert(own);
  for (const uint64_t index : row.rests_on()) {
    if (index == own) continue;
    ASSIGN_OR_RETURN(const RecordEntry* const entry, Find(index));
    if (!TakeParty(*entry, &gathered) && !TakeEvent(*entry, &gathered)) {
      return Wrong(own, absl::StrCat("rests on entry ", index,
                                     ", which says nothing of it"));
    }
  }
  if (gathered.agency.has_value()) gathered.parts.agency = &*gathered.agency;
  if (gathered.policy.has_value()) gathered.parts.policy = &*gathered.policy;
  if (!Same(MakeRequestRow(gathered.parts, as_of_unix_ms), row)) {
    return Wrong(own, "is not what its entries say");
  }
  return absl::OkStatus();
}

absl::Status RowCheck::Check(const v1::SealRow& row,
                             int64_t as_of_unix_ms) const {
  ASSIGN_OR_RETURN(const RecordEntry* const sealed, Find(row.index()));
  std::optional<v1::SealRow> made;
  std::optional<v1::SubmitterFacts> agency;
  for (v1::SealRow& seal : SealsOf(*sealed)) {
    if (seal.path() == row.path()) made = std::move(seal);
  }
  for (const uint64_t index : row.rests_on()) {
    if (index == row.index() || !made.has_value()) continue;
    ASSIGN_OR_RETURN(const RecordEntry* const entry, Find(index));
    if (auto party = SubmitterOf(*entry);
        party.has_value() && party->submitter() == row.submitter() &&
        !agency.has_value()) {
      agency = *std::move(party);
      continue;
    }
    const auto events = EventsOf(*entry);
    if (events.empty()) return Wrong(row.index(), "rests on no event");
    made = AfterEvent(*std::move(made), events.front());
  }
  if (made.has_value()) {
    made->set_overdue(IsOverdue(*made, as_of_unix_ms));
    if (agency.has_value()) AddAgency(*agency, &*made);
  }
  if (!made.has_value() || !Same(*made, row)) {
    return Wrong(row.index(), "is not the seal that its entries make");
  }
  return absl::OkStatus();
}

absl::Status RowCheck::Check(const v1::FeedRow& row,
                             absl::string_view submitter) const {
  ASSIGN_OR_RETURN(const RecordEntry* const entry, Find(row.index()));
  if (entry->feed != submitter || !Same(FeedRowOf(*entry), row)) {
    return Wrong(row.index(), "is not that of the feed's entry");
  }
  return absl::OkStatus();
}

absl::Status RowCheck::Check(const v1::TimelineEvent& row) const {
  ASSIGN_OR_RETURN(const RecordEntry* const entry, Find(row.index()));
  auto events = EventsOf(*entry);
  if (events.empty()) return Wrong(row.index(), "is of no event");
  v1::TimelineEvent& made = events.front();
  if (row.has_agency()) {
    ASSIGN_OR_RETURN(const RecordEntry* const enrolment,
                     Find(row.agency().enrolled_index()));
    const auto party = SubmitterOf(*enrolment);
    if (!party.has_value() || party->submitter() != made.submitter()) {
      return Wrong(row.index(), "names an enrolment that is not its maker's");
    }
    *made.mutable_agency() = *party;
  }
  if (!Same(made, row)) return Wrong(row.index(), "is not what its entry says");
  return absl::OkStatus();
}

}  // namespace sightline::records
