#include "records/seal_row.h"

#include <gtest/gtest.h>

#include <string>

#include "statement/timestamps.h"

namespace sightline::records {
namespace {

constexpr int64_t kDayMs = 86'400'000;

v1::SealRow Seal(v1::SealGround ground, int64_t until) {
  v1::SealRow seal;
  seal.set_index(3);
  seal.set_path("case_number");
  seal.set_ground(ground);
  seal.set_granter(v1::SEAL_GRANTER_SUBMITTER);
  seal.set_sealed_until_unix_ms(until);
  return seal;
}

v1::TimelineEvent Renewal(v1::SealGround ground, int64_t until) {
  v1::TimelineEvent event;
  event.set_index(9);
  event.set_target_index(3);
  v1::SealRenewal& renewal = *event.mutable_seal_renewal();
  renewal.add_paths("case_number");
  renewal.set_ground(ground);
  renewal.set_granter(v1::SEAL_GRANTER_COURT);
  *renewal.mutable_sealed_until() = statement::FromUnixMs(until);
  return event;
}

TEST(SealRow, ARenewalProlongsAndSaysWhy) {
  const auto seal =
      AfterEvent(Seal(v1::SEAL_GROUND_ACTIVE_INVESTIGATION, 5 * kDayMs),
                 Renewal(v1::SEAL_GROUND_JEOPARDIZE, 9 * kDayMs));
  ASSERT_TRUE(seal.has_value());
  EXPECT_EQ(seal->sealed_until_unix_ms(), 9 * kDayMs);
  EXPECT_EQ(seal->ground(), v1::SEAL_GROUND_JEOPARDIZE);
  EXPECT_EQ(seal->granter(), v1::SEAL_GRANTER_COURT);
  EXPECT_EQ(seal->renewals(), 1u);
}

TEST(SealRow, ARenewalNeverShortens) {
  const auto seal =
      AfterEvent(Seal(v1::SEAL_GROUND_ACTIVE_INVESTIGATION, 5 * kDayMs),
                 Renewal(v1::SEAL_GROUND_JEOPARDIZE, 2 * kDayMs));
  ASSERT_TRUE(seal.has_value());
  EXPECT_EQ(seal->sealed_until_unix_ms(), 5 * kDayMs);
  EXPECT_EQ(seal->renewals(), 1u);
}

// Older logs may hold such a renewal; it was admitted once.
TEST(SealRow, ARenewalDoesNotHideASealAsPersonalData) {
  const auto seal =
      AfterEvent(Seal(v1::SEAL_GROUND_ACTIVE_INVESTIGATION, 5 * kDayMs),
                 Renewal(v1::SEAL_GROUND_PERSONAL_DATA, 9 * kDayMs));
  ASSERT_TRUE(seal.has_value());
  EXPECT_EQ(seal->ground(), v1::SEAL_GROUND_ACTIVE_INVESTIGATION);
  EXPECT_TRUE(TakesGround(v1::SEAL_GROUND_UNSPECIFIED, seal->ground()));
}

TEST(SealRow, PersonalDataGetsNoEnd) {
  const auto seal = AfterEvent(Seal(v1::SEAL_GROUND_PERSONAL_DATA, 0),
                               Renewal(v1::SEAL_GROUND_JEOPARDIZE, 9 * kDayMs));
  ASSERT_TRUE(seal.has_value());
  EXPECT_EQ(seal->sealed_until_unix_ms(), 0);
  EXPECT_EQ(seal->ground(), v1::SEAL_GROUND_PERSONAL_DATA);
}

}  // namespace
}  // namespace sightline::records
