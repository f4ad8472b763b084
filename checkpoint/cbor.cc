#include "checkpoint/cbor.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sightline::checkpoint {
namespace {

enum Major : uint8_t {
  kUnsigned = 0,
  kNegative = 1,
  kBytes = 2,
  kText = 3,
  kArray = 4,
  kMap = 5,
  kTag = 6,
  kSimple = 7,
};

constexpr uint64_t kNull = 22;
constexpr uint8_t kOneByte = 24;  // arguments from here on follow in bytes
constexpr uint8_t kEightBytes = 27;

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("CBOR: ", what));
}

}  // namespace

// --- Writing --------------------------------------------------------------------

CborWriter& CborWriter::Head(uint8_t major, uint64_t argument) {
  const auto first = static_cast<uint8_t>(major << 5);
  if (argument < kOneByte) {
    bytes_ += static_cast<char>(first | argument);
    return *this;
  }
  int size = 1;
  uint8_t code = kOneByte;
  while (size < 8 && argument >> (8 * size) != 0) {
    size *= 2;
    ++code;
  }
  bytes_ += static_cast<char>(first | code);
  for (int i = size - 1; i >= 0; --i) {
    bytes_ += static_cast<char>(argument >> (8 * i));
  }
  return *this;
}

CborWriter& CborWriter::Int(int64_t value) {
  return value >= 0 ? Head(kUnsigned, static_cast<uint64_t>(value))
                    : Head(kNegative, ~static_cast<uint64_t>(value));
}

CborWriter& CborWriter::Bytes(absl::string_view value) {
  Head(kBytes, value.size());
  bytes_.append(value.data(), value.size());
  return *this;
}

CborWriter& CborWriter::Text(absl::string_view value) {
  Head(kText, value.size());
  bytes_.append(value.data(), value.size());
  return *this;
}

CborWriter& CborWriter::Array(uint64_t items) { return Head(kArray, items); }
CborWriter& CborWriter::Map(uint64_t pairs) { return Head(kMap, pairs); }
CborWriter& CborWriter::Tag(uint64_t tag) { return Head(kTag, tag); }
CborWriter& CborWriter::Null() { return Head(kSimple, kNull); }

// --- Reading --------------------------------------------------------------------

absl::StatusOr<CborReader::Head> CborReader::Next() {
  if (rest_.empty()) return Malformed("cut short");
  const auto first = static_cast<uint8_t>(rest_[0]);
  rest_.remove_prefix(1);
  Head head;
  head.major = first >> 5;
  head.argument = first & 31;
  if (head.argument < kOneByte) return head;
  if (head.argument > kEightBytes) return Malformed("an indefinite length");
  const size_t size = size_t{1} << (head.argument - kOneByte);
  if (size > rest_.size()) return Malformed("cut short");
  head.argument = 0;
  for (size_t i = 0; i < size; ++i) {
    head.argument = head.argument << 8 | static_cast<uint8_t>(rest_[i]);
  }
  rest_.remove_prefix(size);
  const bool shortest =
      size == 1 ? head.argument >= kOneByte : head.argument >> (4 * size) != 0;
  if (!shortest) return Malformed("a number that is not in its shortest form");
  return head;
}

absl::StatusOr<uint64_t> CborReader::Expect(uint8_t major,
                                            absl::string_view what) {
  ASSIGN_OR_RETURN(const Head head, Next());
  if (head.major == major) return head.argument;
  return Malformed(absl::StrCat("type ", int{head.major}, ", want ", what));
}

absl::StatusOr<absl::string_view> CborReader::String(uint8_t major,
                                                     absl::string_view what) {
  ASSIGN_OR_RETURN(const uint64_t size, Expect(major, what));
  if (size > rest_.size()) return Malformed("cut short");
  const absl::string_view value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return value;
}

absl::StatusOr<int64_t> CborReader::Int() {
  ASSIGN_OR_RETURN(const Head head, Next());
  if (head.major > kNegative) return Malformed("no integer");
  if (head.argument > uint64_t{std::numeric_limits<int64_t>::max()}) {
    return Malformed("an integer beyond 64 bits");
  }
  const auto value = static_cast<int64_t>(head.argument);
  return head.major == kUnsigned ? value : -1 - value;
}

absl::StatusOr<uint64_t> CborReader::Unsigned() {
  return Expect(kUnsigned, "an unsigned integer");
}
absl::StatusOr<absl::string_view> CborReader::Bytes() {
  return String(kBytes, "a byte string");
}
absl::StatusOr<absl::string_view> CborReader::Text() {
  return String(kText, "a text string");
}
absl::StatusOr<uint64_t> CborReader::Array() {
  return Expect(kArray, "an array");
}
absl::StatusOr<uint64_t> CborReader::Map() { return Expect(kMap, "a map"); }
absl::StatusOr<uint64_t> CborReader::Tag() { return Expect(kTag, "a tag"); }

absl::Status CborReader::Null() {
  ASSIGN_OR_RETURN(const uint64_t value, Expect(kSimple, "null"));
  return value == kNull ? absl::OkStatus() : Malformed("no null");
}

absl::Status CborReader::Skip() { return SkipAt(0); }

absl::Status CborReader::SkipAt(int depth) {
  if (depth == kMaxDepth) return Malformed("nested too deep");
  const absl::string_view before = rest_;
  ASSIGN_OR_RETURN(const Head head, Next());
  uint64_t items = 0;
  switch (head.major) {
    case kBytes:
    case kText:
      rest_ = before;
      return String(head.major, "a string").status();
    case kArray:
      items = head.argument;
      break;
    case kMap:
      // Each takes a byte at least: no number of them is too large to count.
      if (head.argument > rest_.size()) return Malformed("cut short");
      items = 2 * head.argument;
      break;
    case kTag:
      items = 1;
      break;
    default:
      return absl::OkStatus();
  }
  for (uint64_t i = 0; i < items; ++i) RETURN_IF_ERROR(SkipAt(depth + 1));
  return absl::OkStatus();
}

}  // namespace sightline::checkpoint
