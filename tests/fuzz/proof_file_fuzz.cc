// A proof file that parses formats to the same bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "checkpoint/proof_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace checkpoint = ::sightline::checkpoint;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto proof = checkpoint::ParseTlogProof(bytes);
  if (proof.ok() && checkpoint::FormatTlogProof(*proof) != bytes) std::abort();
  return 0;
}
