#include "statement/policy.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "statement/offences.h"
#include "statement/policy_texts.h"
#include "statement/seal.h"
#include "statement/timestamps.h"

namespace sightline::statement {
namespace {

constexpr size_t kMaxFindingText = 100;
constexpr int64_t kClockSkewMs = 5 * 60 * 1000;

constexpr v1::Finding::Severity kNote = v1::Finding::SEVERITY_NOTE;
constexpr v1::Finding::Severity kViolation = v1::Finding::SEVERITY_VIOLATION;

std::string Seconds(int64_t seconds) { return absl::StrCat(seconds, " s"); }
std::string SquareMetres(uint64_t area) { return absl::StrCat(area, " m2"); }
std::string RefText(const v1::PolicyRef& ref) {
  return absl::StrCat(ref.policy_id(), "/", ref.version());
}
int64_t LengthSeconds(const v1::TimeWindow& window) {
  // Up to the next full second: a window is never judged shorter than it is.
  return (ToUnixMs(window.end()) - ToUnixMs(window.begin()) + 999) / 1000;
}

template <typename List, typename Value>
bool Holds(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

class Findings {
 public:
  void Add(absl::string_view rule_id, v1::Finding::Severity severity,
           absl::string_view got, absl::string_view limit) {
    if (list_.size() >= kMaxFindings) return;
    v1::Finding& finding = list_.emplace_back();
    finding.set_rule_id(std::string(rule_id));
    finding.set_severity(severity);
    finding.set_got(std::string(got.substr(0, kMaxFindingText)));
    finding.set_limit(std::string(limit.substr(0, kMaxFindingText)));
  }

  bool Has(const v1::Finding& finding) const {
    return std::any_of(list_.begin(), list_.end(), [&](const auto& other) {
      return other.rule_id() == finding.rule_id() &&
             other.got() == finding.got() && other.limit() == finding.limit();
    });
  }

  const std::vector<v1::Finding>& list() const { return list_; }
  std::vector<v1::Finding> Take() { return std::move(list_); }

 private:
  std::vector<v1::Finding> list_;
};

// Of fields that are numbers, enums or texts: whether it says anything.
bool IsGiven(const v1::FootageRequest& request, const std::string& name) {
  const google::protobuf::FieldDescriptor* const field =
      request.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr) return false;
  const google::protobuf::Reflection& fields = *request.GetReflection();
  return field->is_repeated() ? fields.FieldSize(request, field) > 0
                              : fields.HasField(request, field);
}

// One seal, as its own entry or a renewal makes it.
struct MadeSeal {
  absl::string_view path;
  v1::SealGround ground = v1::SEAL_GROUND_UNSPECIFIED;
  v1::SealGranter granter = v1::SEAL_GRANTER_UNSPECIFIED;
  int64_t until_unix_ms = 0;
};

std::vector<MadeSeal> SealsMade(const v1::StatementHeader& header) {
  std::vector<MadeSeal> out;
  for (const v1::SealedField& field : header.sealed()) {
    out.push_back({field.path(), field.ground(), field.granter(),
                   ToUnixMs(field.sealed_until())});
  }
  if (header.has_whole_seal()) {
    const v1::WholeSeal& whole = header.whole_seal();
    out.push_back({kWholePath, whole.ground(), whole.granter(),
                   ToUnixMs(whole.sealed_until())});
  }
  return out;
}

std::string GroundList(const v1::PolicyVersion& policy) {
  std::string out;
  for (const int ground : policy.seal_grounds()) {
    absl::StrAppend(&out, out.empty() ? "" : " ",
                    v1::SealGround_Name(static_cast<v1::SealGround>(ground)));
  }
  return out;
}

void CheckSeals(const std::vector<MadeSeal>& seals, int64_t claimed_unix_ms,
                const v1::PolicyVersion& policy, Findings* out) {
  const int64_t max = policy.max_seal_seconds();
  for (const MadeSeal& seal : seals) {
    // Personal data stays sealed for ever; that is not an abuse.
    if (seal.ground == v1::SEAL_GROUND_PERSONAL_DATA) continue;
    const int64_t length = (seal.until_unix_ms - claimed_unix_ms + 999) / 1000;
    if (max != 0 && length > max) {
      out->Add("seal.too_long", kViolation,
               absl::StrCat(seal.path, " ", Seconds(length)), Seconds(max));
    }
    if (!policy.seal_grounds().empty() &&
        seal.granter != v1::SEAL_GRANTER_SUBMITTER &&
        !Holds(policy.seal_grounds(), seal.ground)) {
      out->Add("seal.ground", kViolation,
               absl::StrCat(seal.path, " ", v1::SealGround_Name(seal.ground)),
               GroundList(policy));
    }
  }
}

// One evaluation; the members are groups of rules, in the order of the header.
class Evaluation {
 public:
  Evaluation(const v1::Statement& statement, int64_t admitted_unix_ms,
             const PolicyView& policies)
      : header_(statement.header()),
        request_(statement.footage_request()),
        admitted_unix_ms_(admitted_unix_ms),
        policies_(policies) {}

  std::vector<v1::Finding> Run() {
    Cited();
    if (policies_.in_force != nullptr) {
      Rules(*policies_.in_force, &findings_);
    }
    Assembly();
    const int64_t claimed = ToUnixMs(header_.claimed_time());
    if (claimed > admitted_unix_ms_ + kClockSkewMs) {
      Add("claimed.future", kNote,
          Seconds((claimed - admitted_unix_ms_) / 1000), "0 s");
    }
    if (policies_.cited != nullptr) ByCited(*policies_.cited);
    return findings_.Take();
  }

 private:
  void Add(absl::string_view rule_id, v1::Finding::Severity severity,
           absl::string_view got, absl::string_view limit) {
    findings_.Add(rule_id, severity, got, limit);
  }

  // What the version in force finds, too, is not told twice.
  void ByCited(const v1::PolicyVersion& policy) {
    Findings cited;
    Rules(policy, &cited);
    for (const v1::Finding& finding : cited.list()) {
      if (findings_.Has(finding)) continue;
      Add(absl::StrCat("cited.", finding.rule_id()), finding.severity(),
          finding.got(), finding.limit());
    }
  }

  // Declared beside what a public calendar says, whatever policy is in force.
  void Assembly() {
    if (!policies_.assembly_index.has_value()) return;
    const v1::Declared declared = request_.assembly_related();
    const std::string listed =
        absl::StrCat("listed by entry ", *policies_.assembly_index);
    if (declared == v1::DECLARED_NO) {
      Add("assembly.undeclared", kViolation, v1::Declared_Name(declared),
          listed);
    } else {
      Add("assembly.listed", kNote, v1::Declared_Name(declared), listed);
    }
  }

  void Rules(const v1::PolicyVersion& policy, Findings* out) {
    Purpose(policy, out);
    Offence(policy, out);
    Window(policy, out);
    Area(policy, out);
    Fields(policy, out);
    Required(policy, out);
    CheckSeals(SealsMade(header_), ToUnixMs(header_.claimed_time()), policy,
               out);
    Late(policy, out);
  }

  void Cited() {
    const v1::PolicyVersion* in_force = policies_.in_force;
    const std::string want =
        in_force == nullptr ? "" : RefText(in_force->policy());
    if (in_force == nullptr) {
      Add("channel.ungoverned", kNote, v1::Channel_Name(request_.channel()),
          "");
    }
    if (!request_.has_policy()) {
      if (in_force != nullptr) Add("policy.missing", kNote, "", want);
      return;
    }
    const std::string got = RefText(request_.policy());
    if (!policies_.cited_is_known) {
      Add("policy.unknown", kViolation, got, want);
    } else if (in_force != nullptr && got != want) {
      Add("policy.superseded", kNote, got, want);
    }
  }

  void Purpose(const v1::PolicyVersion& policy, Findings* out) const {
    const v1::Purpose declared = request_.purpose();
    const auto& allowed = policy.allowed_purposes();
    if (allowed.empty() || Holds(allowed, declared)) return;
    std::string limit;
    for (int purpose : allowed) {
      absl::StrAppend(&limit, limit.empty() ? "" : " ",
                      v1::Purpose_Name(static_cast<v1::Purpose>(purpose)));
    }
    out->Add("purpose.not_allowed", kViolation, v1::Purpose_Name(declared),
             limit);
  }

  // By the codes that the policy lists for the purpose, else by our own table.
  void Offence(const v1::PolicyVersion& policy, Findings* out) const {
    const v1::Purpose declared = request_.purpose();
    const auto& lists = policy.purpose_offences();
    const auto listed = std::find_if(
        lists.begin(), lists.end(),
        [&](const auto& list) { return list.purpose() == declared; });
    if (listed == lists.end()) return OffenceByTable(out);
    const std::string& code = request_.offence_code();
    // Whether a code must be given is not said here: required_fields.
    if (code.empty() || Holds(listed->offence_codes(), code)) return;
    out->Add("offence.not_allowed", kViolation,
             absl::StrCat(v1::Purpose_Name(declared), " ", code),
             absl::StrJoin(listed->offence_codes(), " "));
  }

  void OffenceByTable(Findings* out) const {
    const v1::Purpose declared = request_.purpose();
    const statement::Offence* offence = FindOffence(request_.offence_code());
    const bool specific = declared == v1::PURPOSE_THEFT ||
                          declared == v1::PURPOSE_PROPERTY_DAMAGE ||
                          declared == v1::PURPOSE_PHYSICAL_INJURY;
    if (offence != nullptr && specific && offence->purpose != declared) {
      out->Add("purpose.offence", kNote,
               absl::StrCat(v1::Purpose_Name(declared), " ", offence->code),
               offence->purpose == v1::PURPOSE_UNSPECIFIED
                   ? "none of the purposes"
                   : v1::Purpose_Name(offence->purpose));
    }
  }

  void Window(const v1::PolicyVersion& policy, Findings* out) const {
    const int64_t min = policy.min_window_seconds();
    const int64_t max = policy.max_window_seconds();
    if (min == 0 && max == 0) return;
    if (!request_.has_footage_window()) {
      out->Add("window.missing", kViolation, "", Seconds(max != 0 ? max : min));
      return;
    }
    const int64_t length = LengthSeconds(request_.footage_window());
    if (length < min) {
      out->Add("window.min", kViolation, Seconds(length), Seconds(min));
    }
    if (max != 0 && length > max) {
      out->Add("window.max", kViolation, Seconds(length), Seconds(max));
    }
  }

  void Area(const v1::PolicyVersion& policy, Findings* out) const {
    const uint64_t min = policy.min_area_square_metres();
    const uint64_t max = policy.max_area_square_metres();
    if (min == 0 && max == 0) return;
    const uint64_t area = request_.area().area_square_metres();
    if (area == 0) {
      out->Add("area.missing", kViolation, "",
               SquareMetres(max != 0 ? max : min));
      return;
    }
    if (area < min) {
      out->Add("area.min", kViolation, SquareMetres(area), SquareMetres(min));
    }
    if (max != 0 && area > max) {
      out->Add("area.max", kViolation, SquareMetres(area), SquareMetres(max));
    }
  }

  bool IsSealed(absl::string_view path) const {
    return std::any_of(
        header_.sealed().begin(), header_.sealed().end(),
        [&](const v1::SealedField& field) { return field.path() == path; });
  }

  // What a public record did not say, whoever took it over cannot give.
  void Fields(const v1::PolicyVersion& policy, Findings* out) const {
    if (request_.has_imported()) return;
    for (const std::string& name : policy.required_fields()) {
      if (!IsGiven(request_, name)) {
        out->Add("field.missing", kViolation, "", name);
      }
    }
  }

  void Required(const v1::PolicyVersion& policy, Findings* out) const {
    for (const std::string& path : policy.required_sealed_paths()) {
      if (!IsSealed(path)) out->Add("sealed.missing", kViolation, "", path);
    }
    if (policy.forbids_assembly_related() &&
        request_.assembly_related() == v1::DECLARED_YES) {
      out->Add("assembly.forbidden", kViolation,
               v1::Declared_Name(v1::DECLARED_YES),
               v1::Declared_Name(v1::DECLARED_NO));
    }
    if (policy.requires_second_person() &&
        request_.second_person_approved() != v1::DECLARED_YES) {
      out->Add("second_person.missing", kViolation,
               v1::Declared_Name(request_.second_person_approved()),
               v1::Declared_Name(v1::DECLARED_YES));
    }
  }

  void Late(const v1::PolicyVersion& policy, Findings* out) const {
    if (request_.has_imported()) return;  // the source's date, not a filing
    const int64_t max = policy.late_after_seconds();
    const int64_t late =
        (admitted_unix_ms_ - ToUnixMs(header_.claimed_time())) / 1000;
    if (max != 0 && late > max) {
      out->Add("claimed.late", kViolation, Seconds(late), Seconds(max));
    }
  }

  const v1::StatementHeader& header_;
  const v1::FootageRequest& request_;
  const int64_t admitted_unix_ms_;
  const PolicyView policies_;
  Findings findings_;
};

}  // namespace

bool IsRequestField(absl::string_view name) {
  return v1::FootageRequest::descriptor()->FindFieldByName(std::string(name)) !=
         nullptr;
}

bool IsGoverned(const v1::Statement& statement) {
  return statement.has_footage_request();
}

bool IsGovernedBySeals(const v1::Statement& statement) {
  return !IsGoverned(statement) && !statement.has_sealed_statement() &&
         (statement.has_seal_renewal() || statement.header().sealed_size() > 0);
}

int64_t PolicyTime(const v1::Statement& statement, int64_t admitted_unix_ms) {
  return statement.footage_request().has_imported()
             ? ToUnixMs(statement.header().claimed_time())
             : admitted_unix_ms;
}

std::vector<v1::Finding> Evaluate(const v1::Statement& statement,
                                  int64_t admitted_unix_ms,
                                  const PolicyView& policies) {
  if (!IsGoverned(statement)) return {};
  return Evaluation(statement, admitted_unix_ms, policies).Run();
}

std::vector<v1::Finding> EvaluateSeals(const v1::Statement& statement,
                                       const v1::PolicyVersion& policy) {
  if (!IsGovernedBySeals(statement)) return {};
  std::vector<MadeSeal> seals = SealsMade(statement.header());
  const v1::SealRenewal& renewal = statement.seal_renewal();
  for (const std::string& path : renewal.paths()) {
    seals.push_back({path, renewal.ground(), renewal.granter(),
                     ToUnixMs(renewal.sealed_until())});
  }
  Findings findings;
  CheckSeals(seals, ToUnixMs(statement.header().claimed_time()), policy,
             &findings);
  return findings.Take();
}

bool AllowsWholeSeal(const v1::StatementHeader& header,
                     const v1::PolicyVersion& policy) {
  Findings findings;
  CheckSeals(SealsMade(header), ToUnixMs(header.claimed_time()), policy,
             &findings);
  return findings.list().empty();
}

std::vector<v1::PolicyVersion> DefaultPolicies() {
  std::vector<v1::PolicyVersion> out;
  for (const absl::string_view text : PolicyTexts()) {
    v1::Statement statement;
    const bool parsed = google::protobuf::TextFormat::ParseFromString(
        std::string(text), &statement);
    assert(parsed);  // shipped_policies_test.cc reads every one
    if (parsed) out.push_back(std::move(*statement.mutable_policy_version()));
  }
  return out;
}

}  // namespace sightline::statement
