// Every public assembly that the log's calendars have listed, and which of them a
// footage request overlaps.
//
// Source:  docs/statements.md "Findings"; proto AssemblyCalendar.
// Shapes:  "before" an index means: what entries below it say. A request overlaps
//          an assembly when its incident or its footage window does, and its area:
//          cells by S2, counties by their code; where either is unknown or coarser
//          the county that its agency is enrolled with stands in.
// Threads: thread-compatible: any number of readers while nobody calls Apply.
// Cost:    a look at every assembly of one county, and at those that have a cell
//          when the request has one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::statement {

class AssemblyHistory {
 public:
  void Apply(uint64_t index, const v1::AssemblyCalendar& calendar);

  // The first calendar entry before `before` that lists an assembly which
  // `request` overlaps; nothing when none does. `agency_county`: "" unknown.
  std::optional<uint64_t> ListedBy(const v1::FootageRequest& request,
                                   absl::string_view agency_county,
                                   uint64_t before) const;

 private:
  struct Record {
    uint64_t index = 0;
    int64_t begin_unix_ms = 0;
    int64_t end_unix_ms = 0;
    std::string s2_cell;
  };

  static bool Overlaps(const Record& record, const v1::FootageRequest& request);

  absl::flat_hash_map<std::string, std::vector<Record>> by_county_;
  std::vector<Record> with_cell_;
};

}  // namespace sightline::statement
