#include "services/grpc_status.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace sightline::services {
namespace {

constexpr absl::string_view kDetailPrefix = "type.googleapis.com/google.rpc.";
constexpr absl::string_view kRetryInfo =
    "type.googleapis.com/google.rpc.RetryInfo";
constexpr absl::string_view kQuotaFailure =
    "type.googleapis.com/google.rpc.QuotaFailure";

// At most kMaxMessageBytes, not ending within a UTF-8 character.
std::string Cut(absl::string_view message) {
  if (message.size() <= kMaxMessageBytes) return std::string(message);
  constexpr absl::string_view kCut = " ...";
  size_t end = kMaxMessageBytes - kCut.size();
  while (end > 0 && (static_cast<uint8_t>(message[end]) & 0xc0) == 0x80) --end;
  return absl::StrCat(message.substr(0, end), kCut);
}

std::string UsualRetryInfo() {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(kRetryDelay)));
  return retry.SerializeAsString();
}

void AddRetryInfo(google::rpc::Status* out) {
  google::protobuf::Any* const detail = out->add_details();
  detail->set_type_url(std::string(kRetryInfo));
  detail->set_value(UsualRetryInfo());
}

}  // namespace

absl::Status OverQuota(absl::string_view subject,
                       absl::string_view description) {
  google::rpc::QuotaFailure failure;
  auto* const violation = failure.add_violations();
  violation->set_subject(std::string(subject));
  violation->set_description(std::string(description));
  // A client that knows details shows each once.
  absl::Status status =
      absl::ResourceExhaustedError(absl::StrCat(subject, ": ", description));
  status.SetPayload(kQuotaFailure, absl::Cord(failure.SerializeAsString()));
  status.SetPayload(kRetryInfo, absl::Cord(UsualRetryInfo()));
  return status;
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status out;
  out.set_code(static_cast<int32_t>(status.code()));
  out.set_message(Cut(status.message()));
  bool says_when_to_retry = false;
  status.ForEachPayload(
      [&](absl::string_view type_url, const absl::Cord& payload) {
        if (!absl::StartsWith(type_url, kDetailPrefix)) return;
        says_when_to_retry |= type_url == kRetryInfo;
        google::protobuf::Any* const detail = out.add_details();
        detail->set_type_url(std::string(type_url));
        detail->set_value(std::string(payload));
      });
  if (absl::IsUnavailable(status) && !says_when_to_retry) AddRetryInfo(&out);
  return out;
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status rpc = ToRpcStatus(status);
  return grpc::Status(
      static_cast<grpc::StatusCode>(rpc.code()), rpc.message(),
      rpc.details_size() == 0 ? std::string() : rpc.SerializeAsString());
}

absl::Status FromRpcStatus(const google::rpc::Status& status) {
  if (status.code() == 0) return absl::OkStatus();
  absl::Status out(static_cast<absl::StatusCode>(status.code()),
                   status.message());
  for (const google::protobuf::Any& detail : status.details()) {
    out.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return out;
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status rpc;
  if (status.error_details().empty() ||
      !rpc.ParseFromString(status.error_details())) {
    rpc.Clear();
  }
  rpc.set_code(static_cast<int32_t>(status.error_code()));
  rpc.set_message(status.error_message());
  return FromRpcStatus(rpc);
}

}  // namespace sightline::services
