// As much CBOR as COSE receipts need: deterministic out, strict in.
//
// Source:  RFC 8949 s3, s4.2.1.
// Shapes:  unsigned and negative integers, byte and text strings, arrays, maps,
//          tags and null. Definite lengths and the shortest form of every number
//          only; map keys in any order.
// Errors:  kInvalidArgument: cut short, another type, not the shortest form.
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::checkpoint {

class CborWriter {
 public:
  CborWriter& Int(int64_t value);
  CborWriter& Bytes(absl::string_view value);
  CborWriter& Text(absl::string_view value);
  CborWriter& Array(uint64_t items);  // which follow
  CborWriter& Map(uint64_t pairs);    // likewise; the caller sorts the keys
  CborWriter& Tag(uint64_t tag);
  CborWriter& Null();

  const std::string& bytes() const { return bytes_; }

 private:
  CborWriter& Head(uint8_t major, uint64_t argument);

  std::string bytes_;
};

class CborReader {
 public:
  // `bytes` outlive the reader.
  explicit CborReader(absl::string_view bytes) : rest_(bytes) {}

  bool done() const { return rest_.empty(); }

  absl::StatusOr<int64_t> Int();
  absl::StatusOr<uint64_t> Unsigned();
  absl::StatusOr<absl::string_view> Bytes();
  absl::StatusOr<absl::string_view> Text();
  absl::StatusOr<uint64_t> Array();
  absl::StatusOr<uint64_t> Map();
  absl::StatusOr<uint64_t> Tag();
  absl::Status Null();
  // Passes over one item, whatever it is, nested kMaxDepth deep at most.
  absl::Status Skip();

 private:
  static constexpr int kMaxDepth = 16;

  struct Head {
    uint8_t major = 0;
    uint64_t argument = 0;
  };

  absl::StatusOr<Head> Next();
  absl::StatusOr<uint64_t> Expect(uint8_t major, absl::string_view what);
  absl::StatusOr<absl::string_view> String(uint8_t major,
                                           absl::string_view what);
  absl::Status SkipAt(int depth);

  absl::string_view rest_;
};

}  // namespace sightline::checkpoint
