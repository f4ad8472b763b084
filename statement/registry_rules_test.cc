#include "statement/registry_rules.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crypto/sha256.h"
#include "statement/validate_cases.h"

namespace sightline::statement {
namespace {

std::vector<Case> GenesisCases() {
  std::vector<Case> out;
  using G = v1::Genesis;
  const auto add = [&out](const char* name, const char* fault,
                          std::function<void(G*)> change) {
    Instantiate(&out, v1::STATEMENT_KIND_GENESIS, name, fault,
                [change](v1::Statement* s) { change(s->mutable_genesis()); });
  };
  add("Origin", "genesis.origin: not the header's",
      [](G* g) { g->set_origin("example.com/other"); });
  add("Format", "genesis.format_version: 2, want 1",
      [](G* g) { g->set_format_version(2); });
  add("LogKeysMissing", "genesis.log_keys: 0 items, want 1 to 16",
      [](G* g) { g->clear_log_keys(); });
  add("LogKeyMalformed", "genesis.log_keys[0].vkey: not an Ed25519",
      [](G* g) { g->mutable_log_keys(0)->set_vkey("example.com/test-log"); });
  add("LogKeyTwice", "genesis.log_keys[1].vkey: given before",
      [](G* g) { *g->add_log_keys() = g->log_keys(0); });
  add("LogKeyEnd", "genesis.log_keys[0].end_size: want 0 or more", [](G* g) {
    g->mutable_log_keys(0)->set_first_size(5);
    g->mutable_log_keys(0)->set_end_size(5);
  });
  add("OneRegistrar", "genesis.registrar_keys: 1 items, want 2 to 16",
      [](G* g) { g->mutable_registrar_keys()->DeleteSubrange(1, 2); });
  add("RegistrarTwice", "genesis.registrar_keys[3].spki_der: given before",
      [](G* g) { *g->add_registrar_keys() = g->registrar_keys(0); });
  add("RegistrarKey", "genesis.registrar_keys[0].spki_der: ", [](G* g) {
    g->mutable_registrar_keys(0)->set_spki_der("key");
  });
  add("ThresholdOne", "genesis.registrar_threshold: want 2",
      [](G* g) { g->set_registrar_threshold(1); });
  add("ThresholdHigh", "genesis.registrar_threshold: want 2",
      [](G* g) { g->set_registrar_threshold(4); });
  add("ThresholdAll", "", [](G* g) { g->set_registrar_threshold(3); });
  add("Description", "genesis.description: 1001 bytes",
      [](G* g) { g->set_description(std::string(1001, 'd')); });
  return out;
}

std::vector<Case> EnrolmentCases() {
  std::vector<Case> out;
  using E = v1::Enrolment;
  const auto add = [&out](const char* name, const char* fault,
                          std::function<void(E*)> change) {
    Instantiate(&out, v1::STATEMENT_KIND_ENROLMENT, name, fault,
                [change](v1::Statement* s) { change(s->mutable_enrolment()); });
  };
  add("Submitter", "enrolment.submitter: not a submitter id",
      [](E* e) { e->set_submitter("ori:LAPD"); });
  add("SubmitterMissing", "enrolment.submitter: required",
      [](E* e) { e->clear_submitter(); });
  add("Registrar", "enrolment.submitter: the registrars are listed",
      [](E* e) { e->set_submitter("registrar"); });
  add("KindMissing", "enrolment.kind: required", [](E* e) { e->clear_kind(); });
  add("KindOfAnotherScheme", "enrolment.kind: does not fit the scheme",
      [](E* e) { e->set_kind(v1::SUBMITTER_KIND_PLATFORM); });
  add("Platform", "", [](E* e) {
    e->set_submitter("platform:cam");
    e->set_kind(v1::SUBMITTER_KIND_PLATFORM);
    e->clear_agency_type();
  });
  add("PlatformWithAgencyType", "enrolment.agency_type: only for agencies",
      [](E* e) {
        e->set_submitter("platform:cam");
        e->set_kind(v1::SUBMITTER_KIND_PLATFORM);
      });
  add("NameMissing", "enrolment.name: required", [](E* e) { e->clear_name(); });
  add("NameLong", "enrolment.name: 201 bytes",
      [](E* e) { e->set_name(std::string(201, 'n')); });
  add("NameNotUtf8", "enrolment.name: control characters or invalid UTF-8",
      [](E* e) { e->set_name("a\xff"); });
  add("AgencyTypeMissing", "enrolment.agency_type: required",
      [](E* e) { e->clear_agency_type(); });
  add("State", "enrolment.state: want", [](E* e) { e->set_state("X"); });
  add("StateNone", "", [](E* e) { e->clear_state(); });
  add("County", "enrolment.county_fips: want",
      [](E* e) { e->set_county_fips("1"); });
  add("UnitTwice", "enrolment.units[1]: given before",
      [](E* e) { e->add_units(e->units(0)); });
  add("UnitEmpty", "enrolment.units[1]: required",
      [](E* e) { e->add_units(""); });
  add("UnitsMany", "enrolment.units: 65 items", [](E* e) {
    for (int i = 0; e->units_size() < 65; ++i) e->add_units(absl::StrCat(i));
  });
  add("KeysMissing", "enrolment.keys: 0 items, want 1 to 8",
      [](E* e) { e->clear_keys(); });
  add("KeyMalformed", "enrolment.keys[0].spki_der: ", [](E* e) {
    e->mutable_keys(0)->mutable_spki_der()->resize(43);
  });
  add("KeyTwice", "enrolment.keys[1].spki_der: given before",
      [](E* e) { *e->add_keys() = e->keys(0); });
  add("JoinedMissing", "enrolment.joined: required",
      [](E* e) { e->clear_joined(); });
  add("VerificationMissing", "enrolment.verification: required",
      [](E* e) { e->clear_verification(); });
  add("AliasLong", "enrolment.aliases[1]: 201 bytes",
      [](E* e) { e->add_aliases(std::string(201, 'a')); });
  return out;
}

std::vector<Case> OtherRegistryCases() {
  std::vector<Case> out;
  const auto add = [&out](v1::StatementKind kind, const char* name,
                          const char* fault,
                          std::function<void(v1::Statement*)> change) {
    Instantiate(&out, kind, name, fault, std::move(change));
  };
  using S = v1::Statement;
  const auto rotation = v1::STATEMENT_KIND_KEY_ROTATION;
  add(rotation, "RotationEmpty", "key_rotation: want a key", [](S* s) {
    s->mutable_key_rotation()->clear_add();
    s->mutable_key_rotation()->clear_revoke();
  });
  add(rotation, "RotationAddOnly", "",
      [](S* s) { s->mutable_key_rotation()->clear_revoke(); });
  add(rotation, "RotationKeyId", "key_rotation.revoke[0].key_id: 5 bytes",
      [](S* s) {
        s->mutable_key_rotation()->mutable_revoke(0)->set_key_id("abcde");
      });
  add(rotation, "RotationBoth", "key_rotation.revoke[1].key_id: given before",
      [](S* s) {
        const crypto::Digest id =
            crypto::Sha256(s->key_rotation().add(0).spki_der());
        s->mutable_key_rotation()->add_revoke()->set_key_id(
            std::string(crypto::AsBytes(id)));
      });
  const auto status = v1::STATEMENT_KIND_STATUS_CHANGE;
  add(status, "StatusMissing", "status_change.status: required",
      [](S* s) { s->mutable_status_change()->clear_status(); });
  add(status, "StatusEffective", "status_change.effective: required",
      [](S* s) { s->mutable_status_change()->clear_effective(); });
  add(status, "StatusReason", "status_change.reason: 501 bytes", [](S* s) {
    s->mutable_status_change()->set_reason(std::string(501, 'r'));
  });
  const auto policy = v1::STATEMENT_KIND_POLICY_VERSION;
  add(policy, "PolicyTitle", "policy_version.title: required",
      [](S* s) { s->mutable_policy_version()->clear_title(); });
  add(policy, "PolicyFrom", "policy_version.in_force_from: required",
      [](S* s) { s->mutable_policy_version()->clear_in_force_from(); });
  add(policy, "PolicyUntil", "policy_version.in_force_until: want a time after",
      [](S* s) {
        *s->mutable_policy_version()->mutable_in_force_until() =
            s->policy_version().in_force_from();
      });
  add(policy, "PolicyReviewsNothing",
      "policy_version.review_deadline_seconds: none of the channels", [](S* s) {
        s->mutable_policy_version()->set_review_deadline_seconds(259200);
      });
  add(policy, "PolicyReviewsEmergencies", "", [](S* s) {
    s->mutable_policy_version()->add_channels(v1::CHANNEL_EMERGENCY);
    s->mutable_policy_version()->set_review_deadline_seconds(259200);
  });
  add(policy, "PolicyNotifiesNobody",
      "policy_version.notice_deadline_seconds: none of the channels", [](S* s) {
        s->mutable_policy_version()->set_notice_deadline_seconds(1);
      });
  add(policy, "PolicyOffencesOfAPurposeTwice",
      "policy_version.purpose_offences[3].purpose: given before", [](S* s) {
        v1::PolicyVersion& p = *s->mutable_policy_version();
        *p.add_purpose_offences() = p.purpose_offences(0);
      });
  add(policy, "PolicyOffencesOfAPurposeThatIsNotAllowed",
      "policy_version.purpose_offences[0].purpose: none of allowed", [](S* s) {
        s->mutable_policy_version()->mutable_purpose_offences(0)->set_purpose(
            v1::PURPOSE_OTHER);
      });
  add(policy, "PolicyOffencesNone",
      "policy_version.purpose_offences[0].offence_codes: 0 items", [](S* s) {
        s->mutable_policy_version()
            ->mutable_purpose_offences(0)
            ->clear_offence_codes();
      });
  add(policy, "PolicyOffenceThatPointsAtAVictim",
      "policy_version.purpose_offences[1].offence_codes[2]: no offence code",
      [](S* s) {
        s->mutable_policy_version()
            ->mutable_purpose_offences(1)
            ->add_offence_codes("11A");
      });
  add(policy, "PolicyField",
      "policy_version.required_fields[2]: no field of a footage request",
      [](S* s) { s->mutable_policy_version()->add_required_fields("judge"); });
  add(policy, "PolicyGroundTwice",
      "policy_version.seal_grounds[1]: given before", [](S* s) {
        s->mutable_policy_version()->add_seal_grounds(v1::SEAL_GROUND_FLIGHT);
        s->mutable_policy_version()->add_seal_grounds(v1::SEAL_GROUND_FLIGHT);
      });
  add(policy, "PolicyChannels", "policy_version.channels: 0 items",
      [](S* s) { s->mutable_policy_version()->clear_channels(); });
  add(policy, "PolicyPurposeTwice",
      "policy_version.allowed_purposes[4]: given before", [](S* s) {
        s->mutable_policy_version()->add_allowed_purposes(v1::PURPOSE_THEFT);
      });
  add(policy, "PolicyWindow", "policy_version.max_window_seconds: below",
      [](S* s) { s->mutable_policy_version()->set_max_window_seconds(60); });
  add(policy, "PolicyWindowOpen", "",
      [](S* s) { s->mutable_policy_version()->set_max_window_seconds(0); });
  add(policy, "PolicyArea", "policy_version.max_area_square_metres: below",
      [](S* s) { s->mutable_policy_version()->set_max_area_square_metres(1); });
  add(policy, "PolicyPath",
      "policy_version.required_sealed_paths[1]: no field that a footage",
      [](S* s) {
        s->mutable_policy_version()->add_required_sealed_paths("new_value");
      });
  const auto keys = v1::STATEMENT_KIND_LOG_KEY_CHANGE;
  add(keys, "LogKeysNone", "log_key_change.log_keys: 0 items",
      [](S* s) { s->mutable_log_key_change()->clear_log_keys(); });
  add(keys, "LogKeyName", "log_key_change.log_keys[0].vkey: not an",
      [](S* s) { s->mutable_header()->set_origin("example.com/other"); });
  const auto calendar = v1::STATEMENT_KIND_ASSEMBLY_CALENDAR;
  add(calendar, "CalendarSource", "assembly_calendar.source: required",
      [](S* s) { s->mutable_assembly_calendar()->clear_source(); });
  add(calendar, "CalendarNone", "assembly_calendar.assemblies: 0 items",
      [](S* s) { s->mutable_assembly_calendar()->clear_assemblies(); });
  add(calendar, "CalendarMany", "assembly_calendar.assemblies: 257 items",
      [](S* s) {
        v1::AssemblyCalendar* list = s->mutable_assembly_calendar();
        while (list->assemblies_size() < 257) {
          *list->add_assemblies() = list->assemblies(0);
        }
      });
  add(calendar, "CalendarWindow", "assembly_calendar.assemblies[0].window",
      [](S* s) {
        s->mutable_assembly_calendar()->mutable_assemblies(0)->clear_window();
      });
  add(calendar, "CalendarCounty", "assembly_calendar.assemblies[0].county_fips",
      [](S* s) {
        s->mutable_assembly_calendar()->mutable_assemblies(0)->set_county_fips(
            "6037");
      });
  add(calendar, "CalendarFineCell", "assembly_calendar.assemblies[0].s2_cell",
      [](S* s) {
        s->mutable_assembly_calendar()->mutable_assemblies(0)->set_s2_cell(
            "80c2c714");
      });
  const auto erasure = v1::STATEMENT_KIND_ERASURE;
  add(erasure, "ErasureBasis", "erasure.basis: required",
      [](S* s) { s->mutable_erasure()->clear_basis(); });
  add(erasure, "ErasureTarget", "erasure.target.leaf_hash: 0 bytes",
      [](S* s) { s->mutable_erasure()->mutable_target()->Clear(); });
  return out;
}

INSTANTIATE_TEST_SUITE_P(Genesis, ValidateRule,
                         ::testing::ValuesIn(GenesisCases()), CaseName);
INSTANTIATE_TEST_SUITE_P(Enrolment, ValidateRule,
                         ::testing::ValuesIn(EnrolmentCases()), CaseName);
INSTANTIATE_TEST_SUITE_P(Registry, ValidateRule,
                         ::testing::ValuesIn(OtherRegistryCases()), CaseName);

}  // namespace
}  // namespace sightline::statement
