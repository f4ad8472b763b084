#include "records/request_row.h"

#include <algorithm>
#include <set>

#include "absl/strings/strip.h"
#include "records/entry_facts.h"
#include "records/places.h"
#include "statement/geography.h"
#include "statement/timestamps.h"

namespace sightline::records {
namespace {

using Events = std::vector<v1::TimelineEvent>;

bool GivesSomething(const v1::FootageResponse& response) {
  return response.outcome() == v1::OUTCOME_FULL ||
         response.outcome() == v1::OUTCOME_PARTIAL || response.clips() > 0 ||
         response.camera_hours_given() > 0 ||
         response.content_given() == v1::DECLARED_YES ||
         response.has_first_given() ||
         response.shared() >= v1::COUNT_BUCKET_1_4;
}

bool Refuses(const v1::FootageResponse& response) {
  return response.outcome() == v1::OUTCOME_REJECTED ||
         response.outcome() == v1::OUTCOME_MODERATION_REFUSED ||
         response.moderated();
}

bool IsDeclined(const v1::FootageResponse& response) {
  return Refuses(response) ||
         response.refusal_ground() == v1::REFUSAL_GROUND_OWNER_DECLINED ||
         response.declined() >= v1::COUNT_BUCKET_1_4;
}

bool CountsResidents(const v1::FootageResponse& response) {
  return response.notified() != v1::COUNT_BUCKET_UNSPECIFIED ||
         response.shared() != v1::COUNT_BUCKET_UNSPECIFIED ||
         response.declined() != v1::COUNT_BUCKET_UNSPECIFIED ||
         response.no_action() != v1::COUNT_BUCKET_UNSPECIFIED ||
         response.opted_out() != v1::COUNT_BUCKET_UNSPECIFIED;
}

void FillResidents(const v1::TimelineEvent& event, v1::RequestRow* row) {
  const v1::FootageResponse& response = event.response();
  v1::ResidentCounts* const out = row->mutable_residents();
  out->set_index(event.index());
  out->set_notified(response.notified());
  out->set_shared(response.shared());
  out->set_declined(response.declined());
  out->set_no_action(response.no_action());
  out->set_opted_out(response.opted_out());
}

// Takes the answers in order: the first final one is when, the newest is what.
void FillAnswers(const RequestParts& parts, v1::RequestRow* row) {
  for (const v1::TimelineEvent& event : parts.events) {
    if (!event.has_response()) continue;
    const v1::FootageResponse& response = event.response();
    if (IsFinal(response.outcome())) {
      row->set_outcome(response.outcome());
      if (row->answered_index() == 0) {
        row->set_answered_index(event.index());
        row->set_answered_unix_ms(event.admitted_unix_ms());
      }
    } else if (row->answered_index() == 0) {
      row->set_outcome(response.outcome());
    }
    if (CountsResidents(response)) FillResidents(event, row);
    if (GivesSomething(response)) row->set_carried_out(true);
    if (IsDeclined(response)) row->set_declined(true);
  }
}

// What a request that nobody had to follow became, once it was declined.
uint64_t CompelledBy(const RequestParts& parts) {
  const v1::FootageRequest& request = parts.facts.request();
  if (IsCompelled(request.channel(), request.legal_process())) return 0;
  bool declined = false;
  for (const v1::TimelineEvent& event : parts.events) {
    if (event.has_response() && IsDeclined(event.response())) declined = true;
    if (declined && event.has_escalation() &&
        IsCompelled(event.escalation().channel(),
                    event.escalation().legal_process())) {
      return event.index();
    }
  }
  return 0;
}

v1::NoticeState NoticeWithin(const v1::FootageResponse& response,
                             int64_t due_unix_ms) {
  switch (response.user_notice()) {
    case v1::USER_NOTICE_GIVEN:
      return statement::ToUnixMs(response.user_notice_time()) <= due_unix_ms
                 ? v1::NOTICE_STATE_IN_TIME
                 : v1::NOTICE_STATE_LATE;
    case v1::USER_NOTICE_NOT_REQUIRED:
      return v1::NOTICE_STATE_NOT_REQUIRED;
    default:
      return v1::NOTICE_STATE_UNSPECIFIED;
  }
}

int64_t NoticeMs(const v1::PolicyFacts* policy) {
  return policy == nullptr || policy->notice_deadline_seconds() == 0
             ? kNoticeDays * kDayMs
             : int64_t{1000} * policy->notice_deadline_seconds();
}

v1::NoticeState NoticeOf(const RequestParts& parts, int64_t as_of_unix_ms) {
  const auto disclosed = std::find_if(
      parts.events.begin(), parts.events.end(), [](const auto& event) {
        return event.has_response() && GivesSomething(event.response());
      });
  if (disclosed == parts.events.end()) return v1::NOTICE_STATE_NOT_DUE;
  const int64_t due = disclosed->admitted_unix_ms() + NoticeMs(parts.policy);
  for (const v1::TimelineEvent& event : parts.events) {
    if (!event.has_response()) continue;
    const v1::NoticeState state = NoticeWithin(event.response(), due);
    if (state != v1::NOTICE_STATE_UNSPECIFIED) return state;
  }
  return as_of_unix_ms < due ? v1::NOTICE_STATE_PENDING
                             : v1::NOTICE_STATE_NOT_GIVEN;
}

// Records taken over from elsewhere were not logged to be reviewed here.
int64_t ReviewDeadline(const RequestParts& parts) {
  if (parts.policy == nullptr || parts.facts.request().has_imported() ||
      parts.policy->review_deadline_seconds() == 0) {
    return 0;
  }
  return parts.facts.admitted_unix_ms() +
         int64_t{1000} * parts.policy->review_deadline_seconds();
}

void FillReview(const RequestParts& parts, int64_t as_of_unix_ms,
                v1::RequestRow* row) {
  const int64_t deadline = ReviewDeadline(parts);
  row->set_review_deadline_unix_ms(deadline);
  for (const v1::TimelineEvent& event : parts.events) {
    if (!event.has_emergency_review()) continue;
    row->set_reviewed_index(event.index());
    row->set_review_verdict(event.emergency_review().verdict());
  }
  if (row->reviewed_index() != 0) {
    row->set_review(v1::REVIEW_STATE_GIVEN);
  } else if (deadline == 0) {
    row->set_review(v1::REVIEW_STATE_NOT_REQUIRED);
  } else {
    row->set_review(as_of_unix_ms < deadline ? v1::REVIEW_STATE_DUE
                                             : v1::REVIEW_STATE_OVERDUE);
  }
}

bool GivenBeforeLogged(const RequestParts& parts) {
  return std::any_of(
      parts.events.begin(), parts.events.end(), [&](const auto& event) {
        return event.has_response() && event.response().has_first_given() &&
               statement::ToUnixMs(event.response().first_given()) <
                   parts.facts.admitted_unix_ms();
      });
}

// When the seal of one field ends: 0 when it was opened or has no end.
int64_t SealEnd(const v1::SealedField& field, const RequestParts& parts) {
  int64_t end = statement::ToUnixMs(field.sealed_until());
  for (const v1::TimelineEvent& event : parts.events) {
    if (event.target_index() != parts.facts.index()) continue;
    const auto names = [&](const auto& paths) {
      return std::find(paths.begin(), paths.end(), field.path()) != paths.end();
    };
    if (event.has_unsealing() && names(event.unsealing().paths())) return 0;
    if (event.has_seal_renewal() && names(event.seal_renewal().paths())) {
      end = std::max(end,
                     statement::ToUnixMs(event.seal_renewal().sealed_until()));
    }
  }
  return end;
}

bool IsSealed(const RequestParts& parts, int64_t as_of_unix_ms) {
  const auto& sealed = parts.facts.sealed();
  return std::any_of(sealed.begin(), sealed.end(), [&](const auto& field) {
    return field.ground() != v1::SEAL_GROUND_PERSONAL_DATA &&
           SealEnd(field, parts) > as_of_unix_ms;
  });
}

struct OwnWords {
  bool withdrawn = false;
  bool closed = false;
  bool escalated = false;
};

OwnWords OwnWordsOf(const RequestParts& parts) {
  OwnWords words;
  for (const v1::TimelineEvent& event : parts.events) {
    if (event.has_escalation()) words.escalated = true;
    if (!event.has_amendment() || event.target_index() != parts.facts.index()) {
      continue;
    }
    if (event.amendment().has_withdrawal()) words.withdrawn = true;
    if (event.amendment().has_closing_report()) words.closed = true;
  }
  return words;
}

v1::RequestState StateOf(const RequestParts& parts, const v1::RequestRow& row,
                         int64_t as_of_unix_ms) {
  const OwnWords words = OwnWordsOf(parts);
  if (words.withdrawn || row.outcome() == v1::OUTCOME_WITHDRAWN) {
    return v1::REQUEST_STATE_WITHDRAWN;
  }
  if (words.closed) return v1::REQUEST_STATE_CLOSED;
  if (words.escalated) return v1::REQUEST_STATE_ESCALATED;
  if (row.answered_index() != 0) {
    return row.outcome() == v1::OUTCOME_REJECTED ||
                   row.outcome() == v1::OUTCOME_MODERATION_REFUSED
               ? v1::REQUEST_STATE_REFUSED
               : v1::REQUEST_STATE_ANSWERED;
  }
  if (row.deadline_unix_ms() != 0 && as_of_unix_ms >= row.deadline_unix_ms()) {
    return v1::REQUEST_STATE_OVERDUE;
  }
  return row.outcome() == v1::OUTCOME_PENDING ? v1::REQUEST_STATE_PENDING
                                              : v1::REQUEST_STATE_OPEN;
}

void FillRestsOn(const RequestParts& parts, v1::RequestRow* row) {
  std::set<uint64_t> indices = {parts.facts.index()};
  if (parts.agency != nullptr) indices.insert(parts.agency->enrolled_index());
  if (parts.policy != nullptr) indices.insert(parts.policy->index());
  for (const v1::TimelineEvent& event : parts.events) {
    indices.insert(event.index());
  }
  row->mutable_rests_on()->Assign(indices.begin(), indices.end());
}

void AddDays(const v1::TimeWindow& window, TouchedDays* out) {
  const int64_t begin = statement::ToUnixMs(window.begin());
  const int64_t end = statement::ToUnixMs(window.end());
  if (!window.has_begin() || !window.has_end() || end <= begin) return;
  const auto first = static_cast<uint32_t>(begin / kDayMs);
  const auto last = static_cast<uint32_t>((end - 1) / kDayMs);
  if (last - first >= kMaxDays) {
    out->is_long = true;
    return;
  }
  for (uint32_t day = first; day <= last; ++day) out->days.push_back(day);
}

}  // namespace

bool IsFinal(v1::Outcome outcome) {
  return outcome != v1::OUTCOME_UNSPECIFIED && outcome != v1::OUTCOME_PENDING;
}

Place PlaceOf(const v1::RequestFacts& facts, const v1::SubmitterFacts* agency) {
  Place place;
  const v1::CoarseArea& area = facts.request().area();
  place.state = area.state();
  place.county_fips = area.county_fips();
  if (place.county_fips.empty() && agency != nullptr && area.state().empty()) {
    place.county_fips = agency->county_fips();
  }
  for (const absl::string_view county :
       {absl::string_view(area.county_fips()),
        absl::string_view(facts.request().court_county_fips())}) {
    if (place.state.empty()) place.state = std::string(StateOfCounty(county));
  }
  if (place.state.empty() && agency != nullptr) place.state = agency->state();
  absl::string_view ori = facts.submitter();
  if (place.state.empty() && absl::ConsumePrefix(&ori, "ori:") &&
      statement::IsState(ori.substr(0, 2))) {
    place.state = std::string(ori.substr(0, 2));
  }
  return place;
}

TouchedDays DaysOf(const v1::FootageRequest& request) {
  TouchedDays out;
  AddDays(request.incident_window(), &out);
  AddDays(request.footage_window(), &out);
  std::sort(out.days.begin(), out.days.end());
  out.days.erase(std::unique(out.days.begin(), out.days.end()), out.days.end());
  if (out.days.size() > kMaxDays) out.is_long = true;
  if (out.is_long) out.days.clear();
  return out;
}

v1::RequestRow MakeRequestRow(const RequestParts& parts,
                              int64_t as_of_unix_ms) {
  v1::RequestRow row;
  *row.mutable_facts() = parts.facts;
  if (parts.agency != nullptr) *row.mutable_agency() = *parts.agency;
  *row.mutable_events() = {parts.events.begin(), parts.events.end()};
  const Place place = PlaceOf(parts.facts, parts.agency);
  row.set_state_code(place.state);
  row.set_county_fips(place.county_fips);
  if (parts.policy != nullptr &&
      parts.policy->response_deadline_seconds() != 0) {
    row.set_deadline_unix_ms(parts.facts.admitted_unix_ms() +
                             int64_t{1000} *
                                 parts.policy->response_deadline_seconds());
  }
  FillAnswers(parts, &row);
  const auto& findings = parts.facts.findings();
  row.set_violates_policy(
      std::any_of(findings.begin(), findings.end(), [](const auto& finding) {
        return finding.severity() == v1::Finding::SEVERITY_VIOLATION;
      }));
  row.set_assembly_listed(
      std::any_of(findings.begin(), findings.end(), [](const auto& finding) {
        return finding.rule_id() == "assembly.listed" ||
               finding.rule_id() == "assembly.undeclared";
      }));
  row.set_compelled_by_index(CompelledBy(parts));
  if (IsEmergency(parts.facts.request())) {
    row.set_notice(NoticeOf(parts, as_of_unix_ms));
    FillReview(parts, as_of_unix_ms, &row);
  }
  row.set_given_before_logged(GivenBeforeLogged(parts));
  row.set_is_sealed(IsSealed(parts, as_of_unix_ms));
  row.set_state(StateOf(parts, row, as_of_unix_ms));
  FillRestsOn(parts, &row);
  return row;
}

}  // namespace sightline::records
