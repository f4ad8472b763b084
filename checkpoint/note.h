// Signed notes: a text with signature lines below it.
//
// Source:  c2sp.org/signed-note v1.0.0; limits of golang.org/x/mod sumdb/note.
// Shapes:  text, ends with a newline; an empty line; 1..100 lines
//          "<em dash> <key name> <base64(key ID[4] || signature)>". A note has
//          at most 1,000,000 bytes. The last empty line is the separator: the
//          text may hold empty lines.
// Errors:  kInvalidArgument: not a signed note.
// Threads: pure; any thread.
//
// Whether a signature is worth anything: verifier.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace sightline::checkpoint {

inline constexpr size_t kMaxNoteSize = 1'000'000;
inline constexpr size_t kMaxSignatures = 100;

struct SignatureLine {
  std::string name;
  uint32_t key_id = 0;    // a label: (name, key_id) says which key to try
  std::string signature;  // the bytes after the key ID; at least one

  friend bool operator==(const SignatureLine& a, const SignatureLine& b) {
    return a.key_id == b.key_id && a.name == b.name &&
           a.signature == b.signature;
  }
};

struct Note {
  std::string text;  // what is signed; ends with a newline
  std::vector<SignatureLine> signatures;
};

// A note that parses formats to the very same bytes.
absl::StatusOr<Note> ParseNote(absl::string_view bytes);
absl::StatusOr<std::string> FormatNote(const Note& note);

// Signature lines alone, each ending with a newline: how a witness answers, and
// what is appended to a note to add them. Parsing wants at least one line.
absl::StatusOr<std::vector<SignatureLine>> ParseSignatureLines(
    absl::string_view bytes);
std::string FormatSignatureLines(absl::Span<const SignatureLine> lines);

}  // namespace sightline::checkpoint
