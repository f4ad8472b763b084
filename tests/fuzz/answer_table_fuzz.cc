// A table is taken whole or not at all: each answer has the line it stands on,
// later than the one before.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "cmd/cli/tally_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  const auto table = sightline::cli::ReadAnswers("table", in);
  if (!table.ok()) return 0;
  if (table->answers.size() != table->lines.size()) std::abort();
  uint64_t before = 1;  // the names of the columns
  for (const uint64_t line : table->lines) {
    if (line <= before) std::abort();
    before = line;
  }
  return 0;
}
