#include "base/bytes.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"

namespace sightline::base {
namespace {

template <typename T>
void AppendBigEndian(T value, std::string* out) {
  for (int shift = 8 * (static_cast<int>(sizeof(T)) - 1); shift >= 0;
       shift -= 8) {
    out->push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

template <typename T>
T ReadBigEndian(absl::string_view bytes) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>((value << 8) | static_cast<uint8_t>(bytes[i]));
  }
  return value;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string HexEncode(absl::string_view bytes) {
  return absl::BytesToHexString(bytes);
}

absl::StatusOr<std::string> HexDecode(absl::string_view text) {
  if (text.size() % 2 != 0) {
    return absl::InvalidArgumentError("hex: odd number of digits");
  }
  std::string out;
  out.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = HexDigit(text[i]);
    const int low = HexDigit(text[i + 1]);
    if (high < 0 || low < 0) {
      return absl::InvalidArgumentError("hex: want lower-case digits only");
    }
    out.push_back(static_cast<char>(high << 4 | low));
  }
  return out;
}

std::string Base64Encode(absl::string_view bytes) {
  return absl::Base64Escape(bytes);
}

absl::StatusOr<std::string> Base64Decode(absl::string_view text) {
  std::string out;
  // Abseil is lenient (white space, missing padding, stray bits); only the
  // canonical text survives the way back.
  if (!absl::Base64Unescape(text, &out) || absl::Base64Escape(out) != text) {
    return absl::InvalidArgumentError("base64: not canonical");
  }
  return out;
}

void AppendU16(uint16_t value, std::string* out) {
  AppendBigEndian(value, out);
}
void AppendU32(uint32_t value, std::string* out) {
  AppendBigEndian(value, out);
}
void AppendU64(uint64_t value, std::string* out) {
  AppendBigEndian(value, out);
}
uint16_t ReadU16(absl::string_view bytes) {
  return ReadBigEndian<uint16_t>(bytes);
}
uint32_t ReadU32(absl::string_view bytes) {
  return ReadBigEndian<uint32_t>(bytes);
}
uint64_t ReadU64(absl::string_view bytes) {
  return ReadBigEndian<uint64_t>(bytes);
}

absl::StatusOr<uint64_t> ParseDecimal(absl::string_view text) {
  bool digits = !text.empty() && (text.size() == 1 || text[0] != '0');
  for (char c : text) digits = digits && absl::ascii_isdigit(c);
  uint64_t value = 0;
  if (!digits || !absl::SimpleAtoi(text, &value)) {
    return absl::InvalidArgumentError(
        "want a decimal number below 2^64 without sign or leading zero");
  }
  return value;
}

}  // namespace sightline::base
