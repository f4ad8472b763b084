#include "mirror/ticket.h"

#include <cstdint>
#include <limits>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crypto/aead.h"

namespace sightline::mirror {
namespace {

std::string Context(absl::string_view origin) {
  return absl::StrCat("sightline-mirror-ticket/v1\n", origin);
}

}  // namespace

absl::StatusOr<std::string> Tickets::Issue(absl::string_view origin,
                                           absl::string_view note) const {
  // Its length travels as a uint16.
  if (note.size() + crypto::kAeadOverhead >
      std::numeric_limits<uint16_t>::max()) {
    return std::string();
  }
  return crypto::Seal(key_, Context(origin), note, *rng_);
}

absl::StatusOr<std::string> Tickets::Open(absl::string_view origin,
                                          absl::string_view ticket) const {
  ASSIGN_OR_RETURN(const crypto::SecretString note,
                   crypto::Open(key_, Context(origin), ticket));
  return std::string(note.view());
}

}  // namespace sightline::mirror
