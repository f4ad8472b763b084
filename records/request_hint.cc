#include "records/request_hint.h"

#include <initializer_list>
#include <vector>

#include "absl/strings/str_split.h"
#include "records/places.h"
#include "statement/geography.h"

namespace sightline::records {
namespace {

constexpr size_t kParts = 5;

}  // namespace

std::string HintOf(const v1::RequestRow& row) {
  const v1::FootageRequest& request = row.facts().request();
  std::string out;
  for (const std::string& part :
       {row.county_fips(), row.state_code(), request.area().state(),
        request.area().s2_cell(), request.custodian()}) {
    out.append(part);
    out.push_back('\0');
  }
  return out;
}

bool MayMatch(const v1::RequestFilter& filter, absl::string_view hint) {
  const std::vector<absl::string_view> parts = absl::StrSplit(hint, '\0');
  if (parts.size() != kParts + 1) return true;
  const absl::string_view county = parts[0];
  const absl::string_view state = parts[1];
  const absl::string_view whole_state = parts[2];
  if (!filter.county_fips().empty() && county != filter.county_fips() &&
      (whole_state.empty() ||
       whole_state != StateOfCounty(filter.county_fips()))) {
    return false;
  }
  if (!filter.state().empty() && state != filter.state()) return false;
  if (!filter.s2_cell().empty() &&
      !statement::S2CellsOverlap(parts[3], filter.s2_cell())) {
    return false;
  }
  return filter.custodian().empty() || parts[4] == filter.custodian();
}

}  // namespace sightline::records
