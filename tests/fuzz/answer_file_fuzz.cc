// Any file at all gets a verdict on the answer in it, and none crashes: whoever
// writes the file may have signed whatever it likes, so signatures are not asked
// for here.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "checkpoint/log_checkpoint.h"
#include "client/answer_check.h"
#include "client/answer_file.h"

namespace {

using ::sightline::client::OpenedTree;

absl::StatusOr<OpenedTree> OpenUnsigned(absl::string_view note) {
  const size_t end = note.find("\n\n");
  if (end == absl::string_view::npos) {
    return absl::InvalidArgumentError("no note");
  }
  const auto checkpoint =
      sightline::checkpoint::ParseCheckpoint(note.substr(0, end + 1));
  if (!checkpoint.ok()) return checkpoint.status();
  return OpenedTree{checkpoint->tree_size, checkpoint->root_hash};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto file = sightline::client::ParseAnswerFile(
      absl::string_view(reinterpret_cast<const char*>(data), size));
  if (!file.ok()) return 0;
  const auto again = sightline::client::ParseAnswerFile(
      sightline::client::FormatAnswerFile(*file));
  if (!again.ok()) std::abort();
  const auto verdict = sightline::client::CheckAnswer(*file, OpenUnsigned);
  // What holds is an answer to a question, with pages.
  if (verdict.ok() && (file->pages().empty() || file->question_case() == 0)) {
    std::abort();
  }
  return 0;
}
