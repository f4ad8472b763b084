#include "cmd/cli/ask_text.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "cmd/cli/agency_identity.h"
#include "cmd/cli/event_text.h"
#include "google/protobuf/util/json_util.h"
#include "records/entry_facts.h"
#include "records/request_row.h"
#include "records/statistics.h"
#include "statement/describe.h"
#include "statement/geography.h"
#include "statement/kinds.h"
#include "statement/offences.h"
#include "statement/text.h"
#include "statement/timestamps.h"
#include "statement/vocabulary_text.h"
#include "statement/whole_seal.h"

namespace sightline::cli {
namespace {

using statement::Printable;
using statement::Text;
using statement::TimeText;

// Names and values of one row.
using Columns = std::vector<std::pair<const char*, std::string>>;

// "" for a value that was not given.
template <typename Enum>
std::string Given(Enum value) {
  return static_cast<int>(value) == 0 ? "" : Text(value);
}

std::string EnumText(const google::protobuf::EnumDescriptor* type, int value) {
  return value == 0 ? "" : statement::Text(type, value);
}
std::string StateText(v1::RequestState state) {
  return EnumText(v1::RequestState_descriptor(), state);
}
std::string NoticeText(v1::NoticeState state) {
  return EnumText(v1::NoticeState_descriptor(), state);
}

std::string ReviewStateText(v1::ReviewState state) {
  return EnumText(v1::ReviewState_descriptor(), state);
}

std::string BucketText(v1::CountBucket bucket) { return Given(bucket); }

std::string TimeOrNothing(int64_t unix_ms) {
  return unix_ms == 0 ? "" : TimeText(unix_ms);
}

std::string NumberOrNothing(uint64_t value) {
  return value == 0 ? "" : absl::StrCat(value);
}

std::string OffenceText(const std::string& code) {
  if (code.empty()) return "no offence given";
  const statement::Offence* const offence = statement::FindOffence(code);
  return offence == nullptr ? code
                            : absl::StrCat(offence->name, " (", code, ")");
}

std::string NameOf(const v1::RequestRow& row) {
  return row.agency().name().empty() ? row.facts().submitter()
                                     : Printable(row.agency().name());
}

std::string RulesText(const v1::RequestFacts& facts) {
  std::vector<std::string> rules;
  for (const v1::Finding& finding : facts.findings()) {
    if (finding.severity() == v1::Finding::SEVERITY_VIOLATION) {
      rules.push_back(Printable(finding.rule_id()));
    }
  }
  return absl::StrJoin(rules, "; ");
}

std::string RequestText(const v1::RequestRow& row) {
  const v1::FootageRequest& request = row.facts().request();
  std::vector<std::string> parts = {
      Text(request.channel()), Text(request.legal_process()),
      OffenceText(request.offence_code()),
      request.purpose() == 0
          ? "no purpose given"
          : absl::StrCat("purpose ", Text(request.purpose()))};
  const std::string place = PlaceText(request.area());
  if (!place.empty()) parts.push_back(place);
  const std::string window = WindowText(request.footage_window());
  if (!window.empty()) parts.push_back(absl::StrCat("footage of ", window));
  if (request.assembly_related() == v1::DECLARED_YES) {
    parts.emplace_back("assembly-related");
  }
  return absl::StrJoin(parts, ", ");
}

// Whether the first review came after the deadline.
bool IsReviewedLate(const v1::RequestRow& row) {
  if (row.review_deadline_unix_ms() == 0) return false;
  const auto first =
      std::find_if(row.events().begin(), row.events().end(),
                   [](const auto& e) { return e.has_emergency_review(); });
  return first != row.events().end() &&
         first->admitted_unix_ms() >= row.review_deadline_unix_ms();
}

std::string ReviewText(const v1::RequestRow& row) {
  switch (row.review()) {
    case v1::REVIEW_STATE_GIVEN:
      return absl::StrCat("reviewed", IsReviewedLate(row) ? " LATE" : "",
                          " by entry ", row.reviewed_index(), ": ",
                          Text(row.review_verdict()));
    case v1::REVIEW_STATE_DUE:
      return absl::StrCat("review due until ",
                          TimeText(row.review_deadline_unix_ms()));
    case v1::REVIEW_STATE_OVERDUE:
      return absl::StrCat("review OVERDUE since ",
                          TimeText(row.review_deadline_unix_ms()));
    default:
      return "no review required";
  }
}

std::string EmergencyText(const v1::RequestRow& row) {
  const v1::FootageRequest& request = row.facts().request();
  return absl::StrCat(
      "basis ", Text(request.emergency_basis()), ", requester verified by ",
      Text(request.verification()), ", ",
      row.carried_out() ? "disclosed" : "nothing disclosed",
      row.given_before_logged() ? " BEFORE the request was logged" : "",
      ", notice ", NoticeText(row.notice()), ", ", ReviewText(row));
}

std::string AspectText(Aspect aspect, const v1::RequestRow& row,
                       int64_t as_of) {
  switch (aspect) {
    case Aspect::kUnanswered:
      return absl::StrCat(
          Counted(
              static_cast<uint64_t>((as_of - row.facts().admitted_unix_ms()) /
                                    records::kDayMs),
              "day"),
          " without an answer",
          row.facts().request().custodian().empty()
              ? ""
              : absl::StrCat(" of ", row.facts().request().custodian()));
    case Aspect::kResidents:
      return ResidentsText(row.residents());
    case Aspect::kViolations:
      return absl::StrCat(
          "against ", RulesText(row.facts()), "; ",
          row.carried_out() ? "carried out" : "not carried out");
    case Aspect::kCompelled:
      return absl::StrCat("declined, then compelled by entry ",
                          row.compelled_by_index());
    case Aspect::kEmergencies:
      return EmergencyText(row);
    default:
      return RequestText(row);
  }
}

Columns ColumnsOf(const v1::RequestRow& row) {
  const v1::RequestFacts& facts = row.facts();
  const v1::FootageRequest& request = facts.request();
  return {
      {"index", absl::StrCat(facts.index())},
      {"admitted", TimeText(facts.admitted_unix_ms())},
      {"agency", facts.submitter()},
      {"agency_name", row.agency().name()},
      {"unit", request.unit()},
      {"platform", request.custodian()},
      {"state", StateText(row.state())},
      {"channel", Given(request.channel())},
      {"legal_process", Given(request.legal_process())},
      {"offence", request.offence_code()},
      {"purpose", Given(request.purpose())},
      {"assembly_related", Given(request.assembly_related())},
      {"area", PlaceText(request.area())},
      {"in_state", row.state_code()},
      {"in_county", row.county_fips()},
      {"incident", WindowText(request.incident_window())},
      {"footage", WindowText(request.footage_window())},
      {"violations", RulesText(facts)},
      {"outcome", Given(row.outcome())},
      {"answered", TimeOrNothing(row.answered_unix_ms())},
      {"carried_out", row.carried_out() ? "yes" : "no"},
      {"notified", BucketText(row.residents().notified())},
      {"shared", BucketText(row.residents().shared())},
      {"declined", BucketText(row.residents().declined())},
      {"no_action", BucketText(row.residents().no_action())},
      {"opted_out", BucketText(row.residents().opted_out())},
      {"compelled_by", NumberOrNothing(row.compelled_by_index())},
      {"emergency_basis", Given(request.emergency_basis())},
      {"requester_verification", Given(request.verification())},
      {"notice", NoticeText(row.notice())},
      {"review", ReviewStateText(row.review())},
      {"review_verdict", Given(row.review_verdict())},
      {"reviewed_by", NumberOrNothing(row.reviewed_index())},
      {"review_deadline", TimeOrNothing(row.review_deadline_unix_ms())},
      {"given_before_logged", row.given_before_logged() ? "yes" : "no"},
      {"sealed", row.is_sealed() ? "yes" : "no"},
      {"assembly_listed", row.assembly_listed() ? "yes" : "no"},
      {"rests_on", absl::StrJoin(row.rests_on(), " ")},
  };
}

Columns ColumnsOf(const v1::SealRow& row) {
  return {{"index", absl::StrCat(row.index())},
          {"path", row.path()},
          {"submitter", row.submitter()},
          {"state", row.agency().state()},
          {"county", row.agency().county_fips()},
          {"channel", Given(row.channel())},
          {"purpose", Given(row.purpose())},
          {"offence", row.offence_code()},
          {"legal_process", Given(row.legal_process())},
          {"since", TimeText(row.sealed_since_unix_ms())},
          {"ground", Given(row.ground())},
          {"granter", Given(row.granter())},
          {"until", TimeOrNothing(row.sealed_until_unix_ms())},
          {"renewals", absl::StrCat(row.renewals())},
          {"erased", row.erased() ? "yes" : "no"},
          {"overdue", row.overdue() ? "yes" : "no"},
          {"rests_on", absl::StrJoin(row.rests_on(), " ")}};
}

Columns ColumnsOf(const v1::FeedRow& row) {
  return {{"ordinal", absl::StrCat(row.ordinal())},
          {"index", absl::StrCat(row.index())},
          {"previous_index",
           row.has_previous_index() ? absl::StrCat(row.previous_index()) : ""},
          {"admitted", TimeText(row.admitted_unix_ms())},
          {"kind", std::string(statement::KindName(row.kind()))}};
}

Columns ColumnsOf(const v1::TimelineEvent& row) {
  return {{"index", absl::StrCat(row.index())},
          {"admitted", TimeText(row.admitted_unix_ms())},
          {"submitter", row.submitter()},
          {"kind", std::string(statement::KindName(row.kind()))},
          {"target_index", absl::StrCat(row.target_index())},
          {"what", ChangeText(row)}};
}

Columns ColumnsOf(const v1::ReconcileRow& row) {
  return {
      {"submitter", row.submitter()},
      {"month", absl::StrCat(row.month())},
      {"channel", Given(row.channel())},
      {"legal_process", Given(row.legal_process())},
      {"outcome", row.outcome() == 0 ? "all" : Text(row.outcome())},
      {"reported", row.has_reported() ? absl::StrCat(row.reported()) : ""},
      {"logged", absl::StrCat(row.logged())},
      {"answered", row.outcome() == 0 ? absl::StrCat(row.answered()) : ""},
      {"report_index",
       row.has_report_index() ? absl::StrCat(row.report_index()) : ""},
      {"counterparty", row.counterparty()},
      {"counterparty_reported", row.has_counterparty_reported()
                                    ? absl::StrCat(row.counterparty_reported())
                                    : ""},
      {"counterparty_report_index",
       row.has_counterparty_report_index()
           ? absl::StrCat(row.counterparty_report_index())
           : ""}};
}

// What one side's report says of a class. `tells`: there is one that would.
std::string ReportedText(bool tells, bool says, uint64_t count) {
  if (says) return absl::StrCat(count);
  return tells ? "nothing" : "(no report)";
}

std::string RangeText(const v1::ResidentRange& range) {
  return absl::StrCat(range.least(), "-", range.most(),
                      range.open() > 0 ? "+" : "");
}

std::string CountyOf(const v1::StatisticsRow& row) {
  return statement::IsCountyFips(row.key()) ? row.key()
                                            : row.submitter().county_fips();
}

// Requests for each 100,000 residents of the group's county; "" when unknown.
std::string RateText(const v1::StatisticsRow& row,
                     const Population& population) {
  const auto found = population.find(CountyOf(row));
  if (found == population.end() || found->second == 0) return "";
  return absl::StrFormat(
      "%.2f", static_cast<double>(row.statistics().requests()) * 100'000 /
                  static_cast<double>(found->second));
}

Columns ColumnsOf(const v1::StatisticsRow& row, const Population& population) {
  const v1::Statistics& s = row.statistics();
  std::vector<std::string> outcomes;
  for (const v1::OutcomeCount& count : s.outcomes()) {
    outcomes.push_back(
        absl::StrCat(count.outcome() == 0 ? "none yet" : Text(count.outcome()),
                     " ", count.count()));
  }
  return {
      {"key", row.key()},
      {"name", row.submitter().name()},
      {"county", CountyOf(row)},
      {"requests", absl::StrCat(s.requests())},
      {"per_100000_residents", RateText(row, population)},
      {"answered", absl::StrCat(s.answered())},
      {"mean_hours_to_answer",
       s.answered() == 0
           ? ""
           : absl::StrFormat("%.1f", static_cast<double>(s.answer_ms()) /
                                         3'600'000 /
                                         static_cast<double>(s.answered()))},
      {"outcomes", absl::StrJoin(outcomes, "; ")},
      {"violations", absl::StrCat(s.violations())},
      {"violations_carried_out", absl::StrCat(s.violations_carried_out())},
      {"emergencies", absl::StrCat(s.emergencies())},
      {"assembly_related", absl::StrCat(s.assembly_related())},
      {"indoor", absl::StrCat(s.indoor())},
      {"with_seals", absl::StrCat(s.with_seals())},
      {"compelled_after_decline", absl::StrCat(s.compelled_after_decline())},
      {"camera_hours_asked", absl::StrCat(s.camera_hours_asked())},
      {"camera_hours_given", absl::StrCat(s.camera_hours_given())},
      {"clips", absl::StrCat(s.clips())},
      {"residents_notified", RangeText(s.notified())},
      {"residents_shared", RangeText(s.shared())},
      {"residents_declined", RangeText(s.declined())},
      {"residents_no_action", RangeText(s.no_action())},
      {"residents_opted_out", RangeText(s.opted_out())}};
}

absl::Status PrintJson(const google::protobuf::Message& row, Output& out) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(row, &json, options).ok()) {
    return absl::InternalError("a row cannot be written as JSON");
  }
  out.JsonText(json);
  return absl::OkStatus();
}

class Printer {
 public:
  Printer(const AnswerStyle& style, int64_t as_of, AgencyIdentities identities,
          Output& out)
      : style_(style),
        as_of_(as_of),
        identities_(std::move(identities)),
        out_(out) {}

  template <typename Row>
  absl::Status Print(const Row& row) {
    if (out_.json()) return PrintJson(row, out_);
    if (style_.csv) {
      PrintCsv(Named(row));
    } else {
      out_.Line(Line(row));
    }
    return absl::OkStatus();
  }

 private:
  template <typename Row>
  Columns Named(const Row& row) const {
    return ColumnsOf(row);
  }
  Columns Named(const v1::RequestRow& row) const {
    Columns columns = ColumnsOf(row);
    columns.emplace_back("agency_identity", IdentityText(row));
    if (style_.counted_by.has_value()) {
      const auto found = style_.counted_by->find(row.facts().index());
      columns.emplace_back("counted_by", found == style_.counted_by->end()
                                             ? ""
                                             : absl::StrCat(found->second));
    }
    return columns;
  }
  Columns Named(const v1::StatisticsRow& row) const {
    return ColumnsOf(row, style_.population);
  }

  // Of emergencies: who asks in a hurry may not be who they say.
  std::string EnrolmentText(const v1::RequestRow& row) const {
    if (style_.aspect != Aspect::kEmergencies) return "";
    const std::string identity = IdentityText(row);
    return absl::StrCat(", agency's identity: ",
                        identity.empty() ? "unknown" : identity);
  }

  // How it was verified when the agency was enrolled; "" unknown.
  std::string IdentityText(const v1::RequestRow& row) const {
    const auto found = identities_.find(row.agency().enrolled_index());
    return found == identities_.end() ? "" : Given(found->second);
  }

  void PrintCsv(const Columns& columns) {
    std::vector<std::string> names;
    std::vector<std::string> values;
    for (const auto& [name, value] : columns) {
      names.emplace_back(name);
      values.push_back(CsvField(value));
    }
    if (!header_printed_) out_.Line(absl::StrJoin(names, ","));
    header_printed_ = true;
    out_.Line(absl::StrJoin(values, ","));
  }

  std::string Line(const v1::RequestRow& row) const {
    return absl::StrCat(
        row.facts().index(), "  ", TimeText(row.facts().admitted_unix_ms()),
        "  ", NameOf(row), "  ", StateText(row.state()), ": ",
        AspectText(style_.aspect, row, as_of_), EnrolmentText(row));
  }
  std::string Line(const v1::SealRow& row) const {
    const bool is_whole = row.submitter() == statement::kSealedSubmitter;
    return absl::StrCat(
        row.index(), "  ",
        is_whole
            ? absl::StrCat("a whole request (", Text(row.legal_process()), ")")
            : absl::StrCat(Printable(row.path()), " of ", row.submitter()),
        "  ", Text(row.ground()), ", by ", Text(row.granter()), ", until ",
        row.sealed_until_unix_ms() == 0 ? "no end"
                                        : TimeText(row.sealed_until_unix_ms()),
        ", ", Counted(row.renewals(), "renewal"),
        row.erased() ? ", erased" : "", row.overdue() ? ", OVERDUE" : "");
  }
  std::string Line(const v1::FeedRow& row) const {
    return absl::StrCat("number ", row.ordinal(), "  entry ", row.index(), "  ",
                        TimeText(row.admitted_unix_ms()), "  ",
                        statement::KindName(row.kind()));
  }
  std::string Line(const v1::TimelineEvent& row) const {
    return EventText(row);
  }
  std::string Line(const v1::ReconcileRow& row) const {
    const std::string& other = row.counterparty();
    return absl::StrCat(
        row.month(), "  ", row.submitter(),
        other.empty() ? "" : absl::StrCat(" and ", other), "  ",
        Text(row.channel()), ", ", Text(row.legal_process()),
        row.outcome() == 0 ? "" : absl::StrCat(", ", Text(row.outcome())), ": ",
        other.empty() ? "" : absl::StrCat(row.submitter(), " "), "reported ",
        ReportedText(row.has_report_index(), row.has_reported(),
                     row.reported()),
        other.empty()
            ? ""
            : absl::StrCat(", ", other, " reported ",
                           ReportedText(row.has_counterparty_report_index(),
                                        row.has_counterparty_reported(),
                                        row.counterparty_reported())),
        ", logged ", row.logged());
  }
  std::string Line(const v1::StatisticsRow& row) const {
    const v1::Statistics& s = row.statistics();
    const std::string rate = RateText(row, style_.population);
    return absl::StrCat(
        row.key(), "  ", Printable(row.submitter().name()), "  ",
        Counted(s.requests(), "request"),
        rate.empty() ? "" : absl::StrCat(" (", rate, " per 100,000 residents)"),
        ", ", s.answered(), " answered, ", Counted(s.violations(), "violation"),
        " (", s.violations_carried_out(), " carried out), emergencies ",
        s.emergencies(), ", residents asked ", RangeText(s.notified()),
        ", shared ", RangeText(s.shared()), ", declined ",
        RangeText(s.declined()), ", did nothing ", RangeText(s.no_action()));
  }

  const AnswerStyle& style_;
  const int64_t as_of_;
  const AgencyIdentities identities_;
  Output& out_;
  bool header_printed_ = false;
};

// Those without an answer, by agency and by platform.
void PrintCounts(const v1::AnswerFile& file, Output& out) {
  std::map<std::string, uint64_t> agencies;
  std::map<std::string, uint64_t> platforms;
  for (const v1::AnswerFile::Page& page : file.pages()) {
    for (const v1::RequestRow& row : page.search().rows()) {
      ++agencies[row.facts().submitter()];
      const std::string& platform = row.facts().request().custodian();
      ++platforms[platform.empty() ? "no platform addressed" : platform];
    }
  }
  for (const auto* const counts : {&agencies, &platforms}) {
    for (const auto& [who, count] : *counts) {
      out.Field(who, Counted(count, "request"));
    }
  }
}

absl::Status PrintRows(const v1::AnswerFile::Page& page, Printer& printer) {
  const auto all = [&](const auto& rows) -> absl::Status {
    for (const auto& row : rows) RETURN_IF_ERROR(printer.Print(row));
    return absl::OkStatus();
  };
  switch (page.answer_case()) {
    case v1::AnswerFile::Page::kRequest:
      return printer.Print(page.request().row());
    case v1::AnswerFile::Page::kSearch:
      return all(page.search().rows());
    case v1::AnswerFile::Page::kFeed:
      return all(page.feed().rows());
    case v1::AnswerFile::Page::kSeals:
      return all(page.seals().rows());
    case v1::AnswerFile::Page::kChanges:
      return all(page.changes().rows());
    case v1::AnswerFile::Page::kReconcile:
      return all(page.reconcile().rows());
    case v1::AnswerFile::Page::kStatistics:
      return all(page.statistics().rows());
    default:
      return absl::OkStatus();
  }
}

// A count with conditions: each page has a part of it.
absl::Status PrintMerged(const v1::AnswerFile& file, Printer& printer) {
  std::vector<v1::StatisticsRow> parts;
  for (const v1::AnswerFile::Page& page : file.pages()) {
    const auto& rows = page.statistics().rows();
    parts.insert(parts.end(), rows.begin(), rows.end());
  }
  for (const v1::StatisticsRow& row : records::MergeByKey(parts)) {
    RETURN_IF_ERROR(printer.Print(row));
  }
  return absl::OkStatus();
}

// What no feed can show while a court forbids it.
std::string SealedMonthsText(const v1::ListFeedResponse& feed) {
  std::vector<std::string> months;
  for (const v1::SealedMonth& month : feed.sealed_months()) {
    months.push_back(absl::StrFormat("%d in %04d-%02d, %d of them open by now",
                                     month.sealed(), month.month() / 100,
                                     month.month() % 100, month.opened()));
  }
  if (months.empty()) return "";
  return absl::StrCat(
      "\nApart from requests sealed as a whole, whoever's, as the log says: ",
      absl::StrJoin(months, "; "), ". `sightline ask complete ",
      statement::kSealedSubmitter, "` proves their number.");
}

std::string VerdictText(const v1::AnswerFile& file,
                        const client::AnswerVerdict& verdict) {
  const std::string rows = Counted(verdict.rows, "row");
  const std::string of =
      absl::StrCat("the log of ", verdict.tree_size, " entries");
  if (file.has_feed()) {
    return absl::StrCat(
        verdict.is_complete ? "COMPLETE: " : "NOT SHOWN TO BE COMPLETE: ",
        Counted(verdict.rows, "entry"),
        ", numbered and linked without a gap, neighbours of the period "
        "included; ",
        of, ".",
        file.pages().empty() ||
                file.feed().submitter() == statement::kSealedSubmitter
            ? ""
            : SealedMonthsText(file.pages(0).feed()));
  }
  if (verdict.is_complete) {
    return absl::StrCat(rows, ", made again from every entry of ", of, ".");
  }
  return absl::StrCat(rows, ", each proven by the entries that it rests on; ",
                      of, ".");
}

}  // namespace

std::string CsvField(absl::string_view text) {
  if (text.find_first_of(",\"\r\n") == absl::string_view::npos) {
    return std::string(text);
  }
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

std::string Counted(uint64_t count, absl::string_view what) {
  if (count == 1) return absl::StrCat("1 ", what);
  if (what == "entry") return absl::StrCat(count, " entries");
  return absl::StrCat(count, " ", what, "s");
}

std::string ResidentsText(const v1::ResidentCounts& residents) {
  std::vector<std::string> parts;
  const auto add = [&](v1::CountBucket bucket, const char* what) {
    if (bucket != v1::COUNT_BUCKET_UNSPECIFIED) {
      parts.push_back(absl::StrCat(BucketText(bucket), " ", what));
    }
  };
  add(residents.notified(), "asked");
  add(residents.shared(), "shared");
  add(residents.declined(), "declined");
  add(residents.no_action(), "did nothing");
  add(residents.opted_out(), "opted out");
  return parts.empty() ? "residents not counted" : absl::StrJoin(parts, ", ");
}

absl::StatusOr<Population> ParsePopulation(absl::string_view csv) {
  Population out;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(csv, '\n')) {
    ++number;
    line = absl::StripSuffix(line, "\r");
    if (number == 1 || line.empty()) continue;  // the header
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ',');
    uint64_t county = 0;
    uint64_t people = 0;
    if (fields.size() < 2 || !absl::SimpleAtoi(fields.front(), &county) ||
        county > 99999 || !absl::SimpleAtoi(fields.back(), &people)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "line ", number, ": want a county's number first, residents last"));
    }
    out[absl::StrFormat("%05d", county)] = people;
  }
  return out;
}

absl::Status PrintAnswer(const v1::AnswerFile& file,
                         const client::AnswerVerdict& verdict,
                         const AnswerStyle& style, Output& out) {
  Printer printer(style, verdict.as_of_unix_ms, IdentitiesIn(file), out);
  if (file.statistics().has_filter()) {
    RETURN_IF_ERROR(PrintMerged(file, printer));
  } else {
    for (const v1::AnswerFile::Page& page : file.pages()) {
      RETURN_IF_ERROR(PrintRows(page, printer));
    }
  }
  if (out.json() || style.csv) return absl::OkStatus();
  if (file.has_request()) {
    for (const auto& event : file.pages(0).request().row().events()) {
      out.Line(absl::StrCat("  ", EventText(event)));
    }
  }
  if (style.aspect == Aspect::kUnanswered) PrintCounts(file, out);
  out.Line(VerdictText(file, verdict));
  return absl::OkStatus();
}

}  // namespace sightline::cli
