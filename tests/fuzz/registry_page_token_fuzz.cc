// A token that is taken is one that was given: it encodes to the same text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "services/registry_page_token.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace services = ::sightline::services;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto token = services::DecodeRegistryPageToken(text);
  if (token.ok() && services::EncodeRegistryPageToken(*token) != text) {
    std::abort();
  }
  return 0;
}
