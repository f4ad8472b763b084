// The few pieces of the protobuf wire format that are written and read by hand,
// on the hot path.
//
// Source:  protobuf encoding (tag = field << 3 | type; types 0 varint, 2
//          bytes).
// Threads: pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace sightline::statement {

enum class WireType : uint8_t {
  kVarint = 0,
  kFixed64 = 1,
  kBytes = 2,
  kFixed32 = 5,
};

inline void AppendVarint(uint64_t value, std::string* out) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

inline void AppendVarintField(uint32_t field, uint64_t value,
                              std::string* out) {
  AppendVarint(field << 3, out);
  AppendVarint(value, out);
}

inline void AppendBytesField(uint32_t field, absl::string_view bytes,
                             std::string* out) {
  AppendVarint(field << 3 | static_cast<uint32_t>(WireType::kBytes), out);
  AppendVarint(bytes.size(), out);
  out->append(bytes.data(), bytes.size());
}

// Reads a message field by field.
//
//   WireReader reader(bytes);
//   while (reader.Next()) {
//     if (reader.field() == 3) payload = reader.bytes();
//   }
//   if (!reader.ok()) return malformed;
class WireReader {
 public:
  explicit WireReader(absl::string_view bytes) : rest_(bytes) {}

  // Goes to the next field; false at the end and at the first fault.
  bool Next() {
    if (rest_.empty() || !ok_) return false;
    uint64_t tag = 0;
    ok_ = ReadVarint(&tag) && (tag >> 3) != 0 && (tag >> 3) < (1u << 29);
    if (!ok_) return false;
    field_ = static_cast<uint32_t>(tag >> 3);
    type_ = static_cast<WireType>(tag & 7);
    ok_ = ReadValue();
    return ok_;
  }

  bool ok() const { return ok_; }
  uint32_t field() const { return field_; }
  WireType type() const { return type_; }
  uint64_t varint() const { return varint_; }         // of kVarint
  absl::string_view bytes() const { return bytes_; }  // of kBytes

 private:
  bool ReadVarint(uint64_t* value) {
    uint64_t out = 0;
    for (size_t i = 0; i < rest_.size() && i < 10; ++i) {
      const uint64_t byte = static_cast<uint8_t>(rest_[i]);
      out |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) {
        rest_.remove_prefix(i + 1);
        *value = out;
        return true;
      }
    }
    return false;
  }

  bool Skip(size_t size) {
    if (size > rest_.size()) return false;
    rest_.remove_prefix(size);
    return true;
  }

  bool ReadValue() {
    uint64_t size = 0;
    switch (type_) {
      case WireType::kVarint:
        return ReadVarint(&varint_);
      case WireType::kFixed64:
        return Skip(8);
      case WireType::kFixed32:
        return Skip(4);
      case WireType::kBytes:
        if (!ReadVarint(&size) || size > rest_.size()) return false;
        bytes_ = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return true;
    }
    return false;
  }

  absl::string_view rest_;
  bool ok_ = true;
  uint32_t field_ = 0;
  WireType type_ = WireType::kVarint;
  uint64_t varint_ = 0;
  absl::string_view bytes_;
};

}  // namespace sightline::statement
