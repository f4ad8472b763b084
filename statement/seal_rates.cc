#include "statement/seal_rates.h"

#include "statement/kinds.h"
#include "statement/sealed_paths.h"

namespace sightline::statement {

void SealRates::Next(const v1::Statement& statement) {
  const v1::StatementHeader& header = statement.header();
  if (statement.has_seal_renewal()) {
    ++rates_[header.submitter()].renewals;
    return;
  }
  if (SealedPaths(KindOf(statement)).empty()) return;
  SealRate& rate = rates_[header.submitter()];
  ++rate.entries;
  bool sealed = false;
  bool granted = true;
  for (const v1::SealedField& field : header.sealed()) {
    if (field.ground() == v1::SEAL_GROUND_PERSONAL_DATA) continue;
    sealed = true;
    granted = granted && field.granter() != v1::SEAL_GRANTER_SUBMITTER;
  }
  rate.sealed_entries += sealed;
  rate.own_decision += sealed && !granted;
}

}  // namespace sightline::statement
