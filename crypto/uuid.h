// Random identifiers chosen by a client (statement ids).
//
// Source:  RFC 9562 s5.4 (version 4), s4 (text form).
// Shapes:  16 bytes; text is 36 lower-case characters, 8-4-4-4-12.
// Errors:  kInvalidArgument: not the canonical text of a UUID.
// Threads: pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/random.h"

namespace sightline::crypto {

using Uuid = std::array<uint8_t, 16>;

// Makes a version 4 UUID: 122 random bits.
Uuid NewUuid(Rng& rng);

std::string UuidText(const Uuid& uuid);

// Accepts every version and variant, in lower case only: one text per value.
absl::StatusOr<Uuid> ParseUuid(absl::string_view text);

}  // namespace sightline::crypto
