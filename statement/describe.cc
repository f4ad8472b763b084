#include "statement/describe.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "statement/kinds.h"
#include "statement/offences.h"
#include "statement/statement_codec.h"
#include "statement/text.h"
#include "statement/timestamps.h"
#include "statement/whole_seal.h"

namespace sightline::statement {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// "Los Angeles Police Department (ori:CA0194200)", or the id alone.
std::string Who(absl::string_view id, const NameOf& name_of) {
  if (id == kSealedSubmitter) return "the log";
  const std::string name = name_of ? name_of(id) : "";
  if (name.empty()) return Printable(id);
  return absl::StrCat(Printable(name), " (", Printable(id), ")");
}

std::string WindowText(const v1::TimeWindow& window) {
  return absl::StrCat(TimeText(ToUnixMs(window.begin())), " to ",
                      TimeText(ToUnixMs(window.end())));
}

std::string AreaText(const v1::CoarseArea& area) {
  switch (area.place_case()) {
    case v1::CoarseArea::kCountyFips:
      return absl::StrCat("county ", Printable(area.county_fips()));
    case v1::CoarseArea::kS2Cell:
      return absl::StrCat("S2 cell ", Printable(area.s2_cell()));
    case v1::CoarseArea::kState:
      return absl::StrCat("the state of ", Printable(area.state()));
    default:
      return "an area not given";
  }
}

std::string OffenceText(const std::string& code) {
  const Offence* offence = FindOffence(code);
  if (offence == nullptr) return absl::StrCat("offence ", Printable(code));
  return absl::StrCat(absl::AsciiStrToLower(offence->name), " (", code, ")");
}

std::string DataText(const v1::FootageRequest& request) {
  std::vector<std::string> names;
  for (int category : request.data_categories()) {
    names.push_back(Text(static_cast<v1::DataCategory>(category)));
  }
  return names.empty() ? "data" : absl::StrJoin(names, ", ");
}

std::string MonthText(uint32_t month) {
  return absl::StrCat(month / 100, "-", month % 100 < 10 ? "0" : "",
                      month % 100);
}

std::string Entry(const v1::EntryLink& link) {
  return absl::StrCat("entry ", link.index());
}

// Whom a request reaches: "residents", "platform:example", ...
std::string AskedText(const v1::FootageRequest& request, const NameOf& names) {
  const bool platform =
      request.recipient_class() == v1::RECIPIENT_CLASS_PLATFORM;
  if (!request.custodian().empty() &&
      (platform ||
       request.recipient_class() == v1::RECIPIENT_CLASS_UNSPECIFIED)) {
    return Who(request.custodian(), names);
  }
  std::string out = request.recipient_class() == v1::RECIPIENT_CLASS_UNSPECIFIED
                        ? "owners"
                        : Text(request.recipient_class());
  if (!request.custodian().empty()) {
    absl::StrAppend(&out, " through ", Who(request.custodian(), names));
  }
  return out;
}

std::string RequestText(const v1::FootageRequest& r, const NameOf& names) {
  std::string out =
      absl::StrCat("asked ", AskedText(r, names), " for ", DataText(r));
  if (r.has_footage_window()) {
    absl::StrAppend(&out, " of ", WindowText(r.footage_window()));
  }
  if (r.has_area()) absl::StrAppend(&out, " in ", AreaText(r.area()));
  if (!r.offence_code().empty()) {
    absl::StrAppend(&out, ": ", OffenceText(r.offence_code()));
  }
  absl::StrAppend(&out, ", by ", Text(r.channel()), ", ",
                  Text(r.legal_process()));
  if (r.assembly_related() == v1::DECLARED_YES) {
    absl::StrAppend(&out, ", related to an assembly");
  }
  if (r.has_escalates()) {
    absl::StrAppend(&out, ", after ", Entry(r.escalates()));
  }
  if (r.has_imported()) {
    absl::StrAppend(&out, " (imported from ", Printable(r.imported().source()),
                    ")");
  }
  return out;
}

std::string ResponseText(const v1::FootageResponse& r) {
  std::string out = absl::StrCat("answered the request of ", Entry(r.request()),
                                 ": ", Text(r.outcome()));
  if (r.refusal_ground() != v1::REFUSAL_GROUND_UNSPECIFIED) {
    absl::StrAppend(&out, " (", Text(r.refusal_ground()), ")");
  }
  const auto bucket = [&out](absl::string_view label, v1::CountBucket value) {
    if (value == v1::COUNT_BUCKET_UNSPECIFIED) return;
    absl::StrAppend(&out, ", ", label, " ", Text(value));
  };
  bucket("asked", r.notified());
  bucket("shared", r.shared());
  bucket("declined", r.declined());
  bucket("did nothing", r.no_action());
  bucket("opted out", r.opted_out());
  if (r.has_first_given()) {
    absl::StrAppend(&out, ", first given ",
                    TimeText(ToUnixMs(r.first_given())));
  }
  return out;
}

std::string VerdictText(v1::ReviewVerdict verdict) {
  switch (verdict) {
    case v1::REVIEW_VERDICT_CONFIRMED:
      return "there was an emergency as stated";
    case v1::REVIEW_VERDICT_NOT_CONFIRMED:
      return "there was no emergency, or none as stated";
    case v1::REVIEW_VERDICT_FORGED:
      return "forged, the requester was not who it said";
    default:
      return Text(verdict);
  }
}

std::string ReviewText(const v1::EmergencyReview& r) {
  return absl::StrCat(
      "reviewed the emergency request of ", Entry(r.request()), ": ",
      VerdictText(r.verdict()), "; the requester ",
      r.verification() == v1::REQUESTER_VERIFICATION_NONE
          ? "not verified"
          : absl::StrCat("verified by ", Text(r.verification())));
}

std::string AmendmentText(const v1::Amendment& a, const NameOf& names) {
  const std::string target = Entry(a.target());
  switch (a.change_case()) {
    case v1::Amendment::kCorrection:
      return absl::StrCat("corrected ", Printable(a.correction().field()),
                          " of ", target, " to ",
                          Printable(a.correction().new_value()));
    case v1::Amendment::kWithdrawal:
      return absl::StrCat("withdrew ", target, " (",
                          Printable(a.withdrawal().reason_code()), ")");
    case v1::Amendment::kNarrowing:
      return absl::StrCat("narrowed the request of ", target);
    case v1::Amendment::kChallenge:
      return absl::StrCat("challenged ", target, " (",
                          Text(a.challenge().ground()), ")");
    case v1::Amendment::kOnwardSharing:
      return absl::StrCat("passed on what ", target, " gave, to ",
                          Who(a.onward_sharing().recipient(), names), " on ",
                          Text(a.onward_sharing().basis()));
    case v1::Amendment::kClosingReport:
      return absl::StrCat("closed ", target, ": ",
                          Text(a.closing_report().use()));
    default:
      return absl::StrCat("amended ", target);
  }
}

std::string BroughtText(const v1::Statement& unsealing, const NameOf& names) {
  const auto brought = ReadBrought(unsealing);
  if (!brought.ok()) return "unsealed something unreadable";
  return absl::StrCat("unsealed ", Entry(unsealing.unsealing().target()), ": ",
                      Who(brought->statement.header().submitter(), names), " ",
                      RequestText(brought->statement.footage_request(), names));
}

std::string UnsealingText(const v1::Unsealing& u) {
  std::vector<std::string> paths;
  for (const v1::SealOpening& opening : u.openings()) {
    paths.push_back(Printable(opening.path()));
  }
  return absl::StrCat("unsealed ", absl::StrJoin(paths, ", "), " of ",
                      Entry(u.target()));
}

std::string RenewalText(const v1::SealRenewal& r) {
  std::vector<std::string> paths;
  for (const std::string& path : r.paths()) paths.push_back(Printable(path));
  return absl::StrCat("prolonged the seal on ", absl::StrJoin(paths, ", "),
                      " of ", Entry(r.target()), " until ",
                      TimeText(ToUnixMs(r.sealed_until())), " (",
                      Text(r.ground()), ")");
}

std::string KeyRotationText(const v1::KeyRotation& k, const NameOf& names) {
  return absl::StrCat("changed the keys of ", Who(k.submitter(), names), ": ",
                      k.add_size(), " added, ", k.revoke_size(), " revoked");
}

std::string PolicyText(const v1::PolicyVersion& p) {
  return absl::StrCat("published policy ", Printable(p.policy().policy_id()),
                      " version ", p.policy().version(), ": ",
                      Printable(p.title()));
}

std::string AttestationText(const v1::Attestation& a, const NameOf& names) {
  std::string out = absl::StrCat("attested a document (", Printable(a.source()),
                                 ") about ", Who(a.about_submitter(), names));
  if (a.has_about()) absl::StrAppend(&out, ", ", Entry(a.about()));
  return out;
}

std::string PeriodReportText(const v1::PeriodReport& r, const NameOf& names) {
  return absl::StrCat(
      "reported its totals ",
      r.counterparty().empty()
          ? ""
          : absl::StrCat("with ", Who(r.counterparty(), names), " "),
      "for ", MonthText(r.month()));
}

// What the submitter did, in the past tense, without the submitter.
std::string DeedText(const v1::Statement& s, const NameOf& names) {
  switch (s.kind_case()) {
    case v1::Statement::kGenesis:
      return absl::StrCat("began the log ", Printable(s.genesis().origin()));
    case v1::Statement::kEnrolment:
      return absl::StrCat("enrolled ", Printable(s.enrolment().name()), " (",
                          Printable(s.enrolment().submitter()), ")");
    case v1::Statement::kKeyRotation:
      return KeyRotationText(s.key_rotation(), names);
    case v1::Statement::kStatusChange:
      return absl::StrCat("declared ",
                          Who(s.status_change().submitter(), names), " ",
                          Text(s.status_change().status()));
    case v1::Statement::kPolicyVersion:
      return PolicyText(s.policy_version());
    case v1::Statement::kLogKeyChange:
      return "changed the keys of the log";
    case v1::Statement::kAssemblyCalendar:
      return absl::StrCat("listed ", s.assembly_calendar().assemblies_size(),
                          " public assemblies, as of ",
                          Printable(s.assembly_calendar().source()));
    case v1::Statement::kFootageRequest:
      return RequestText(s.footage_request(), names);
    case v1::Statement::kFootageResponse:
      return ResponseText(s.footage_response());
    case v1::Statement::kAmendment:
      return AmendmentText(s.amendment(), names);
    case v1::Statement::kSealedStatement:
      return absl::StrCat("sealed a request as a whole (",
                          Text(s.sealed_statement().legal_process()), ", ",
                          MonthText(s.sealed_statement().month()), ")");
    case v1::Statement::kEmergencyReview:
      return ReviewText(s.emergency_review());
    case v1::Statement::kUnsealing:
      return BringsStatement(s) ? BroughtText(s, names)
                                : UnsealingText(s.unsealing());
    case v1::Statement::kSealRenewal:
      return RenewalText(s.seal_renewal());
    case v1::Statement::kErasure:
      return absl::StrCat("erased the sealed payload of ",
                          Entry(s.erasure().target()), " (",
                          Text(s.erasure().basis()), ")");
    case v1::Statement::kSealedRead:
      return absl::StrCat(
          "read sealed fields of ", Entry(s.sealed_read().target()), ": ",
          Printable(absl::StrJoin(s.sealed_read().paths(), ", ")), " (",
          Text(s.sealed_read().basis()), ")");
    case v1::Statement::kPeriodReport:
      return PeriodReportText(s.period_report(), names);
    case v1::Statement::kRegistryEvent:
      return absl::StrCat("reported on its camera register ",
                          Printable(s.registry_event().scheme()), " for ",
                          MonthText(s.registry_event().month()));
    case v1::Statement::kAttestation:
      return AttestationText(s.attestation(), names);
    case v1::Statement::KIND_NOT_SET:
      return "said nothing";
  }
  return "said something unknown";
}

// --- At length: every public field, one a line ---

// Writes a message as indented "label: value" lines.
class Outline {
 public:
  explicit Outline(std::string* out) : out_(*out) {}

  void Line(int depth, absl::string_view label, absl::string_view value) {
    out_.append(static_cast<size_t>(depth) * 2, ' ');
    absl::StrAppend(&out_, label, value.empty() ? ":" : ": ", value, "\n");
  }

  void Fields(int depth, const Message& message) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) Field(depth, message, *field);
  }

 private:
  static std::string Label(const FieldDescriptor& field) {
    return absl::StrReplaceAll(field.name(), {{"_", " "}});
  }

  void Field(int depth, const Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    const std::string label = Label(field);
    if (!field.is_repeated()) {
      if (field.message_type() != nullptr) {
        return Sub(depth, label, reflection.GetMessage(message, &field));
      }
      return Line(depth, label, Scalar(message, field));
    }
    const int size = reflection.FieldSize(message, &field);
    for (int i = 0; i < size; ++i) {
      if (field.message_type() != nullptr) {
        Sub(depth, label, reflection.GetRepeatedMessage(message, &field, i));
      } else {
        Line(depth, label, Element(message, field, i));
      }
    }
  }

  void Sub(int depth, absl::string_view label, const Message& message) {
    if (message.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
      return Line(
          depth, label,
          TimeText(ToUnixMs(
              static_cast<const google::protobuf::Timestamp&>(message))));
    }
    Line(depth, label, "");
    Fields(depth + 1, message);
  }

  static std::string Bytes(const FieldDescriptor& field, const std::string& v) {
    const bool binary = field.type() == FieldDescriptor::TYPE_BYTES;
    // What was unsealed is mostly text.
    const bool unsealed = field.name() == "value" && IsPlainText(v);
    return binary && !unsealed ? base::HexEncode(v) : Printable(v);
  }

  static std::string Scalar(const Message& message,
                            const FieldDescriptor& field) {
    const Reflection& r = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_ENUM:
        return Text(field.enum_type(), r.GetEnumValue(message, &field));
      case FieldDescriptor::CPPTYPE_STRING:
        return Bytes(field, r.GetString(message, &field));
      case FieldDescriptor::CPPTYPE_BOOL:
        return r.GetBool(message, &field) ? "yes" : "no";
      case FieldDescriptor::CPPTYPE_UINT32:
        return absl::StrCat(r.GetUInt32(message, &field));
      case FieldDescriptor::CPPTYPE_UINT64:
        return absl::StrCat(r.GetUInt64(message, &field));
      case FieldDescriptor::CPPTYPE_INT64:
        return absl::StrCat(r.GetInt64(message, &field));
      default:
        return "?";  // no other type is used
    }
  }

  static std::string Element(const Message& message,
                             const FieldDescriptor& field, int i) {
    const Reflection& r = *message.GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      return Text(field.enum_type(),
                  r.GetRepeatedEnumValue(message, &field, i));
    }
    return Bytes(field, r.GetRepeatedString(message, &field, i));
  }

  std::string& out_;
};

// The message of the statement's kind; nullptr when it says nothing.
const Message* KindBody(const v1::Statement& s) {
  const FieldDescriptor* field =
      v1::Statement::descriptor()->FindFieldByNumber(s.kind_case());
  if (field == nullptr) return nullptr;
  return &s.GetReflection()->GetMessage(s, field);
}

std::string FindingsText(const v1::Entry& entry) {
  std::string out;
  for (const v1::Finding& finding : entry.findings()) {
    absl::StrAppend(&out, out.empty() ? " [" : ", ",
                    Printable(finding.rule_id()));
  }
  return out.empty() ? out : out + "]";
}

std::string FindingText(const v1::Finding& finding) {
  std::string out = absl::StrCat(Text(finding.severity()), ", ",
                                 Printable(finding.rule_id()));
  if (!finding.got().empty()) {
    absl::StrAppend(&out, ": ", Printable(finding.got()));
  }
  if (!finding.limit().empty()) {
    absl::StrAppend(&out, ", the policy says ", Printable(finding.limit()));
  }
  return out;
}

}  // namespace

std::string DescribeStatement(const v1::Statement& statement,
                              const NameOf& name_of) {
  const std::string& submitter = statement.header().submitter();
  const std::string who =
      submitter == "registrar" ? "the registrars" : Who(submitter, name_of);
  return absl::StrCat(who, " ", DeedText(statement, name_of));
}

std::string DescribeStatementAtLength(const v1::Statement& statement,
                                      const NameOf& name_of) {
  std::string out = DescribeStatement(statement, name_of) + "\n";
  Outline outline(&out);
  outline.Fields(1, statement.header());
  const Message* body = KindBody(statement);
  if (body != nullptr) {
    outline.Line(1, Text(KindOf(statement)), "");
    outline.Fields(2, *body);
  }
  return out;
}

std::string DescribeEntry(uint64_t index, const v1::Entry& entry,
                          const NameOf& name_of) {
  const absl::StatusOr<v1::Statement> statement =
      ParseStatement(entry.statement().payload());
  return absl::StrCat(index, "  ", TimeText(entry.admitted_unix_ms()), "  ",
                      statement.ok() ? DescribeStatement(*statement, name_of)
                                     : statement.status().message(),
                      FindingsText(entry));
}

std::string DescribeEntryAtLength(uint64_t index, const v1::Entry& entry,
                                  const NameOf& name_of) {
  std::string out;
  Outline outline(&out);
  outline.Line(0, "entry", absl::StrCat(index));
  outline.Line(0, "admitted", TimeText(entry.admitted_unix_ms()));
  outline.Line(0, "feed",
               absl::StrCat(entry.feed_ordinal(),
                            entry.has_feed_previous_index()
                                ? absl::StrCat(", after entry ",
                                               entry.feed_previous_index())
                                : ", the first"));
  for (const v1::Signature& signature : entry.statement().signatures()) {
    outline.Line(0, "signed by key", base::HexEncode(signature.key_id()));
  }
  if (entry.has_policy()) {
    outline.Line(0, "policy in force",
                 absl::StrCat(Printable(entry.policy().policy_id()),
                              " version ", entry.policy().version()));
  }
  for (const v1::Finding& finding : entry.findings()) {
    outline.Line(0, "finding", FindingText(finding));
  }
  const absl::StatusOr<v1::Statement> statement =
      ParseStatement(entry.statement().payload());
  absl::StrAppend(&out, statement.ok()
                            ? DescribeStatementAtLength(*statement, name_of)
                            : absl::StrCat(statement.status().message(), "\n"));
  return out;
}

std::string TimeText(int64_t unix_ms) {
  const absl::Time time = absl::FromUnixMillis(unix_ms);
  const bool seconds = unix_ms % 60000 != 0;
  return absl::FormatTime(
      seconds ? "%Y-%m-%d %H:%M:%S UTC" : "%Y-%m-%d %H:%M UTC", time,
      absl::UTCTimeZone());
}

}  // namespace sightline::statement
