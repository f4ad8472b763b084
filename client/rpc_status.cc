#include "client/rpc_status.h"

#include <grpcpp/support/status.h>

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace sightline::client {
namespace {

constexpr absl::string_view kCallTypeUrl = "sightline.dev/client.Call";
constexpr absl::string_view kTypePrefix = "type.googleapis.com/google.rpc.";

absl::string_view TypeName(absl::string_view url) {
  return absl::StartsWith(url, kTypePrefix) ? url.substr(kTypePrefix.size())
                                            : absl::string_view();
}

// Appends "name: description" unless the message says so already.
void Mention(absl::string_view name, absl::string_view description,
             std::string* message) {
  const std::string text = absl::StrCat(name, ": ", description);
  if (!absl::StrContains(*message, text)) absl::StrAppend(message, "; ", text);
}

void MentionDetail(const google::protobuf::Any& detail, std::string* message) {
  const absl::string_view type = TypeName(detail.type_url());
  if (type == "BadRequest") {
    google::rpc::BadRequest bad;
    if (!bad.ParseFromString(detail.value())) return;
    for (const auto& v : bad.field_violations()) {
      Mention(v.field(), v.description(), message);
    }
  } else if (type == "QuotaFailure") {
    google::rpc::QuotaFailure quota;
    if (!quota.ParseFromString(detail.value())) return;
    for (const auto& v : quota.violations()) {
      Mention(v.subject(), v.description(), message);
    }
  }
}

absl::Status Make(int code, absl::string_view text,
                  const google::rpc::Status& details, absl::string_view call) {
  std::string message = absl::StrCat(call, ": ", text);
  for (const auto& detail : details.details()) MentionDetail(detail, &message);
  // Numbers outside the sixteen codes become kUnknown, as gRPC has it.
  const bool known = code > 0 && code <= 16;
  absl::Status status(
      known ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown,
      message);
  for (const auto& detail : details.details()) {
    status.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  status.SetPayload(kCallTypeUrl, absl::Cord(call));
  return status;
}

}  // namespace

absl::Status FromGrpcStatus(const grpc::Status& status,
                            absl::string_view call) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) details.Clear();
  return Make(status.error_code(), status.error_message(), details, call);
}

absl::Status FromRefusal(const google::rpc::Status& status,
                         absl::string_view call) {
  if (status.code() == 0) {
    return absl::InternalError(
        absl::StrCat(call, ": the log refused without saying why"));
  }
  return Make(status.code(), status.message(), status, call);
}

bool IsFromCall(const absl::Status& status) {
  return status.GetPayload(kCallTypeUrl).has_value();
}

std::optional<absl::Duration> RetryDelay(const absl::Status& status) {
  const auto payload =
      status.GetPayload(absl::StrCat(kTypePrefix, "RetryInfo"));
  google::rpc::RetryInfo info;
  if (!payload.has_value() || !info.ParseFromString(std::string(*payload))) {
    return std::nullopt;
  }
  const auto& delay = info.retry_delay();
  if (delay.seconds() < 0 || delay.nanos() < 0) return std::nullopt;
  return absl::Seconds(delay.seconds()) + absl::Nanoseconds(delay.nanos());
}

}  // namespace sightline::client
