#include "statement/examples.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"
#include "crypto/uuid.h"
#include "statement/entry_format.h"
#include "statement/log_vkey.h"
#include "statement/policy.h"
#include "statement/seal.h"
#include "statement/submitter_id.h"
#include "statement/timestamps.h"
#include "statement/whole_seal.h"

namespace sightline::statement {
namespace {

constexpr int64_t kHourMs = 3600 * 1000;
constexpr int64_t kDayMs = 24 * kHourMs;
constexpr absl::string_view kPlatform = "platform:example-cameras";
constexpr absl::string_view kAgency = "ori:CA0194200";

// The first of a row of hashes, from `*counter` on, that is a point of the
// curve: a key that nobody can sign with.
crypto::PublicKey NextExampleKey(int* counter) {
  while (true) {
    const crypto::Digest digest =
        crypto::Sha256(absl::StrCat("sightline example key ", (*counter)++));
    absl::StatusOr<crypto::PublicKey> key =
        crypto::PublicKey::FromEd25519(crypto::AsBytes(digest));
    if (key.ok()) return *std::move(key);
  }
}

absl::string_view DefaultSubmitter(v1::StatementKind kind) {
  switch (kind) {
    case v1::STATEMENT_KIND_FOOTAGE_REQUEST:
    case v1::STATEMENT_KIND_AMENDMENT:
    case v1::STATEMENT_KIND_UNSEALING:
    case v1::STATEMENT_KIND_SEAL_RENEWAL:
    case v1::STATEMENT_KIND_SEALED_READ:
    case v1::STATEMENT_KIND_PERIOD_REPORT:
    case v1::STATEMENT_KIND_REGISTRY_EVENT:
      return kAgency;
    case v1::STATEMENT_KIND_FOOTAGE_RESPONSE:
    case v1::STATEMENT_KIND_EMERGENCY_REVIEW:
      return kPlatform;
    case v1::STATEMENT_KIND_ATTESTATION:
      return "party:example-reporter";
    case v1::STATEMENT_KIND_SEALED_STATEMENT:
      return kSealedSubmitter;
    default:
      return kRegistrar;
  }
}

// Builds one example; a member for each kind.
class ExampleMaker {
 public:
  ExampleMaker(absl::string_view origin, int64_t now_unix_ms, crypto::Rng& rng,
               Example* out)
      : origin_(origin),
        now_unix_ms_(now_unix_ms),
        rng_(rng),
        out_(*out),
        statement_(out->statement) {}

  void Header(absl::string_view submitter) {
    v1::StatementHeader& header = *statement_.mutable_header();
    header.set_origin(std::string(origin_));
    header.set_submitter(std::string(submitter));
    const crypto::Uuid id = crypto::NewUuid(rng_);
    header.set_statement_id(
        std::string(reinterpret_cast<const char*>(id.data()), id.size()));
    *header.mutable_claimed_time() = FromUnixMs(now_unix_ms_);
  }

  void Body(v1::StatementKind kind) {
    switch (kind) {
      case v1::STATEMENT_KIND_GENESIS:
        return Genesis();
      case v1::STATEMENT_KIND_ENROLMENT:
        return Enrolment();
      case v1::STATEMENT_KIND_KEY_ROTATION:
        return KeyRotation();
      case v1::STATEMENT_KIND_STATUS_CHANGE:
        return StatusChange();
      case v1::STATEMENT_KIND_POLICY_VERSION:
        *statement_.mutable_policy_version() = DefaultPolicies()[0];
        return;
      case v1::STATEMENT_KIND_LOG_KEY_CHANGE:
        return LogKeyChange();
      case v1::STATEMENT_KIND_ASSEMBLY_CALENDAR:
        return AssemblyCalendar();
      case v1::STATEMENT_KIND_FOOTAGE_REQUEST:
        return FootageRequest();
      case v1::STATEMENT_KIND_FOOTAGE_RESPONSE:
        return FootageResponse();
      case v1::STATEMENT_KIND_AMENDMENT:
        return Amendment();
      case v1::STATEMENT_KIND_EMERGENCY_REVIEW:
        return EmergencyReview();
      case v1::STATEMENT_KIND_SEALED_STATEMENT:
        return SealedStatement();
      case v1::STATEMENT_KIND_UNSEALING:
        return Unsealing();
      case v1::STATEMENT_KIND_SEAL_RENEWAL:
        return SealRenewal();
      case v1::STATEMENT_KIND_ERASURE:
        statement_.mutable_erasure()->set_basis(
            v1::Erasure::BASIS_DATA_SUBJECT);
        return Link(statement_.mutable_erasure()->mutable_target());
      case v1::STATEMENT_KIND_SEALED_READ:
        statement_.mutable_sealed_read()->set_basis(
            v1::SealedRead::BASIS_OWN_RECORD);
        statement_.mutable_sealed_read()->add_paths("case_number");
        return Link(statement_.mutable_sealed_read()->mutable_target());
      case v1::STATEMENT_KIND_PERIOD_REPORT:
        return PeriodReport();
      case v1::STATEMENT_KIND_REGISTRY_EVENT:
        return RegistryEvent();
      case v1::STATEMENT_KIND_ATTESTATION:
        return Attestation();
      default:
        return;
    }
  }

 private:
  std::string NextSpki() {
    return std::string(NextExampleKey(&key_counter_).spki_der());
  }

  v1::LogKey NextLogKey(uint64_t first_size) {
    v1::LogKey key;
    key.set_vkey(LogVkey(origin_, NextExampleKey(&key_counter_)));
    key.set_first_size(first_size);
    return key;
  }

  static void Link(v1::EntryLink* link) {
    link->set_index(1);
    link->set_leaf_hash(std::string(crypto::kDigestSize, '\0'));
  }

  void Window(int64_t begin_unix_ms, int64_t length_ms, v1::TimeWindow* out) {
    *out->mutable_begin() = FromUnixMs(begin_unix_ms);
    *out->mutable_end() = FromUnixMs(begin_unix_ms + length_ms);
  }

  void SealValue(absl::string_view path, absl::string_view value,
                 const SealTerms& terms) {
    absl::StatusOr<Seal> seal = MakeSeal(path, value, terms, rng_);
    if (!seal.ok()) return;  // the values here are short
    *statement_.mutable_header()->add_sealed() = std::move(seal->field);
    out_.openings.push_back(std::move(seal->opening));
  }

  SealTerms InvestigationTerms() const {
    return {v1::SEAL_GROUND_ACTIVE_INVESTIGATION, v1::SEAL_GRANTER_SUBMITTER,
            now_unix_ms_ + 90 * kDayMs};
  }

  uint32_t LastMonth() const;

  void Genesis();
  void Enrolment();
  void KeyRotation();
  void StatusChange();
  void LogKeyChange();
  void AssemblyCalendar();
  void FootageRequest();
  void FootageResponse();
  void Amendment();
  void EmergencyReview();
  void SealedStatement();
  void Unsealing();
  void SealRenewal();
  void PeriodReport();
  void RegistryEvent();
  void Attestation();

  const absl::string_view origin_;
  const int64_t now_unix_ms_;
  crypto::Rng& rng_;
  Example& out_;
  v1::Statement& statement_;
  int key_counter_ = 0;
};

// The calendar month before this one, as year * 100 + month.
uint32_t ExampleMaker::LastMonth() const {
  const absl::CivilMonth month =
      absl::ToCivilMonth(absl::FromUnixMillis(now_unix_ms_),
                         absl::UTCTimeZone()) -
      1;
  return static_cast<uint32_t>(month.year() * 100 + month.month());
}

void ExampleMaker::Genesis() {
  v1::Genesis& genesis = *statement_.mutable_genesis();
  genesis.set_origin(std::string(origin_));
  genesis.set_format_version(kEntryFormatVersion);
  *genesis.add_log_keys() = NextLogKey(0);
  for (int i = 0; i < 3; ++i) {
    genesis.add_registrar_keys()->set_spki_der(NextSpki());
  }
  genesis.set_registrar_threshold(2);
  genesis.set_description("Requests for home-camera footage and their answers");
}

void ExampleMaker::Enrolment() {
  v1::Enrolment& enrolment = *statement_.mutable_enrolment();
  enrolment.set_submitter(std::string(kAgency));
  enrolment.set_kind(v1::SUBMITTER_KIND_AGENCY);
  enrolment.set_name("Los Angeles Police Department");
  enrolment.set_agency_type(v1::AGENCY_TYPE_POLICE);
  enrolment.set_state("CA");
  enrolment.set_county_fips("06037");
  enrolment.add_units("Safe LA Task Force");
  enrolment.add_keys()->set_spki_der(NextSpki());
  *enrolment.mutable_joined() = FromUnixMs(now_unix_ms_ - kDayMs);
  enrolment.set_verification(v1::IDENTITY_VERIFICATION_OUT_OF_BAND);
  enrolment.add_aliases("LAPD");
}

void ExampleMaker::KeyRotation() {
  v1::KeyRotation& rotation = *statement_.mutable_key_rotation();
  rotation.set_submitter(std::string(kAgency));
  const crypto::PublicKey old_key = NextExampleKey(&key_counter_);
  rotation.add_add()->set_spki_der(NextSpki());
  rotation.add_revoke()->set_key_id(
      std::string(crypto::AsBytes(old_key.key_id())));
}

void ExampleMaker::StatusChange() {
  v1::StatusChange& change = *statement_.mutable_status_change();
  change.set_submitter(std::string(kAgency));
  change.set_status(v1::SUBMITTER_STATUS_SUSPENDED);
  *change.mutable_effective() = FromUnixMs(now_unix_ms_);
  change.set_reason("statement key reported lost");
}

void ExampleMaker::LogKeyChange() {
  *statement_.mutable_log_key_change()->add_log_keys() = NextLogKey(1000000);
}

// Of another county than the example of a request.
void ExampleMaker::AssemblyCalendar() {
  v1::AssemblyCalendar& calendar = *statement_.mutable_assembly_calendar();
  calendar.set_source("Example Register of Public Assemblies");
  v1::Assembly& assembly = *calendar.add_assemblies();
  Window(now_unix_ms_ - 2 * kDayMs, kDayMs / 4, assembly.mutable_window());
  assembly.set_county_fips("36061");
  assembly.set_s2_cell("89c259");
}

void ExampleMaker::FootageRequest() {
  v1::FootageRequest& request = *statement_.mutable_footage_request();
  request.set_channel(v1::CHANNEL_REQUEST_FOR_ASSISTANCE);
  request.set_legal_process(v1::LEGAL_PROCESS_NONE_CONSENT);
  request.add_evidence_sources(v1::EVIDENCE_SOURCE_HOME_CAMERA);
  request.add_data_categories(v1::DATA_CATEGORY_VIDEO_STORED);
  request.set_includes_content(v1::DECLARED_YES);
  request.set_includes_indoor(v1::DECLARED_NO);
  request.set_custodian(std::string(kPlatform));
  request.set_offence_code("220");
  request.set_purpose(v1::PURPOSE_THEFT);
  request.set_assembly_related(v1::DECLARED_NO);
  request.set_subject_includes_police(v1::DECLARED_NO);
  Window(now_unix_ms_ - 10 * kHourMs, kHourMs,
         request.mutable_incident_window());
  Window(now_unix_ms_ - 12 * kHourMs, 4 * kHourMs,
         request.mutable_footage_window());
  request.mutable_area()->set_county_fips("06037");
  request.mutable_area()->set_area_square_metres(500000);
  request.set_recipient_class(v1::RECIPIENT_CLASS_RESIDENT);
  request.set_recipients(v1::COUNT_BUCKET_20_99);
  request.set_camera_hours_asked(200);
  request.mutable_policy()->set_policy_id("rfa-2021");
  request.mutable_policy()->set_version(1);
  request.set_case_reference_present(v1::DECLARED_YES);
  request.set_second_person_approved(v1::DECLARED_YES);
  SealValue("case_number", "20-0614-1187", InvestigationTerms());
  SealValue("narrative",
            "Two people forced the rear door of a shop and left in a van.",
            InvestigationTerms());
}

void ExampleMaker::FootageResponse() {
  v1::FootageResponse& response = *statement_.mutable_footage_response();
  Link(response.mutable_request());
  response.set_outcome(v1::OUTCOME_PARTIAL);
  response.set_refusal_ground(v1::REFUSAL_GROUND_OWNER_DECLINED);
  response.set_notified(v1::COUNT_BUCKET_20_99);
  response.set_shared(v1::COUNT_BUCKET_1_4);
  response.set_declined(v1::COUNT_BUCKET_5_19);
  response.set_no_action(v1::COUNT_BUCKET_20_99);
  response.set_opted_out(v1::COUNT_BUCKET_0);
  response.set_clips(3);
  response.set_camera_hours_given(2);
  response.set_content_given(v1::DECLARED_YES);
  response.set_user_notice(v1::USER_NOTICE_GIVEN);
  *response.mutable_user_notice_time() = FromUnixMs(now_unix_ms_ - kHourMs);
  response.set_tally_root(std::string(
      crypto::AsBytes(crypto::Sha256("sightline example tally root"))));
  response.set_tally_size(64);
  SealValue("evidence_digest",
            crypto::AsBytes(crypto::Sha256("sightline example package")),
            InvestigationTerms());
}

void ExampleMaker::Amendment() {
  v1::Amendment& amendment = *statement_.mutable_amendment();
  Link(amendment.mutable_target());
  amendment.mutable_correction()->set_field("footage_request.offence_code");
  amendment.mutable_correction()->set_new_value("23D");
}

void ExampleMaker::EmergencyReview() {
  v1::EmergencyReview& review = *statement_.mutable_emergency_review();
  Link(review.mutable_request());
  review.set_verdict(v1::REVIEW_VERDICT_CONFIRMED);
  review.set_verification(v1::REQUESTER_VERIFICATION_CALL_BACK_AND_SIGNATURE);
}

// Of nothing that could be opened: the value stands for a signed statement.
void ExampleMaker::SealedStatement() {
  v1::Statement sealed;
  sealed.mutable_header()->set_origin(std::string(origin_));
  sealed.mutable_footage_request()->set_legal_process(
      v1::LEGAL_PROCESS_SEARCH_WARRANT);
  v1::WholeSeal& terms = *sealed.mutable_header()->mutable_whole_seal();
  terms.set_ground(v1::SEAL_GROUND_JEOPARDIZE);
  terms.set_granter(v1::SEAL_GRANTER_COURT);
  *terms.mutable_sealed_until() = FromUnixMs(now_unix_ms_ + 90 * kDayMs);
  absl::StatusOr<Seal> seal =
      MakeSeal(kWholePath, "sightline example request", {}, rng_);
  if (!seal.ok()) return;  // the value is short
  statement_ =
      MakeFace(sealed, seal->field.commitment(), MonthOf(now_unix_ms_));
  out_.openings.push_back(std::move(seal->opening));
}

void ExampleMaker::Unsealing() {
  v1::Unsealing& unsealing = *statement_.mutable_unsealing();
  Link(unsealing.mutable_target());
  v1::SealOpening& opening = *unsealing.add_openings();
  opening.set_path("case_number");
  opening.set_salt(rng_.Bytes(kSealSaltSize));
  opening.set_value("20-0614-1187");
}

void ExampleMaker::SealRenewal() {
  v1::SealRenewal& renewal = *statement_.mutable_seal_renewal();
  Link(renewal.mutable_target());
  renewal.add_paths("case_number");
  renewal.set_ground(v1::SEAL_GROUND_JEOPARDIZE);
  renewal.set_granter(v1::SEAL_GRANTER_COURT);
  *renewal.mutable_sealed_until() = FromUnixMs(now_unix_ms_ + 90 * kDayMs);
}

void ExampleMaker::PeriodReport() {
  v1::PeriodReport& report = *statement_.mutable_period_report();
  report.set_month(LastMonth());
  v1::ClassTotal& all = *report.add_totals();
  all.set_channel(v1::CHANNEL_REQUEST_FOR_ASSISTANCE);
  all.set_legal_process(v1::LEGAL_PROCESS_NONE_CONSENT);
  all.set_count(17);
  v1::ClassTotal& warrants = *report.add_totals();
  warrants.set_channel(v1::CHANNEL_LEGAL_PROCESS);
  warrants.set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT);
  warrants.set_outcome(v1::OUTCOME_FULL);
  warrants.set_count(4);
}

void ExampleMaker::RegistryEvent() {
  v1::RegistryEvent& event = *statement_.mutable_registry_event();
  event.set_scheme("Example City camera register");
  event.set_month(LastMonth());
  event.set_registered(v1::COUNT_BUCKET_100_499);
  event.set_consented(v1::COUNT_BUCKET_20_99);
  event.set_contacted(v1::COUNT_BUCKET_5_19);
  event.set_withdrawn(v1::COUNT_BUCKET_1_4);
  event.set_deleted(v1::COUNT_BUCKET_0);
}

void ExampleMaker::Attestation() {
  v1::Attestation& attestation = *statement_.mutable_attestation();
  attestation.set_document_sha256(std::string(
      crypto::AsBytes(crypto::Sha256("sightline example document"))));
  attestation.set_source("FOIA");
  attestation.set_about_submitter(std::string(kAgency));
  v1::FootageRequest& says = *attestation.mutable_says();
  says.set_channel(v1::CHANNEL_VIDEO_REQUEST);
  says.set_assembly_related(v1::DECLARED_YES);
  says.set_unit("Safe LA Task Force");
  attestation.add_redacted_fields("footage_window");
  attestation.add_redacted_fields("area");
}

}  // namespace

Example ExampleStatement(v1::StatementKind kind, absl::string_view origin,
                         absl::string_view submitter, int64_t now_unix_ms,
                         crypto::Rng& rng) {
  Example out;
  ExampleMaker maker(origin, now_unix_ms, rng, &out);
  maker.Header(submitter.empty() ? DefaultSubmitter(kind) : submitter);
  maker.Body(kind);
  return out;
}

}  // namespace sightline::statement
