// JSON or text of a statement: what is read can be written for people to edit,
// and that is read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "cmd/cli/draft.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace cli = ::sightline::cli;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto draft = cli::ReadDraft(text);
  if (!draft.ok()) return 0;
  const auto json = cli::DraftToJson(*draft);
  if (json.ok() && !cli::ReadDraft(*json).ok()) std::abort();
  return 0;
}
