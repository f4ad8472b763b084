#include "records/view_keys.h"

#include "base/bytes.h"

namespace sightline::records {

Key& Key::Number(uint64_t value) {
  base::AppendU64(value, &bytes_);
  return *this;
}

Key& Key::Small(uint32_t value) {
  base::AppendU32(value, &bytes_);
  return *this;
}

Key& Key::Text(absl::string_view value) {
  bytes_.append(value.data(), value.size());
  bytes_.push_back('\0');
  return *this;
}

uint64_t KeyReader::Number() {
  if (rest_.size() < 8) return 0;
  const uint64_t value = base::ReadU64(rest_);
  rest_.remove_prefix(8);
  return value;
}

uint32_t KeyReader::Small() {
  if (rest_.size() < 4) return 0;
  const uint32_t value = base::ReadU32(rest_);
  rest_.remove_prefix(4);
  return value;
}

absl::string_view KeyReader::Text() {
  const size_t end = rest_.find('\0');
  const absl::string_view text = rest_.substr(0, end);
  rest_.remove_prefix(end == absl::string_view::npos ? rest_.size() : end + 1);
  return text;
}

Key BookKey(View view, uint32_t month, absl::string_view submitter,
            absl::string_view counterparty) {
  return Key(view).Small(month).Text(submitter).Text(counterparty);
}

uint64_t LastNumber(absl::string_view key) {
  return key.size() < 9 ? 0 : base::ReadU64(key.substr(key.size() - 8));
}

}  // namespace sightline::records
