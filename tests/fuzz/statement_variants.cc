#include "tests/fuzz/statement_variants.h"

#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crypto/fixed_rng.h"
#include "statement/examples.h"
#include "statement/kinds.h"
#include "statement/policy.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {
namespace {

// Made once.
const TestParties& Parties() {
  static const TestParties* const parties = new TestParties();
  return *parties;
}

void FillWindow(v1::TimeWindow* out) {
  out->mutable_begin()->set_seconds(kTestTimeMs / 1000 - 7200);
  out->mutable_end()->set_seconds(kTestTimeMs / 1000 - 3600);
}

void FillLink(v1::EntryLink* out) {
  out->set_index(3);
  out->set_leaf_hash(std::string(32, 'l'));
}

std::vector<Variant> RequestVariants() {
  const auto request = [](const char* name,
                          std::function<void(v1::FootageRequest*)> change) {
    return Variant{absl::StrCat("footage_request_", name),
                   v1::STATEMENT_KIND_FOOTAGE_REQUEST,
                   [change = std::move(change)](v1::Statement* s) {
                     change(s->mutable_footage_request());
                   }};
  };
  const auto of_court = [](v1::FootageRequest* r) {
    r->set_channel(v1::CHANNEL_LEGAL_PROCESS);
    r->set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT);
    r->set_court_county_fips("06037");
    r->set_judge_issued(v1::DECLARED_YES);
  };
  return {
      request("of_a_court",
              [of_court](v1::FootageRequest* r) {
                of_court(r);
                FillLink(r->mutable_escalates());
              }),
      request("in_an_emergency",
              [](v1::FootageRequest* r) {
                r->set_channel(v1::CHANNEL_EMERGENCY);
                r->set_legal_process(v1::LEGAL_PROCESS_EMERGENCY_2702);
                r->set_emergency_basis(v1::EMERGENCY_BASIS_IMMINENT_DEATH);
                r->set_verification(v1::REQUESTER_VERIFICATION_CALL_BACK);
              }),
      request("of_a_state",
              [](v1::FootageRequest* r) {
                r->mutable_area()->clear_county_fips();
                r->mutable_area()->set_state("CA");
              }),
      request("of_a_cell",
              [](v1::FootageRequest* r) {
                r->mutable_area()->clear_county_fips();
                r->mutable_area()->set_s2_cell("89c259");
              }),
      request("of_a_task_force",
              [](v1::FootageRequest* r) {
                r->set_unit("Safe LA Task Force");
                r->set_devices(v1::COUNT_BUCKET_5_19);
                r->add_member_agencies("ori:CA0190000");
                r->add_member_agencies("ori:CA0199900");
              }),
      request("imported",
              [](v1::FootageRequest* r) {
                r->mutable_imported()->set_source("Example disclosure list");
                r->mutable_imported()->set_row(17);
              }),
      {"footage_request_sealed_as_a_whole", v1::STATEMENT_KIND_FOOTAGE_REQUEST,
       [of_court](v1::Statement* s) {
         of_court(s->mutable_footage_request());
         s->mutable_footage_request()->mutable_policy()->set_policy_id(
             "ca-electronic-warrant");
         s->mutable_header()->clear_sealed();
         v1::WholeSeal& seal = *s->mutable_header()->mutable_whole_seal();
         seal.set_ground(v1::SEAL_GROUND_JEOPARDIZE);
         seal.set_granter(v1::SEAL_GRANTER_COURT);
         seal.mutable_sealed_until()->set_seconds(kTestTimeMs / 1000 + 3600);
       }},
  };
}

std::vector<Variant> AmendmentVariants() {
  const auto amendment = [](const char* name,
                            std::function<void(v1::Amendment*)> change) {
    return Variant{absl::StrCat("amendment_", name),
                   v1::STATEMENT_KIND_AMENDMENT,
                   [change = std::move(change)](v1::Statement* s) {
                     change(s->mutable_amendment());
                   }};
  };
  return {
      amendment("withdrawal",
                [](v1::Amendment* a) {
                  a->mutable_withdrawal()->set_reason_code("FILED_TWICE");
                }),
      amendment("narrowing",
                [](v1::Amendment* a) {
                  v1::Narrowing& narrowing = *a->mutable_narrowing();
                  FillWindow(narrowing.mutable_footage_window());
                  narrowing.mutable_area()->set_county_fips("06037");
                }),
      amendment("narrowing_to_a_cell",
                [](v1::Amendment* a) {
                  v1::CoarseArea& area =
                      *a->mutable_narrowing()->mutable_area();
                  area.set_s2_cell("89c259");
                  area.set_area_square_metres(100'000);
                }),
      amendment("narrowing_to_a_state",
                [](v1::Amendment* a) {
                  a->mutable_narrowing()->mutable_area()->set_state("CA");
                }),
      amendment("challenge",
                [](v1::Amendment* a) {
                  a->mutable_challenge()->set_ground(
                      v1::REFUSAL_GROUND_OVERBROAD);
                }),
      amendment("onward_sharing",
                [](v1::Amendment* a) {
                  a->mutable_onward_sharing()->set_recipient(
                      "outside:example-bureau");
                  a->mutable_onward_sharing()->set_basis(
                      v1::LEGAL_PROCESS_MLAT);
                }),
      amendment("closing_report",
                [](v1::Amendment* a) {
                  a->mutable_closing_report()->set_use(
                      v1::ClosingReport::USE_NOT_USED);
                }),
  };
}

std::vector<Variant> ResponseVariants() {
  const auto response = [](const char* name,
                           std::function<void(v1::FootageResponse*)> change) {
    return Variant{absl::StrCat("footage_response_", name),
                   v1::STATEMENT_KIND_FOOTAGE_RESPONSE,
                   [change = std::move(change)](v1::Statement* s) {
                     change(s->mutable_footage_response());
                   }};
  };
  // Nothing but the request that it answers.
  const auto bare = [](v1::FootageResponse* r, v1::Outcome outcome) {
    v1::FootageResponse kept;
    *kept.mutable_request() = r->request();
    kept.set_outcome(outcome);
    *r = kept;
  };
  return {
      response("refused",
               [bare](v1::FootageResponse* r) {
                 bare(r, v1::OUTCOME_MODERATION_REFUSED);
                 r->set_refusal_ground(v1::REFUSAL_GROUND_OVERBROAD);
                 r->set_moderated(true);
               }),
      response(
          "pending",
          [bare](v1::FootageResponse* r) { bare(r, v1::OUTCOME_PENDING); }),
      response("given_first",
               [](v1::FootageResponse* r) {
                 r->mutable_first_given()->set_seconds(kTestTimeMs / 1000 -
                                                       3600);
               }),
      response("told_later",
               [](v1::FootageResponse* r) {
                 r->set_user_notice(v1::USER_NOTICE_DELAYED);
                 r->mutable_user_notice_time()->set_seconds(kTestTimeMs / 1000 +
                                                            86'400);
               }),
  };
}

std::vector<Variant> PolicyVariants() {
  const auto policy = [](const std::string& name,
                         std::function<void(v1::PolicyVersion*)> change) {
    return Variant{absl::StrCat("policy_version_", name),
                   v1::STATEMENT_KIND_POLICY_VERSION,
                   [change = std::move(change)](v1::Statement* s) {
                     change(s->mutable_policy_version());
                   }};
  };
  std::vector<Variant> out = {
      policy("of_emergencies",
             [](v1::PolicyVersion* p) {
               p->clear_channels();
               p->add_channels(v1::CHANNEL_LEGAL_PROCESS);
               p->add_channels(v1::CHANNEL_EMERGENCY);
               p->mutable_in_force_until()->set_seconds(kTestTimeMs / 1000 +
                                                        86'400'000);
               p->set_review_deadline_seconds(259'200);
               p->set_notice_deadline_seconds(259'200);
               p->add_whole_seal_processes(v1::LEGAL_PROCESS_SEARCH_WARRANT);
             }),
      policy("of_two_persons",
             [](v1::PolicyVersion* p) {
               p->set_requires_second_person(true);
               p->set_max_seal_seconds(7'776'000);
               p->add_seal_grounds(v1::SEAL_GROUND_FLIGHT);
             }),
  };
  // The first of them is the example.
  for (const v1::PolicyVersion& shipped : statement::DefaultPolicies()) {
    std::string name = shipped.policy().policy_id();
    for (char& c : name) c = c == '-' ? '_' : c;
    out.push_back(
        policy(name, [shipped](v1::PolicyVersion* p) { *p = shipped; }));
  }
  return out;
}

std::vector<Variant> RegistryVariants() {
  return {
      {"genesis_with_a_key_that_ends", v1::STATEMENT_KIND_GENESIS,
       [](v1::Statement* s) {
         v1::Genesis& genesis = *s->mutable_genesis();
         genesis.mutable_log_keys(0)->set_end_size(1'000'000);
         v1::LogKey& next = *genesis.add_log_keys();
         next.set_vkey(Parties().vkey());
         next.set_first_size(1'000'000);
       }},
      {"log_key_change_with_a_key_that_ends", v1::STATEMENT_KIND_LOG_KEY_CHANGE,
       [](v1::Statement* s) {
         s->mutable_log_key_change()->mutable_log_keys(0)->set_end_size(
             2'000'000);
       }},
      {"enrolment_of_a_platform", v1::STATEMENT_KIND_ENROLMENT,
       [](v1::Statement* s) {
         v1::Enrolment& enrolment = *s->mutable_enrolment();
         enrolment.set_submitter("platform:example-two");
         enrolment.set_kind(v1::SUBMITTER_KIND_PLATFORM);
         enrolment.clear_agency_type();
         enrolment.clear_units();
         enrolment.set_verification(v1::IDENTITY_VERIFICATION_EMAIL_ONLY);
       }},
      {"key_rotation_in_dispute", v1::STATEMENT_KIND_KEY_ROTATION,
       [](v1::Statement* s) {
         s->mutable_key_rotation()->mutable_revoke(0)->set_disputed_from_index(
             1);
       }},
      {"key_rotation_that_adds", v1::STATEMENT_KIND_KEY_ROTATION,
       [](v1::Statement* s) { s->mutable_key_rotation()->clear_revoke(); }},
      {"status_change_to_left", v1::STATEMENT_KIND_STATUS_CHANGE,
       [](v1::Statement* s) {
         s->mutable_status_change()->set_status(v1::SUBMITTER_STATUS_LEFT);
         s->mutable_status_change()->clear_reason();
       }},
      {"assembly_calendar_without_a_cell", v1::STATEMENT_KIND_ASSEMBLY_CALENDAR,
       [](v1::Statement* s) {
         v1::AssemblyCalendar& calendar = *s->mutable_assembly_calendar();
         *calendar.add_assemblies() = calendar.assemblies(0);
         calendar.mutable_assemblies(1)->clear_s2_cell();
       }},
  };
}

// What a document says of a request: every shape that a request can have.
std::vector<Variant> AttestationVariants() {
  std::vector<Variant> out;
  out.push_back({"attestation_about_an_entry", v1::STATEMENT_KIND_ATTESTATION,
                 [](v1::Statement* s) {
                   v1::Attestation& attestation = *s->mutable_attestation();
                   attestation.set_source("COURT_RECORD");
                   attestation.clear_says();
                   attestation.clear_redacted_fields();
                   FillLink(attestation.mutable_about());
                 }});
  std::vector<Variant> requests = RequestVariants();
  requests.push_back({"footage_request", v1::STATEMENT_KIND_FOOTAGE_REQUEST,
                      [](v1::Statement*) {}});
  for (const Variant& request : requests) {
    const v1::FootageRequest says = ExampleOf(request).footage_request();
    out.push_back({absl::StrCat("attestation_of_a_", request.name),
                   v1::STATEMENT_KIND_ATTESTATION, [says](v1::Statement* s) {
                     *s->mutable_attestation()->mutable_says() = says;
                   }});
  }
  return out;
}

v1::SignedStatement SealedAsAWhole() {
  for (const Variant& variant : RequestVariants()) {
    if (variant.name != "footage_request_sealed_as_a_whole") continue;
    return Parties().Sign(ExampleOf(variant), Parties().agency()).statement;
  }
  return {};
}

std::vector<Variant> OtherVariants() {
  return {
      {"emergency_review_that_does_not_confirm",
       v1::STATEMENT_KIND_EMERGENCY_REVIEW,
       [](v1::Statement* s) {
         s->mutable_emergency_review()->set_verdict(
             v1::REVIEW_VERDICT_NOT_CONFIRMED);
       }},
      {"unsealing_of_a_whole", v1::STATEMENT_KIND_UNSEALING,
       [](v1::Statement* s) {
         v1::SealOpening& opening =
             *s->mutable_unsealing()->mutable_openings(0);
         opening.set_path("signed_statement");
         opening.set_value(SealedAsAWhole().SerializeAsString());
       }},
      {"seal_renewal_by_statute", v1::STATEMENT_KIND_SEAL_RENEWAL,
       [](v1::Statement* s) {
         v1::SealRenewal& renewal = *s->mutable_seal_renewal();
         renewal.add_paths("narrative");
         renewal.set_ground(v1::SEAL_GROUND_FLIGHT);
         renewal.set_granter(v1::SEAL_GRANTER_STATUTE);
       }},
      {"erasure_by_a_court", v1::STATEMENT_KIND_ERASURE,
       [](v1::Statement* s) {
         s->mutable_erasure()->set_basis(v1::Erasure::BASIS_COURT);
       }},
      {"period_report_of_nothing", v1::STATEMENT_KIND_PERIOD_REPORT,
       [](v1::Statement* s) { s->mutable_period_report()->clear_totals(); }},
      {"period_report_by_outcome", v1::STATEMENT_KIND_PERIOD_REPORT,
       [](v1::Statement* s) {
         v1::PeriodReport& report = *s->mutable_period_report();
         *report.add_totals() = report.totals(0);
         report.mutable_totals(2)->set_outcome(v1::OUTCOME_REJECTED);
         report.mutable_totals(2)->set_count(0);
       }},
      {"period_report_of_a_pair", v1::STATEMENT_KIND_PERIOD_REPORT,
       [](v1::Statement* s) {
         s->mutable_period_report()->set_counterparty(
             "platform:example-cameras");
       }},
      {"registry_event_of_a_beginning", v1::STATEMENT_KIND_REGISTRY_EVENT,
       [](v1::Statement* s) {
         v1::RegistryEvent& event = *s->mutable_registry_event();
         event.set_registered(v1::COUNT_BUCKET_500_PLUS);
         event.clear_withdrawn();
         event.clear_deleted();
       }},
  };
}

}  // namespace

std::vector<Variant> Variants() {
  std::vector<Variant> out;
  for (const v1::StatementKind kind : statement::AllKinds()) {
    out.push_back(
        {std::string(statement::KindName(kind)), kind, [](v1::Statement*) {}});
  }
  for (const auto& more :
       {RequestVariants(), ResponseVariants(), AmendmentVariants(),
        PolicyVariants(), RegistryVariants(), AttestationVariants(),
        OtherVariants()}) {
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

v1::Statement ExampleOf(const Variant& variant) {
  crypto::FixedRng rng(7);
  v1::Statement out = statement::ExampleStatement(variant.kind, kTestOrigin, "",
                                                  kTestTimeMs, rng)
                          .statement;
  variant.change(&out);
  return out;
}

}  // namespace sightline::tests
