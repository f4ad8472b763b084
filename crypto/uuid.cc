#include "crypto/uuid.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"

namespace sightline::crypto {

Uuid NewUuid(Rng& rng) {
  Uuid uuid;
  rng.Fill(uuid.data(), uuid.size());
  uuid[6] = static_cast<uint8_t>((uuid[6] & 0x0f) | 0x40);  // version 4
  uuid[8] = static_cast<uint8_t>((uuid[8] & 0x3f) | 0x80);  // RFC variant
  return uuid;
}

std::string UuidText(const Uuid& uuid) {
  const std::string hex = base::HexEncode(absl::string_view(
      reinterpret_cast<const char*>(uuid.data()), uuid.size()));
  const absl::string_view view = hex;
  return absl::StrCat(view.substr(0, 8), "-", view.substr(8, 4), "-",
                      view.substr(12, 4), "-", view.substr(16, 4), "-",
                      view.substr(20));
}

absl::StatusOr<Uuid> ParseUuid(absl::string_view text) {
  std::string hex(text);
  hex.erase(std::remove(hex.begin(), hex.end(), '-'), hex.end());
  auto bytes = base::HexDecode(hex);
  Uuid uuid;
  if (bytes.ok() && bytes->size() == uuid.size()) {
    std::copy(bytes->begin(), bytes->end(), uuid.begin());
    if (UuidText(uuid) == text) return uuid;
  }
  return absl::InvalidArgumentError(
      "uuid: want 36 characters, lower-case hex as 8-4-4-4-12");
}

}  // namespace sightline::crypto
