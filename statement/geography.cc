#include "statement/geography.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "s2/s2cell_id.h"

namespace sightline::statement {
namespace {

// Ascending.
constexpr std::array<absl::string_view, 56> kStates = {
    "AK", "AL", "AR", "AS", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA",
    "GU", "HI", "IA", "ID", "IL", "IN", "KS", "KY", "LA", "MA", "MD", "ME",
    "MI", "MN", "MO", "MP", "MS", "MT", "NC", "ND", "NE", "NH", "NJ", "NM",
    "NV", "NY", "OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX",
    "UT", "VA", "VI", "VT", "WA", "WI", "WV", "WY",
};

std::optional<S2CellId> Cell(absl::string_view token) {
  const S2CellId cell = S2CellId::FromToken(token);
  // The library takes capitals and trailing zeros, too; in statements a cell has
  // one spelling, so that equal places have equal bytes.
  if (!cell.is_valid() || cell.ToToken() != token) return std::nullopt;
  return cell;
}

}  // namespace

bool IsState(absl::string_view text) {
  return std::binary_search(kStates.begin(), kStates.end(), text);
}

bool IsCountyFips(absl::string_view text) {
  return text.size() == 5 &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit) &&
         text.substr(0, 2) != "00" && text.substr(2) != "000";
}

std::optional<uint64_t> S2Id(absl::string_view token) {
  const std::optional<S2CellId> cell = Cell(token);
  if (!cell.has_value()) return std::nullopt;
  return cell->id();
}

std::optional<int> S2Level(absl::string_view token) {
  const std::optional<S2CellId> cell = Cell(token);
  if (!cell.has_value()) return std::nullopt;
  return cell->level();
}

bool S2CellsOverlap(absl::string_view token, absl::string_view other) {
  return S2CellsOverlap(S2Id(token).value_or(0), S2Id(other).value_or(0));
}

bool S2CellsOverlap(uint64_t id, uint64_t other) {
  const S2CellId a(id);
  const S2CellId b(other);
  return a.is_valid() && b.is_valid() && (a.contains(b) || b.contains(a));
}

}  // namespace sightline::statement
