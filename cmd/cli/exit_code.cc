#include "cmd/cli/exit_code.h"

#include "client/evidence.h"
#include "client/rpc_status.h"

namespace sightline::cli {
namespace {

bool IsUnreachable(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable ||
         code == absl::StatusCode::kDeadlineExceeded ||
         code == absl::StatusCode::kCancelled;
}

std::string HintForCall(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return "is the log running there, and do --ca, --cert and --key fit it? "
             "A busy log is worth another try";
    case absl::StatusCode::kDeadlineExceeded:
      return "the log did not answer in time; try again, or raise --timeout";
    case absl::StatusCode::kUnauthenticated:
      return "submitting needs --cert and --key: a client certificate of an "
             "enrolled submitter";
    case absl::StatusCode::kPermissionDenied:
      return "`sightline registry show SUBMITTER` says who is enrolled, and "
             "with which keys; certificate, submitter and statement key must "
             "belong together";
    case absl::StatusCode::kResourceExhausted:
      return "wait a little and send the same again; a statement that was "
             "logged is not logged twice";
    default:
      return "";
  }
}

}  // namespace

int ExitCodeFor(const absl::Status& status) {
  if (status.ok()) return kExitOk;
  if (IsUnreachable(status.code())) return kExitUnreachable;
  if (client::IsFromCall(status)) return kExitRefused;
  return absl::IsDataLoss(status) ? kExitNotValid : kExitUsage;
}

std::string HintFor(const absl::Status& status) {
  if (client::IsFromCall(status)) return HintForCall(status.code());
  if (client::EvidenceOf(status).has_value()) {
    return "do not rely on this log until its operator has explained it";
  }
  if (absl::IsDataLoss(status)) {
    return "what the log answered does not hold: is --vkey the key of this "
           "log?";
  }
  return "";
}

}  // namespace sightline::cli
