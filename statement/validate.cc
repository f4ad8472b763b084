#include "statement/validate.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "crypto/signer.h"
#include "statement/dsse.h"
#include "statement/field_checks.h"
#include "statement/footage_rules.h"
#include "statement/kinds.h"
#include "statement/other_rules.h"
#include "statement/registry_rules.h"
#include "statement/seal.h"
#include "statement/sealed_paths.h"
#include "statement/statement_codec.h"
#include "statement/text.h"
#include "statement/timestamps.h"
#include "statement/whole_seal.h"

namespace sightline::statement {
namespace {

constexpr size_t kMaxOriginBytes = 200;
constexpr size_t kUuidSize = 16;
constexpr int kMaxSealed = static_cast<int>(kMaxSealedFields);

// The name of a log in checkpoints: no space, no plus sign.
bool IsOrigin(absl::string_view origin) {
  return !origin.empty() && origin.size() <= kMaxOriginBytes &&
         std::all_of(origin.begin(), origin.end(),
                     [](char c) { return c > 0x20 && c < 0x7f && c != '+'; });
}

// Version 4 or 7, variant 10 (RFC 9562 s4).
bool IsClientUuid(absl::string_view id) {
  if (id.size() != kUuidSize) return false;
  const int version = static_cast<uint8_t>(id[6]) >> 4;
  const int variant = static_cast<uint8_t>(id[8]) >> 6;
  return (version == 4 || version == 7) && variant == 2;
}

void CheckSealedField(const v1::SealedField& sealed, v1::StatementKind kind,
                      const google::protobuf::Timestamp& claimed_time,
                      const Path& at, Checker* check) {
  check->Require(IsSealedPath(kind, sealed.path()), at / "path",
                 "no field that this kind can seal");
  check->Hash(sealed.commitment(), at / "commitment");
  check->RequiredEnum(sealed.ground(), v1::SealGround_IsValid, at / "ground");
  check->RequiredEnum(sealed.granter(), v1::SealGranter_IsValid,
                      at / "granter");
  if (!sealed.has_sealed_until()) {
    check->Present(sealed.ground() == v1::SEAL_GROUND_PERSONAL_DATA,
                   at / "sealed_until");
    return;
  }
  check->OptionalTime(true, sealed.sealed_until(), at / "sealed_until");
  check->Require(ToUnixMs(sealed.sealed_until()) > ToUnixMs(claimed_time),
                 at / "sealed_until", "want a time after claimed_time");
}

void CheckSealedFields(const v1::StatementHeader& header,
                       v1::StatementKind kind, const Path& at, Checker* check) {
  const auto& sealed = header.sealed();
  check->Count(sealed.size(), 0, kMaxSealed, at);
  absl::InlinedVector<absl::string_view, 8> seen;
  for (int i = 0; i < std::min(sealed.size(), kMaxSealed); ++i) {
    CheckSealedField(sealed[i], kind, header.claimed_time(), at[i], check);
    check->Require(
        std::find(seen.begin(), seen.end(), sealed[i].path()) == seen.end(),
        at[i] / "path", "given before");
    seen.push_back(sealed[i].path());
  }
}

// What a request under a seal on the whole of it owes beyond its kind's rules.
void CheckWholeSeal(const v1::Statement& s, const Path& at, Checker* check) {
  const v1::StatementHeader& header = s.header();
  if (!header.has_whole_seal()) return;
  const v1::WholeSeal& seal = header.whole_seal();
  check->RequiredEnum(seal.ground(), v1::SealGround_IsValid, at / "ground");
  check->Require(seal.ground() != v1::SEAL_GROUND_PERSONAL_DATA, at / "ground",
                 "personal data is sealed by field");
  check->Require(seal.granter() == v1::SEAL_GRANTER_COURT, at / "granter",
                 "want a court: nobody else may forbid to tell of a request");
  check->RequiredTime(seal.has_sealed_until(), seal.sealed_until(),
                      at / "sealed_until");
  if (seal.has_sealed_until()) {
    check->Require(
        ToUnixMs(seal.sealed_until()) > ToUnixMs(header.claimed_time()),
        at / "sealed_until", "want a time after claimed_time");
  }
  const v1::FootageRequest& request = s.footage_request();
  check->Require(s.has_footage_request() && !request.has_imported() &&
                     request.channel() == v1::CHANNEL_LEGAL_PROCESS,
                 at, "for footage requests under legal process alone");
  check->Require(header.sealed().empty(), Path("header") / "sealed",
                 "want none beside whole_seal: the whole holds every field");
  check->Require(s.ByteSizeLong() + kMaxEnvelopeBytes <= kMaxWholeBytes, at,
                 absl::StrCat("want a statement of at most ",
                              kMaxWholeBytes - kMaxEnvelopeBytes, " bytes"));
}

void CheckSpeaker(const v1::Statement& s, const Path& at, Checker* check) {
  if (s.has_sealed_statement()) {
    check->Require(s.header().submitter() == kSealedSubmitter, at,
                   "want \"sealed\": the log itself says this");
  } else {
    check->SubmitterId(s.header().submitter(), at);
  }
}

void CheckHeader(const v1::Statement& statement, Checker* check) {
  const Path at("header");
  const v1::StatementHeader& header = statement.header();
  check->Present(statement.has_header(), at);
  check->Require(IsOrigin(header.origin()), at / "origin",
                 "want 1 to 200 printable ASCII characters without space, +");
  CheckSpeaker(statement, at / "submitter", check);
  check->Require(IsClientUuid(header.statement_id()), at / "statement_id",
                 "want a UUID of version 4 or 7 in 16 bytes");
  check->RequiredTime(header.has_claimed_time(), header.claimed_time(),
                      at / "claimed_time");
  CheckSealedFields(header, KindOf(statement), at / "sealed", check);
  CheckWholeSeal(statement, at / "whole_seal", check);
}

// A statement that is brought keeps every rule that it kept when it was sealed.
void CheckBroughtStatement(const v1::Statement& unsealing, Checker* check) {
  if (!BringsStatement(unsealing)) return;
  const Path whole("unsealing");
  const Path at = whole / "openings";
  const auto brought = ReadBrought(unsealing);
  if (!brought.ok()) {
    return check->Fault(at, brought.status().message());
  }
  check->Require(brought->statement.header().has_whole_seal() &&
                     brought->statement.has_footage_request(),
                 at, "holds no request that is sealed as a whole");
  if (!brought->statement.has_footage_request()) return;
  const bool is_sound = ValidateEnvelope(brought->signed_statement).empty() &&
                        Validate(brought->statement).empty();
  check->Require(is_sound, at, "holds a statement that the log would refuse");
}

void CheckKind(const v1::Statement& s, Checker* check) {
  const absl::string_view name = KindName(KindOf(s));
  const Path at(name);
  const std::string& origin = s.header().origin();
  switch (s.kind_case()) {
    case v1::Statement::kGenesis:
      return CheckGenesis(s.genesis(), origin, at, check);
    case v1::Statement::kEnrolment:
      return CheckEnrolment(s.enrolment(), at, check);
    case v1::Statement::kKeyRotation:
      return CheckKeyRotation(s.key_rotation(), at, check);
    case v1::Statement::kStatusChange:
      return CheckStatusChange(s.status_change(), at, check);
    case v1::Statement::kPolicyVersion:
      return CheckPolicyVersion(s.policy_version(), at, check);
    case v1::Statement::kLogKeyChange:
      return CheckLogKeyChange(s.log_key_change(), origin, at, check);
    case v1::Statement::kAssemblyCalendar:
      return CheckAssemblyCalendar(s.assembly_calendar(), at, check);
    case v1::Statement::kFootageRequest:
      return CheckFootageRequest(s.footage_request(), at, check);
    case v1::Statement::kFootageResponse:
      return CheckFootageResponse(s.footage_response(),
                                  s.header().claimed_time(), at, check);
    case v1::Statement::kAmendment:
      return CheckAmendment(s.amendment(), at, check);
    case v1::Statement::kEmergencyReview:
      return CheckEmergencyReview(s.emergency_review(), at, check);
    case v1::Statement::kSealedStatement:
      CheckSealedStatement(s.sealed_statement(), at, check);
      return check->Require(IsWellMadeFace(s), at,
                            "not as the log writes it down");
    case v1::Statement::kUnsealing:
      CheckUnsealing(s.unsealing(), at, check);
      return CheckBroughtStatement(s, check);
    case v1::Statement::kSealRenewal:
      return CheckSealRenewal(s.seal_renewal(), s.header().claimed_time(), at,
                              check);
    case v1::Statement::kErasure:
      return CheckErasure(s.erasure(), at, check);
    case v1::Statement::kSealedRead:
      return CheckSealedRead(s.sealed_read(), s.header().submitter(), at,
                             check);
    case v1::Statement::kPeriodReport:
      return CheckPeriodReport(s.period_report(), s.header().submitter(), at,
                               check);
    case v1::Statement::kRegistryEvent:
      return CheckRegistryEvent(s.registry_event(), at, check);
    case v1::Statement::kAttestation:
      return CheckAttestation(s.attestation(), at, check);
    case v1::Statement::KIND_NOT_SET:
      return check->Fault(Path("kind"), "required: the statement says nothing");
  }
}

}  // namespace

Violations Validate(const v1::Statement& statement) {
  Violations out;
  Checker check(&out);
  CheckHeader(statement, &check);
  CheckKind(statement, &check);
  return out;
}

Violations ValidateEnvelope(const v1::SignedStatement& signed_statement,
                            int min_signatures) {
  Violations out;
  Checker check(&out);
  if (signed_statement.payload_type() != kPayloadType) {
    check.Fault(Path("payload_type"),
                absl::StrCat("want \"", kPayloadType, "\""));
  }
  const size_t size = signed_statement.payload().size();
  if (size < 1 || size > kMaxStatementBytes) {
    check.Fault(Path("payload"),
                absl::StrCat(size, " bytes, want 1 to ", kMaxStatementBytes));
  }
  const auto& signatures = signed_statement.signatures();
  const Path at("signatures");
  const int max = static_cast<int>(kMaxSignatures);
  check.Count(signatures.size(), min_signatures, max, at);
  absl::InlinedVector<absl::string_view, 4> seen;
  for (int i = 0; i < std::min(signatures.size(), max); ++i) {
    const std::string& key_id = signatures[i].key_id();
    check.Hash(key_id, at[i] / "key_id");
    check.Size(signatures[i].signature(), crypto::kSignatureSize,
               at[i] / "signature");
    check.Require(std::find(seen.begin(), seen.end(), key_id) == seen.end(),
                  at[i] / "key_id", "given before");
    seen.push_back(key_id);
  }
  return out;
}

}  // namespace sightline::statement
