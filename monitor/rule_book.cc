#include "monitor/rule_book.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"
#include "statement/describe.h"
#include "statement/geography.h"
#include "statement/kinds.h"
#include "statement/policy.h"
#include "statement/timestamps.h"
#include "statement/whole_seal.h"

namespace sightline::monitor {
namespace {

using Json = nlohmann::json;

template <typename List, typename Value>
bool AnyOrNone(const List& list, const Value& value) {
  return list.empty() ||
         std::find(list.begin(), list.end(), value) != list.end();
}

bool IsEmergency(const v1::FootageRequest& request) {
  return request.channel() == v1::CHANNEL_EMERGENCY ||
         request.legal_process() == v1::LEGAL_PROCESS_EMERGENCY_2702 ||
         request.emergency_basis() != v1::EMERGENCY_BASIS_UNSPECIFIED;
}

bool HasFinding(const v1::Entry& entry, absl::string_view rule) {
  return std::any_of(
      entry.findings().begin(), entry.findings().end(),
      [&](const v1::Finding& finding) { return finding.rule_id() == rule; });
}

bool IsOverBroad(const Rule& rule, const CheckedEntry& entry) {
  if (HasFinding(entry.entry, "window.max") ||
      HasFinding(entry.entry, "area.max")) {
    return true;
  }
  const v1::FootageRequest& request = entry.statement.footage_request();
  if (rule.max_area_square_metres > 0 &&
      request.area().area_square_metres() > rule.max_area_square_metres) {
    return true;
  }
  if (rule.max_window <= absl::ZeroDuration() ||
      !request.has_footage_window()) {
    return false;
  }
  const v1::TimeWindow& window = request.footage_window();
  return statement::ToUnixMs(window.end()) -
             statement::ToUnixMs(window.begin()) >
         absl::ToInt64Milliseconds(rule.max_window);
}

bool HasWantedFinding(const Rule& rule, const v1::Entry& entry) {
  if (rule.findings.empty()) return !entry.findings().empty();
  return std::any_of(
      rule.findings.begin(), rule.findings.end(),
      [&](const std::string& wanted) { return HasFinding(entry, wanted); });
}

std::string EntryName(uint64_t index) { return absl::StrCat("entry ", index); }

}  // namespace

RuleBook::Place RuleBook::PlaceOf(const v1::CoarseArea& area) {
  Place place;
  place.county = area.county_fips();
  place.state = area.state();
  place.s2_cell = statement::S2Id(area.s2_cell()).value_or(0);
  return place;
}

bool RuleBook::Fits(const Rule& rule, absl::string_view submitter,
                    const Place& place) const {
  if (!AnyOrNone(rule.submitters, submitter)) return false;
  if (!AnyOrNone(rule.states, place.state)) return false;
  if (!AnyOrNone(rule.counties, place.county)) return false;
  return rule.s2_cells.empty() ||
         std::any_of(rule.s2_cells.begin(), rule.s2_cells.end(),
                     [&](uint64_t cell) {
                       return statement::S2CellsOverlap(cell, place.s2_cell);
                     });
}

bool RuleBook::Matches(const Rule& rule, const CheckedEntry& entry) const {
  if (!entry.statement.has_footage_request()) return false;
  const v1::FootageRequest& request = entry.statement.footage_request();
  if (!Fits(rule, entry.statement.header().submitter(),
            PlaceOf(request.area()))) {
    return false;
  }
  switch (rule.kind) {
    case RuleKind::kRequest:
      return true;
    case RuleKind::kAssembly:
      return request.assembly_related() == v1::DECLARED_YES;
    case RuleKind::kEmergency:
      return IsEmergency(request);
    case RuleKind::kOverBroad:
      return IsOverBroad(rule, entry);
    case RuleKind::kFinding:
      return HasWantedFinding(rule, entry.entry);
    default:
      return false;
  }
}

void RuleBook::Raise(const Rule& rule, absl::string_view subject,
                     std::string text, int64_t now, std::vector<Alert>* alerts,
                     Alert more) const {
  more.kind = std::string(RuleKindName(rule.kind));
  more.id = AlertId(rule.name, more.kind, subject);
  more.rule = rule.name;
  more.text = std::move(text);
  more.time_unix_ms = now;
  alerts->push_back(std::move(more));
}

// --- Entries --------------------------------------------------------------------

void RuleBook::OnEntry(const CheckedEntry& entry,
                       const statement::Registry& registry, int64_t now,
                       std::vector<Alert>* alerts) {
  if (!entry.readable) return;
  if (statement::BringsStatement(entry.statement)) {
    // A request that was sealed as a whole is one from now on.
    CheckedEntry brought = entry;
    brought.statement = statement::StandsFor(entry.statement);
    RaiseFitting(brought, now, alerts);
    Follow(brought, registry);
  } else {
    RaiseFitting(entry, now, alerts);
    OnAnswer(entry, now, alerts);  // to a request that is open still
    OnReport(entry, now, alerts);
    Follow(entry, registry);
  }
  FollowSeals(entry);
}

void RuleBook::RaiseFitting(const CheckedEntry& entry, int64_t now,
                            std::vector<Alert>* alerts) const {
  if (entry.index < alerts_from_) return;
  for (const Rule& rule : rules_) {
    if (!Matches(rule, entry)) continue;
    Alert alert;
    alert.index = entry.index;
    alert.submitter = entry.statement.header().submitter();
    Raise(rule, EntryName(entry.index),
          statement::DescribeEntry(entry.index, entry.entry), now, alerts,
          std::move(alert));
  }
}

void RuleBook::Follow(const CheckedEntry& entry,
                      const statement::Registry& registry) {
  const v1::Statement& statement = entry.statement;
  const std::string& submitter = statement.header().submitter();
  const int64_t admitted = entry.entry.admitted_unix_ms();
  const auto agency = agencies_.find(submitter);
  if (agency != agencies_.end()) agency->second = {admitted, entry.index};
  if (statement.has_enrolment()) {
    FollowStatus(statement.enrolment().submitter(), entry, registry);
  }
  if (statement.has_status_change()) {
    FollowStatus(statement.status_change().submitter(), entry, registry);
  }
  FollowRequest(entry, registry);
  FollowAnswers(statement);
}

// Who may not speak is not silent. Whoever comes back has its time from then on;
// a registrar's word about one that is there is not its own.
void RuleBook::FollowStatus(const std::string& submitter,
                            const CheckedEntry& entry,
                            const statement::Registry& registry) {
  const auto found = registry.FindSubmitter(submitter, entry.index + 1);
  if (!found.ok() || found->kind != v1::SUBMITTER_KIND_AGENCY) return;
  if (found->status != v1::SUBMITTER_STATUS_ACTIVE) {
    agencies_.erase(submitter);
    return;
  }
  agencies_.try_emplace(submitter,
                        Agency{entry.entry.admitted_unix_ms(), entry.index});
}

void RuleBook::FollowRequest(const CheckedEntry& entry,
                             const statement::Registry& registry) {
  const v1::Statement& statement = entry.statement;
  if (!statement.has_footage_request()) return;
  const int64_t admitted = entry.entry.admitted_unix_ms();
  books_.OnRequest(statement, admitted);
  if (statement.footage_request().has_imported()) return;
  OpenRequest open;
  open.submitter = statement.header().submitter();
  open.place = PlaceOf(statement.footage_request().area());
  open.admitted = admitted;
  const v1::PolicyVersion* const policy =
      registry.PoliciesFor(statement, admitted, entry.index).in_force;
  const auto due = [&](uint32_t seconds) {
    return seconds == 0 ? 0 : admitted + int64_t{1000} * seconds;
  };
  if (IsEmergency(statement.footage_request())) {
    OpenRequest review = open;
    if (policy != nullptr) {
      review.deadline = due(policy->review_deadline_seconds());
    }
    reviews_[entry.index] = std::move(review);
    if (reviews_.size() > kMaxOpen) reviews_.erase(reviews_.begin());
  }
  if (policy != nullptr) {
    open.deadline = due(policy->response_deadline_seconds());
  }
  requests_[entry.index] = std::move(open);
  if (requests_.size() > kMaxOpen) requests_.erase(requests_.begin());
}

void RuleBook::FollowAnswers(const v1::Statement& statement) {
  if (statement.has_footage_response() &&
      statement.footage_response().outcome() != v1::OUTCOME_PENDING) {
    Close(statement.footage_response().request().index());
  }
  if (statement.has_amendment() && statement.amendment().has_withdrawal()) {
    Close(statement.amendment().target().index());
  }
  if (statement.has_emergency_review()) {
    reviews_.erase(statement.emergency_review().request().index());
  }
}

// Later answers may still tell when footage was first given.
void RuleBook::Close(uint64_t request) {
  const auto open = requests_.find(request);
  if (open == requests_.end()) return;
  answered_[request] = std::move(open->second);
  requests_.erase(open);
  if (answered_.size() > kMaxAnswered) answered_.erase(answered_.begin());
}

const RuleBook::OpenRequest* RuleBook::GivenBefore(
    const CheckedEntry& entry) const {
  const v1::FootageResponse& response = entry.statement.footage_response();
  if (!response.has_first_given()) return nullptr;
  for (const OpenRequests* const requests : {&requests_, &answered_}) {
    const auto found = requests->find(response.request().index());
    if (found == requests->end()) continue;
    return statement::ToUnixMs(response.first_given()) < found->second.admitted
               ? &found->second
               : nullptr;
  }
  return nullptr;
}

void RuleBook::OnAnswer(const CheckedEntry& entry, int64_t now,
                        std::vector<Alert>* alerts) const {
  const OpenRequest* const request = GivenBefore(entry);
  if (request == nullptr || entry.index < alerts_from_) return;
  const v1::FootageResponse& response = entry.statement.footage_response();
  for (const Rule& rule : rules_) {
    if (rule.kind != RuleKind::kGivenBeforeLogged ||
        !Fits(rule, request->submitter, request->place)) {
      continue;
    }
    Alert alert;
    alert.index = entry.index;
    alert.submitter = entry.statement.header().submitter();
    Raise(rule, EntryName(entry.index),
          absl::StrCat(
              "entry ", entry.index, ": ", alert.submitter, " gave footage ",
              TimeText(statement::ToUnixMs(response.first_given())),
              ", before request ", response.request().index(), " of ",
              request->submitter, " was logged ", TimeText(request->admitted)),
          now, alerts, std::move(alert));
  }
}

void RuleBook::OnReport(const CheckedEntry& entry, int64_t now,
                        std::vector<Alert>* alerts) const {
  if (!entry.statement.has_period_report() || entry.index < alerts_from_) {
    return;
  }
  const std::string& by = entry.statement.header().submitter();
  const std::string& with = entry.statement.period_report().counterparty();
  std::vector<std::string> differences;
  for (const Rule& rule : rules_) {
    if (rule.kind != RuleKind::kReportDisagrees) continue;
    if (!AnyOrNone(rule.submitters, by) &&
        (with.empty() || !AnyOrNone(rule.submitters, with))) {
      continue;
    }
    if (differences.empty()) differences = books_.Differences(entry.statement);
    if (differences.empty()) return;
    Alert alert;
    alert.index = entry.index;
    alert.submitter = by;
    Raise(rule, EntryName(entry.index),
          absl::StrCat(statement::DescribeEntry(entry.index, entry.entry), "; ",
                       absl::StrJoin(differences, "; ")),
          now, alerts, std::move(alert));
  }
}

void RuleBook::FollowSeals(const CheckedEntry& entry) {
  const v1::Statement& statement = entry.statement;
  for (const v1::SealedField& sealed : statement.header().sealed()) {
    if (!sealed.has_sealed_until()) continue;
    seals_[{entry.index, sealed.path()}] = {
        statement.header().submitter(),
        statement::ToUnixMs(sealed.sealed_until())};
    if (seals_.size() > kMaxOpen) seals_.erase(seals_.begin());
  }
  if (statement.has_unsealing()) {
    const v1::Unsealing& unsealing = statement.unsealing();
    for (const v1::SealOpening& opening : unsealing.openings()) {
      seals_.erase({unsealing.target().index(), opening.path()});
    }
  }
  if (statement.has_seal_renewal()) {
    const v1::SealRenewal& renewal = statement.seal_renewal();
    for (const std::string& path : renewal.paths()) {
      const auto seal = seals_.find({renewal.target().index(), path});
      if (seal == seals_.end()) continue;
      seal->second.until = statement::ToUnixMs(renewal.sealed_until());
    }
  }
  if (statement.has_erasure()) {
    const uint64_t target = statement.erasure().target().index();
    seals_.erase(seals_.lower_bound({target, ""}),
                 seals_.lower_bound({target + 1, ""}));
  }
}

// --- Time -----------------------------------------------------------------------

void RuleBook::OnTime(int64_t now, std::vector<Alert>* alerts) {
  for (const Rule& rule : rules_) {
    if (rule.kind == RuleKind::kOverdue) {
      OnRequestsDue(rule, requests_, "request", "answer", now, alerts);
    }
    if (rule.kind == RuleKind::kReviewOverdue) {
      OnRequestsDue(rule, reviews_, "emergency request", "review", now, alerts);
    }
    if (rule.kind == RuleKind::kSealOverdue) OnSealsDue(rule, now, alerts);
    if (rule.kind == RuleKind::kSilent) OnSilence(rule, now, alerts);
  }
  while (told_.size() > 2 * kMaxOpen) told_.erase(told_.begin());
}

void RuleBook::OnRequestsDue(const Rule& rule, const OpenRequests& open,
                             absl::string_view what, absl::string_view lack,
                             int64_t now, std::vector<Alert>* alerts) {
  for (const auto& [index, request] : open) {
    const int64_t due =
        rule.after.has_value()
            ? request.admitted + absl::ToInt64Milliseconds(*rule.after)
            : request.deadline;
    if (due == 0 || due > now || Silenced(index, due)) continue;
    if (!Fits(rule, request.submitter, request.place)) continue;
    const std::string subject = EntryName(index);
    if (!First(AlertId(rule.name, RuleKindName(rule.kind), subject))) continue;
    Alert alert;
    alert.index = index;
    alert.submitter = request.submitter;
    Raise(rule, subject,
          absl::StrCat(what, " ", index, " of ", request.submitter,
                       " has had no ", lack, " since ",
                       TimeText(request.admitted), "; due ", TimeText(due)),
          now, alerts, std::move(alert));
  }
}

void RuleBook::OnSealsDue(const Rule& rule, int64_t now,
                          std::vector<Alert>* alerts) {
  const int64_t grace =
      absl::ToInt64Milliseconds(rule.after.value_or(absl::ZeroDuration()));
  for (const auto& [key, seal] : seals_) {
    const auto& [index, path] = key;
    const int64_t due = seal.until + grace;
    if (due > now || Silenced(index, due)) continue;
    if (!AnyOrNone(rule.submitters, seal.submitter)) continue;
    // A renewed seal may end again.
    const std::string subject =
        absl::StrCat(EntryName(index), " ", path, " ", seal.until);
    if (!First(AlertId(rule.name, RuleKindName(rule.kind), subject))) continue;
    Alert alert;
    alert.index = index;
    alert.submitter = seal.submitter;
    Raise(rule, subject,
          absl::StrCat("the seal of ", path, " in entry ", index, " of ",
                       seal.submitter, " ended ", TimeText(seal.until),
                       "; neither opened nor renewed"),
          now, alerts, std::move(alert));
  }
}

void RuleBook::OnSilence(const Rule& rule, int64_t now,
                         std::vector<Alert>* alerts) {
  for (const auto& [submitter, agency] : agencies_) {
    const int64_t due = agency.last + absl::ToInt64Milliseconds(*rule.after);
    if (due > now || Silenced(agency.index, due)) continue;
    if (!AnyOrNone(rule.submitters, submitter)) continue;
    const std::string subject = absl::StrCat(submitter, " ", agency.index);
    if (!First(AlertId(rule.name, RuleKindName(rule.kind), subject))) continue;
    Alert alert;
    alert.index = agency.index;
    alert.submitter = submitter;
    Raise(rule, subject,
          absl::StrCat(submitter, " has logged nothing since ",
                       TimeText(agency.last)),
          now, alerts, std::move(alert));
  }
}

// --- Trouble --------------------------------------------------------------------

void RuleBook::OnProblem(const Problem& problem, int64_t now,
                         std::vector<Alert>* alerts) const {
  const std::string text = ProblemText(problem);
  for (const Rule& rule : rules_) {
    if (rule.kind != RuleKind::kUnsound) continue;
    Alert alert;
    alert.index = problem.index;
    Raise(rule, text, text, now, alerts, std::move(alert));
  }
}

void RuleBook::OnTrouble(RuleKind kind, absl::string_view subject,
                         const std::string& text, const std::string& evidence,
                         int64_t now, std::vector<Alert>* alerts) const {
  for (const Rule& rule : rules_) {
    if (rule.kind != kind) continue;
    Alert alert;
    alert.evidence = evidence;
    Raise(rule, subject, text, now, alerts, std::move(alert));
  }
}

// --- State ----------------------------------------------------------------------

std::string RuleBook::Save() const {
  const auto list = [](const OpenRequests& requests) {
    Json out = Json::array();
    for (const auto& [index, request] : requests) {
      out.push_back({index, request.submitter, request.place.county,
                     request.place.state, request.place.s2_cell,
                     request.admitted, request.deadline});
    }
    return out;
  };
  Json seals = Json::array();
  for (const auto& [key, seal] : seals_) {
    seals.push_back({key.first, key.second, seal.submitter, seal.until});
  }
  Json agencies = Json::array();
  for (const auto& [submitter, agency] : agencies_) {
    agencies.push_back({submitter, agency.last, agency.index});
  }
  return Json{{"requests", list(requests_)}, {"answered", list(answered_)},
              {"reviews", list(reviews_)},   {"seals", seals},
              {"agencies", agencies},        {"told", told_},
              {"books", books_.Save()}}
      .dump();
}

absl::Status RuleBook::Load(absl::string_view text) {
  try {
    const Json json = Json::parse(text.begin(), text.end());
    const auto list = [&](const char* name, OpenRequests* out) {
      for (const Json& item : json.at(name)) {
        OpenRequest request;
        request.submitter = item.at(1).get<std::string>();
        request.place.county = item.at(2).get<std::string>();
        request.place.state = item.at(3).get<std::string>();
        request.place.s2_cell = item.at(4).get<uint64_t>();
        request.admitted = item.at(5).get<int64_t>();
        request.deadline = item.at(6).get<int64_t>();
        (*out)[item.at(0).get<uint64_t>()] = std::move(request);
      }
    };
    list("requests", &requests_);
    list("answered", &answered_);
    list("reviews", &reviews_);
    for (const Json& item : json.at("seals")) {
      seals_[{item.at(0).get<uint64_t>(), item.at(1).get<std::string>()}] = {
          item.at(2).get<std::string>(), item.at(3).get<int64_t>()};
    }
    for (const Json& item : json.at("agencies")) {
      agencies_[item.at(0).get<std::string>()] = {item.at(1).get<int64_t>(),
                                                  item.at(2).get<uint64_t>()};
    }
    told_ = json.at("told").get<std::set<std::string>>();
    // Not in the state of a monitor from before there were such rules.
    if (json.contains("books")) {
      books_.Load(json.at("books"));
    } else {
      books_.ForgetAll();
    }
  } catch (const Json::exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat("what is open: ", error.what()));
  }
  return absl::OkStatus();
}

}  // namespace sightline::monitor
