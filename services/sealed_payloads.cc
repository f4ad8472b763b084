#include "services/sealed_payloads.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crypto/sha256.h"
#include "statement/whole_seal.h"

namespace sightline::services {
namespace {

absl::StatusOr<std::string> ReadPayload(const LogInstance& log,
                                        uint64_t index) {
  if (log.sealer() == nullptr) {
    return absl::FailedPreconditionError(
        "this log has no key to open sealed fields with; ask its operator");
  }
  absl::StatusOr<std::string> payload = log.store().ReadSealedPayload(index);
  if (!absl::IsNotFound(payload.status())) return payload;
  return absl::NotFoundError(absl::StrCat(
      "entry ", index, " has no sealed payload any more: it was erased"));
}

absl::StatusOr<crypto::Digest> BindingOf(const LogInstance& log,
                                         uint64_t index) {
  absl::StatusOr<crypto::Digest> binding = absl::DataLossError("missing");
  RETURN_IF_ERROR(log.store().ReadEntries(
      index, index + 1, [&](uint64_t, absl::string_view bytes) {
        binding = statement::ReadPayloadBinding(bytes);
        return true;
      }));
  return binding;
}

}  // namespace

absl::Status CheckSealedPayload(const LogInstance& log, uint64_t index) {
  return ReadPayload(log, index).status();
}

absl::StatusOr<std::vector<v1::SealOpening>> OpenSealedPayload(
    const LogInstance& log, uint64_t index,
    absl::Span<const std::string> paths) {
  ASSIGN_OR_RETURN(const std::string payload, ReadPayload(log, index));
  ASSIGN_OR_RETURN(const crypto::Digest binding, BindingOf(log, index));
  ASSIGN_OR_RETURN(std::vector<v1::SealOpening> all,
                   log.sealer()->Open(binding, payload));
  std::vector<v1::SealOpening> out;
  for (const std::string& path : paths) {
    const auto it = std::find_if(
        all.begin(), all.end(),
        [&path](const v1::SealOpening& o) { return o.path() == path; });
    if (it == all.end()) {
      return absl::DataLossError(
          absl::StrCat("sealed payload of entry ", index, ": lacks ", path));
    }
    out.push_back(*it);
  }
  return out;
}

}  // namespace sightline::services
