// An evidence file that parses formats to the same bytes; verifying never fails
// but with a status.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "checkpoint/evidence_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace checkpoint = ::sightline::checkpoint;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto evidence = checkpoint::ParseEvidenceFile(bytes);
  if (!evidence.ok()) return 0;
  if (checkpoint::FormatEvidenceFile(*evidence) != bytes) std::abort();
  const auto verdict = checkpoint::VerifyEvidence(*evidence);
  if (!verdict.ok() && verdict.status().message().empty()) std::abort();
  return 0;
}
