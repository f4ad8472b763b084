// A COSE receipt that parses formats to one that says the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "checkpoint/cose_receipt.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace checkpoint = ::sightline::checkpoint;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto receipt = checkpoint::ParseCoseReceipt(bytes);
  if (!receipt.ok() || receipt->first >> 63 != 0 ||
      receipt->second >> 63 != 0) {
    return 0;
  }
  const auto again =
      checkpoint::ParseCoseReceipt(checkpoint::FormatCoseReceipt(*receipt));
  if (!again.ok() || again->protected_bytes != receipt->protected_bytes ||
      again->kind != receipt->kind || again->first != receipt->first ||
      again->second != receipt->second || again->hashes != receipt->hashes ||
      again->signature != receipt->signature) {
    std::abort();
  }
  return 0;
}
