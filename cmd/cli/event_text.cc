#include "cmd/cli/event_text.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "statement/describe.h"
#include "statement/kinds.h"
#include "statement/text.h"
#include "statement/timestamps.h"
#include "statement/vocabulary_text.h"

namespace sightline::cli {
namespace {

using statement::Printable;
using statement::Text;
using statement::TimeText;

template <typename Paths>
std::string PathsText(const Paths& paths) {
  return Printable(absl::StrJoin(paths, ", "));
}

bool Seals(const v1::TimelineEvent& event, absl::string_view path) {
  for (const v1::SealedField& field : event.sealed()) {
    if (field.path() == path) return true;
  }
  return false;
}

std::string CorrectionText(const v1::TimelineEvent& event) {
  const v1::Correction& correction = event.amendment().correction();
  std::string value =
      absl::StrCat(" is \"", Printable(correction.new_value()), "\"");
  if (Seals(event, "new_value")) value = " is sealed";
  return absl::StrCat("correction: ", Printable(correction.field()), value);
}

std::string NarrowingText(const v1::Narrowing& narrowing) {
  std::vector<std::string> parts;
  const std::string window = WindowText(narrowing.footage_window());
  if (!window.empty()) parts.push_back(absl::StrCat("footage of ", window));
  const v1::CoarseArea& area = narrowing.area();
  const std::string place = PlaceText(area);
  if (!place.empty()) parts.push_back(place);
  if (area.area_square_metres() != 0) {
    parts.push_back(absl::StrCat(area.area_square_metres(), " square metres"));
  }
  return absl::StrCat("narrowing: ", absl::StrJoin(parts, ", "));
}

std::string AmendmentText(const v1::TimelineEvent& event) {
  const v1::Amendment& amendment = event.amendment();
  switch (amendment.change_case()) {
    case v1::Amendment::kCorrection:
      return CorrectionText(event);
    case v1::Amendment::kWithdrawal:
      return absl::StrCat("withdrawal: ",
                          Printable(amendment.withdrawal().reason_code()));
    case v1::Amendment::kNarrowing:
      return NarrowingText(amendment.narrowing());
    case v1::Amendment::kChallenge:
      return absl::StrCat("challenge: ", Text(amendment.challenge().ground()));
    case v1::Amendment::kOnwardSharing:
      return absl::StrCat("onward sharing: to ",
                          Printable(amendment.onward_sharing().recipient()),
                          ", on ", Text(amendment.onward_sharing().basis()));
    case v1::Amendment::kClosingReport:
      return absl::StrCat("closing report: ",
                          Text(amendment.closing_report().use()));
    default:
      return "amendment";
  }
}

std::string RenewalText(const v1::SealRenewal& renewal) {
  return absl::StrCat("seal renewal: ", PathsText(renewal.paths()), " until ",
                      TimeText(statement::ToUnixMs(renewal.sealed_until())),
                      ", ", Text(renewal.ground()), ", by ",
                      Text(renewal.granter()));
}

}  // namespace

std::string ChangeText(const v1::TimelineEvent& event) {
  switch (event.what_case()) {
    case v1::TimelineEvent::kResponse:
      return absl::StrCat("answer: ", Text(event.response().outcome()));
    case v1::TimelineEvent::kEscalation:
      return absl::StrCat("escalated: ",
                          Text(event.escalation().legal_process()));
    case v1::TimelineEvent::kEmergencyReview:
      return absl::StrCat("review: ", Text(event.emergency_review().verdict()));
    case v1::TimelineEvent::kUnsealing:
      return absl::StrCat("unsealed: ", PathsText(event.unsealing().paths()));
    case v1::TimelineEvent::kAmendment:
      return AmendmentText(event);
    case v1::TimelineEvent::kSealRenewal:
      return RenewalText(event.seal_renewal());
    case v1::TimelineEvent::kErasure:
      return absl::StrCat("erasure: ", Text(event.erasure().basis()));
    default:
      return absl::StrReplaceAll(statement::KindName(event.kind()),
                                 {{"_", " "}});
  }
}

std::string EventText(const v1::TimelineEvent& event) {
  return absl::StrCat(event.index(), "  ", TimeText(event.admitted_unix_ms()),
                      "  ", event.submitter(), "  ", ChangeText(event),
                      " (of entry ", event.target_index(), ")");
}

std::string PlaceText(const v1::CoarseArea& area) {
  if (!area.county_fips().empty()) {
    return absl::StrCat("county ", area.county_fips());
  }
  if (!area.s2_cell().empty()) return absl::StrCat("cell ", area.s2_cell());
  return area.state();
}

std::string WindowText(const v1::TimeWindow& window) {
  if (!window.has_begin() || !window.has_end()) return "";
  return absl::StrCat(TimeText(statement::ToUnixMs(window.begin())), " to ",
                      TimeText(statement::ToUnixMs(window.end())));
}

}  // namespace sightline::cli
