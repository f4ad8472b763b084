// The private keys of logs, witnesses and mirrors, from their files.
//
// Shapes:  a file has the key's text (checkpoint/note_signer.h) on one line, as
//          `sightline keygen` writes it.
// Errors:  those of crypto/key_file.h (no such file, others may read it);
//          kInvalidArgument: not such a text. They name the file, and no key.
// Threads: any.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "checkpoint/note_signer.h"

namespace sightline::daemon {

absl::StatusOr<std::vector<checkpoint::NoteSigner>> ReadNoteSigners(
    const std::vector<std::string>& paths);

}  // namespace sightline::daemon
