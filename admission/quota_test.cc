#include "admission/quota.h"

#include <gtest/gtest.h>

#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "proto/google/rpc/error_details.pb.h"

namespace sightline::admission {
namespace {

using ::sightline::base::StatusIs;

QuotaOptions TwoASecond() {
  QuotaOptions options;
  options.statements_per_second = 2;
  options.burst = 3;
  options.max_submitters = 2;
  return options;
}

TEST(Quota, AllowsTheBurstThenTheRate) {
  base::FakeClock clock(1'000'000);
  Quota quota(TwoASecond(), &clock);
  for (int i = 0; i < 3; ++i) EXPECT_OK(quota.Take("a"));
  EXPECT_THAT(quota.Take("a"), StatusIs(absl::StatusCode::kResourceExhausted));
  clock.Advance(500);
  EXPECT_OK(quota.Take("a"));
  EXPECT_THAT(quota.Take("a"), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(Quota, IsEachSubmittersOwn) {
  base::FakeClock clock(1'000'000);
  Quota quota(TwoASecond(), &clock);
  for (int i = 0; i < 3; ++i) EXPECT_OK(quota.Take("a"));
  EXPECT_FALSE(quota.Take("a").ok());
  EXPECT_OK(quota.Take("b"));
}

TEST(Quota, SaysWhoseAndWhenToRetry) {
  base::FakeClock clock(1'000'000);
  Quota quota(TwoASecond(), &clock);
  for (int i = 0; i < 3; ++i) EXPECT_OK(quota.Take("a"));
  const absl::Status status = quota.Take("a");
  google::rpc::QuotaFailure failure;
  ASSERT_TRUE(failure.ParseFromString(std::string(
      *status.GetPayload("type.googleapis.com/google.rpc.QuotaFailure"))));
  EXPECT_EQ(failure.violations(0).subject(), "a");
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(retry.ParseFromString(std::string(
      *status.GetPayload("type.googleapis.com/google.rpc.RetryInfo"))));
  EXPECT_EQ(retry.retry_delay().nanos(), 500'000'000);
}

TEST(Quota, MemoryIsBoundedAndFullBucketsMakeRoom) {
  base::FakeClock clock(1'000'000);
  Quota quota(TwoASecond(), &clock);
  EXPECT_OK(quota.Take("a"));
  EXPECT_OK(quota.Take("b"));
  EXPECT_THAT(quota.Take("c"), StatusIs(absl::StatusCode::kUnavailable));
  clock.Advance(500);
  EXPECT_OK(quota.Take("c"));
}

TEST(Quota, NoneMeansNone) {
  base::FakeClock clock(0);
  Quota quota(QuotaOptions(), &clock);
  for (int i = 0; i < 10000; ++i) ASSERT_OK(quota.Take("a"));
}

}  // namespace
}  // namespace sightline::admission
