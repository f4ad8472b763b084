// How much each submitter seals, from the entries alone.
//
// Source:  docs/statements.md "Seals that end".
// Threads: thread-compatible.
// Memory:  one row for each submitter.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "proto/sightline/v1/statement.pb.h"

namespace sightline::statement {

struct SealRate {
  uint64_t entries = 0;         // of kinds that can seal fields
  uint64_t sealed_entries = 0;  // with a field sealed for another reason than
                                // personal data, which is never public
  uint64_t own_decision = 0;    // of these, sealed by no court and no statute
  uint64_t renewals = 0;        // of own seals

  // Of 1,000 entries so many are sealed; 0 without entries.
  uint64_t per_mille() const {
    return entries == 0 ? 0 : sealed_entries * 1000 / entries;
  }
};

class SealRates {
 public:
  void Next(const v1::Statement& statement);

  // By submitter id.
  const std::map<std::string, SealRate>& rates() const { return rates_; }

 private:
  std::map<std::string, SealRate> rates_;
};

}  // namespace sightline::statement
