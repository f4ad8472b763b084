// A file that is read is written and read again with the same openings.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "cmd/cli/openings_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace cli = ::sightline::cli;
  const auto openings = cli::ParseOpeningsFile(
      absl::string_view(reinterpret_cast<const char*>(data), size));
  if (!openings.ok()) return 0;
  const auto text = cli::FormatOpeningsFile(*openings);
  if (!text.ok()) std::abort();
  const auto again = cli::ParseOpeningsFile(*text);
  if (!again.ok() || again->size() != openings->size()) std::abort();
  for (size_t i = 0; i < again->size(); ++i) {
    if ((*again)[i].SerializeAsString() != (*openings)[i].SerializeAsString()) {
      std::abort();
    }
  }
  return 0;
}
