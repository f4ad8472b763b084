#include "client/rpc_status.h"

#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include <string>

#include "base/status_matchers.h"
#include "google/protobuf/any.pb.h"

namespace sightline::client {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

template <typename Detail>
void Add(const Detail& detail, google::rpc::Status* status) {
  google::protobuf::Any* any = status->add_details();
  any->set_type_url("type.googleapis.com/" + Detail::descriptor()->full_name());
  any->set_value(detail.SerializeAsString());
}

grpc::Status WithDetails(grpc::StatusCode code, const std::string& message,
                         const google::rpc::Status& details) {
  return grpc::Status(code, message, details.SerializeAsString());
}

google::rpc::BadRequest TwoFaults() {
  google::rpc::BadRequest bad;
  auto* one = bad.add_field_violations();
  one->set_field("header.origin");
  one->set_description("got nothing");
  auto* two = bad.add_field_violations();
  two->set_field("footage_request.unit");
  two->set_description("got 300 bytes, want at most 200");
  return bad;
}

TEST(FromGrpcStatus, OkStaysOk) {
  EXPECT_OK(FromGrpcStatus(grpc::Status::OK, "Submit"));
}

TEST(FromGrpcStatus, NamesEveryViolationOnce) {
  google::rpc::Status details;
  Add(TwoFaults(), &details);
  const absl::Status status =
      FromGrpcStatus(WithDetails(grpc::StatusCode::INVALID_ARGUMENT,
                                 "header.origin: got nothing", details),
                     "Submit");
  EXPECT_EQ(status.message(),
            "Submit: header.origin: got nothing; footage_request.unit: got 300 "
            "bytes, want at most 200");
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_TRUE(IsFromCall(status));
}

TEST(FromGrpcStatus, KeepsTheDelayBeforeARetry) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(2);
  retry.mutable_retry_delay()->set_nanos(500'000'000);
  google::rpc::Status details;
  Add(retry, &details);
  const absl::Status status = FromGrpcStatus(
      WithDetails(grpc::StatusCode::UNAVAILABLE, "busy", details), "Submit");
  EXPECT_EQ(RetryDelay(status), absl::Milliseconds(2500));
}

TEST(FromGrpcStatus, NamesTheQuota) {
  google::rpc::QuotaFailure quota;
  quota.add_violations()->set_subject("ori:CA0194200");
  quota.mutable_violations(0)->set_description("20 a second");
  google::rpc::Status details;
  Add(quota, &details);
  EXPECT_THAT(FromGrpcStatus(WithDetails(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                         "too fast", details),
                             "Submit"),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("ori:CA0194200: 20 a second")));
}

TEST(FromGrpcStatus, IgnoresDetailsThatAreNone) {
  EXPECT_THAT(
      FromGrpcStatus(
          grpc::Status(grpc::StatusCode::NOT_FOUND, "gone", "\xff\xff"), "X"),
      StatusIs(absl::StatusCode::kNotFound, "X: gone"));
}

TEST(FromRefusal, RefusesAnOkThatRefuses) {
  const absl::Status status =
      FromRefusal(google::rpc::Status(), "SubmitStream");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal));
  EXPECT_FALSE(IsFromCall(status));
}

TEST(FromRefusal, TakesAnUnknownCodeForUnknown) {
  google::rpc::Status refusal;
  refusal.set_code(99);
  EXPECT_THAT(FromRefusal(refusal, "X"), StatusIs(absl::StatusCode::kUnknown));
}

TEST(RetryDelay, IsNothingWithoutAHint) {
  EXPECT_EQ(RetryDelay(absl::UnavailableError("")), std::nullopt);
}

}  // namespace
}  // namespace sightline::client
