#include "statement/footage_rules.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "statement/timestamps.h"
#include "statement/validate_cases.h"

namespace sightline::statement {
namespace {

std::vector<Case> RequestCases() {
  std::vector<Case> out;
  using R = v1::FootageRequest;
  const auto add = [&out](const char* name, const char* fault,
                          std::function<void(R*)> change) {
    Instantiate(
        &out, v1::STATEMENT_KIND_FOOTAGE_REQUEST, name, fault,
        [change](v1::Statement* s) { change(s->mutable_footage_request()); });
  };
  add("ChannelMissing", "footage_request.channel: required",
      [](R* r) { r->clear_channel(); });
  add("ProcessMissing", "footage_request.legal_process: required",
      [](R* r) { r->clear_legal_process(); });
  add("VoluntaryByWarrant",
      "footage_request.legal_process: this channel is vol",
      [](R* r) { r->set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT); });
  add("ProcessByConsent", "footage_request.legal_process: this channel is not",
      [](R* r) { r->set_channel(v1::CHANNEL_LEGAL_PROCESS); });
  add("SourcesMissing", "footage_request.evidence_sources: 0 items, want 1",
      [](R* r) { r->clear_evidence_sources(); });
  add("SourceTwice", "footage_request.evidence_sources[1]: given before",
      [](R* r) { r->add_evidence_sources(r->evidence_sources(0)); });
  add("SourceUnspecified", "footage_request.evidence_sources[1]: required",
      [](R* r) { r->add_evidence_sources(v1::EVIDENCE_SOURCE_UNSPECIFIED); });
  add("SourcesMany", "footage_request.evidence_sources: 17 items", [](R* r) {
    while (r->evidence_sources_size() < 17) {
      r->add_evidence_sources(v1::EVIDENCE_SOURCE_DRONE);
    }
  });
  add("CategoriesMissing", "footage_request.data_categories: 0 items",
      [](R* r) { r->clear_data_categories(); });
  add("ContentMissing", "footage_request.includes_content: required",
      [](R* r) { r->clear_includes_content(); });
  add("IndoorMissing", "footage_request.includes_indoor: required",
      [](R* r) { r->clear_includes_indoor(); });
  add("CustodianAgency", "footage_request.custodian: want a platform",
      [](R* r) { r->set_custodian("ori:CA0194200"); });
  add("CustodianNone", "", [](R* r) { r->clear_custodian(); });
  add("CustodianMissing", "footage_request.custodian: required", [](R* r) {
    r->clear_custodian();
    r->set_recipient_class(v1::RECIPIENT_CLASS_PLATFORM);
  });
  add("OffenceMissing", "footage_request.offence_code: required",
      [](R* r) { r->clear_offence_code(); });
  add("OffenceUnknown", "footage_request.offence_code: not a NIBRS",
      [](R* r) { r->set_offence_code("999"); });
  add("OffenceSexual",
      "footage_request.offence_code: public as a group only, "
      "want 11X",
      [](R* r) { r->set_offence_code("11A"); });
  add("OffenceGroup", "", [](R* r) { r->set_offence_code("11X"); });
  add("PurposeMissing", "footage_request.purpose: required",
      [](R* r) { r->clear_purpose(); });
  add("AssemblyMissing", "footage_request.assembly_related: required",
      [](R* r) { r->clear_assembly_related(); });
  add("PoliceMissing", "footage_request.subject_includes_police: required",
      [](R* r) { r->clear_subject_includes_police(); });
  add("IncidentMissing", "footage_request.incident_window: required",
      [](R* r) { r->clear_incident_window(); });
  add("WindowMissing", "footage_request.footage_window: required",
      [](R* r) { r->clear_footage_window(); });
  add("WindowBackwards", "footage_request.footage_window: want begin before",
      [](R* r) {
        r->mutable_footage_window()->mutable_begin()->Swap(
            r->mutable_footage_window()->mutable_end());
      });
  add("WindowEmpty", "footage_request.footage_window: want begin before",
      [](R* r) {
        *r->mutable_footage_window()->mutable_end() =
            r->footage_window().begin();
      });
  add("WindowOpen", "footage_request.footage_window.end: required",
      [](R* r) { r->mutable_footage_window()->clear_end(); });
  add("AreaMissing", "footage_request.area: required",
      [](R* r) { r->clear_area(); });
  add("AreaEmpty", "footage_request.area: want a county, a cell or a state",
      [](R* r) { r->mutable_area()->clear_place(); });
  add("CountyMalformed", "footage_request.area.county_fips: want",
      [](R* r) { r->mutable_area()->set_county_fips("6037"); });
  add("StateMalformed", "footage_request.area.state: want",
      [](R* r) { r->mutable_area()->set_state("Ca"); });
  add("State", "", [](R* r) { r->mutable_area()->set_state("CA"); });
  add("CellLevel12", "",
      [](R* r) { r->mutable_area()->set_s2_cell("80c2c75"); });
  add("CellTooFine", "footage_request.area.s2_cell: level 13 is too fine",
      [](R* r) { r->mutable_area()->set_s2_cell("80c2c754"); });
  add("CellMalformed", "footage_request.area.s2_cell: not the token",
      [](R* r) { r->mutable_area()->set_s2_cell("LA"); });
  add("RecipientsMissing", "footage_request.recipient_class: required",
      [](R* r) { r->clear_recipient_class(); });
  add("RecipientsUnknownYet", "", [](R* r) { r->clear_recipients(); });
  add("UnitLong", "footage_request.unit: 201 bytes, want at most 200",
      [](R* r) { r->set_unit(std::string(201, 'u')); });
  add("UnitWithControl", "footage_request.unit: control characters",
      [](R* r) { r->set_unit("a\x1b[1mb"); });
  add("PolicyNone", "", [](R* r) { r->clear_policy(); });
  add("PolicyVersionZero", "footage_request.policy.version: want 1",
      [](R* r) { r->mutable_policy()->set_version(0); });
  add("PolicyIdMalformed", "footage_request.policy.policy_id: want",
      [](R* r) { r->mutable_policy()->set_policy_id("RFA 2021"); });
  add("EscalatesHash", "footage_request.escalates.leaf_hash: 0 bytes, want 32",
      [](R* r) { r->mutable_escalates()->set_index(4); });
  add("Escalates", "", [](R* r) {
    r->mutable_escalates()->set_leaf_hash(std::string(32, 'h'));
  });
  add("CaseMissing", "footage_request.case_reference_present: required",
      [](R* r) { r->clear_case_reference_present(); });
  add("SecondPersonMissing", "footage_request.second_person_approved: required",
      [](R* r) { r->clear_second_person_approved(); });
  add("CourtWithoutProcess",
      "footage_request.court_county_fips: only for court",
      [](R* r) { r->set_court_county_fips("06037"); });
  add("JudgeWithoutProcess", "footage_request.judge_issued: only for court",
      [](R* r) { r->set_judge_issued(v1::DECLARED_NO); });
  add("BasisWithoutEmergency", "footage_request.emergency_basis: only for eme",
      [](R* r) { r->set_emergency_basis(v1::EMERGENCY_BASIS_OTHER); });
  add("VerificationWithoutEmergency", "footage_request.verification: only for",
      [](R* r) { r->set_verification(v1::REQUESTER_VERIFICATION_NONE); });
  add("MemberPlatform", "footage_request.member_agencies[0]: not the id",
      [](R* r) { r->add_member_agencies("platform:cam"); });
  add("MemberTwice", "footage_request.member_agencies[1]: given before",
      [](R* r) {
        r->add_member_agencies("ori:CA0194200");
        r->add_member_agencies("ori:CA0194200");
      });
  add("MembersMany", "footage_request.member_agencies: 65 items", [](R* r) {
    for (int i = 0; i < 65; ++i) r->add_member_agencies("ori:CA0194200");
  });
  return out;
}

// A valid search warrant served on a platform.
void MakeWarrant(v1::FootageRequest* r) {
  r->set_channel(v1::CHANNEL_LEGAL_PROCESS);
  r->set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT);
  r->set_recipient_class(v1::RECIPIENT_CLASS_PLATFORM);
  r->set_judge_issued(v1::DECLARED_YES);
  r->set_court_county_fips("06037");
  r->clear_incident_window();
  r->clear_area();
}

void MakeEmergency(v1::FootageRequest* r) {
  r->set_channel(v1::CHANNEL_EMERGENCY);
  r->set_legal_process(v1::LEGAL_PROCESS_EMERGENCY_2702);
  r->set_recipient_class(v1::RECIPIENT_CLASS_PLATFORM);
  r->set_emergency_basis(v1::EMERGENCY_BASIS_KIDNAPPING);
  r->set_verification(v1::REQUESTER_VERIFICATION_CALL_BACK);
}

void MakeImported(v1::FootageRequest* r) {
  r->Clear();
  r->set_channel(v1::CHANNEL_LEGAL_PROCESS);
  r->set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT);
  r->add_evidence_sources(v1::EVIDENCE_SOURCE_ACCOUNT_RECORDS);
  r->add_data_categories(v1::DATA_CATEGORY_SUBSCRIBER);
  r->mutable_imported()->set_source("calecpa 2016");
  r->mutable_imported()->set_row(2);
}

std::vector<Case> ProcessCases() {
  std::vector<Case> out;
  using R = v1::FootageRequest;
  const auto add = [&out](const char* name, const char* fault, void (*make)(R*),
                          std::function<void(R*)> change) {
    Instantiate(&out, v1::STATEMENT_KIND_FOOTAGE_REQUEST, name, fault,
                [make, change](v1::Statement* s) {
                  make(s->mutable_footage_request());
                  change(s->mutable_footage_request());
                });
  };
  add("Warrant", "", MakeWarrant, [](R*) {});
  add("WarrantForRecordsWithoutWindow", "", MakeWarrant, [](R* r) {
    r->set_data_categories(0, v1::DATA_CATEGORY_SUBSCRIBER);
    r->clear_footage_window();
  });
  add("WarrantWithoutJudge", "footage_request.judge_issued: required",
      MakeWarrant, [](R* r) { r->clear_judge_issued(); });
  add("WarrantCourtMalformed", "footage_request.court_county_fips: want",
      MakeWarrant, [](R* r) { r->set_court_county_fips("LA"); });
  add("Emergency", "", MakeEmergency, [](R*) {});
  add("EmergencyWithoutBasis", "footage_request.emergency_basis: required",
      MakeEmergency, [](R* r) { r->clear_emergency_basis(); });
  add("EmergencyUnverified", "footage_request.verification: required",
      MakeEmergency, [](R* r) { r->clear_verification(); });
  static constexpr char kNoCell[] =
      "footage_request.area.s2_cell: compelled process is public by county or";
  add("WarrantByCounty", "", MakeWarrant,
      [](R* r) { r->mutable_area()->set_county_fips("06037"); });
  add("WarrantByState", "", MakeWarrant,
      [](R* r) { r->mutable_area()->set_state("CA"); });
  add("WarrantByCell", kNoCell, MakeWarrant,
      [](R* r) { r->mutable_area()->set_s2_cell("80c2c7"); });
  add("EmergencyByCell", kNoCell, MakeEmergency,
      [](R* r) { r->mutable_area()->set_s2_cell("80c2c7"); });
  add("PreservationByCell", kNoCell, MakeWarrant, [](R* r) {
    r->set_channel(v1::CHANNEL_PRESERVATION);
    r->set_legal_process(v1::LEGAL_PROCESS_PRESERVATION_2703F);
    r->clear_judge_issued();
    r->clear_court_county_fips();
    r->mutable_area()->set_s2_cell("80c2c7");
  });
  add("ImportedWarrantByCell", kNoCell, MakeImported,
      [](R* r) { r->mutable_area()->set_s2_cell("80c2c7"); });
  add("Imported", "", MakeImported, [](R*) {});
  add("ImportedWithoutSource", "footage_request.imported.source: required",
      MakeImported, [](R* r) { r->mutable_imported()->clear_source(); });
  add("ImportedWithoutRow", "footage_request.imported.row: want 1",
      MakeImported, [](R* r) { r->mutable_imported()->clear_row(); });
  add("ImportedWithoutProcess", "footage_request.legal_process: required",
      MakeImported, [](R* r) { r->clear_legal_process(); });
  add("ImportedOffenceUnknown", "footage_request.offence_code: not a NIBRS",
      MakeImported, [](R* r) { r->set_offence_code("ZZZ"); });
  return out;
}

std::vector<Case> ResponseCases() {
  std::vector<Case> out;
  using R = v1::FootageResponse;
  const auto add = [&out](const char* name, const char* fault,
                          std::function<void(R*)> change) {
    Instantiate(
        &out, v1::STATEMENT_KIND_FOOTAGE_RESPONSE, name, fault,
        [change](v1::Statement* s) { change(s->mutable_footage_response()); });
  };
  const auto rejected = [](R* r) {
    v1::EntryLink link = r->request();
    r->Clear();
    *r->mutable_request() = link;
    r->set_outcome(v1::OUTCOME_REJECTED);
    r->set_refusal_ground(v1::REFUSAL_GROUND_OVERBROAD);
  };
  add("RequestMissing", "footage_response.request: required",
      [](R* r) { r->clear_request(); });
  add("OutcomeMissing", "footage_response.outcome: required",
      [](R* r) { r->clear_outcome(); });
  add("Rejected", "", rejected);
  add("RejectedWithoutGround", "footage_response.refusal_ground: required",
      [rejected](R* r) { rejected(r), r->clear_refusal_ground(); });
  add("RejectedYetClips", "footage_response.clips: nothing was given",
      [rejected](R* r) { rejected(r), r->set_clips(1); });
  add("RejectedYetHours", "footage_response.camera_hours_given: nothing",
      [rejected](R* r) { rejected(r), r->set_camera_hours_given(1); });
  add("RejectedYetContent", "footage_response.content_given: nothing",
      [rejected](R* r) {
        rejected(r), r->set_content_given(v1::DECLARED_YES);
      });
  add("FullWithGround", "footage_response.refusal_ground: only when refused",
      [](R* r) { r->set_outcome(v1::OUTCOME_FULL); });
  add("ModeratedYetPartial", "footage_response.moderated: want true exactly",
      [](R* r) { r->set_moderated(true); });
  add("Moderated", "", [rejected](R* r) {
    rejected(r);
    r->set_outcome(v1::OUTCOME_MODERATION_REFUSED);
    r->set_moderated(true);
  });
  add("MoreAnswersThanAsked", "footage_response.notified: fewer than",
      [](R* r) { r->set_notified(v1::COUNT_BUCKET_5_19); });
  add("ContentMissing", "footage_response.content_given: required",
      [](R* r) { r->clear_content_given(); });
  add("NoticeMissing", "footage_response.user_notice: required",
      [](R* r) { r->clear_user_notice(); });
  add("NoticeTimeMissing", "footage_response.user_notice_time: required",
      [](R* r) { r->clear_user_notice_time(); });
  add("NoticeTimeWithoutNotice", "footage_response.user_notice_time: only when",
      [](R* r) { r->set_user_notice(v1::USER_NOTICE_PROHIBITED); });
  add("TallyRootShort", "footage_response.tally_root: 31 bytes",
      [](R* r) { r->mutable_tally_root()->resize(31); });
  add("TallySizeWithoutRoot", "footage_response.tally_size: want 0",
      [](R* r) { r->clear_tally_root(); });
  // The example's buckets hold 26 to 122 answers.
  add("TallySmallerThanBuckets", "footage_response.tally_size: does not fit",
      [](R* r) { r->set_tally_size(25); });
  add("TallySmallest", "", [](R* r) { r->set_tally_size(26); });
  add("TallyLargest", "", [](R* r) { r->set_tally_size(122); });
  add("TallyLargerThanBuckets", "footage_response.tally_size: does not fit",
      [](R* r) { r->set_tally_size(123); });
  add("TallyZeroWithRoot", "footage_response.tally_size: does not fit",
      [](R* r) {
        r->clear_notified();
        r->clear_shared();
        r->clear_declined();
        r->clear_no_action();
        r->clear_opted_out();
        r->set_tally_size(0);
      });
  // The example gave something an hour before it is said.
  const auto given_after = [](int64_t ms) {
    return [ms](R* r) {
      *r->mutable_first_given() = FromUnixMs(kTestNowUnixMs + ms);
    };
  };
  add("FirstGivenBefore", "", given_after(-3'600'000));
  add("FirstGivenAsItIsSaid", "", given_after(0));
  add("FirstGivenInTheFuture", "footage_response.first_given: want a time not",
      given_after(1));
  add("FirstGivenNever", "footage_response.first_given: want",
      [](R* r) { r->mutable_first_given()->set_nanos(-1); });
  add("FirstGivenYetPending", "", [](R* r) {
    *r->mutable_first_given() = FromUnixMs(kTestNowUnixMs - 1);
    r->set_outcome(v1::OUTCOME_PENDING);
    r->clear_refusal_ground();
  });
  add("FirstGivenYetRejected",
      "footage_response.first_given: nothing was given", [rejected](R* r) {
        rejected(r);
        *r->mutable_first_given() = FromUnixMs(kTestNowUnixMs - 1);
      });
  return out;
}

std::vector<Case> ReviewCases() {
  std::vector<Case> out;
  using R = v1::EmergencyReview;
  const auto add = [&out](const char* name, const char* fault,
                          std::function<void(R*)> change) {
    Instantiate(
        &out, v1::STATEMENT_KIND_EMERGENCY_REVIEW, name, fault,
        [change](v1::Statement* s) { change(s->mutable_emergency_review()); });
  };
  add("RequestMissing", "emergency_review.request: required",
      [](R* r) { r->clear_request(); });
  add("RequestHash", "emergency_review.request.leaf_hash: 31 bytes",
      [](R* r) { r->mutable_request()->mutable_leaf_hash()->resize(31); });
  add("VerdictMissing", "emergency_review.verdict: required",
      [](R* r) { r->clear_verdict(); });
  add("VerdictUnknown", "emergency_review.verdict: unknown",
      [](R* r) { r->set_verdict(static_cast<v1::ReviewVerdict>(4)); });
  add("VerificationMissing", "emergency_review.verification: required",
      [](R* r) { r->clear_verification(); });
  for (const auto verdict :
       {v1::REVIEW_VERDICT_NOT_CONFIRMED, v1::REVIEW_VERDICT_FORGED}) {
    add(verdict == v1::REVIEW_VERDICT_FORGED ? "Forged" : "NotConfirmed", "",
        [verdict](R* r) { r->set_verdict(verdict); });
  }
  return out;
}

std::vector<Case> AmendmentCases() {
  std::vector<Case> out;
  using A = v1::Amendment;
  const auto add = [&out](const char* name, const char* fault,
                          std::function<void(A*)> change) {
    Instantiate(&out, v1::STATEMENT_KIND_AMENDMENT, name, fault,
                [change](v1::Statement* s) { change(s->mutable_amendment()); });
  };
  add("TargetMissing", "amendment.target: required",
      [](A* a) { a->clear_target(); });
  add("ChangeMissing", "amendment: want a change",
      [](A* a) { a->clear_change(); });
  add("FieldUnknown", "amendment.correction.field: no field",
      [](A* a) { a->mutable_correction()->set_field("footage_request.x"); });
  add("ValueMissing", "amendment.correction.new_value: required",
      [](A* a) { a->mutable_correction()->clear_new_value(); });
  add("ValueLong", "amendment.correction.new_value: 501 bytes", [](A* a) {
    a->mutable_correction()->set_new_value(std::string(501, 'x'));
  });
  add("Withdrawal", "",
      [](A* a) { a->mutable_withdrawal()->set_reason_code("CASE_CLOSED"); });
  add("WithdrawalReason", "amendment.withdrawal.reason_code: want UPPER",
      [](A* a) {
        a->mutable_withdrawal()->set_reason_code("we changed our mind");
      });
  add("WithdrawalReasonLong", "amendment.withdrawal.reason_code: 101 bytes",
      [](A* a) {
        a->mutable_withdrawal()->set_reason_code(std::string(101, 'X'));
      });
  add("WithdrawalReasonMissing", "amendment.withdrawal.reason_code: required",
      [](A* a) { a->mutable_withdrawal(); });
  add("NarrowingEmpty", "amendment.narrowing: want a footage window or",
      [](A* a) { a->mutable_narrowing(); });
  add("Narrowing", "",
      [](A* a) { a->mutable_narrowing()->mutable_area()->set_state("CA"); });
  add("NarrowingWindow", "amendment.narrowing.footage_window.begin: required",
      [](A* a) { a->mutable_narrowing()->mutable_footage_window(); });
  add("ChallengeGround", "amendment.challenge.ground: required",
      [](A* a) { a->mutable_challenge(); });
  add("Sharing", "", [](A* a) {
    a->mutable_onward_sharing()->set_recipient("outside:joint-task-force");
    a->mutable_onward_sharing()->set_basis(v1::LEGAL_PROCESS_OTHER);
  });
  add("SharingWithAgency", "", [](A* a) {
    a->mutable_onward_sharing()->set_recipient("ori:CA0194200");
    a->mutable_onward_sharing()->set_basis(v1::LEGAL_PROCESS_OTHER);
  });
  add("SharingRecipient", "amendment.onward_sharing.recipient: want",
      [](A* a) { a->mutable_onward_sharing()->set_recipient("the FBI"); });
  add("SharingBasis", "amendment.onward_sharing.basis: required",
      [](A* a) { a->mutable_onward_sharing(); });
  add("ClosingUse", "amendment.closing_report.use: required",
      [](A* a) { a->mutable_closing_report(); });
  add("Closing", "", [](A* a) {
    a->mutable_closing_report()->set_use(v1::ClosingReport::USE_DESTROYED);
  });
  return out;
}

INSTANTIATE_TEST_SUITE_P(Request, ValidateRule,
                         ::testing::ValuesIn(RequestCases()), CaseName);
INSTANTIATE_TEST_SUITE_P(Process, ValidateRule,
                         ::testing::ValuesIn(ProcessCases()), CaseName);
INSTANTIATE_TEST_SUITE_P(Response, ValidateRule,
                         ::testing::ValuesIn(ResponseCases()), CaseName);
INSTANTIATE_TEST_SUITE_P(Review, ValidateRule,
                         ::testing::ValuesIn(ReviewCases()), CaseName);
INSTANTIATE_TEST_SUITE_P(Amendment, ValidateRule,
                         ::testing::ValuesIn(AmendmentCases()), CaseName);

}  // namespace
}  // namespace sightline::statement
