#include "tests/e2e/notice_story.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "statement/timestamps.h"
#include "tests/e2e/real_data_log.h"

namespace sightline::tests {
namespace {

// Longer than this a period is not to be, by the strict policy.
constexpr int64_t kLongest = 62 * kDay;

}  // namespace

std::string LoggedIn(int year) {
  return absl::StrCat(202602 + year - kFirstYear);
}

Place PlaceOf(const Notice& notice) { return {notice.source, notice.row}; }

Place PlaceOf(const v1::RequestRow& row) {
  const v1::ImportedFrom& imported = row.facts().request().imported();
  return {imported.source(), imported.row()};
}

v1::Outcome OutcomeOf(const Notice& notice) {
  if (notice.platform == kRing) return v1::OUTCOME_PARTIAL;
  if (notice.platform != kGoogle || notice.row % 3 == 0) {
    return v1::OUTCOME_UNSPECIFIED;
  }
  return notice.row % 3 == 1 ? v1::OUTCOME_FULL : v1::OUTCOME_REJECTED;
}

bool IsAnswered(const Notice& notice) {
  return OutcomeOf(notice) != v1::OUTCOME_UNSPECIFIED;
}

bool IsGiven(const Notice& notice) {
  return OutcomeOf(notice) == v1::OUTCOME_FULL ||
         OutcomeOf(notice) == v1::OUTCOME_PARTIAL;
}

bool IsToldInTime(const Notice& notice) { return notice.row > 1000; }

v1::PolicyVersion StrictPolicy() {
  v1::PolicyVersion policy;
  policy.mutable_policy()->set_policy_id(kStrict);
  policy.mutable_policy()->set_version(1);
  policy.set_title("Warrants of two months for what harms people or property");
  *policy.mutable_in_force_from() = statement::FromUnixMs(k2019);
  policy.add_channels(v1::CHANNEL_LEGAL_PROCESS);
  policy.add_allowed_purposes(v1::PURPOSE_THEFT);
  policy.add_allowed_purposes(v1::PURPOSE_PROPERTY_DAMAGE);
  policy.add_allowed_purposes(v1::PURPOSE_PHYSICAL_INJURY);
  policy.add_allowed_purposes(v1::PURPOSE_MISSING_PERSON);
  policy.set_max_window_seconds(kLongest / 1000);
  policy.add_seal_grounds(v1::SEAL_GROUND_ENDANGER);
  policy.add_seal_grounds(v1::SEAL_GROUND_INTIMIDATION);
  return policy;
}

bool IsStrict(const Notice& notice) {
  return !notice.is_emergency && notice.submitted >= k2019;
}

std::vector<std::string> Broken(const Notice& notice) {
  std::vector<std::string> rules;
  if (!IsStrict(notice)) return rules;
  if (notice.purpose == v1::PURPOSE_OTHER ||
      notice.purpose == v1::PURPOSE_UNSPECIFIED) {
    rules.emplace_back("purpose.not_allowed");
  }
  if (notice.delay == v1::SEAL_GROUND_FLIGHT ||
      notice.delay == v1::SEAL_GROUND_TAMPERING ||
      notice.delay == v1::SEAL_GROUND_JEOPARDIZE) {
    rules.emplace_back("seal.ground");
  }
  if (!notice.period.has_value()) {
    rules.emplace_back("window.missing");
  } else if (notice.period->second - notice.period->first > kLongest) {
    rules.emplace_back("window.max");
  }
  std::sort(rules.begin(), rules.end());
  return rules;
}

bool IsOpened(const Notice& notice) {
  return notice.delay != v1::SEAL_GROUND_UNSPECIFIED &&
         notice.submitted + kSealed <= k2017;
}

bool IsSealed(const Notice& notice) {
  return notice.delay != v1::SEAL_GROUND_UNSPECIFIED && !IsOpened(notice);
}

}  // namespace sightline::tests
