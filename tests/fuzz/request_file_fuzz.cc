// Any file is read: what makes no row is noted, and whoever a request is by is
// among the agencies. Of each a statement is made, or it says why not.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <sstream>
#include <string>

#include "cmd/cli/import/request_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace cli = ::sightline::cli;
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  const auto file = cli::ReadRequestFile(in, {});
  if (!file.ok()) return 0;
  std::set<std::string> agencies;
  for (const cli::ImportedAgency& agency : file->agencies) {
    agencies.insert(agency.id);
  }
  for (const cli::ImportedRequest& request : file->requests) {
    if (agencies.count(request.submitter) == 0) std::abort();
    cli::StatementOf(request, "log.example.com/fuzz", "secret").IgnoreError();
  }
  return 0;
}
