#include "statement/text.h"

#include <cstddef>
#include <cstdint>

namespace sightline::statement {
namespace {

struct Character {
  uint32_t code = 0;
  size_t size = 0;  // bytes; 0: not UTF-8
};

uint8_t ByteAt(absl::string_view text, size_t i) {
  return static_cast<uint8_t>(text[i]);
}

// The first character of `text`. REQUIRES: not empty.
Character Decode(absl::string_view text) {
  const uint8_t lead = ByteAt(text, 0);
  if (lead < 0x80) return {lead, 1};
  size_t size = 0;
  uint32_t code = 0;
  uint32_t min = 0;
  if ((lead & 0xe0) == 0xc0) {
    size = 2, code = lead & 0x1f, min = 0x80;
  } else if ((lead & 0xf0) == 0xe0) {
    size = 3, code = lead & 0x0f, min = 0x800;
  } else if ((lead & 0xf8) == 0xf0) {
    size = 4, code = lead & 0x07, min = 0x10000;
  }
  if (size == 0 || text.size() < size) return {};
  for (size_t i = 1; i < size; ++i) {
    if ((ByteAt(text, i) & 0xc0) != 0x80) return {};
    code = code << 6 | (ByteAt(text, i) & 0x3f);
  }
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < min || code > 0x10ffff || surrogate) return {};
  return {code, size};
}

bool IsControlCharacter(uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x200e ||
         code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

}  // namespace

bool IsPlainText(absl::string_view text) {
  while (!text.empty()) {
    const Character c = Decode(text);
    if (c.size == 0 || IsControlCharacter(c.code)) return false;
    text.remove_prefix(c.size);
  }
  return true;
}

std::string Printable(absl::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Character c = Decode(text);
    if (c.size == 0 || IsControlCharacter(c.code)) {
      out.push_back('?');
      text.remove_prefix(c.size == 0 ? 1 : c.size);
    } else {
      out.append(text.data(), c.size);
      text.remove_prefix(c.size);
    }
  }
  return out;
}

}  // namespace sightline::statement
