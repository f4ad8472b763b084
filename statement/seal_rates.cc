#include "statement/seal_rates.h"

#include "statement/kinds.h"
#include "statement/sealed_paths.h"
#include "statement/whole_seal.h"

namespace sightline::statement {

void SealRates::Next(const v1::Statement& statement) {
  if (!BringsStatement(statement)) return Count(statement);
  const auto brought = ReadBrought(statement);
  // Opened a second time it is no second request.
  if (brought.ok() && opened_faces_.insert(brought->face_index).second) {
    Count(brought->statement);
  }
}

void SealRates::Count(const v1::Statement& statement) {
  const v1::StatementHeader& header = statement.header();
  if (statement.has_seal_renewal()) {
    ++rates_[header.submitter()].renewals;
    return;
  }
  if (SealedPaths(KindOf(statement)).empty()) return;
  SealRate& rate = rates_[header.submitter()];
  bool sealed = header.has_whole_seal();
  bool granted =
      !sealed || header.whole_seal().granter() != v1::SEAL_GRANTER_SUBMITTER;
  for (const v1::SealedField& field : header.sealed()) {
    if (field.ground() == v1::SEAL_GROUND_PERSONAL_DATA) continue;
    sealed = true;
    granted = granted && field.granter() != v1::SEAL_GRANTER_SUBMITTER;
  }
  ++rate.entries;
  rate.sealed_entries += sealed;
  rate.own_decision += sealed && !granted;
  rate.requests += statement.has_footage_request();
  rate.sealed_requests += sealed && statement.has_footage_request();
}

}  // namespace sightline::statement
