#include "services/sealed_payloads.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crypto/sha256.h"
#include "proto/sightline/v1/entry.pb.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"

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

absl::StatusOr<crypto::Digest> IdentityOf(const LogInstance& log,
                                          uint64_t index) {
  v1::Entry parsed;
  absl::Status status;
  RETURN_IF_ERROR(log.store().ReadEntries(
      index, index + 1, [&](uint64_t, absl::string_view bytes) {
        auto entry = statement::ParseEntry(bytes);
        status = entry.status();
        if (entry.ok()) parsed = *std::move(entry);
        return true;
      }));
  RETURN_IF_ERROR(status);
  return statement::IdentityHash(parsed.statement());
}

}  // namespace

absl::Status CheckSealedPayload(const LogInstance& log, uint64_t index) {
  return ReadPayload(log, index).status();
}

absl::StatusOr<std::vector<v1::SealOpening>> OpenSealedPayload(
    const LogInstance& log, uint64_t index,
    absl::Span<const std::string> paths) {
  ASSIGN_OR_RETURN(const std::string payload, ReadPayload(log, index));
  ASSIGN_OR_RETURN(const crypto::Digest identity, IdentityOf(log, index));
  ASSIGN_OR_RETURN(std::vector<v1::SealOpening> all,
                   log.sealer()->Open(identity, payload));
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
