#include "statement/geography.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/numeric/bits.h"
#include "absl/strings/ascii.h"

namespace sightline::statement {
namespace {

constexpr int kMaxLevel = 30;
constexpr size_t kTokenDigits = 16;

// Ascending.
constexpr std::array<absl::string_view, 56> kStates = {
    "AK", "AL", "AR", "AS", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA",
    "GU", "HI", "IA", "ID", "IL", "IN", "KS", "KY", "LA", "MA", "MD", "ME",
    "MI", "MN", "MO", "MP", "MS", "MT", "NC", "ND", "NE", "NH", "NJ", "NM",
    "NV", "NY", "OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX",
    "UT", "VA", "VI", "VT", "WA", "WI", "WV", "WY",
};

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// The id that a token spells, of a cell or not.
std::optional<uint64_t> S2Id(absl::string_view token) {
  // The digits that were cut off are zeros; a trailing zero would be a second
  // spelling of the same cell.
  if (token.empty() || token.size() > kTokenDigits || token.back() == '0') {
    return std::nullopt;
  }
  uint64_t id = 0;
  for (char c : token) {
    const int digit = HexDigit(c);
    if (digit < 0) return std::nullopt;
    id = id << 4 | static_cast<uint64_t>(digit);
  }
  return id << 4 * (kTokenDigits - token.size());
}

// Whether the cell `a` holds the cell `b`: ids of what lies in a cell are those
// around its own, up to its lowest bit.
bool S2Holds(uint64_t a, uint64_t b) {
  const uint64_t lowest = a & (~a + 1);
  return b >= a - (lowest - 1) && b <= a + (lowest - 1);
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

std::optional<int> S2Level(absl::string_view token) {
  const std::optional<uint64_t> parsed = S2Id(token);
  if (!parsed.has_value()) return std::nullopt;
  const uint64_t id = *parsed;
  // Three bits of face, two for each level, then a one and zeros.
  const int zeros = absl::countr_zero(id);
  if ((id >> 61) > 5 || zeros % 2 != 0 || zeros > 2 * kMaxLevel) {
    return std::nullopt;
  }
  return kMaxLevel - zeros / 2;
}

bool S2CellsOverlap(absl::string_view a, absl::string_view b) {
  const uint64_t first = S2Id(a).value_or(0);
  const uint64_t second = S2Id(b).value_or(0);
  if (first == 0 || second == 0) return false;
  return S2Holds(first, second) || S2Holds(second, first);
}

}  // namespace sightline::statement
