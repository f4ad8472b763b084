#include "records/seal_row.h"

#include <algorithm>
#include <limits>

#include "statement/timestamps.h"

namespace sightline::records {

std::vector<v1::SealRow> SealsOf(const RecordEntry& entry) {
  std::vector<v1::SealRow> out;
  const v1::StatementHeader& header = entry.statement.header();
  for (const v1::SealedField& field : header.sealed()) {
    v1::SealRow row;
    row.set_index(entry.index);
    row.set_path(field.path());
    row.set_submitter(header.submitter());
    row.set_sealed_since_unix_ms(entry.entry.admitted_unix_ms());
    row.set_ground(field.ground());
    row.set_granter(field.granter());
    if (field.has_sealed_until()) {
      row.set_sealed_until_unix_ms(statement::ToUnixMs(field.sealed_until()));
    }
    if (entry.statement.has_sealed_statement()) {
      row.set_legal_process(entry.statement.sealed_statement().legal_process());
    }
    row.add_rests_on(entry.index);
    out.push_back(std::move(row));
  }
  return out;
}

std::optional<v1::SealRow> AfterEvent(v1::SealRow seal,
                                      const v1::TimelineEvent& event) {
  const auto names = [&](const auto& paths) {
    return std::find(paths.begin(), paths.end(), seal.path()) != paths.end();
  };
  if (event.target_index() != seal.index()) return seal;
  if (event.has_unsealing() && names(event.unsealing().paths())) {
    return std::nullopt;
  }
  if (event.has_seal_renewal() && names(event.seal_renewal().paths())) {
    const v1::SealRenewal& renewal = event.seal_renewal();
    seal.set_ground(renewal.ground());
    seal.set_granter(renewal.granter());
    seal.set_sealed_until_unix_ms(
        renewal.has_sealed_until() ? statement::ToUnixMs(renewal.sealed_until())
                                   : 0);
    seal.set_renewals(seal.renewals() + 1);
    seal.add_rests_on(event.index());
  }
  if (event.has_erasure()) {
    seal.set_erased(true);
    seal.add_rests_on(event.index());
  }
  return seal;
}

bool IsOverdue(const v1::SealRow& seal, int64_t as_of_unix_ms) {
  return !seal.erased() && seal.sealed_until_unix_ms() != 0 &&
         seal.sealed_until_unix_ms() <= as_of_unix_ms;
}

uint64_t SealOrder(const v1::SealRow& seal) {
  return seal.sealed_until_unix_ms() == 0
             ? std::numeric_limits<uint64_t>::max()
             : static_cast<uint64_t>(seal.sealed_until_unix_ms());
}

bool TakesGround(v1::SealGround wanted, v1::SealGround ground) {
  return wanted == v1::SEAL_GROUND_UNSPECIFIED
             ? ground != v1::SEAL_GROUND_PERSONAL_DATA
             : ground == wanted;
}

}  // namespace sightline::records
