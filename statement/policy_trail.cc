#include "statement/policy_trail.h"

#include <vector>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "statement/entry_codec.h"
#include "statement/links.h"
#include "statement/policy.h"
#include "statement/statement_codec.h"

namespace sightline::statement {

std::optional<uint64_t> TrailOf(const v1::Statement& statement) {
  if (!statement.has_footage_response() && !statement.has_amendment() &&
      !statement.has_seal_renewal()) {
    return std::nullopt;
  }
  const std::vector<Link> links = LinksOf(statement);
  if (links.empty()) return std::nullopt;
  return links[0].index;
}

std::optional<TrailEnd> EndAt(uint64_t index, const v1::Entry& entry,
                              const v1::Statement& statement) {
  TrailEnd end;
  if (entry.has_policy()) {
    end.policy = entry.policy();
    return end;
  }
  if (statement.has_sealed_statement()) {
    end.face_index = index;
    end.face_unix_ms = entry.admitted_unix_ms();
    return end;
  }
  return std::nullopt;
}

absl::StatusOr<TrailEnd> FollowTrail(
    const v1::Statement& statement,
    absl::FunctionRef<absl::StatusOr<std::string>(uint64_t)> read) {
  if (!IsGovernedBySeals(statement)) return TrailEnd();
  std::optional<uint64_t> at = TrailOf(statement);
  for (int step = 0; at.has_value() && step < kMaxTrail; ++step) {
    const absl::StatusOr<std::string> bytes = read(*at);
    if (absl::IsOutOfRange(bytes.status())) break;
    RETURN_IF_ERROR(bytes.status());
    ASSIGN_OR_RETURN(const v1::Entry entry, ParseEntry(*bytes));
    ASSIGN_OR_RETURN(const v1::Statement target,
                     ParseStatement(entry.statement().payload()));
    std::optional<TrailEnd> end = EndAt(*at, entry, target);
    if (end.has_value()) return *std::move(end);
    const std::optional<uint64_t> next = TrailOf(target);
    at = next.has_value() && *next < *at ? next : std::nullopt;
  }
  return TrailEnd();
}

}  // namespace sightline::statement
