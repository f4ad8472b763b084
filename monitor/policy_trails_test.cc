#include "monitor/policy_trails.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "monitor/entry_check.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/policy_trail.h"

namespace sightline::monitor {
namespace {

CheckedEntry Request(uint64_t index, const std::string& policy) {
  CheckedEntry entry;
  entry.index = index;
  entry.statement.mutable_footage_request();
  if (!policy.empty()) entry.entry.mutable_policy()->set_policy_id(policy);
  return entry;
}

CheckedEntry Answer(uint64_t index, uint64_t request) {
  CheckedEntry entry;
  entry.index = index;
  entry.statement.mutable_footage_response()->mutable_request()->set_index(
      request);
  return entry;
}

CheckedEntry Amendment(uint64_t index, uint64_t target) {
  CheckedEntry entry;
  entry.index = index;
  entry.statement.mutable_amendment()->mutable_target()->set_index(target);
  return entry;
}

// The policy behind an answer to `target`: "none", "unknown", "face" or its id.
std::string Behind(const PolicyTrails& trails, uint64_t target) {
  const auto end = trails.EndOf(Answer(0, target).statement);
  if (!end.has_value()) return "unknown";
  if (end->face_index.has_value()) return "face";
  return end->policy.has_value() ? end->policy->policy_id() : "none";
}

TEST(PolicyTrails, LeadToTheRequest) {
  PolicyTrails trails;
  trails.Next(Request(0, "one"));
  trails.Next(Request(1, "two"));
  trails.Next(Request(2, ""));
  trails.Next(Answer(3, 1));
  trails.Next(Amendment(4, 3));
  EXPECT_EQ(Behind(trails, 0), "one");
  EXPECT_EQ(Behind(trails, 1), "two");
  EXPECT_EQ(Behind(trails, 2), "none");
  EXPECT_EQ(Behind(trails, 3), "two");
  EXPECT_EQ(Behind(trails, 4), "two");
  EXPECT_EQ(Behind(trails, 99), "none");
}

TEST(PolicyTrails, LeadToFaces) {
  PolicyTrails trails;
  CheckedEntry face;
  face.index = 5;
  face.entry.set_admitted_unix_ms(77);
  face.statement.mutable_sealed_statement();
  trails.Next(face);
  const auto end = trails.EndOf(Answer(6, 5).statement);
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->face_index, 5u);
  EXPECT_EQ(end->face_unix_ms, 77);
}

TEST(PolicyTrails, EndWithoutAPolicyWhenTheyAreTooLong) {
  PolicyTrails trails;
  trails.Next(Request(0, "one"));
  for (uint64_t i = 1; i <= statement::kMaxTrail; ++i) {
    trails.Next(Amendment(i, i - 1));
  }
  EXPECT_EQ(Behind(trails, statement::kMaxTrail - 1), "one");
  EXPECT_EQ(Behind(trails, statement::kMaxTrail), "none");
}

TEST(PolicyTrails, DoNotKnowWhatCameBeforeTheReadingBegan) {
  PolicyTrails trails;
  trails.Next(Request(10, "one"));
  trails.Next(Answer(11, 9));
  EXPECT_EQ(Behind(trails, 9), "unknown");
  EXPECT_EQ(Behind(trails, 10), "one");
  EXPECT_EQ(Behind(trails, 11), "unknown");
}

TEST(PolicyTrails, LetTheOldestGo) {
  PolicyTrails trails(2);
  trails.Next(Request(0, "one"));
  trails.Next(Request(1, "two"));
  trails.Next(Request(2, "two"));
  EXPECT_EQ(Behind(trails, 0), "unknown");
  EXPECT_EQ(Behind(trails, 1), "two");
  EXPECT_EQ(Behind(trails, 2), "two");
}

}  // namespace
}  // namespace sightline::monitor
