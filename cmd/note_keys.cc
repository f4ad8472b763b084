#include "cmd/note_keys.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "base/status_macros.h"
#include "crypto/key_file.h"
#include "crypto/secret.h"

namespace sightline::daemon {

absl::StatusOr<std::vector<checkpoint::NoteSigner>> ReadNoteSigners(
    const std::vector<std::string>& paths) {
  std::vector<checkpoint::NoteSigner> signers;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(const crypto::SecretString text,
                     crypto::ReadSecretFile(path));
    auto signer = checkpoint::NoteSigner::FromPrivateText(
        absl::StripTrailingAsciiWhitespace(text.view()));
    if (!signer.ok()) return base::Annotate(signer.status(), path);
    signers.push_back(*std::move(signer));
  }
  return signers;
}

}  // namespace sightline::daemon
