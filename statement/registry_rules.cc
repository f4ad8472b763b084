#include "statement/registry_rules.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "crypto/sha256.h"
#include "google/protobuf/repeated_field.h"
#include "statement/entry_format.h"
#include "statement/footage_rules.h"
#include "statement/geography.h"
#include "statement/lint.h"
#include "statement/log_vkey.h"
#include "statement/offences.h"
#include "statement/policy.h"
#include "statement/sealed_paths.h"
#include "statement/submitter_id.h"

namespace sightline::statement {
namespace {

constexpr int kMaxLogKeys = 16;
constexpr int kMaxRegistrarKeys = 16;
constexpr int kMaxKeys = 8;
constexpr int kMaxNames = 64;
constexpr int kMaxOffences = 84;
constexpr int kMaxAssemblies = 256;

void CheckLogKeys(const google::protobuf::RepeatedPtrField<v1::LogKey>& keys,
                  absl::string_view origin, const Path& at, Checker* check) {
  check->Count(keys.size(), 1, kMaxLogKeys, at);
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < std::min(keys.size(), kMaxLogKeys); ++i) {
    const v1::LogKey& key = keys[i];
    const absl::Status status = ParseLogVkey(key.vkey(), origin).status();
    check->Require(status.ok(), at[i] / "vkey", status.message());
    check->Require(key.end_size() == 0 || key.end_size() > key.first_size(),
                   at[i] / "end_size", "want 0 or more than first_size");
    check->Require(seen.insert(key.vkey()).second, at[i] / "vkey",
                   "given before");
  }
}

bool IsActiveSomewhen(const v1::PolicyVersion& policy) {
  const auto key = [](const google::protobuf::Timestamp& t) {
    return std::make_pair(t.seconds(), t.nanos());
  };
  return !policy.has_in_force_until() ||
         key(policy.in_force_from()) < key(policy.in_force_until());
}

void CheckLimits(uint64_t min, uint64_t max, const Path& at, Checker* check) {
  check->Require(max == 0 || min <= max, at, "below the minimum");
}

bool MayHaveEmergencies(const google::protobuf::RepeatedField<int>& channels) {
  return std::any_of(channels.begin(), channels.end(), [](int channel) {
    return !IsVoluntaryChannel(static_cast<v1::Channel>(channel));
  });
}

}  // namespace

void CheckGenesis(const v1::Genesis& genesis, absl::string_view header_origin,
                  const Path& at, Checker* check) {
  check->Require(genesis.origin() == header_origin, at / "origin",
                 "not the header's origin");
  check->Require(
      genesis.format_version() == kEntryFormatVersion, at / "format_version",
      absl::StrCat(genesis.format_version(), ", want ", kEntryFormatVersion));
  CheckLogKeys(genesis.log_keys(), header_origin, at / "log_keys", check);
  check->Keys(genesis.registrar_keys(), 2, kMaxRegistrarKeys,
              at / "registrar_keys");
  check->Require(genesis.registrar_threshold() >= 2 &&
                     genesis.registrar_threshold() <=
                         static_cast<uint32_t>(genesis.registrar_keys_size()),
                 at / "registrar_threshold",
                 "want 2 to the number of registrar keys");
  check->OptionalText(genesis.description(), 1000, at / "description");
}

void CheckEnrolment(const v1::Enrolment& enrolment, const Path& at,
                    Checker* check) {
  const bool agency = enrolment.kind() == v1::SUBMITTER_KIND_AGENCY;
  check->EnrollableId(enrolment.submitter(), at / "submitter");
  check->RequiredEnum(enrolment.kind(), v1::SubmitterKind_IsValid, at / "kind");
  const v1::SubmitterKind by_scheme = SubmitterKindOf(enrolment.submitter());
  check->Require(by_scheme == v1::SUBMITTER_KIND_UNSPECIFIED ||
                     by_scheme == enrolment.kind(),
                 at / "kind", "does not fit the scheme of the submitter id");
  check->RequiredText(enrolment.name(), kMaxNameBytes, at / "name",
                      TextKind::kNameOfBody);
  if (agency) {
    check->RequiredEnum(enrolment.agency_type(), v1::AgencyType_IsValid,
                        at / "agency_type");
  } else {
    check->Require(enrolment.agency_type() == v1::AGENCY_TYPE_UNSPECIFIED,
                   at / "agency_type", "only for agencies");
  }
  check->OptionalState(enrolment.state(), at / "state");
  check->OptionalCounty(enrolment.county_fips(), at / "county_fips");
  check->Names(enrolment.units(), kMaxNames, at / "units",
               TextKind::kNameOfBody);
  check->Keys(enrolment.keys(), 1, kMaxKeys, at / "keys");
  check->RequiredTime(enrolment.has_joined(), enrolment.joined(),
                      at / "joined");
  check->RequiredEnum(enrolment.verification(),
                      v1::IdentityVerification_IsValid, at / "verification");
  check->Names(enrolment.aliases(), kMaxNames, at / "aliases",
               TextKind::kNameOfBody);
}

void CheckKeyRotation(const v1::KeyRotation& rotation, const Path& at,
                      Checker* check) {
  check->EnrollableId(rotation.submitter(), at / "submitter");
  check->Keys(rotation.add(), 0, kMaxKeys, at / "add");
  check->Count(rotation.revoke_size(), 0, kMaxKeys, at / "revoke");
  check->Require(rotation.add_size() + rotation.revoke_size() > 0, at,
                 "want a key to add or to revoke");
  absl::flat_hash_set<std::string> seen;
  for (int i = 0; i < std::min(rotation.add_size(), kMaxKeys); ++i) {
    const crypto::Digest id = crypto::Sha256(rotation.add(i).spki_der());
    seen.insert(std::string(crypto::AsBytes(id)));
  }
  for (int i = 0; i < std::min(rotation.revoke_size(), kMaxKeys); ++i) {
    const std::string& id = rotation.revoke(i).key_id();
    const Path revoke = at / "revoke";
    check->Hash(id, revoke[i] / "key_id");
    check->Require(seen.insert(id).second, revoke[i] / "key_id",
                   "given before");
  }
}

void CheckStatusChange(const v1::StatusChange& change, const Path& at,
                       Checker* check) {
  check->EnrollableId(change.submitter(), at / "submitter");
  check->RequiredEnum(change.status(), v1::SubmitterStatus_IsValid,
                      at / "status");
  check->RequiredTime(change.has_effective(), change.effective(),
                      at / "effective");
  check->OptionalText(change.reason(), 500, at / "reason");
}

// A whole seal leaves the class of process and the month public, so that requests
// are counted one by one; national security may be told in bands only.
void CheckWholeSealProcesses(const v1::PolicyVersion& policy, const Path& at,
                             Checker* check) {
  const auto& processes = policy.whole_seal_processes();
  check->EnumList(processes, v1::LegalProcess_IsValid, 0,
                  v1::LegalProcess_ARRAYSIZE, at);
  for (int i = 0; i < std::min(processes.size(), v1::LegalProcess_ARRAYSIZE);
       ++i) {
    check->Require(processes[i] != v1::LEGAL_PROCESS_NONE_CONSENT &&
                       processes[i] != v1::LEGAL_PROCESS_NSL &&
                       processes[i] != v1::LEGAL_PROCESS_FISA,
                   at[i], "no process that may be counted and not told of");
  }
}

// Codes as requests give them: groups stand for those that may point at a victim.
void CheckOffences(const v1::PurposeOffences& list, const Path& at,
                   Checker* check) {
  const auto& codes = list.offence_codes();
  check->Names(codes, kMaxOffences, at);
  check->Count(codes.size(), 1, kMaxOffences, at);
  for (int i = 0; i < std::min(codes.size(), kMaxOffences); ++i) {
    check->Require(FindOffence(codes[i]) != nullptr &&
                       PublicOffenceCode(codes[i]) == codes[i],
                   at[i], "no offence code that a request may give");
  }
}

void CheckPurposeOffences(const v1::PolicyVersion& policy, const Path& at,
                          Checker* check) {
  const auto& lists = policy.purpose_offences();
  const auto& allowed = policy.allowed_purposes();
  check->Count(lists.size(), 0, v1::Purpose_ARRAYSIZE, at);
  absl::flat_hash_set<int> seen;
  for (int i = 0; i < std::min(lists.size(), v1::Purpose_ARRAYSIZE); ++i) {
    const Path list = at[i];
    const v1::Purpose purpose = lists[i].purpose();
    check->RequiredEnum(purpose, v1::Purpose_IsValid, list / "purpose");
    check->Require(seen.insert(purpose).second, list / "purpose",
                   "given before");
    check->Require(allowed.empty() || std::find(allowed.begin(), allowed.end(),
                                                purpose) != allowed.end(),
                   list / "purpose", "none of allowed_purposes");
    CheckOffences(lists[i], list / "offence_codes", check);
  }
}

void CheckPolicyVersion(const v1::PolicyVersion& policy, const Path& at,
                        Checker* check) {
  check->Policy(policy.policy(), at / "policy");
  check->RequiredText(policy.title(), kMaxNameBytes, at / "title");
  check->RequiredTime(policy.has_in_force_from(), policy.in_force_from(),
                      at / "in_force_from");
  check->OptionalTime(policy.has_in_force_until(), policy.in_force_until(),
                      at / "in_force_until");
  check->Require(IsActiveSomewhen(policy), at / "in_force_until",
                 "want a time after in_force_from");
  check->EnumList(policy.channels(), v1::Channel_IsValid, 1,
                  v1::Channel_ARRAYSIZE, at / "channels");
  check->EnumList(policy.allowed_purposes(), v1::Purpose_IsValid, 0,
                  v1::Purpose_ARRAYSIZE, at / "allowed_purposes");
  CheckLimits(policy.min_window_seconds(), policy.max_window_seconds(),
              at / "max_window_seconds", check);
  CheckLimits(policy.min_area_square_metres(), policy.max_area_square_metres(),
              at / "max_area_square_metres", check);
  CheckPurposeOffences(policy, at / "purpose_offences", check);
  check->Names(policy.required_fields(), kMaxNames, at / "required_fields");
  const Path fields = at / "required_fields";
  for (int i = 0; i < std::min(policy.required_fields_size(), kMaxNames); ++i) {
    check->Require(IsRequestField(policy.required_fields(i)), fields[i],
                   "no field of a footage request");
  }
  check->EnumList(policy.seal_grounds(), v1::SealGround_IsValid, 0,
                  v1::SealGround_ARRAYSIZE, at / "seal_grounds");
  check->Require(policy.notice_deadline_seconds() == 0 ||
                     MayHaveEmergencies(policy.channels()),
                 at / "notice_deadline_seconds",
                 "none of the channels brings emergencies");
  check->Require(policy.review_deadline_seconds() == 0 ||
                     MayHaveEmergencies(policy.channels()),
                 at / "review_deadline_seconds",
                 "none of the channels brings emergencies");
  const auto& paths = policy.required_sealed_paths();
  check->Names(paths, kMaxNames, at / "required_sealed_paths");
  const Path required = at / "required_sealed_paths";
  for (int i = 0; i < std::min(paths.size(), kMaxNames); ++i) {
    check->Require(IsSealedPath(v1::STATEMENT_KIND_FOOTAGE_REQUEST, paths[i]),
                   required[i], "no field that a footage request can seal");
  }
  CheckWholeSealProcesses(policy, at / "whole_seal_processes", check);
}

void CheckLogKeyChange(const v1::LogKeyChange& change,
                       absl::string_view header_origin, const Path& at,
                       Checker* check) {
  CheckLogKeys(change.log_keys(), header_origin, at / "log_keys", check);
}

void CheckAssemblyCalendar(const v1::AssemblyCalendar& calendar, const Path& at,
                           Checker* check) {
  check->RequiredText(calendar.source(), kMaxNameBytes, at / "source",
                      TextKind::kNameOfBody);
  const auto& assemblies = calendar.assemblies();
  const Path list = at / "assemblies";
  check->Count(assemblies.size(), 1, kMaxAssemblies, list);
  for (int i = 0; i < std::min(assemblies.size(), kMaxAssemblies); ++i) {
    const v1::Assembly& assembly = assemblies[i];
    check->Window(assembly.window(), list[i] / "window");
    check->Require(IsCountyFips(assembly.county_fips()),
                   list[i] / "county_fips", "want five digits of a county");
    if (assembly.s2_cell().empty()) continue;
    const std::optional<int> level = S2Level(assembly.s2_cell());
    check->Require(level.has_value() && *level <= kMaxS2Level,
                   list[i] / "s2_cell",
                   absl::StrCat("want the token of an S2 cell of level ",
                                kMaxS2Level, " or coarser"));
  }
}

void CheckErasure(const v1::Erasure& erasure, const Path& at, Checker* check) {
  check->Link(erasure.has_target(), erasure.target(), at / "target");
  check->RequiredEnum(erasure.basis(), v1::Erasure_Basis_IsValid, at / "basis");
}

}  // namespace sightline::statement
