// Bytes as text and text as bytes: hexadecimal, base64, big-endian integers.
//
// Source:  RFC 4648 sections 4 (base64, padded), 5 (URL-safe) and 8 (hex).
// Shapes:  bytes are absl::string_view; every decoder is strict, so that no two
//          texts decode to the same bytes (padding required, stray bits refused,
//          hex lower-case only).
// Errors:  kInvalidArgument: not the canonical text of any bytes.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::base {

std::string HexEncode(absl::string_view bytes);
absl::StatusOr<std::string> HexDecode(absl::string_view text);

std::string Base64Encode(absl::string_view bytes);
absl::StatusOr<std::string> Base64Decode(absl::string_view text);

// Appends `value` in network byte order.
void AppendU16(uint16_t value, std::string* out);
void AppendU32(uint32_t value, std::string* out);
void AppendU64(uint64_t value, std::string* out);
inline std::string U64(uint64_t value) {
  std::string out;
  AppendU64(value, &out);
  return out;
}

// Reads network byte order. REQUIRES: `bytes` holds at least 2, 4 or 8 bytes.
uint16_t ReadU16(absl::string_view bytes);
uint32_t ReadU32(absl::string_view bytes);
uint64_t ReadU64(absl::string_view bytes);

// Parses what tlog formats call a decimal: ASCII digits, no sign, no leading zero
// (except "0" itself), at most 2^64 - 1.
absl::StatusOr<uint64_t> ParseDecimal(absl::string_view text);

}  // namespace sightline::base
