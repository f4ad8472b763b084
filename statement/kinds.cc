#include "statement/kinds.h"

#include <array>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace sightline::statement {
namespace {

constexpr std::array<v1::StatementKind, 19> kKinds = {
    v1::STATEMENT_KIND_GENESIS,           v1::STATEMENT_KIND_ENROLMENT,
    v1::STATEMENT_KIND_KEY_ROTATION,      v1::STATEMENT_KIND_STATUS_CHANGE,
    v1::STATEMENT_KIND_POLICY_VERSION,    v1::STATEMENT_KIND_LOG_KEY_CHANGE,
    v1::STATEMENT_KIND_ASSEMBLY_CALENDAR, v1::STATEMENT_KIND_FOOTAGE_REQUEST,
    v1::STATEMENT_KIND_FOOTAGE_RESPONSE,  v1::STATEMENT_KIND_AMENDMENT,
    v1::STATEMENT_KIND_EMERGENCY_REVIEW,  v1::STATEMENT_KIND_SEALED_STATEMENT,
    v1::STATEMENT_KIND_UNSEALING,         v1::STATEMENT_KIND_SEAL_RENEWAL,
    v1::STATEMENT_KIND_ERASURE,           v1::STATEMENT_KIND_SEALED_READ,
    v1::STATEMENT_KIND_PERIOD_REPORT,     v1::STATEMENT_KIND_REGISTRY_EVENT,
    v1::STATEMENT_KIND_ATTESTATION,
};

bool AgencyMaySay(v1::StatementKind kind) {
  switch (kind) {
    case v1::STATEMENT_KIND_FOOTAGE_REQUEST:
    case v1::STATEMENT_KIND_AMENDMENT:
    case v1::STATEMENT_KIND_UNSEALING:
    case v1::STATEMENT_KIND_SEAL_RENEWAL:
    case v1::STATEMENT_KIND_SEALED_READ:
    case v1::STATEMENT_KIND_PERIOD_REPORT:
    case v1::STATEMENT_KIND_REGISTRY_EVENT:
      return true;
    default:
      return false;
  }
}

bool PlatformMaySay(v1::StatementKind kind) {
  switch (kind) {
    case v1::STATEMENT_KIND_FOOTAGE_RESPONSE:
    case v1::STATEMENT_KIND_AMENDMENT:
    case v1::STATEMENT_KIND_EMERGENCY_REVIEW:
    case v1::STATEMENT_KIND_UNSEALING:
    case v1::STATEMENT_KIND_SEAL_RENEWAL:
    case v1::STATEMENT_KIND_SEALED_READ:
    case v1::STATEMENT_KIND_PERIOD_REPORT:
      return true;
    default:
      return false;
  }
}

}  // namespace

v1::StatementKind KindOf(const v1::Statement& statement) {
  // Field numbers of Statement.kind equal the values of StatementKind.
  return static_cast<v1::StatementKind>(statement.kind_case());
}

absl::Span<const v1::StatementKind> AllKinds() { return kKinds; }

absl::string_view KindName(v1::StatementKind kind) {
  switch (kind) {
    case v1::STATEMENT_KIND_GENESIS:
      return "genesis";
    case v1::STATEMENT_KIND_ENROLMENT:
      return "enrolment";
    case v1::STATEMENT_KIND_KEY_ROTATION:
      return "key_rotation";
    case v1::STATEMENT_KIND_STATUS_CHANGE:
      return "status_change";
    case v1::STATEMENT_KIND_POLICY_VERSION:
      return "policy_version";
    case v1::STATEMENT_KIND_LOG_KEY_CHANGE:
      return "log_key_change";
    case v1::STATEMENT_KIND_ASSEMBLY_CALENDAR:
      return "assembly_calendar";
    case v1::STATEMENT_KIND_FOOTAGE_REQUEST:
      return "footage_request";
    case v1::STATEMENT_KIND_FOOTAGE_RESPONSE:
      return "footage_response";
    case v1::STATEMENT_KIND_AMENDMENT:
      return "amendment";
    case v1::STATEMENT_KIND_EMERGENCY_REVIEW:
      return "emergency_review";
    case v1::STATEMENT_KIND_SEALED_STATEMENT:
      return "sealed_statement";
    case v1::STATEMENT_KIND_UNSEALING:
      return "unsealing";
    case v1::STATEMENT_KIND_SEAL_RENEWAL:
      return "seal_renewal";
    case v1::STATEMENT_KIND_ERASURE:
      return "erasure";
    case v1::STATEMENT_KIND_SEALED_READ:
      return "sealed_read";
    case v1::STATEMENT_KIND_PERIOD_REPORT:
      return "period_report";
    case v1::STATEMENT_KIND_REGISTRY_EVENT:
      return "registry_event";
    case v1::STATEMENT_KIND_ATTESTATION:
      return "attestation";
    default:
      return "unknown";
  }
}

absl::StatusOr<v1::StatementKind> ParseKind(absl::string_view name) {
  for (v1::StatementKind kind : kKinds) {
    if (KindName(kind) == name) return kind;
  }
  std::string names;
  for (v1::StatementKind kind : kKinds) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", KindName(kind));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("no such kind of statement; want one of ", names));
}

bool IsControl(v1::StatementKind kind) {
  return kind >= v1::STATEMENT_KIND_GENESIS &&
         kind <= v1::STATEMENT_KIND_ASSEMBLY_CALENDAR;
}

bool MaySay(v1::SubmitterKind submitter, v1::StatementKind kind) {
  switch (submitter) {
    case v1::SUBMITTER_KIND_AGENCY:
      return AgencyMaySay(kind);
    case v1::SUBMITTER_KIND_PLATFORM:
      return PlatformMaySay(kind);
    case v1::SUBMITTER_KIND_REGISTRAR:
      return IsControl(kind) || kind == v1::STATEMENT_KIND_ERASURE ||
             kind == v1::STATEMENT_KIND_SEALED_READ ||
             kind == v1::STATEMENT_KIND_EMERGENCY_REVIEW;
    case v1::SUBMITTER_KIND_THIRD_PARTY:
      return kind == v1::STATEMENT_KIND_ATTESTATION;
    case v1::SUBMITTER_KIND_COURT:
      return kind == v1::STATEMENT_KIND_UNSEALING ||
             kind == v1::STATEMENT_KIND_SEAL_RENEWAL ||
             kind == v1::STATEMENT_KIND_SEALED_READ ||
             kind == v1::STATEMENT_KIND_EMERGENCY_REVIEW;
    case v1::SUBMITTER_KIND_KEEPER:
      return kind == v1::STATEMENT_KIND_UNSEALING;
    default:
      return false;
  }
}

}  // namespace sightline::statement
