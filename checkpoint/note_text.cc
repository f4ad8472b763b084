#include "checkpoint/note_text.h"

#include <cstddef>
#include <cstdint>

namespace sightline::checkpoint {
namespace {

constexpr uint32_t kInvalid = 0xffffffff;

// Takes the first code point off `text`, which is not empty; kInvalid when it
// is not UTF-8.
uint32_t TakeCodePoint(absl::string_view* text) {
  const auto lead = static_cast<uint8_t>(text->front());
  const size_t size = lead < 0x80             ? 1
                      : (lead & 0xe0) == 0xc0 ? 2
                      : (lead & 0xf0) == 0xe0 ? 3
                      : (lead & 0xf8) == 0xf0 ? 4
                                              : 0;
  if (size == 0 || text->size() < size) return kInvalid;
  uint32_t point = size == 1 ? lead : lead & (0x7f >> size);
  for (size_t i = 1; i < size; ++i) {
    const auto byte = static_cast<uint8_t>((*text)[i]);
    if ((byte & 0xc0) != 0x80) return kInvalid;
    point = point << 6 | (byte & 0x3f);
  }
  text->remove_prefix(size);
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  if (point < kSmallest[size] || point > 0x10ffff || surrogate) return kInvalid;
  return point;
}

// The Unicode property White_Space.
bool IsSpace(uint32_t point) {
  return (point >= 0x09 && point <= 0x0d) || point == 0x20 || point == 0x85 ||
         point == 0xa0 || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200a) || point == 0x2028 ||
         point == 0x2029 || point == 0x202f || point == 0x205f ||
         point == 0x3000;
}

}  // namespace

bool IsNoteText(absl::string_view bytes) {
  while (!bytes.empty()) {
    const uint32_t point = TakeCodePoint(&bytes);
    if (point == kInvalid || (point < 0x20 && point != '\n')) return false;
  }
  return true;
}

bool IsKeyName(absl::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const uint32_t point = TakeCodePoint(&name);
    if (point == kInvalid || point < 0x20 || point == '+' || IsSpace(point)) {
      return false;
    }
  }
  return true;
}

}  // namespace sightline::checkpoint
