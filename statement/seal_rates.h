// How much each submitter seals, from the entries alone.
//
// Source:  docs/statements.md "Seals that end".
// Threads: thread-compatible.
// Memory:  one row for each submitter, a number for each whole seal that was
//          opened.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "proto/sightline/v1/statement.pb.h"

namespace sightline::statement {

struct SealRate {
  uint64_t entries = 0;          // of kinds that can seal fields
  uint64_t sealed_entries = 0;   // with a field sealed for another reason than
                                 // personal data, which is never public, or as
                                 // a whole
  uint64_t own_decision = 0;     // of these, with a seal of no court and no
                                 // statute
  uint64_t requests = 0;         // of the entries
  uint64_t sealed_requests = 0;  // of the sealed entries
  uint64_t renewals = 0;         // of own seals

  // Of these, only with seals that a court or a statute grants.
  uint64_t granted() const { return sealed_entries - own_decision; }

  // Of 1,000 entries so many are sealed; 0 without entries.
  uint64_t per_mille() const {
    return entries == 0 ? 0 : sealed_entries * 1000 / entries;
  }
};

class SealRates {
 public:
  // The statement of the next entry. One that is sealed as a whole counts for
  // "sealed", and for its submitter too once an entry opens it.
  void Next(const v1::Statement& statement);

  // By submitter id.
  const std::map<std::string, SealRate>& rates() const { return rates_; }

 private:
  void Count(const v1::Statement& statement);

  std::map<std::string, SealRate> rates_;
  std::set<uint64_t> opened_faces_;
};

}  // namespace sightline::statement
