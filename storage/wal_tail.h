// Tells a write-ahead log that was cut short from one whose last record has a
// damaged length: RocksDB takes both for the first, and would drop batches that
// were acknowledged.
//
// Source:  RocksDB's log format: blocks of 32 KiB; a record is the masked CRC-32C of
//          type and payload, u16 length, u8 type (little-endian), payload.
// Shapes:  a record that reaches beyond the end of the file, but whose checksum is
//          that of a shorter payload, was whole.
// Errors:  kDataLoss: a damaged length.
// Threads: pure.
#pragma once

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace sightline::storage {

inline constexpr size_t kWalBlockBytes = 32768;

// `last_block` is the last of the blocks that the file is made of, whole or not.
absl::Status CheckWalTail(absl::string_view last_block);

}  // namespace sightline::storage
