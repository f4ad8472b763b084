// A request and a size answer that parse format to the same bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "checkpoint/add_checkpoint.h"
#include "checkpoint/note.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace checkpoint = ::sightline::checkpoint;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto answer = checkpoint::ParseSizeAnswer(bytes);
  if (answer.ok() && checkpoint::FormatSizeAnswer(*answer) != bytes) {
    std::abort();
  }
  const auto request = checkpoint::ParseAddCheckpoint(bytes);
  if (!request.ok()) return 0;
  if (request->proof.size() > checkpoint::kMaxConsistencyHashes) std::abort();
  const auto note = checkpoint::FormatNote(request->note);
  if (!note.ok()) std::abort();
  if (checkpoint::FormatAddCheckpoint(request->old_size, request->proof,
                                      *note) != bytes) {
    std::abort();
  }
  return 0;
}
