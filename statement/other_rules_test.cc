#include "statement/other_rules.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "statement/test_log.h"
#include "statement/timestamps.h"
#include "statement/validate_cases.h"

namespace sightline::statement {
namespace {

std::vector<Case> OtherCases() {
  std::vector<Case> out;
  const auto add = [&out](v1::StatementKind kind, const char* name,
                          const char* fault,
                          std::function<void(v1::Statement*)> change) {
    Instantiate(&out, kind, name, fault, std::move(change));
  };
  using S = v1::Statement;
  const auto unsealing = v1::STATEMENT_KIND_UNSEALING;
  add(unsealing, "OpeningsNone", "unsealing.openings: 0 items",
      [](S* s) { s->mutable_unsealing()->clear_openings(); });
  add(unsealing, "OpeningPath", "unsealing.openings[0].path: no field",
      [](S* s) {
        s->mutable_unsealing()->mutable_openings(0)->set_path("shoe_size");
      });
  add(unsealing, "OpeningTwice", "unsealing.openings[1].path: given before",
      [](S* s) {
        *s->mutable_unsealing()->add_openings() = s->unsealing().openings(0);
      });
  add(unsealing, "OpeningSalt", "unsealing.openings[0].salt: 31 bytes",
      [](S* s) {
        s->mutable_unsealing()->mutable_openings(0)->mutable_salt()->resize(31);
      });
  add(unsealing, "OpeningValue", "unsealing.openings[0].value: want at most",
      [](S* s) {
        s->mutable_unsealing()->mutable_openings(0)->set_value(
            std::string(16385, 'v'));
      });
  const auto renewal = v1::STATEMENT_KIND_SEAL_RENEWAL;
  add(renewal, "RenewalPaths", "seal_renewal.paths: 0 items",
      [](S* s) { s->mutable_seal_renewal()->clear_paths(); });
  add(renewal, "RenewalPath", "seal_renewal.paths[0]: no field",
      [](S* s) { s->mutable_seal_renewal()->set_paths(0, "x"); });
  add(renewal, "RenewalPathTwice", "seal_renewal.paths[1]: given before",
      [](S* s) { s->mutable_seal_renewal()->add_paths("case_number"); });
  add(renewal, "RenewalGround", "seal_renewal.ground: required",
      [](S* s) { s->mutable_seal_renewal()->clear_ground(); });
  add(renewal, "RenewalOfPersonalData",
      "seal_renewal.ground: personal data has no end", [](S* s) {
        s->mutable_seal_renewal()->set_ground(v1::SEAL_GROUND_PERSONAL_DATA);
      });
  add(renewal, "RenewalGranter", "seal_renewal.granter: required",
      [](S* s) { s->mutable_seal_renewal()->clear_granter(); });
  add(renewal, "RenewalUntil", "seal_renewal.sealed_until: required",
      [](S* s) { s->mutable_seal_renewal()->clear_sealed_until(); });
  add(renewal, "RenewalPast", "seal_renewal.sealed_until: want a time after",
      [](S* s) {
        *s->mutable_seal_renewal()->mutable_sealed_until() =
            FromUnixMs(kTestNowUnixMs);
      });
  const auto report = v1::STATEMENT_KIND_PERIOD_REPORT;
  add(report, "Month", "period_report.month: want year * 100",
      [](S* s) { s->mutable_period_report()->set_month(202013); });
  add(report, "TotalsNone", "",
      [](S* s) { s->mutable_period_report()->clear_totals(); });
  add(report, "TotalTwice", "period_report.totals[2]: this channel", [](S* s) {
    *s->mutable_period_report()->add_totals() = s->period_report().totals(0);
  });
  add(report, "TotalChannel", "period_report.totals[0].channel: required",
      [](S* s) {
        s->mutable_period_report()->mutable_totals(0)->clear_channel();
      });
  add(report, "TotalsMany", "period_report.totals: 257 items", [](S* s) {
    while (s->period_report().totals_size() < 257) {
      s->mutable_period_report()->add_totals();
    }
  });
  add(report, "Counterparty", "", [](S* s) {
    s->mutable_header()->set_submitter("ori:CA0194200");
    s->mutable_period_report()->set_counterparty("platform:example");
  });
  add(report, "CounterpartyOfPlatform", "", [](S* s) {
    s->mutable_header()->set_submitter("platform:example");
    s->mutable_period_report()->set_counterparty("ori:CA0194200");
  });
  add(report, "CounterpartyNoId", "period_report.counterparty: not a submitter",
      [](S* s) { s->mutable_period_report()->set_counterparty("example"); });
  add(report, "CounterpartyOwn", "period_report.counterparty: want a platform",
      [](S* s) {
        s->mutable_header()->set_submitter("platform:example");
        s->mutable_period_report()->set_counterparty("platform:other");
      });
  const auto event = v1::STATEMENT_KIND_REGISTRY_EVENT;
  add(event, "Scheme", "registry_event.scheme: required",
      [](S* s) { s->mutable_registry_event()->clear_scheme(); });
  add(event, "EventMonth", "registry_event.month: want",
      [](S* s) { s->mutable_registry_event()->set_month(202000); });
  add(event, "EventWithoutCounts", "registry_event: want at least one count",
      [](S* s) {
        v1::RegistryEvent* e = s->mutable_registry_event();
        e->clear_registered();
        e->clear_consented();
        e->clear_contacted();
        e->clear_withdrawn();
        e->clear_deleted();
      });
  const auto read = v1::STATEMENT_KIND_SEALED_READ;
  add(read, "ReadTarget", "sealed_read.target: required",
      [](S* s) { s->mutable_sealed_read()->clear_target(); });
  add(read, "ReadNoPaths", "sealed_read.paths: 0 items",
      [](S* s) { s->mutable_sealed_read()->clear_paths(); });
  add(read, "ReadPathTwice", "sealed_read.paths[1]: given before",
      [](S* s) { s->mutable_sealed_read()->add_paths("case_number"); });
  add(read, "ReadUnknownPath", "sealed_read.paths[1]:", [](S* s) {
    s->mutable_sealed_read()->add_paths("shoe_size");
  });
  add(read, "ReadBasis", "sealed_read.basis: required",
      [](S* s) { s->mutable_sealed_read()->clear_basis(); });
  add(read, "ReadBasisOfOthers",
      "sealed_read.basis: not one on which this submitter reads", [](S* s) {
        s->mutable_sealed_read()->set_basis(v1::SealedRead::BASIS_OVERSIGHT);
      });
  add(read, "CourtReadsByOrder",
      "sealed_read.basis: not one on which this submitter reads",
      [](S* s) { s->mutable_header()->set_submitter("court:cacd"); });
  const auto attestation = v1::STATEMENT_KIND_ATTESTATION;
  add(attestation, "Document", "attestation.document_sha256: 3 bytes",
      [](S* s) { s->mutable_attestation()->set_document_sha256("abc"); });
  add(attestation, "Source", "attestation.source: required",
      [](S* s) { s->mutable_attestation()->clear_source(); });
  add(attestation, "About", "attestation.about_submitter: required",
      [](S* s) { s->mutable_attestation()->clear_about_submitter(); });
  add(attestation, "AboutHash", "attestation.about.leaf_hash: 0 bytes",
      [](S* s) { s->mutable_attestation()->mutable_about(); });
  add(attestation, "SaysOffence", "attestation.says.offence_code: not a NIBRS",
      [](S* s) {
        s->mutable_attestation()->mutable_says()->set_offence_code("ABC");
      });
  add(attestation, "SaysCellOfWarrant",
      "attestation.says.area.s2_cell: compelled process", [](S* s) {
        v1::FootageRequest* says = s->mutable_attestation()->mutable_says();
        says->set_channel(v1::CHANNEL_LEGAL_PROCESS);
        says->mutable_area()->set_s2_cell("80c2c7");
      });
  add(attestation, "SaysCellOfAsking", "", [](S* s) {
    s->mutable_attestation()->mutable_says()->mutable_area()->set_s2_cell(
        "80c2c7");
  });
  add(attestation, "RedactedTwice",
      "attestation.redacted_fields[2]: given before",
      [](S* s) { s->mutable_attestation()->add_redacted_fields("area"); });
  return out;
}

INSTANTIATE_TEST_SUITE_P(Other, ValidateRule, ::testing::ValuesIn(OtherCases()),
                         CaseName);

}  // namespace
}  // namespace sightline::statement
