#include "cmd/cli/event_text.h"

#include <gtest/gtest.h>

#include "statement/timestamps.h"

namespace sightline::cli {
namespace {

constexpr int64_t kTime = 1'590'861'600'000;  // 2020-05-30 18:00 UTC
constexpr int64_t kHourMs = 3'600'000;

TEST(EventText, ACorrectionNamesFieldAndValue) {
  v1::TimelineEvent event;
  event.set_index(9);
  event.set_target_index(3);
  event.set_admitted_unix_ms(kTime);
  event.set_submitter("ori:CA0194200");
  v1::Correction& correction = *event.mutable_amendment()->mutable_correction();
  correction.set_field("footage_request.unit");
  correction.set_new_value("Unit\n12");
  EXPECT_EQ(EventText(event),
            "9  2020-05-30 18:00 UTC  ori:CA0194200  correction: "
            "footage_request.unit is \"Unit?12\" (of entry 3)");
}

TEST(EventText, ASealedValueIsSaidToBe) {
  v1::TimelineEvent event;
  event.mutable_amendment()->mutable_correction()->set_field("narrative");
  event.add_sealed()->set_path("new_value");
  EXPECT_EQ(ChangeText(event), "correction: narrative is sealed");
}

TEST(EventText, ANarrowingSaysToWhat) {
  v1::TimelineEvent event;
  v1::Narrowing& narrowing = *event.mutable_amendment()->mutable_narrowing();
  v1::TimeWindow& window = *narrowing.mutable_footage_window();
  *window.mutable_begin() = statement::FromUnixMs(kTime);
  *window.mutable_end() = statement::FromUnixMs(kTime + kHourMs);
  narrowing.mutable_area()->set_s2_cell("80c2c7b");
  narrowing.mutable_area()->set_area_square_metres(500);
  EXPECT_EQ(ChangeText(event),
            "narrowing: footage of 2020-05-30 18:00 UTC to 2020-05-30 19:00 "
            "UTC, cell 80c2c7b, 500 square metres");
}

TEST(EventText, OtherAmendmentsSayWhatTheyHold) {
  v1::TimelineEvent event;
  v1::Amendment& amendment = *event.mutable_amendment();
  amendment.mutable_withdrawal()->set_reason_code("DUPLICATE");
  EXPECT_EQ(ChangeText(event), "withdrawal: DUPLICATE");
  amendment.mutable_challenge()->set_ground(v1::REFUSAL_GROUND_OVERBROAD);
  EXPECT_EQ(ChangeText(event), "challenge: overbroad");
  amendment.mutable_onward_sharing()->set_recipient("outside:prosecutor");
  amendment.mutable_onward_sharing()->set_basis(
      v1::LEGAL_PROCESS_SUBPOENA_TRIAL);
  EXPECT_EQ(ChangeText(event),
            "onward sharing: to outside:prosecutor, on trial subpoena");
  amendment.mutable_closing_report()->set_use(v1::ClosingReport::USE_DESTROYED);
  EXPECT_EQ(ChangeText(event), "closing report: destroyed");
}

TEST(EventText, SealsSayWhichUntilWhenAndWhy) {
  v1::TimelineEvent event;
  v1::SealRenewal& renewal = *event.mutable_seal_renewal();
  renewal.add_paths("case_number");
  renewal.set_ground(v1::SEAL_GROUND_FLIGHT);
  renewal.set_granter(v1::SEAL_GRANTER_COURT);
  *renewal.mutable_sealed_until() = statement::FromUnixMs(kTime);
  EXPECT_EQ(ChangeText(event),
            "seal renewal: case_number until 2020-05-30 18:00 UTC, flight from "
            "prosecution, by court");
  event.mutable_erasure()->set_basis(v1::Erasure::BASIS_DATA_SUBJECT);
  EXPECT_EQ(ChangeText(event), "erasure: data subject");
}

}  // namespace
}  // namespace sightline::cli
