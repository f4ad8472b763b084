// A checkpoint that parses formats to the same bytes, extension lines apart;
// and no note that opens is another than the one the log signed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/log_keys.h"
#include "checkpoint/test_vectors.h"

namespace {

namespace checkpoint = ::sightline::checkpoint;

const checkpoint::LogKeySet& VectorLog() {
  static const auto* const keys = [] {
    auto* out = new checkpoint::LogKeySet(checkpoint::kLogOrigin);
    if (!out->Add(checkpoint::kLogVkey).ok()) std::abort();
    return out;
  }();
  return *keys;
}

bool IsVector(absl::string_view text) {
  for (const checkpoint::CheckpointVector& v : checkpoint::kCheckpoints) {
    if (text == checkpoint::CheckpointText(v)) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto parsed = checkpoint::ParseCheckpoint(bytes);
  if (parsed.ok() &&
      checkpoint::FormatCheckpoint(*parsed) + parsed->extensions != bytes) {
    std::abort();
  }
  const auto opened = VectorLog().OpenCheckpoint(bytes);
  if (opened.ok() && !IsVector(opened->note.text)) std::abort();
  return 0;
}
