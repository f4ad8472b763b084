#include "services/grpc_status.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "base/status_matchers.h"
#include "statement/violations.h"

namespace sightline::services {
namespace {

using ::sightline::base::StatusIs;
using ::testing::EndsWith;
using ::testing::SizeIs;

constexpr char kRetryInfo[] = "type.googleapis.com/google.rpc.RetryInfo";

absl::Status ThereAndBack(const absl::Status& status) {
  return FromGrpcStatus(ToGrpcStatus(status));
}

TEST(GrpcStatus, OkIsOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_OK(FromGrpcStatus(grpc::Status::OK));
}

TEST(GrpcStatus, EveryCodeKeepsItsNumber) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "why");
    const grpc::Status grpc = ToGrpcStatus(status);
    EXPECT_EQ(static_cast<int>(grpc.error_code()), code);
    EXPECT_THAT(ThereAndBack(status),
                StatusIs(static_cast<absl::StatusCode>(code), "why"));
  }
}

TEST(GrpcStatus, ViolationsTravelWhole) {
  statement::Violations violations;
  violations.Add("header.origin", "missing");
  violations.Add("footage_request.channel", "unspecified");
  const grpc::Status grpc = ToGrpcStatus(violations.ToStatus());

  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(grpc.error_details()));
  EXPECT_EQ(details.code(), 3);
  EXPECT_EQ(details.message(), grpc.error_message());
  EXPECT_EQ(statement::ViolationsFromStatus(FromGrpcStatus(grpc)),
            violations.kept());
}

TEST(GrpcStatus, UnavailableSaysWhenToRetry) {
  const absl::Status back = ThereAndBack(absl::UnavailableError("full"));
  const absl::optional<absl::Cord> payload = back.GetPayload(kRetryInfo);
  ASSERT_TRUE(payload.has_value());
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(retry.ParseFromString(std::string(*payload)));
  EXPECT_EQ(retry.retry_delay().nanos(), 100'000'000);
}

TEST(GrpcStatus, UnavailableKeepsItsOwnRetryInfo) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(7);
  absl::Status status = absl::UnavailableError("full");
  status.SetPayload(kRetryInfo, absl::Cord(retry.SerializeAsString()));
  EXPECT_THAT(ToRpcStatus(status).details(), SizeIs(1));
  EXPECT_EQ(ThereAndBack(status).GetPayload(kRetryInfo),
            status.GetPayload(kRetryInfo));
}

TEST(GrpcStatus, OverQuotaSaysWhoseAndWhenToRetry) {
  const absl::Status back = ThereAndBack(OverQuota("a", "more than 2 calls"));
  EXPECT_THAT(back, StatusIs(absl::StatusCode::kResourceExhausted,
                             "a: more than 2 calls"));
  EXPECT_TRUE(back.GetPayload(kRetryInfo).has_value());
  google::rpc::QuotaFailure failure;
  ASSERT_TRUE(failure.ParseFromString(std::string(
      *back.GetPayload("type.googleapis.com/google.rpc.QuotaFailure"))));
  ASSERT_THAT(failure.violations(), SizeIs(1));
  EXPECT_EQ(failure.violations(0).subject(), "a");
  EXPECT_EQ(failure.violations(0).description(), "more than 2 calls");
}

TEST(GrpcStatus, OtherPayloadsStayInside) {
  absl::Status status = absl::InternalError("bug");
  status.SetPayload("sightline.internal/where", absl::Cord("here"));
  EXPECT_EQ(ToGrpcStatus(status).error_details(), "");
}

TEST(GrpcStatus, LongMessagesAreCutBetweenCharacters) {
  // Two bytes a character, so that the limit falls within one.
  std::string message = "a";
  while (message.size() < 2 * kMaxMessageBytes) message += "\xc3\xa9";
  const std::string cut =
      ToGrpcStatus(absl::InvalidArgumentError(message)).error_message();
  EXPECT_LE(cut.size(), kMaxMessageBytes);
  EXPECT_THAT(cut, EndsWith("\xc3\xa9 ..."));
}

TEST(GrpcStatus, ManyViolationsFitTheTrailers) {
  statement::Violations violations;
  for (int i = 0; i < 200; ++i) {
    violations.Add(absl::StrCat("header.sealed[", i, "].commitment"),
                   "0 bytes, want 32");
  }
  const grpc::Status grpc = ToGrpcStatus(violations.ToStatus());
  // Details travel as base64.
  EXPECT_LT(grpc.error_message().size() + grpc.error_details().size() * 4 / 3,
            8000u);
}

TEST(GrpcStatus, UnreadableDetailsAreDropped) {
  const grpc::Status status(grpc::StatusCode::NOT_FOUND, "no such leaf",
                            "\xff\xff");
  EXPECT_THAT(FromGrpcStatus(status),
              StatusIs(absl::StatusCode::kNotFound, "no such leaf"));
}

}  // namespace
}  // namespace sightline::services
