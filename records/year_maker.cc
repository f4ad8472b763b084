#include "records/year_maker.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "statement/dsse.h"
#include "statement/timestamps.h"

namespace sightline::records {
namespace {

struct County {
  const char* fips;
  const char* state;
};
constexpr County kCounties[] = {{"06037", "CA"}, {"06075", "CA"},
                                {"17031", "IL"}, {"53033", "WA"},
                                {"48201", "TX"}, {"36061", "NY"}};
// Level 12, and one of level 10 that holds the first.
constexpr const char* kCells[] = {"80c2c7b", "80c2bdb", "8085809", "80c2c7"};
constexpr const char* kOffences[] = {"220", "23D", "290", "13A", "90C", "240"};

uint32_t Month(int64_t unix_ms) {
  const absl::CivilMonth month =
      absl::ToCivilMonth(absl::FromUnixMillis(unix_ms), absl::UTCTimeZone());
  return static_cast<uint32_t>(month.year() * 100 + month.month());
}

}  // namespace

YearMaker::YearMaker(const YearOptions& options)
    : options_(options), random_(options.seed) {
  Begin();
  while (entries_.size() < options_.entries) {
    const auto share = static_cast<double>(entries_.size()) /
                       static_cast<double>(options_.entries);
    now_ = std::max(now_,
                    kBegin + static_cast<int64_t>(
                                 share * static_cast<double>(kEnd - kBegin)));
    if (Month(now_) != Month(kBegin) && Month(now_) != month_reported_) {
      Report();
    } else {
      Act();
    }
  }
}

uint64_t YearMaker::Roll(uint64_t below) {
  // Not std::uniform_int_distribution, which libraries do differently.
  return random_() % below;
}

v1::Statement YearMaker::New(const std::string& submitter) {
  v1::Statement statement;
  v1::StatementHeader& header = *statement.mutable_header();
  header.set_origin(std::string(kOrigin));
  header.set_submitter(submitter);
  header.set_statement_id(absl::StrFormat("%016d", entries_.size()));
  *header.mutable_claimed_time() = statement::FromUnixMs(now_ - 60'000);
  return statement;
}

uint64_t YearMaker::Append(const v1::Statement& statement,
                           const v1::Entry& verdict) {
  const uint64_t index = entries_.size();
  const std::string& submitter = statement.header().submitter();
  v1::Entry entry = verdict;
  entry.set_format_version(1);
  entry.set_admitted_unix_ms(now_);
  entry.mutable_statement()->set_payload_type(
      std::string(statement::kPayloadType));
  entry.mutable_statement()->set_payload(statement.SerializeAsString());
  Feed& feed = feed_heads_[submitter];
  if (feed.ordinal > 0) entry.set_feed_previous_index(feed.last);
  entry.set_feed_ordinal(++feed.ordinal);
  feed.last = index;
  feeds_[submitter].push_back(index);
  entries_.push_back(entry.SerializeAsString());
  times_.push_back(now_);
  for (const v1::SealedField& field : statement.header().sealed()) {
    if (field.ground() == v1::SEAL_GROUND_PERSONAL_DATA) continue;
    seals_[{index, field.path()}] = {
        submitter, statement::ToUnixMs(field.sealed_until()), 0, false};
  }
  return index;
}

v1::EntryLink YearMaker::LinkTo(uint64_t index) const {
  v1::EntryLink link;
  link.set_index(index);
  link.set_leaf_hash(
      std::string(crypto::AsBytes(merkle::LeafHash(entries_[index]))));
  return link;
}

void YearMaker::Begin() {
  v1::Statement genesis = New("registrar");
  genesis.mutable_genesis()->set_origin(std::string(kOrigin));
  Append(genesis);
  for (uint32_t i = 0; i < options_.agencies; ++i) {
    const County& county = kCounties[i % std::size(kCounties)];
    agencies_.push_back(absl::StrFormat("ori:%s%05d00", county.state, i + 1));
    v1::Statement statement = New("registrar");
    v1::Enrolment& enrolment = *statement.mutable_enrolment();
    enrolment.set_submitter(agencies_.back());
    enrolment.set_kind(v1::SUBMITTER_KIND_AGENCY);
    enrolment.set_name(absl::StrCat("Agency ", i + 1));
    enrolment.set_agency_type(v1::AGENCY_TYPE_POLICE);
    enrolment.set_state(county.state);
    enrolment.set_county_fips(county.fips);
    Append(statement);
  }
  for (const char* name : {"platform:one", "platform:two", "platform:three"}) {
    platforms_.emplace_back(name);
    v1::Statement statement = New("registrar");
    statement.mutable_enrolment()->set_submitter(name);
    statement.mutable_enrolment()->set_kind(v1::SUBMITTER_KIND_PLATFORM);
    statement.mutable_enrolment()->set_name(name);
    Append(statement);
  }
  v1::Statement court = New("registrar");
  court.mutable_enrolment()->set_submitter("court:one");
  court.mutable_enrolment()->set_kind(v1::SUBMITTER_KIND_COURT);
  court.mutable_enrolment()->set_name("court:one");
  Append(court);
  v1::Statement statement = New("registrar");
  v1::PolicyVersion& policy = *statement.mutable_policy_version();
  policy.mutable_policy()->set_policy_id("rules");
  policy.mutable_policy()->set_version(1);
  policy.set_response_deadline_seconds(kDeadlineDays * 86400);
  policy.set_review_deadline_seconds(kReviewDays * 86400);
  Append(statement);
}

void YearMaker::Act() {
  const uint64_t roll = Roll(100);
  if (requests_.empty() || roll < 45) return Request(nullptr);
  if (roll < 78 && !unanswered_.empty()) {
    // Some are never answered: those that chance passes over.
    return Answer(&requests_[unanswered_[Roll(unanswered_.size())]]);
  }
  if (roll < 84) return Amend(AnyRequest());
  if (roll < 88) {
    const TrueRequest* const asked = AnyRequest();
    return Request(asked->is_voluntary ? asked : nullptr);
  }
  if (roll < 94) return ChangeSeal();
  if (roll < 97 && !emergencies_.empty()) return Review();
  Attest(*AnyRequest());
}

TrueRequest* YearMaker::AnyRequest() {
  return &requests_[Roll(requests_.size())];
}

void YearMaker::FillPlace(TrueRequest* truth) {
  v1::CoarseArea& area = *truth->said.mutable_area();
  const size_t agency = static_cast<size_t>(
      std::find(agencies_.begin(), agencies_.end(), truth->agency) -
      agencies_.begin());
  const County& home = kCounties[agency % std::size(kCounties)];
  truth->state = home.state;
  truth->county = home.fips;
  const uint64_t roll = Roll(10);
  if (roll < 5 || (roll >= 7 && !truth->is_voluntary)) {
    area.set_county_fips(home.fips);  // compelled process names no cell
  } else if (roll < 6) {
    const County& other = kCounties[Roll(std::size(kCounties))];
    area.set_county_fips(other.fips);
    truth->state = other.state;
    truth->county = other.fips;
  } else if (roll < 7) {
    area.set_state(home.state);
    truth->county.clear();
  } else {
    truth->cell = kCells[Roll(std::size(kCells))];
    area.set_s2_cell(truth->cell);
  }
}

void YearMaker::FillWindows(v1::FootageRequest* request) {
  const auto window = [&](int64_t begin, int64_t length, v1::TimeWindow* out) {
    *out->mutable_begin() = statement::FromUnixMs(begin);
    *out->mutable_end() = statement::FromUnixMs(begin + length);
  };
  const int64_t incident = now_ - static_cast<int64_t>(Roll(20)) * kDay -
                           static_cast<int64_t>(Roll(86'400'000));
  window(incident, 3'600'000, request->mutable_incident_window());
  const uint64_t roll = Roll(20);
  if (roll == 0) {  // as warrants do
    window(incident - 200 * kDay, 205 * kDay,
           request->mutable_footage_window());
  } else if (roll < 4) {
    window(incident - 7 * kDay, 9 * kDay, request->mutable_footage_window());
  } else if (roll < 18) {
    window(incident - 1'800'000, 7'200'000, request->mutable_footage_window());
  }
}

void YearMaker::Seal(v1::Statement* statement) {
  const auto seal = [&](const char* path, v1::SealGround ground) {
    v1::SealedField* const field = statement->mutable_header()->add_sealed();
    field->set_path(path);
    field->set_commitment(std::string(32, 'c'));
    field->set_ground(ground);
    field->set_granter(v1::SEAL_GRANTER_SUBMITTER);
    if (ground != v1::SEAL_GROUND_PERSONAL_DATA) {
      *field->mutable_sealed_until() = statement::FromUnixMs(
          now_ + static_cast<int64_t>(30 + Roll(120)) * kDay);
    }
  };
  if (Chance(60)) seal("case_number", v1::SEAL_GROUND_ACTIVE_INVESTIGATION);
  if (Chance(20)) seal("narrative", v1::SEAL_GROUND_PERSONAL_DATA);
}

void YearMaker::Request(const TrueRequest* escalates) {
  TrueRequest truth;
  truth.admitted = now_;
  truth.agency = escalates != nullptr ? escalates->agency
                                      : agencies_[Roll(agencies_.size())];
  v1::FootageRequest& said = truth.said;
  const uint64_t roll = Roll(100);
  truth.is_voluntary = escalates == nullptr && roll < 70;
  truth.is_emergency = !truth.is_voluntary && roll % 4 == 0;
  if (truth.is_voluntary) {
    said.set_channel(Chance(50) ? v1::CHANNEL_REQUEST_FOR_ASSISTANCE
                                : v1::CHANNEL_DIRECT_ASK);
    said.set_legal_process(v1::LEGAL_PROCESS_NONE_CONSENT);
  } else if (truth.is_emergency) {
    said.set_channel(v1::CHANNEL_EMERGENCY);
    said.set_legal_process(v1::LEGAL_PROCESS_EMERGENCY_2702);
    said.set_emergency_basis(v1::EMERGENCY_BASIS_IMMINENT_DEATH);
    said.set_verification(v1::REQUESTER_VERIFICATION_CALL_BACK);
  } else {
    said.set_channel(v1::CHANNEL_LEGAL_PROCESS);
    said.set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT);
  }
  if (Chance(85)) truth.platform = platforms_[Roll(platforms_.size())];
  said.set_custodian(truth.platform);
  said.set_offence_code(kOffences[Roll(std::size(kOffences))]);
  said.set_purpose(static_cast<v1::Purpose>(1 + Roll(5)));
  said.set_assembly_related(Chance(10) ? v1::DECLARED_YES : v1::DECLARED_NO);
  said.set_includes_indoor(Chance(5) ? v1::DECLARED_YES : v1::DECLARED_NO);
  said.set_camera_hours_asked(static_cast<uint32_t>(Roll(50)));
  FillPlace(&truth);
  FillWindows(&said);
  if (escalates != nullptr)
    *said.mutable_escalates() = LinkTo(escalates->index);
  v1::Entry verdict;
  verdict.mutable_policy()->set_policy_id("rules");
  verdict.mutable_policy()->set_version(1);
  truth.breaks_policy = Chance(12);
  if (truth.breaks_policy || Chance(10)) {
    v1::Finding* const finding = verdict.add_findings();
    finding->set_rule_id("window.max");
    finding->set_severity(truth.breaks_policy ? v1::Finding::SEVERITY_VIOLATION
                                              : v1::Finding::SEVERITY_NOTE);
  }
  truth.is_listed = requests_.size() % 7 == 3;  // by no chance: that is used up
  if (truth.is_listed) {
    v1::Finding* const finding = verdict.add_findings();
    finding->set_rule_id("assembly.listed");
    finding->set_severity(v1::Finding::SEVERITY_NOTE);
  }
  v1::Statement statement = New(truth.agency);
  *statement.mutable_footage_request() = said;
  Seal(&statement);
  truth.index = Append(statement, verdict);
  ++totals_[{truth.agency, Month(now_), said.channel(), said.legal_process()}];
  if (!truth.platform.empty()) {
    ++totals_[{truth.platform, Month(now_), said.channel(),
               said.legal_process()}];
    ++pair_totals_[{Month(now_), truth.agency, truth.platform}]
                  [{said.channel(), said.legal_process()}];
  }
  if (escalates != nullptr && escalates->declined) {
    TrueRequest& asked =
        requests_[static_cast<size_t>(escalates - requests_.data())];
    if (asked.compelled_by == 0) asked.compelled_by = truth.index;
  }
  if (!truth.platform.empty()) unanswered_.push_back(requests_.size());
  if (truth.is_emergency) emergencies_.push_back(requests_.size());
  requests_.push_back(std::move(truth));
}

void YearMaker::FillAnswer(const TrueRequest& truth,
                           v1::FootageResponse* answer) {
  *answer->mutable_request() = LinkTo(truth.index);
  const uint64_t roll = Roll(100);
  if (roll < 10) {
    answer->set_outcome(v1::OUTCOME_PENDING);
    answer->set_notified(v1::COUNT_BUCKET_20_99);
    return;
  }
  if (roll < 30) {
    answer->set_outcome(v1::OUTCOME_REJECTED);
    answer->set_refusal_ground(v1::REFUSAL_GROUND_OVERBROAD);
    return;
  }
  if (roll < 45) {
    answer->set_outcome(v1::OUTCOME_NO_INFORMATION);
    if (Chance(50)) {
      answer->set_refusal_ground(v1::REFUSAL_GROUND_OWNER_DECLINED);
      answer->set_declined(v1::COUNT_BUCKET_1_4);
      answer->set_shared(v1::COUNT_BUCKET_0);
    }
    return;
  }
  answer->set_outcome(roll < 80 ? v1::OUTCOME_FULL : v1::OUTCOME_PARTIAL);
  answer->set_clips(static_cast<uint32_t>(1 + Roll(9)));
  answer->set_camera_hours_given(static_cast<uint32_t>(Roll(10)));
  if (Chance(40)) {  // some of them before anything was logged
    *answer->mutable_first_given() = statement::FromUnixMs(
        truth.admitted +
        (Chance(25) ? -1 - static_cast<int64_t>(Roll(7'200'000)) : 0));
  }
  if (truth.is_voluntary) {
    answer->set_shared(static_cast<v1::CountBucket>(2 + Roll(5)));
    answer->set_declined(static_cast<v1::CountBucket>(1 + Roll(6)));
  }
  if (truth.is_emergency && Chance(70)) {
    answer->set_user_notice(v1::USER_NOTICE_GIVEN);
    *answer->mutable_user_notice_time() =
        statement::FromUnixMs(now_ + static_cast<int64_t>(Roll(6)) * kDay);
  }
}

void YearMaker::Learn(const v1::FootageResponse& answer, uint64_t index,
                      TrueRequest* truth) {
  const bool gives = answer.outcome() == v1::OUTCOME_FULL ||
                     answer.outcome() == v1::OUTCOME_PARTIAL;
  if (answer.outcome() != v1::OUTCOME_PENDING) {
    truth->outcome = answer.outcome();
    if (truth->answered_by == 0) {
      truth->answered_by = index;
      truth->answered_at = now_;
    }
  } else if (truth->answered_by == 0) {
    truth->outcome = v1::OUTCOME_PENDING;
  }
  if (answer.has_first_given() &&
      statement::ToUnixMs(answer.first_given()) < truth->admitted) {
    truth->given_too_early = true;
  }
  if (gives && !truth->given) {
    truth->given = true;
    truth->given_at = now_;
  }
  if (answer.user_notice() == v1::USER_NOTICE_GIVEN && truth->notice_at == 0) {
    truth->notice_at = statement::ToUnixMs(answer.user_notice_time());
  }
  if (answer.outcome() == v1::OUTCOME_REJECTED ||
      answer.refusal_ground() == v1::REFUSAL_GROUND_OWNER_DECLINED ||
      answer.declined() >= v1::COUNT_BUCKET_1_4) {
    truth->declined = true;
  }
  if (answer.shared() != 0 || answer.declined() != 0 ||
      answer.notified() != 0) {
    truth->counted_by = index;
    truth->shared = answer.shared();
    truth->refused = answer.declined();
  }
}

void YearMaker::Answer(TrueRequest* truth) {
  v1::Statement statement = New(truth->platform);
  FillAnswer(*truth, statement.mutable_footage_response());
  Seal(&statement);
  const uint64_t index = Append(statement);
  Learn(statement.footage_response(), index, truth);
  if (truth->answered_by != index) return;
  const auto place = static_cast<size_t>(truth - requests_.data());
  unanswered_.erase(std::find(unanswered_.begin(), unanswered_.end(), place));
}

void YearMaker::Amend(TrueRequest* truth) {
  v1::Statement statement = New(truth->agency);
  v1::Amendment& amendment = *statement.mutable_amendment();
  *amendment.mutable_target() = LinkTo(truth->index);
  switch (Roll(4)) {
    case 0:
      amendment.mutable_withdrawal()->set_reason_code("DUPLICATE");
      truth->withdrawn = true;
      break;
    case 1:
      amendment.mutable_correction()->set_field("footage_request.unit");
      amendment.mutable_correction()->set_new_value("other unit");
      break;
    case 2:
      amendment.mutable_closing_report()->set_use(
          v1::ClosingReport::USE_NOT_USED);
      break;
    default:
      amendment.mutable_onward_sharing()->set_recipient("outside:prosecutor");
      amendment.mutable_onward_sharing()->set_basis(
          v1::LEGAL_PROCESS_SUBPOENA_TRIAL);
  }
  changes_.push_back(Append(statement));
}

// By the platform that was asked, a court or the registrars; of requests of long
// ago as of new ones, and of some more than once.
void YearMaker::Review() {
  TrueRequest* const truth =
      &requests_[emergencies_[Roll(emergencies_.size())]];
  const uint64_t roll = Roll(3);
  v1::Statement statement =
      New(roll == 0 && !truth->platform.empty() ? truth->platform
          : roll == 1                           ? std::string("court:one")
                                                : std::string("registrar"));
  v1::EmergencyReview& review = *statement.mutable_emergency_review();
  *review.mutable_request() = LinkTo(truth->index);
  review.set_verdict(static_cast<v1::ReviewVerdict>(1 + Roll(3)));
  review.set_verification(v1::REQUESTER_VERIFICATION_CALL_BACK);
  truth->verdict = review.verdict();
  truth->reviewed_by = Append(statement);
}

void YearMaker::ChangeSeal() {
  if (seals_.empty()) return Request(nullptr);
  auto at = seals_.lower_bound({Roll(entries_.size()), ""});
  if (at == seals_.end()) at = seals_.begin();
  const auto [index, path] = at->first;
  const uint64_t roll = Roll(10);
  v1::Statement statement =
      New(roll < 9 ? at->second.agency : std::string("registrar"));
  if (roll < 5) {
    v1::SealRenewal& renewal = *statement.mutable_seal_renewal();
    *renewal.mutable_target() = LinkTo(index);
    renewal.add_paths(path);
    renewal.set_ground(v1::SEAL_GROUND_JEOPARDIZE);
    renewal.set_granter(v1::SEAL_GRANTER_COURT);
    // Some end before the seal does, and change nothing of its end.
    const int64_t end = at->second.until + (index % 4 == 0 ? -20 : 90) * kDay;
    at->second.until = std::max(at->second.until, end);
    ++at->second.renewals;
    *renewal.mutable_sealed_until() = statement::FromUnixMs(end);
  } else if (roll < 9) {
    v1::Unsealing& unsealing = *statement.mutable_unsealing();
    *unsealing.mutable_target() = LinkTo(index);
    unsealing.add_openings()->set_path(path);
    seals_.erase(at);
  } else {
    v1::Erasure& erasure = *statement.mutable_erasure();
    *erasure.mutable_target() = LinkTo(index);
    erasure.set_basis(v1::Erasure::BASIS_DATA_SUBJECT);
    at->second.erased = true;
  }
  changes_.push_back(Append(statement));
}

void YearMaker::Attest(const TrueRequest& truth) {
  v1::Statement statement = New("party:archive");
  v1::Attestation& attestation = *statement.mutable_attestation();
  attestation.set_document_sha256(std::string(32, 'd'));
  attestation.set_source("FOIA");
  attestation.set_about_submitter(truth.agency);
  if (Chance(70)) *attestation.mutable_about() = LinkTo(truth.index);
  Append(statement);
}

// One submitter's books of the last month; then the next one's.
void YearMaker::Report() {
  const uint32_t month = Month(now_ - 27 * kDay) == Month(now_)
                             ? Month(now_ - 31 * kDay)
                             : Month(now_ - 27 * kDay);
  std::string next;
  for (const auto& total : totals_) {
    const std::string& submitter = std::get<0>(total.first);
    if (std::get<1>(total.first) == month &&
        reported_.count({submitter, month}) == 0) {
      next = submitter;
      break;
    }
  }
  if (next.empty()) {
    month_reported_ = Month(now_);
    return;
  }
  reported_.insert({next, month});
  v1::Statement statement = New(next);
  v1::PeriodReport& report = *statement.mutable_period_report();
  report.set_month(month);
  for (const auto& [line, count] : totals_) {
    if (std::get<0>(line) != next || std::get<1>(line) != month) continue;
    v1::ClassTotal* const total = report.add_totals();
    total->set_channel(static_cast<v1::Channel>(std::get<2>(line)));
    total->set_legal_process(static_cast<v1::LegalProcess>(std::get<3>(line)));
    total->set_count(count);
    if (!Chance(8)) continue;
    total->set_count(count + 1 + Roll(90));
    wrong_reports_[line] = {total->count(), count};
  }
  Append(statement);
  ReportPairs(next, month);
}

void YearMaker::ReportPairs(const std::string& submitter, uint32_t month) {
  constexpr size_t kMost = 6;  // of so many others, to leave room for requests
  const bool by_agency = submitter.rfind("platform:", 0) != 0;
  const std::string first = by_agency ? submitter : std::string();
  std::vector<std::pair<std::string, std::string>> pairs;
  for (auto it = pair_totals_.lower_bound({month, first, ""});
       it != pair_totals_.end() && pairs.size() < kMost; ++it) {
    const auto& [of, agency, platform] = it->first;
    if (of != month || (by_agency && agency != submitter)) break;
    if (!by_agency && platform != submitter) continue;
    if (Chance(50)) pairs.emplace_back(agency, platform);
  }
  // One that the log may know nothing of.
  if (!by_agency) {
    pairs.emplace_back(agencies_[Roll(agencies_.size())], submitter);
  }
  for (const auto& [agency, platform] : pairs) {
    if (entries_.size() >= options_.entries) return;
    ReportPair(agency, platform, month, by_agency);
  }
}

void YearMaker::ReportPair(const std::string& agency,
                           const std::string& platform, uint32_t month,
                           bool by_agency) {
  Classes classes;
  const auto logged = pair_totals_.find({month, agency, platform});
  if (logged != pair_totals_.end()) classes = logged->second;
  if (classes.empty()) {
    classes[{v1::CHANNEL_DIRECT_ASK, v1::LEGAL_PROCESS_NONE_CONSENT}] =
        1 + Roll(5);
  } else if (Chance(20)) {
    classes.begin()->second += 1 + Roll(40);
  } else if (Chance(10)) {
    classes.erase(classes.begin());
  }
  v1::Statement statement = New(by_agency ? agency : platform);
  v1::PeriodReport& report = *statement.mutable_period_report();
  report.set_month(month);
  report.set_counterparty(by_agency ? platform : agency);
  for (const auto& [of, count] : classes) {
    v1::ClassTotal* const total = report.add_totals();
    total->set_channel(static_cast<v1::Channel>(of.first));
    total->set_legal_process(static_cast<v1::LegalProcess>(of.second));
    total->set_count(count);
  }
  Append(statement);
  pair_reports_[by_agency ? 1 : 0][{month, agency, platform}] = classes;
}

std::map<YearMaker::PairLine, YearMaker::TruePair> YearMaker::WrongPairs()
    const {
  std::map<PairLine, TruePair> lines;
  const auto line = [&](const PairMonth& of,
                        const std::pair<int, int>& requests) -> TruePair& {
    const auto& [month, agency, platform] = of;
    return lines[{agency, platform, month, requests.first, requests.second}];
  };
  const auto all = [&](const std::map<PairMonth, Classes>& months,
                       const auto& take) {
    for (const auto& [of, classes] : months) {
      for (const auto& [requests, count] : classes) {
        take(&line(of, requests), count);
      }
    }
  };
  all(pair_totals_, [](TruePair* p, uint64_t count) { p->logged = count; });
  all(pair_reports_[1],
      [](TruePair* p, uint64_t count) { p->agency_says = count; });
  all(pair_reports_[0],
      [](TruePair* p, uint64_t count) { p->platform_says = count; });
  std::map<PairLine, TruePair> out;
  for (auto& [key, pair] : lines) {
    const auto& [agency, platform, month, channel, process] = key;
    const PairMonth of(month, agency, platform);
    // Silence in a report is a none.
    if (pair_reports_[1].count(of) > 0) {
      pair.agency_says = pair.agency_says.value_or(0);
    }
    if (pair_reports_[0].count(of) > 0) {
      pair.platform_says = pair.platform_says.value_or(0);
    }
    if (pair.agency_says.value_or(pair.logged) != pair.logged ||
        pair.platform_says.value_or(pair.logged) != pair.logged) {
      out.emplace(key, pair);
    }
  }
  return out;
}

}  // namespace sightline::records
