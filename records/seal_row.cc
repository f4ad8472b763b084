#include "records/seal_row.h"

#include <algorithm>
#include <limits>

#include "statement/timestamps.h"

namespace sightline::records {
namespace {

bool IsPersonalData(v1::SealGround ground) {
  return ground == v1::SEAL_GROUND_PERSONAL_DATA;
}

// The furthest end counts, and what has none gets none. Personal data stays that,
// and nothing becomes it: lists leave it out unless they are asked for it.
void Renew(const v1::SealRenewal& renewal, v1::SealRow* seal) {
  if (!IsPersonalData(seal->ground()) && !IsPersonalData(renewal.ground())) {
    seal->set_ground(renewal.ground());
  }
  seal->set_granter(renewal.granter());
  if (seal->sealed_until_unix_ms() != 0) {
    seal->set_sealed_until_unix_ms(
        std::max(seal->sealed_until_unix_ms(),
                 statement::ToUnixMs(renewal.sealed_until())));
  }
  seal->set_renewals(seal->renewals() + 1);
}

}  // namespace

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
    if (entry.statement.has_footage_request()) {
      const v1::FootageRequest& request = entry.statement.footage_request();
      row.set_channel(request.channel());
      row.set_legal_process(request.legal_process());
      row.set_purpose(request.purpose());
      row.set_offence_code(request.offence_code());
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
    Renew(event.seal_renewal(), &seal);
    seal.add_rests_on(event.index());
  }
  if (event.has_erasure()) {
    seal.set_erased(true);
    seal.add_rests_on(event.index());
  }
  return seal;
}

void AddAgency(const v1::SubmitterFacts& agency, v1::SealRow* seal) {
  *seal->mutable_agency() = agency;
  auto& rests_on = *seal->mutable_rests_on();
  rests_on.Add(agency.enrolled_index());
  std::sort(rests_on.begin(), rests_on.end());
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
  return wanted == v1::SEAL_GROUND_UNSPECIFIED ? !IsPersonalData(ground)
                                               : ground == wanted;
}

}  // namespace sightline::records
