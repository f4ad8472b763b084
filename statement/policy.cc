#include "statement/policy.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
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
    if (policies_.in_force != nullptr) Rules(*policies_.in_force);
    Assembly();
    const int64_t claimed = ToUnixMs(header_.claimed_time());
    if (claimed > admitted_unix_ms_ + kClockSkewMs) {
      Add("claimed.future", kNote,
          Seconds((claimed - admitted_unix_ms_) / 1000), "0 s");
    }
    return std::move(findings_);
  }

 private:
  void Add(absl::string_view rule_id, v1::Finding::Severity severity,
           absl::string_view got, absl::string_view limit) {
    if (findings_.size() >= kMaxFindings) return;
    v1::Finding& finding = findings_.emplace_back();
    finding.set_rule_id(std::string(rule_id));
    finding.set_severity(severity);
    finding.set_got(std::string(got.substr(0, kMaxFindingText)));
    finding.set_limit(std::string(limit.substr(0, kMaxFindingText)));
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

  void Rules(const v1::PolicyVersion& policy) {
    Purpose(policy);
    Window(policy);
    Area(policy);
    Required(policy);
    Seals(policy);
    Late(policy);
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

  void Purpose(const v1::PolicyVersion& policy) {
    const v1::Purpose declared = request_.purpose();
    const auto& allowed = policy.allowed_purposes();
    if (!allowed.empty() &&
        std::find(allowed.begin(), allowed.end(), declared) == allowed.end()) {
      std::string limit;
      for (int purpose : allowed) {
        absl::StrAppend(&limit, limit.empty() ? "" : " ",
                        v1::Purpose_Name(static_cast<v1::Purpose>(purpose)));
      }
      Add("purpose.not_allowed", kViolation, v1::Purpose_Name(declared), limit);
    }
    const Offence* offence = FindOffence(request_.offence_code());
    const bool specific = declared == v1::PURPOSE_THEFT ||
                          declared == v1::PURPOSE_PROPERTY_DAMAGE ||
                          declared == v1::PURPOSE_PHYSICAL_INJURY;
    if (offence != nullptr && specific && offence->purpose != declared) {
      Add("purpose.offence", kNote,
          absl::StrCat(v1::Purpose_Name(declared), " ", offence->code),
          offence->purpose == v1::PURPOSE_UNSPECIFIED
              ? "none of the purposes"
              : v1::Purpose_Name(offence->purpose));
    }
  }

  void Window(const v1::PolicyVersion& policy) {
    const int64_t min = policy.min_window_seconds();
    const int64_t max = policy.max_window_seconds();
    if (min == 0 && max == 0) return;
    if (!request_.has_footage_window()) {
      Add("window.missing", kViolation, "", Seconds(max != 0 ? max : min));
      return;
    }
    const int64_t length = LengthSeconds(request_.footage_window());
    if (length < min) {
      Add("window.min", kViolation, Seconds(length), Seconds(min));
    }
    if (max != 0 && length > max) {
      Add("window.max", kViolation, Seconds(length), Seconds(max));
    }
  }

  void Area(const v1::PolicyVersion& policy) {
    const uint64_t min = policy.min_area_square_metres();
    const uint64_t max = policy.max_area_square_metres();
    if (min == 0 && max == 0) return;
    const uint64_t area = request_.area().area_square_metres();
    if (area == 0) {
      Add("area.missing", kViolation, "", SquareMetres(max != 0 ? max : min));
      return;
    }
    if (area < min) {
      Add("area.min", kViolation, SquareMetres(area), SquareMetres(min));
    }
    if (max != 0 && area > max) {
      Add("area.max", kViolation, SquareMetres(area), SquareMetres(max));
    }
  }

  bool IsSealed(absl::string_view path) const {
    return std::any_of(
        header_.sealed().begin(), header_.sealed().end(),
        [&](const v1::SealedField& field) { return field.path() == path; });
  }

  void Required(const v1::PolicyVersion& policy) {
    for (const std::string& path : policy.required_sealed_paths()) {
      if (!IsSealed(path)) Add("sealed.missing", kViolation, "", path);
    }
    if (policy.forbids_assembly_related() &&
        request_.assembly_related() == v1::DECLARED_YES) {
      Add("assembly.forbidden", kViolation, v1::Declared_Name(v1::DECLARED_YES),
          v1::Declared_Name(v1::DECLARED_NO));
    }
    if (policy.requires_second_person() &&
        request_.second_person_approved() != v1::DECLARED_YES) {
      Add("second_person.missing", kViolation,
          v1::Declared_Name(request_.second_person_approved()),
          v1::Declared_Name(v1::DECLARED_YES));
    }
  }

  void Seals(const v1::PolicyVersion& policy) {
    const int64_t max = policy.max_seal_seconds();
    if (max == 0) return;
    const int64_t claimed = ToUnixMs(header_.claimed_time());
    const auto check = [&](absl::string_view path, int64_t until) {
      const int64_t length = (until - claimed + 999) / 1000;
      if (length <= max) return;
      Add("seal.too_long", kViolation, absl::StrCat(path, " ", Seconds(length)),
          Seconds(max));
    };
    for (const v1::SealedField& field : header_.sealed()) {
      // Personal data stays sealed for ever; that is not an abuse.
      if (field.ground() == v1::SEAL_GROUND_PERSONAL_DATA) continue;
      check(field.path(), ToUnixMs(field.sealed_until()));
    }
    if (header_.has_whole_seal()) {
      check(kWholePath, ToUnixMs(header_.whole_seal().sealed_until()));
    }
  }

  void Late(const v1::PolicyVersion& policy) {
    if (request_.has_imported()) return;  // the source's date, not a filing
    const int64_t max = policy.late_after_seconds();
    const int64_t late =
        (admitted_unix_ms_ - ToUnixMs(header_.claimed_time())) / 1000;
    if (max != 0 && late > max) {
      Add("claimed.late", kViolation, Seconds(late), Seconds(max));
    }
  }

  const v1::StatementHeader& header_;
  const v1::FootageRequest& request_;
  const int64_t admitted_unix_ms_;
  const PolicyView policies_;
  std::vector<v1::Finding> findings_;
};

}  // namespace

bool IsGoverned(const v1::Statement& statement) {
  return statement.has_footage_request();
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
