// A token that is taken is one that was given: it encodes to the same text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "records/page_token.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace records = ::sightline::records;
  constexpr absl::string_view kQuestion = "question";
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto token = records::DecodePageToken(text, kQuestion);
  if (token.ok() && records::EncodePageToken(*token, kQuestion) != text) {
    std::abort();
  }
  return 0;
}
