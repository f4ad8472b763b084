// Any file is read: what makes no row is noted, and every agency that is taken
// has an id and a name.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "cmd/cli/import/agency_file.h"
#include "statement/submitter_id.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  const auto file = sightline::cli::ReadAgencyFile(in);
  if (!file.ok()) return 0;
  for (const sightline::cli::ImportedAgency& agency : file->agencies) {
    if (!sightline::statement::IsSubmitterId(agency.id) ||
        agency.name.empty()) {
      std::abort();
    }
  }
  return 0;
}
