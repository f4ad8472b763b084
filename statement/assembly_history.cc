#include "statement/assembly_history.h"

#include <algorithm>

#include "statement/geography.h"
#include "statement/timestamps.h"

namespace sightline::statement {
namespace {

bool Meets(bool present, const v1::TimeWindow& window, int64_t begin_unix_ms,
           int64_t end_unix_ms) {
  return present && ToUnixMs(window.begin()) < end_unix_ms &&
         ToUnixMs(window.end()) > begin_unix_ms;
}

}  // namespace

void AssemblyHistory::Apply(uint64_t index,
                            const v1::AssemblyCalendar& calendar) {
  for (const v1::Assembly& assembly : calendar.assemblies()) {
    const Record record{index, ToUnixMs(assembly.window().begin()),
                        ToUnixMs(assembly.window().end()), assembly.s2_cell()};
    by_county_[assembly.county_fips()].push_back(record);
    if (!record.s2_cell.empty()) with_cell_.push_back(record);
  }
}

bool AssemblyHistory::Overlaps(const Record& record,
                               const v1::FootageRequest& request) {
  return Meets(request.has_incident_window(), request.incident_window(),
               record.begin_unix_ms, record.end_unix_ms) ||
         Meets(request.has_footage_window(), request.footage_window(),
               record.begin_unix_ms, record.end_unix_ms);
}

std::optional<uint64_t> AssemblyHistory::ListedBy(
    const v1::FootageRequest& request, absl::string_view agency_county,
    uint64_t before) const {
  std::optional<uint64_t> first;
  const auto take = [&](const Record& record) {
    if (record.index >= before || !Overlaps(record, request)) return;
    first = std::min(first.value_or(record.index), record.index);
  };
  const std::string& cell = request.area().s2_cell();
  if (!cell.empty()) {
    for (const Record& record : with_cell_) {
      if (S2CellsOverlap(record.s2_cell, cell)) take(record);
    }
  }
  const std::string& county = request.area().county_fips();
  const auto it = by_county_.find(county.empty() ? agency_county : county);
  if (it == by_county_.end()) return first;
  for (const Record& record : it->second) {
    // Two cells have been compared above.
    if (cell.empty() || record.s2_cell.empty()) take(record);
  }
  return first;
}

}  // namespace sightline::statement
