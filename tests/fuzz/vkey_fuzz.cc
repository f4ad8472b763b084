// A verifier key that parses formats to the same text; so does a private key's
// text, whose public half then parses too.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/verifier.h"
#include "checkpoint/vkey.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace checkpoint = ::sightline::checkpoint;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto vkey = checkpoint::ParseVkey(text);
  if (vkey.ok() && checkpoint::FormatVkey(*vkey) != text) std::abort();
  const auto verifier = checkpoint::Verifier::FromVkey(text);
  if (verifier.ok() && !vkey.ok()) std::abort();
  const auto signer = checkpoint::NoteSigner::FromPrivateText(text);
  if (signer.ok()) {
    const auto again = signer->PrivateText();
    if (!again.ok() || again->view() != text) std::abort();
    if (!checkpoint::ParseVkey(signer->vkey()).ok()) std::abort();
  }
  return 0;
}
