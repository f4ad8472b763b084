#include "storage/wal_tail.h"

#include <array>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace sightline::storage {
namespace {

constexpr size_t kHeaderBytes = 7;

constexpr std::array<uint32_t, 256> MakeTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78u : 0);
    }
    table[i] = crc;
  }
  return table;
}
constexpr std::array<uint32_t, 256> kCrc32c = MakeTable();

uint8_t ByteAt(absl::string_view bytes, size_t i) {
  return static_cast<uint8_t>(bytes[i]);
}

uint32_t Extend(uint32_t crc, uint8_t byte) {
  return (crc >> 8) ^ kCrc32c[(crc ^ byte) & 0xFF];
}

// As RocksDB stores a checksum.
uint32_t Mask(uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
}

uint32_t StoredCrc(absl::string_view record) {
  uint32_t crc = 0;
  for (size_t i = 4; i > 0; --i) crc = crc << 8 | ByteAt(record, i - 1);
  return crc;
}

size_t LengthOf(absl::string_view record) {
  return ByteAt(record, 4) + size_t{256} * ByteAt(record, 5);
}

bool OneByteDiffers(size_t a, size_t b) {
  return a != b && ((a ^ b) < 256 || (a ^ b) % 256 == 0);
}

// The payload that the checksum is of, when it is another one than the length
// says, by one of its two bytes. SIZE_MAX: none.
size_t WholeLength(absl::string_view record) {
  const size_t said = LengthOf(record);
  const uint32_t want = StoredCrc(record);
  uint32_t crc = Extend(~uint32_t{0}, ByteAt(record, 6));
  for (size_t length = 0;; ++length) {
    if (OneByteDiffers(length, said) && Mask(~crc) == want) return length;
    if (kHeaderBytes + length >= record.size()) return SIZE_MAX;
    crc = Extend(crc, ByteAt(record, kHeaderBytes + length));
  }
}

}  // namespace

absl::Status CheckWalTail(absl::string_view last_block) {
  while (last_block.size() >= kHeaderBytes) {
    const size_t size = kHeaderBytes + LengthOf(last_block);
    if (ByteAt(last_block, 6) == 0) return absl::OkStatus();  // padding
    if (size <= last_block.size()) {
      last_block.remove_prefix(size);
      continue;
    }
    const size_t whole = WholeLength(last_block);
    if (whole == SIZE_MAX) return absl::OkStatus();  // cut short
    return absl::DataLossError(absl::StrCat(
        "the length of a record is damaged: ", LengthOf(last_block),
        ", its checksum is that of ", whole, " bytes"));
  }
  return absl::OkStatus();
}

}  // namespace sightline::storage
