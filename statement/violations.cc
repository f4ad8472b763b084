#include "statement/violations.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "proto/google/rpc/error_details.pb.h"

namespace sightline::statement {
namespace {

// How many of `violations` fit the byte limit of a status; at least one.
size_t CountThatFits(const std::vector<Violation>& violations) {
  size_t bytes = 0;
  size_t count = 0;
  for (const Violation& v : violations) {
    bytes += v.field.size() + v.description.size() + 8;  // separators, tags
    if (bytes > kMaxStatusBytes && count > 0) break;
    ++count;
  }
  return count;
}

}  // namespace

void Violations::Add(absl::string_view field, absl::string_view description) {
  if (kept_.size() >= kMaxViolations) {
    ++dropped_;
    return;
  }
  kept_.push_back({std::string(field), std::string(description)});
}

void Violations::Append(const Violations& others) {
  for (const Violation& v : others.kept_) Add(v.field, v.description);
  dropped_ += others.dropped_;
}

absl::Status Violations::ToStatus() const {
  if (empty()) return absl::OkStatus();
  const size_t shown = CountThatFits(kept_);
  google::rpc::BadRequest details;
  std::string message;
  for (size_t i = 0; i < shown; ++i) {
    absl::StrAppend(&message, i == 0 ? "" : "; ", kept_[i].field, ": ",
                    kept_[i].description);
    auto* violation = details.add_field_violations();
    violation->set_field(kept_[i].field);
    violation->set_description(kept_[i].description);
  }
  if (shown < count()) {
    absl::StrAppend(&message, "; and ", count() - shown, " more");
  }
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kBadRequestTypeUrl,
                    absl::Cord(details.SerializeAsString()));
  return status;
}

std::vector<Violation> ViolationsFromStatus(const absl::Status& status) {
  std::vector<Violation> out;
  const absl::optional<absl::Cord> payload =
      status.GetPayload(kBadRequestTypeUrl);
  google::rpc::BadRequest details;
  if (!payload.has_value() || !details.ParseFromString(std::string(*payload))) {
    return out;
  }
  for (const auto& violation : details.field_violations()) {
    out.push_back({violation.field(), violation.description()});
  }
  return out;
}

}  // namespace sightline::statement
