// A tally receipt or tally file that parses formats to the very same bytes, and
// what does not parse is refused without its bytes being quoted.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "statement/tally_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace statement = ::sightline::statement;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto receipt = statement::ParseTallyReceipt(text);
  if (receipt.ok() && statement::FormatTallyReceipt(*receipt) != text) {
    std::abort();
  }
  if (!receipt.ok() && receipt.status().message().size() > 200) std::abort();
  const auto leaves = statement::ParseTallyFile(text);
  if (leaves.ok() && statement::FormatTallyFile(*leaves) != text) std::abort();
  return 0;
}
