#include "statement/other_rules.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "statement/footage_rules.h"
#include "statement/lint.h"
#include "statement/seal.h"
#include "statement/submitter_id.h"
#include "statement/timestamps.h"

namespace sightline::statement {
namespace {

constexpr int kMaxTotals = 256;
constexpr int kMaxRedacted = 64;
constexpr int kMaxPaths = static_cast<int>(kMaxSealedFields);

void CheckOpening(const v1::SealOpening& opening, const Path& at,
                  Checker* check) {
  check->AnySealedPath(opening.path(), at / "path");
  check->Size(opening.salt(), kSealSaltSize, at / "salt");
  const size_t max = MaxSealedValueBytes(opening.path());
  check->Require(opening.value().size() <= max, at / "value",
                 absl::StrCat("want at most ", max, " bytes"));
}

// Paths that can be sealed, each once.
void CheckPaths(const google::protobuf::RepeatedPtrField<std::string>& paths,
                const Path& list, Checker* check) {
  check->Count(paths.size(), 1, kMaxPaths, list);
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < std::min(paths.size(), kMaxPaths); ++i) {
    check->AnySealedPath(paths[i], list[i]);
    check->Require(seen.insert(paths[i]).second, list[i], "given before");
  }
}

bool MayReadOn(v1::SealedRead::Basis basis, absl::string_view reader) {
  switch (SubmitterKindOf(reader)) {
    case v1::SUBMITTER_KIND_COURT:
      return basis == v1::SealedRead::BASIS_COURT_ORDER;
    case v1::SUBMITTER_KIND_REGISTRAR:
      return basis == v1::SealedRead::BASIS_COURT_ORDER ||
             basis == v1::SealedRead::BASIS_OVERSIGHT;
    default:
      return basis == v1::SealedRead::BASIS_OWN_RECORD;
  }
}

bool IsPlatform(absl::string_view id) {
  return SubmitterKindOf(id) == v1::SUBMITTER_KIND_PLATFORM;
}

}  // namespace

void CheckUnsealing(const v1::Unsealing& unsealing, const Path& at,
                    Checker* check) {
  check->Link(unsealing.has_target(), unsealing.target(), at / "target");
  const auto& openings = unsealing.openings();
  const Path list = at / "openings";
  check->Count(openings.size(), 1, kMaxPaths, list);
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < std::min(openings.size(), kMaxPaths); ++i) {
    CheckOpening(openings[i], list[i], check);
    check->Require(seen.insert(openings[i].path()).second, list[i] / "path",
                   "given before");
  }
}

void CheckSealRenewal(const v1::SealRenewal& renewal,
                      const google::protobuf::Timestamp& claimed_time,
                      const Path& at, Checker* check) {
  check->Link(renewal.has_target(), renewal.target(), at / "target");
  CheckPaths(renewal.paths(), at / "paths", check);
  check->RequiredEnum(renewal.ground(), v1::SealGround_IsValid, at / "ground");
  check->Require(renewal.ground() != v1::SEAL_GROUND_PERSONAL_DATA,
                 at / "ground", "personal data has no end to prolong");
  check->RequiredEnum(renewal.granter(), v1::SealGranter_IsValid,
                      at / "granter");
  check->RequiredTime(renewal.has_sealed_until(), renewal.sealed_until(),
                      at / "sealed_until");
  if (renewal.has_sealed_until()) {
    check->Require(ToUnixMs(renewal.sealed_until()) > ToUnixMs(claimed_time),
                   at / "sealed_until", "want a time after claimed_time");
  }
}

void CheckSealedRead(const v1::SealedRead& read, absl::string_view reader,
                     const Path& at, Checker* check) {
  check->Link(read.has_target(), read.target(), at / "target");
  CheckPaths(read.paths(), at / "paths", check);
  check->RequiredEnum(read.basis(), v1::SealedRead_Basis_IsValid, at / "basis");
  if (read.basis() != v1::SealedRead::BASIS_UNSPECIFIED) {
    check->Require(MayReadOn(read.basis(), reader), at / "basis",
                   "not one on which this submitter reads");
  }
}

void CheckPeriodReport(const v1::PeriodReport& report,
                       absl::string_view submitter, const Path& at,
                       Checker* check) {
  check->Month(report.month(), at / "month");
  if (!report.counterparty().empty()) {
    check->SubmitterId(report.counterparty(), at / "counterparty");
    check->Require(IsPlatform(report.counterparty()) != IsPlatform(submitter),
                   at / "counterparty",
                   "want a platform, of a platform's report an agency");
  }
  const auto& totals = report.totals();
  const Path list = at / "totals";
  check->Count(totals.size(), 0, kMaxTotals, list);
  absl::flat_hash_set<std::tuple<int, int, int>> seen;
  for (int i = 0; i < std::min(totals.size(), kMaxTotals); ++i) {
    const v1::ClassTotal& total = totals[i];
    check->RequiredEnum(total.channel(), v1::Channel_IsValid,
                        list[i] / "channel");
    check->RequiredEnum(total.legal_process(), v1::LegalProcess_IsValid,
                        list[i] / "legal_process");
    check->OptionalEnum(total.outcome(), v1::Outcome_IsValid,
                        list[i] / "outcome");
    check->Require(
        seen.insert({total.channel(), total.legal_process(), total.outcome()})
            .second,
        list[i], "this channel, process and outcome given before");
  }
}

void CheckRegistryEvent(const v1::RegistryEvent& event, const Path& at,
                        Checker* check) {
  check->RequiredText(event.scheme(), kMaxNameBytes, at / "scheme",
                      TextKind::kNameOfBody);
  check->Month(event.month(), at / "month");
  const auto bucket = [&](v1::CountBucket value, absl::string_view name) {
    check->OptionalEnum(value, v1::CountBucket_IsValid, at / name);
    return value != v1::COUNT_BUCKET_UNSPECIFIED;
  };
  int given = 0;
  given += bucket(event.registered(), "registered");
  given += bucket(event.consented(), "consented");
  given += bucket(event.contacted(), "contacted");
  given += bucket(event.withdrawn(), "withdrawn");
  given += bucket(event.deleted(), "deleted");
  check->Require(given > 0, at, "want at least one count");
}

void CheckAttestation(const v1::Attestation& attestation, const Path& at,
                      Checker* check) {
  check->Hash(attestation.document_sha256(), at / "document_sha256");
  check->RequiredText(attestation.source(), 100, at / "source");
  check->EnrollableId(attestation.about_submitter(), at / "about_submitter");
  if (attestation.has_about()) {
    check->Link(true, attestation.about(), at / "about");
  }
  if (attestation.has_says()) {
    CheckReportedRequest(attestation.says(), at / "says", check);
  }
  check->Names(attestation.redacted_fields(), kMaxRedacted,
               at / "redacted_fields");
}

}  // namespace sightline::statement
