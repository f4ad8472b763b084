#include "statement/footage_rules.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "statement/counts.h"
#include "statement/field_path.h"
#include "statement/lint.h"
#include "statement/offences.h"
#include "statement/submitter_id.h"
#include "statement/timestamps.h"

namespace sightline::statement {
namespace {

constexpr int kMaxList = 16;
constexpr int kMaxMembers = 64;

// How much of a request must be there.
enum class Completeness {
  kFull,      // made by an agency now
  kImported,  // a row of a public record
  kReported,  // what somebody else says of it
};

// Whether residents are asked, and may decline: by what is said of channel and
// process, where one of them is missing.
bool IsVoluntary(const v1::FootageRequest& request) {
  return (request.channel() == v1::CHANNEL_UNSPECIFIED ||
          IsVoluntaryChannel(request.channel())) &&
         (request.legal_process() == v1::LEGAL_PROCESS_UNSPECIFIED ||
          request.legal_process() == v1::LEGAL_PROCESS_NONE_CONSENT);
}

bool IsCourtProcess(v1::LegalProcess process) {
  switch (process) {
    case v1::LEGAL_PROCESS_SUBPOENA_GRAND_JURY:
    case v1::LEGAL_PROCESS_SUBPOENA_TRIAL:
    case v1::LEGAL_PROCESS_ORDER_2703D:
    case v1::LEGAL_PROCESS_SEARCH_WARRANT:
    case v1::LEGAL_PROCESS_GEOFENCE_OR_REVERSE_WARRANT:
    case v1::LEGAL_PROCESS_PEN_TRAP:
    case v1::LEGAL_PROCESS_WIRETAP:
    case v1::LEGAL_PROCESS_UK_PRODUCTION_ORDER:
      return true;
    default:
      return false;
  }
}

// Processes that a court may or may not stand behind.
bool MayBeCourtProcess(v1::LegalProcess process) {
  return IsCourtProcess(process) || process == v1::LEGAL_PROCESS_FISA ||
         process == v1::LEGAL_PROCESS_MLAT ||
         process == v1::LEGAL_PROCESS_CLOUD_ACT ||
         process == v1::LEGAL_PROCESS_EPOC ||
         process == v1::LEGAL_PROCESS_EPOC_PR ||
         process == v1::LEGAL_PROCESS_OTHER ||
         process == v1::LEGAL_PROCESS_UNSPECIFIED;
}

bool AsksForRecordings(const v1::FootageRequest& request) {
  return std::any_of(request.data_categories().begin(),
                     request.data_categories().end(), [](int category) {
                       return category == v1::DATA_CATEGORY_VIDEO_STORED ||
                              category == v1::DATA_CATEGORY_VIDEO_LIVE ||
                              category == v1::DATA_CATEGORY_AUDIO;
                     });
}

// Checks one request; the members are groups of fields.
class RequestCheck {
 public:
  RequestCheck(const v1::FootageRequest& request, Completeness completeness,
               const Path& at, Checker* check)
      : r_(request), completeness_(completeness), at_(at), check_(*check) {}

  void Run() {
    Kind();
    Custodian();
    Offence();
    Declarations();
    WhereAndWhen();
    Recipients();
    CourtProcess();
    Emergency();
    Links();
  }

 private:
  bool full() const { return completeness_ == Completeness::kFull; }
  bool reported() const { return completeness_ == Completeness::kReported; }

  // A value that full requests must have.
  void Enum(int value, bool (*is_valid)(int), absl::string_view name) {
    if (full()) {
      check_.RequiredEnum(value, is_valid, at_ / name);
    } else {
      check_.OptionalEnum(value, is_valid, at_ / name);
    }
  }

  void Kind() {
    const int min = reported() ? 0 : 1;
    if (reported()) {
      check_.OptionalEnum(r_.channel(), v1::Channel_IsValid, at_ / "channel");
      check_.OptionalEnum(r_.legal_process(), v1::LegalProcess_IsValid,
                          at_ / "legal_process");
    } else {
      check_.RequiredEnum(r_.channel(), v1::Channel_IsValid, at_ / "channel");
      check_.RequiredEnum(r_.legal_process(), v1::LegalProcess_IsValid,
                          at_ / "legal_process");
    }
    ChannelFitsProcess();
    check_.EnumList(r_.evidence_sources(), v1::EvidenceSource_IsValid, min,
                    kMaxList, at_ / "evidence_sources");
    check_.EnumList(r_.data_categories(), v1::DataCategory_IsValid, min,
                    kMaxList, at_ / "data_categories");
  }

  // A contradiction is a mistake, not a policy matter: a request is voluntary
  // or it is not.
  void ChannelFitsProcess() {
    if (r_.legal_process() == v1::LEGAL_PROCESS_UNSPECIFIED) return;
    const bool consent = r_.legal_process() == v1::LEGAL_PROCESS_NONE_CONSENT;
    if (IsVoluntaryChannel(r_.channel())) {
      check_.Require(consent, at_ / "legal_process",
                     "this channel is voluntary, want NONE_CONSENT");
    } else if (r_.channel() == v1::CHANNEL_LEGAL_PROCESS) {
      check_.Require(!consent, at_ / "legal_process",
                     "this channel is not voluntary");
    }
  }

  void Custodian() {
    const std::string& custodian = r_.custodian();
    check_.Require(custodian.empty() || SubmitterKindOf(custodian) ==
                                            v1::SUBMITTER_KIND_PLATFORM,
                   at_ / "custodian", "want a platform's id or nothing");
    if (r_.recipient_class() == v1::RECIPIENT_CLASS_PLATFORM && full()) {
      check_.Present(!custodian.empty(), at_ / "custodian");
    }
  }

  void Offence() {
    const std::string& code = r_.offence_code();
    if (code.empty()) {
      check_.Require(!full(), at_ / "offence_code", "required");
      return;
    }
    const absl::string_view public_code = PublicOffenceCode(code);
    if (FindOffence(code) == nullptr) {
      check_.Fault(at_ / "offence_code", "not a NIBRS offence code");
    } else if (public_code != code) {
      check_.Fault(at_ / "offence_code",
                   absl::StrCat("public as a group only, want ", public_code));
    }
  }

  void Declarations() {
    Enum(r_.includes_content(), v1::Declared_IsValid, "includes_content");
    Enum(r_.includes_indoor(), v1::Declared_IsValid, "includes_indoor");
    Enum(r_.purpose(), v1::Purpose_IsValid, "purpose");
    Enum(r_.assembly_related(), v1::Declared_IsValid, "assembly_related");
    Enum(r_.subject_includes_police(), v1::Declared_IsValid,
         "subject_includes_police");
    Enum(r_.case_reference_present(), v1::Declared_IsValid,
         "case_reference_present");
    Enum(r_.second_person_approved(), v1::Declared_IsValid,
         "second_person_approved");
  }

  void WhereAndWhen() {
    const bool voluntary = IsVoluntaryChannel(r_.channel());
    if (r_.has_incident_window()) {
      check_.Window(r_.incident_window(), at_ / "incident_window");
    } else {
      check_.Present(!full() || !voluntary, at_ / "incident_window");
    }
    if (r_.has_footage_window()) {
      check_.Window(r_.footage_window(), at_ / "footage_window");
    } else {
      check_.Present(!full() || !AsksForRecordings(r_), at_ / "footage_window");
    }
    if (r_.has_area()) {
      Area();
    } else {
      check_.Present(!full() || !voluntary, at_ / "area");
    }
  }

  // The map of a public post has been shown to everybody. A cell of a few square
  // kilometres with compelled process in it would point at whom it was served on.
  void Area() {
    check_.Area(r_.area(), at_ / "area");
    check_.Require(r_.area().s2_cell().empty() || IsVoluntary(r_),
                   at_ / "area" / "s2_cell",
                   "compelled process is public by county or state only");
  }

  void Recipients() {
    Enum(r_.recipient_class(), v1::RecipientClass_IsValid, "recipient_class");
    check_.OptionalEnum(r_.recipients(), v1::CountBucket_IsValid,
                        at_ / "recipients");
    check_.OptionalEnum(r_.devices(), v1::CountBucket_IsValid, at_ / "devices");
    check_.OptionalText(r_.unit(), kMaxNameBytes, at_ / "unit",
                        TextKind::kNameOfBody);
  }

  void CourtProcess() {
    check_.OptionalCounty(r_.court_county_fips(), at_ / "court_county_fips");
    check_.OptionalEnum(r_.judge_issued(), v1::Declared_IsValid,
                        at_ / "judge_issued");
    if (IsCourtProcess(r_.legal_process()) && full()) {
      check_.Present(r_.judge_issued() != v1::DECLARED_UNSPECIFIED,
                     at_ / "judge_issued");
    }
    if (!MayBeCourtProcess(r_.legal_process()) &&
        completeness_ != Completeness::kImported) {
      check_.Require(r_.court_county_fips().empty(), at_ / "court_county_fips",
                     "only for court process");
      check_.Require(r_.judge_issued() == v1::DECLARED_UNSPECIFIED,
                     at_ / "judge_issued", "only for court process");
    }
  }

  void Emergency() {
    check_.OptionalEnum(r_.emergency_basis(), v1::EmergencyBasis_IsValid,
                        at_ / "emergency_basis");
    check_.OptionalEnum(r_.verification(), v1::RequesterVerification_IsValid,
                        at_ / "verification");
    const bool basis = r_.emergency_basis() != 0;
    const bool verification = r_.verification() != 0;
    if (!IsEmergency(r_)) {
      check_.Require(!basis, at_ / "emergency_basis", "only for emergencies");
      check_.Require(!verification, at_ / "verification",
                     "only for emergencies");
    } else if (full()) {
      check_.Present(basis, at_ / "emergency_basis");
      check_.Present(verification, at_ / "verification");
    }
  }

  void Links() {
    if (r_.has_policy()) check_.Policy(r_.policy(), at_ / "policy");
    if (r_.has_escalates()) {
      check_.Link(true, r_.escalates(), at_ / "escalates");
    }
    const auto& members = r_.member_agencies();
    const Path at = at_ / "member_agencies";
    check_.Count(members.size(), 0, kMaxMembers, at);
    absl::flat_hash_set<absl::string_view> seen;
    for (int i = 0; i < std::min(members.size(), kMaxMembers); ++i) {
      check_.Require(SubmitterKindOf(members[i]) == v1::SUBMITTER_KIND_AGENCY,
                     at[i], "not the id of an agency");
      check_.Require(seen.insert(members[i]).second, at[i], "given before");
    }
    if (r_.has_imported()) {
      const Path imported = at_ / "imported";
      check_.RequiredText(r_.imported().source(), kMaxNameBytes,
                          imported / "source");
      check_.Require(r_.imported().row() >= 1, imported / "row",
                     "want 1 or more");
    }
  }

  const v1::FootageRequest& r_;
  const Completeness completeness_;
  const Path& at_;
  Checker& check_;
};

bool NeedsGround(v1::Outcome outcome) {
  return outcome == v1::OUTCOME_REJECTED || outcome == v1::OUTCOME_CHALLENGED ||
         outcome == v1::OUTCOME_MODERATION_REFUSED;
}

bool MayHaveGround(v1::Outcome outcome) {
  return NeedsGround(outcome) || outcome == v1::OUTCOME_PARTIAL ||
         outcome == v1::OUTCOME_NARROWED ||
         outcome == v1::OUTCOME_NO_INFORMATION ||
         outcome == v1::OUTCOME_NO_DATA_EXISTS;
}

bool GivesSomething(v1::Outcome outcome) {
  return outcome == v1::OUTCOME_FULL || outcome == v1::OUTCOME_PARTIAL ||
         outcome == v1::OUTCOME_NARROWED;
}

// While a request is pending, clips may have come in already.
bool MayHaveGiven(v1::Outcome outcome) {
  return GivesSomething(outcome) || outcome == v1::OUTCOME_PENDING ||
         outcome == v1::OUTCOME_CHALLENGED ||
         outcome == v1::OUTCOME_WITHDRAWN || outcome == v1::OUTCOME_UNSPECIFIED;
}

class ResponseCheck {
 public:
  ResponseCheck(const v1::FootageResponse& response,
                const google::protobuf::Timestamp& claimed_time, const Path& at,
                Checker* check)
      : r_(response), claimed_time_(claimed_time), at_(at), check_(*check) {}

  void Run() {
    check_.Link(r_.has_request(), r_.request(), at_ / "request");
    check_.RequiredEnum(r_.outcome(), v1::Outcome_IsValid, at_ / "outcome");
    Refusal();
    Buckets();
    Given();
    FirstGiven();
    Notice();
    Tally();
  }

 private:
  void Refusal() {
    check_.OptionalEnum(r_.refusal_ground(), v1::RefusalGround_IsValid,
                        at_ / "refusal_ground");
    const bool ground = r_.refusal_ground() != v1::REFUSAL_GROUND_UNSPECIFIED;
    check_.Present(ground || !NeedsGround(r_.outcome()),
                   at_ / "refusal_ground");
    check_.Require(!ground || MayHaveGround(r_.outcome()),
                   at_ / "refusal_ground",
                   "only when refused in whole or in part");
    check_.Require(
        r_.moderated() == (r_.outcome() == v1::OUTCOME_MODERATION_REFUSED),
        at_ / "moderated", "want true exactly with MODERATION_REFUSED");
  }

  void Buckets() {
    Bucket(r_.notified(), "notified");
    Bucket(r_.shared(), "shared");
    Bucket(r_.declined(), "declined");
    Bucket(r_.no_action(), "no_action");
    Bucket(r_.opted_out(), "opted_out");
    if (r_.notified() == v1::COUNT_BUCKET_UNSPECIFIED) return;
    const uint64_t answered = RangeOf(r_.shared()).min +
                              RangeOf(r_.declined()).min +
                              RangeOf(r_.no_action()).min;
    check_.Require(answered <= RangeOf(r_.notified()).max, at_ / "notified",
                   "fewer than shared, declined and did nothing together");
  }

  void Bucket(v1::CountBucket bucket, absl::string_view name) {
    check_.OptionalEnum(bucket, v1::CountBucket_IsValid, at_ / name);
  }

  void Given() {
    check_.OptionalEnum(r_.content_given(), v1::Declared_IsValid,
                        at_ / "content_given");
    if (GivesSomething(r_.outcome())) {
      check_.Present(r_.content_given() != v1::DECLARED_UNSPECIFIED,
                     at_ / "content_given");
    }
    if (MayHaveGiven(r_.outcome())) return;
    const absl::string_view fault = "nothing was given, by the outcome";
    check_.Require(r_.clips() == 0, at_ / "clips", fault);
    check_.Require(r_.camera_hours_given() == 0, at_ / "camera_hours_given",
                   fault);
    check_.Require(r_.content_given() != v1::DECLARED_YES,
                   at_ / "content_given", fault);
  }

  // It is of the past when it is said: what is to be given is not given.
  void FirstGiven() {
    if (!r_.has_first_given()) return;
    const Path at = at_ / "first_given";
    check_.OptionalTime(true, r_.first_given(), at);
    check_.Require(MayHaveGiven(r_.outcome()), at,
                   "nothing was given, by the outcome");
    check_.Require(ToUnixMs(r_.first_given()) <= ToUnixMs(claimed_time_), at,
                   "want a time not after claimed_time");
  }

  void Notice() {
    check_.OptionalEnum(r_.user_notice(), v1::UserNotice_IsValid,
                        at_ / "user_notice");
    if (GivesSomething(r_.outcome())) {
      check_.Present(r_.user_notice() != v1::USER_NOTICE_UNSPECIFIED,
                     at_ / "user_notice");
    }
    check_.OptionalTime(r_.has_user_notice_time(), r_.user_notice_time(),
                        at_ / "user_notice_time");
    if (r_.user_notice() == v1::USER_NOTICE_GIVEN) {
      check_.Present(r_.has_user_notice_time(), at_ / "user_notice_time");
    } else if (r_.user_notice() != v1::USER_NOTICE_DELAYED) {
      check_.Require(!r_.has_user_notice_time(), at_ / "user_notice_time",
                     "only when notice was given or delayed");
    }
  }

  // The tally tree holds a leaf for each resident's answer, and maybe padding.
  void Tally() {
    if (r_.tally_root().empty()) {
      check_.Require(r_.tally_size() == 0, at_ / "tally_size",
                     "want 0 without a tally root");
      return;
    }
    check_.Hash(r_.tally_root(), at_ / "tally_root");
    const CountRange answers =
        Sum(Sum(RangeOf(r_.shared()), RangeOf(r_.declined())),
            Sum(RangeOf(r_.no_action()), RangeOf(r_.opted_out())));
    check_.Require(r_.tally_size() >= std::max<uint64_t>(1, answers.min) &&
                       r_.tally_size() <= answers.max,
                   at_ / "tally_size", "does not fit the buckets");
  }

  const v1::FootageResponse& r_;
  const google::protobuf::Timestamp& claimed_time_;
  const Path& at_;
  Checker& check_;
};

bool IsOutsideRecipient(absl::string_view recipient) {
  return absl::ConsumePrefix(&recipient, "outside:") && recipient.size() >= 3 &&
         recipient.size() <= 100 &&
         std::all_of(recipient.begin(), recipient.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
         });
}

// Whether a field names an agency, a unit or a scheme.
bool NamesBody(absl::string_view field) {
  field = field.substr(field.rfind('.') + 1);
  field = field.substr(0, field.find('['));
  return field == "unit" || field == "units" || field == "name" ||
         field == "aliases" || field == "scheme";
}

void CheckCorrection(const v1::Correction& correction, const Path& at,
                     Checker* check) {
  check->Require(IsFieldPath(correction.field()), at / "field",
                 "no field of a statement has this path");
  check->RequiredText(correction.new_value(), 500, at / "new_value",
                      NamesBody(correction.field()) ? TextKind::kNameOfBody
                                                    : TextKind::kFreeText);
}

void CheckNarrowing(const v1::Narrowing& narrowing, const Path& at,
                    Checker* check) {
  check->Require(narrowing.has_footage_window() || narrowing.has_area(), at,
                 "want a footage window or an area");
  if (narrowing.has_footage_window()) {
    check->Window(narrowing.footage_window(), at / "footage_window");
  }
  if (narrowing.has_area()) check->Area(narrowing.area(), at / "area");
}

void CheckOnwardSharing(const v1::OnwardSharing& sharing, const Path& at,
                        Checker* check) {
  check->Require(IsSubmitterId(sharing.recipient()) ||
                     IsOutsideRecipient(sharing.recipient()),
                 at / "recipient", "want a submitter id or \"outside:<name>\"");
  check->RequiredEnum(sharing.basis(), v1::LegalProcess_IsValid, at / "basis");
}

}  // namespace

bool IsVoluntaryChannel(v1::Channel channel) {
  switch (channel) {
    case v1::CHANNEL_VIDEO_REQUEST:
    case v1::CHANNEL_REQUEST_FOR_ASSISTANCE:
    case v1::CHANNEL_COMMUNITY_REQUEST:
    case v1::CHANNEL_DIRECT_ASK:
    case v1::CHANNEL_REGISTRY_CONTACT:
      return true;
    default:
      return false;
  }
}

bool IsEmergency(const v1::FootageRequest& request) {
  return request.channel() == v1::CHANNEL_EMERGENCY ||
         request.legal_process() == v1::LEGAL_PROCESS_EMERGENCY_2702;
}

void CheckFootageRequest(const v1::FootageRequest& request, const Path& at,
                         Checker* check) {
  const Completeness completeness =
      request.has_imported() ? Completeness::kImported : Completeness::kFull;
  RequestCheck(request, completeness, at, check).Run();
}

void CheckReportedRequest(const v1::FootageRequest& request, const Path& at,
                          Checker* check) {
  RequestCheck(request, Completeness::kReported, at, check).Run();
}

void CheckFootageResponse(const v1::FootageResponse& response,
                          const google::protobuf::Timestamp& claimed_time,
                          const Path& at, Checker* check) {
  ResponseCheck(response, claimed_time, at, check).Run();
}

void CheckEmergencyReview(const v1::EmergencyReview& review, const Path& at,
                          Checker* check) {
  check->Link(review.has_request(), review.request(), at / "request");
  check->RequiredEnum(review.verdict(), v1::ReviewVerdict_IsValid,
                      at / "verdict");
  check->RequiredEnum(review.verification(), v1::RequesterVerification_IsValid,
                      at / "verification");
}

void CheckSealedStatement(const v1::SealedStatement& sealed, const Path& at,
                          Checker* check) {
  check->RequiredEnum(sealed.legal_process(), v1::LegalProcess_IsValid,
                      at / "legal_process");
  check->Month(sealed.month(), at / "month");
}

void CheckAmendment(const v1::Amendment& amendment, const Path& at,
                    Checker* check) {
  check->Link(amendment.has_target(), amendment.target(), at / "target");
  switch (amendment.change_case()) {
    case v1::Amendment::kCorrection:
      CheckCorrection(amendment.correction(), at / "correction", check);
      break;
    case v1::Amendment::kWithdrawal:
      check->ReasonCode(amendment.withdrawal().reason_code(), 100,
                        at / "withdrawal" / "reason_code");
      break;
    case v1::Amendment::kNarrowing:
      CheckNarrowing(amendment.narrowing(), at / "narrowing", check);
      break;
    case v1::Amendment::kChallenge:
      check->RequiredEnum(amendment.challenge().ground(),
                          v1::RefusalGround_IsValid,
                          at / "challenge" / "ground");
      break;
    case v1::Amendment::kOnwardSharing:
      CheckOnwardSharing(amendment.onward_sharing(), at / "onward_sharing",
                         check);
      break;
    case v1::Amendment::kClosingReport:
      check->RequiredEnum(amendment.closing_report().use(),
                          v1::ClosingReport_Use_IsValid,
                          at / "closing_report" / "use");
      break;
    case v1::Amendment::CHANGE_NOT_SET:
      check->Fault(at, "want a change");
      break;
  }
}

}  // namespace sightline::statement
