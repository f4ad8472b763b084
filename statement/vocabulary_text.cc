#include "statement/vocabulary_text.h"

#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace sightline::statement {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;

struct Said {
  absl::string_view name;
  absl::string_view text;
};

// What the names themselves do not say well.
constexpr Said kSaid[] = {
    {"LEGAL_PROCESS_NONE_CONSENT", "consent"},
    {"LEGAL_PROCESS_SUBPOENA_ADMIN", "administrative subpoena"},
    {"LEGAL_PROCESS_SUBPOENA_GRAND_JURY", "grand jury subpoena"},
    {"LEGAL_PROCESS_SUBPOENA_TRIAL", "trial subpoena"},
    {"LEGAL_PROCESS_ORDER_2703D", "court order (18 USC 2703(d))"},
    {"LEGAL_PROCESS_GEOFENCE_OR_REVERSE_WARRANT",
     "geofence or other reverse warrant"},
    {"LEGAL_PROCESS_PEN_TRAP", "pen register or trap and trace"},
    {"LEGAL_PROCESS_WIRETAP", "wiretap order"},
    {"LEGAL_PROCESS_EMERGENCY_2702", "emergency demand (18 USC 2702)"},
    {"LEGAL_PROCESS_PRESERVATION_2703F",
     "preservation request (18 USC 2703(f))"},
    {"LEGAL_PROCESS_NSL", "national security letter"},
    {"LEGAL_PROCESS_FISA", "FISA order"},
    {"LEGAL_PROCESS_MLAT", "mutual legal assistance"},
    {"LEGAL_PROCESS_CLOUD_ACT", "CLOUD Act order"},
    {"LEGAL_PROCESS_EPOC", "European production order"},
    {"LEGAL_PROCESS_EPOC_PR", "European preservation order"},
    {"LEGAL_PROCESS_UK_PRODUCTION_ORDER", "UK production order"},
    {"LEGAL_PROCESS_UK_DPA_REQUEST", "UK data protection request"},
    {"DATA_CATEGORY_VIDEO_STORED", "stored video"},
    {"DATA_CATEGORY_VIDEO_LIVE", "live video"},
    {"DATA_CATEGORY_SUBSCRIBER", "subscriber records"},
    {"DATA_CATEGORY_ACCOUNT_TRANSACTION", "account transactions"},
    {"DATA_CATEGORY_OTHER", "other data"},
    {"RECIPIENT_CLASS_RESIDENT", "residents"},
    {"RECIPIENT_CLASS_BUSINESS", "businesses"},
    {"RECIPIENT_CLASS_BOTH", "residents and businesses"},
    {"RECIPIENT_CLASS_PLATFORM", "the platform"},
    {"COUNT_BUCKET_0", "none"},
    {"COUNT_BUCKET_1_4", "1 to 4"},
    {"COUNT_BUCKET_5_19", "5 to 19"},
    {"COUNT_BUCKET_20_99", "20 to 99"},
    {"COUNT_BUCKET_100_499", "100 to 499"},
    {"COUNT_BUCKET_500_PLUS", "500 or more"},
    {"EMERGENCY_BASIS_IMMINENT_DEATH", "imminent danger of death"},
    {"EMERGENCY_BASIS_SERIOUS_INJURY", "danger of serious injury"},
    {"REQUESTER_VERIFICATION_CALL_BACK", "call-back"},
    {"REQUESTER_VERIFICATION_CALL_BACK_AND_SIGNATURE",
     "call-back and signature"},
    {"REQUESTER_VERIFICATION_EMAIL_ONLY", "e-mail only"},
    {"OUTCOME_FULL", "given in full"},
    {"OUTCOME_PARTIAL", "given in part"},
    {"OUTCOME_NO_INFORMATION", "no information given"},
    {"OUTCOME_NO_DATA_EXISTS", "no data exists"},
    {"OUTCOME_EXPIRED_NO_ANSWER", "expired without an answer"},
    {"OUTCOME_MODERATION_REFUSED", "refused in moderation"},
    {"REFUSAL_GROUND_POLICY_PURPOSE", "purpose outside the policy"},
    {"SEAL_GROUND_ENDANGER", "danger to life or safety"},
    {"SEAL_GROUND_FLIGHT", "flight from prosecution"},
    {"SEAL_GROUND_TAMPERING", "tampering with evidence"},
    {"SEAL_GROUND_INTIMIDATION", "intimidation of witnesses"},
    {"SEAL_GROUND_JEOPARDIZE", "jeopardy to the investigation"},
    {"IDENTITY_VERIFICATION_EMAIL_ONLY", "e-mail only"},
    {"IDENTITY_VERIFICATION_IMPORTED", "imported, not verified"},
    {"STATEMENT_KIND_LOG_KEY_CHANGE", "change of log keys"},
};

// "CHANNEL_" for Channel; nested enums name their values the same way.
std::string Prefix(const EnumDescriptor* type) {
  std::string out;
  for (char c : type->name()) {
    if (absl::ascii_isupper(c) && !out.empty()) out.push_back('_');
    out.push_back(absl::ascii_toupper(c));
  }
  out.push_back('_');
  return out;
}

}  // namespace

std::string Text(const EnumDescriptor* type, int value) {
  const EnumValueDescriptor* found = type->FindValueByNumber(value);
  if (found == nullptr) return absl::StrCat("unknown (", value, ")");
  for (const Said& said : kSaid) {
    if (said.name == found->name()) return std::string(said.text);
  }
  const std::string prefix = Prefix(type);
  const absl::string_view name =
      absl::StripPrefix(absl::string_view(found->name()), prefix);
  return absl::AsciiStrToLower(absl::StrReplaceAll(name, {{"_", " "}}));
}

}  // namespace sightline::statement
