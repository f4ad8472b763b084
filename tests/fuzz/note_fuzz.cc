// A note that parses formats to the same bytes, and so do signature lines
// alone.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "checkpoint/note.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace checkpoint = ::sightline::checkpoint;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto note = checkpoint::ParseNote(bytes);
  if (note.ok()) {
    const auto again = checkpoint::FormatNote(*note);
    if (!again.ok() || *again != bytes) std::abort();
  }
  const auto lines = checkpoint::ParseSignatureLines(bytes);
  if (lines.ok() && checkpoint::FormatSignatureLines(*lines) != bytes) {
    std::abort();
  }
  return 0;
}
