#include "client/evidence.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"

namespace sightline::client {

absl::Status EvidenceError(absl::string_view message,
                           const Evidence& evidence) {
  std::string payload;
  base::AppendU32(static_cast<uint32_t>(evidence.older.size()), &payload);
  absl::StrAppend(&payload, evidence.older, evidence.newer);
  absl::Status status = Unverified(message);
  status.SetPayload(kEvidenceTypeUrl, absl::Cord(payload));
  return status;
}

std::optional<Evidence> EvidenceOf(const absl::Status& status) {
  const auto cord = status.GetPayload(kEvidenceTypeUrl);
  if (!cord.has_value() || cord->size() < 4) return std::nullopt;
  const std::string payload(*cord);
  const size_t size = base::ReadU32(payload);
  if (size > payload.size() - 4) return std::nullopt;
  return Evidence{payload.substr(4, size), payload.substr(4 + size)};
}

absl::Status Unverified(absl::string_view message) {
  return absl::DataLossError(message);
}

absl::Status CheckAnswered(bool same, absl::string_view call) {
  return same ? absl::OkStatus()
              : Unverified(absl::StrCat(call, ": answers another question"));
}

absl::Status Unverified(absl::string_view what, const absl::Status& why) {
  return Unverified(absl::StrCat(what, ": ", why.message()));
}

}  // namespace sightline::client
