#include "web/http_status.h"

namespace sightline::web {

Response FailureResponse(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return TextResponse(400, status.message());
    case absl::StatusCode::kPermissionDenied:
      return TextResponse(403, status.message());
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kOutOfRange:
      return TextResponse(404, status.message());
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
      return TextResponse(409, status.message());
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnavailable: {
      Response response = TextResponse(503, "busy; try again");
      response.Add("Retry-After", "1");
      return response;
    }
    default:
      return TextResponse(500, "the server failed");
  }
}

}  // namespace sightline::web
