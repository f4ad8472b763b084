#include "statement/sealed_paths.h"

#include <algorithm>
#include <iterator>

#include "statement/kinds.h"

namespace sightline::statement {
namespace {

constexpr absl::string_view kFootageRequest[] = {
    "approver",         // who released the request
    "area_polygon",     // the true area
    "case_number",      // the agency's own reference
    "contact",          // how to reach the investigator
    "docket_number",    // of the court
    "emergency_facts",  // what made it an emergency
    "footage_window",   // exact times, where the public ones are coarse
    "judge_name",
    "narrative",  // what happened
    "officer_badge",   "officer_name",
    "targets",  // addresses, device and account ids
    "warrant_number",
};
constexpr absl::string_view kPersonalPaths[] = {
    "approver",      "area_polygon", "contact", "judge_name",
    "officer_badge", "officer_name", "targets",
};
constexpr absl::string_view kFootageResponse[] = {
    "evidence_digest",  // SHA-256 of the produced package
    "narrative",
};
constexpr absl::string_view kSealedStatement[] = {
    "signed_statement",  // all of it (whole_seal.h)
};
constexpr absl::string_view kAmendment[] = {
    "narrative",
    "new_value",  // of a correction to a sealed field
};

}  // namespace

absl::Span<const absl::string_view> SealedPaths(v1::StatementKind kind) {
  switch (kind) {
    case v1::STATEMENT_KIND_FOOTAGE_REQUEST:
      return kFootageRequest;
    case v1::STATEMENT_KIND_FOOTAGE_RESPONSE:
      return kFootageResponse;
    case v1::STATEMENT_KIND_AMENDMENT:
      return kAmendment;
    case v1::STATEMENT_KIND_SEALED_STATEMENT:
      return kSealedStatement;
    default:
      return {};
  }
}

bool IsSealedPath(v1::StatementKind kind, absl::string_view path) {
  const absl::Span<const absl::string_view> paths = SealedPaths(kind);
  return std::binary_search(paths.begin(), paths.end(), path);
}

bool IsSealedPath(absl::string_view path) {
  for (v1::StatementKind kind : AllKinds()) {
    if (IsSealedPath(kind, path)) return true;
  }
  return false;
}

bool HoldsPersonalData(absl::string_view path) {
  return std::binary_search(std::begin(kPersonalPaths),
                            std::end(kPersonalPaths), path);
}

}  // namespace sightline::statement
