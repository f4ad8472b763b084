#include "checkpoint/note.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/note_text.h"

namespace sightline::checkpoint {
namespace {

constexpr absl::string_view kDash = "\xe2\x80\x94 ";  // em dash, space
constexpr size_t kKeyIdSize = 4;

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("note: ", what));
}

// `line` without its newline.
absl::StatusOr<SignatureLine> ParseSignatureLine(absl::string_view line) {
  if (!absl::StartsWith(line, kDash)) {
    return Malformed(
        "signature line does not start with an em dash and a space");
  }
  line.remove_prefix(kDash.size());
  const size_t space = line.find(' ');
  if (space == absl::string_view::npos || !IsKeyName(line.substr(0, space))) {
    return Malformed("signature line without a valid key name");
  }
  auto bytes = base::Base64Decode(line.substr(space + 1));
  if (!bytes.ok() || bytes->size() <= kKeyIdSize) {
    return Malformed("signature line: want base64 of a key ID and a signature");
  }
  SignatureLine out;
  out.name = std::string(line.substr(0, space));
  out.key_id = base::ReadU32(*bytes);
  out.signature = bytes->substr(kKeyIdSize);
  return out;
}

absl::Status CheckText(absl::string_view text) {
  if (text.empty() || text.back() != '\n') {
    return Malformed("text does not end with a newline");
  }
  if (!IsNoteText(text)) {
    return Malformed("text is not UTF-8 or holds control characters");
  }
  return absl::OkStatus();
}

absl::Status CheckSignatureLine(const SignatureLine& line) {
  if (!IsKeyName(line.name)) return Malformed("invalid key name");
  if (line.signature.empty()) return Malformed("empty signature");
  return absl::OkStatus();
}

absl::Status CheckSignatureCount(size_t count) {
  if (count == 0 || count > kMaxSignatures) {
    return Malformed(
        absl::StrCat(count, " signatures, want 1 to ", kMaxSignatures));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<SignatureLine>> ParseSignatureLines(
    absl::string_view bytes) {
  if (bytes.size() > kMaxNoteSize) return Malformed("too long");
  std::vector<SignatureLine> lines;
  while (!bytes.empty()) {
    const size_t end = bytes.find('\n');
    if (end == absl::string_view::npos) return Malformed("no final newline");
    ASSIGN_OR_RETURN(SignatureLine line,
                     ParseSignatureLine(bytes.substr(0, end)));
    lines.push_back(std::move(line));
    if (lines.size() > kMaxSignatures) break;
    bytes.remove_prefix(end + 1);
  }
  RETURN_IF_ERROR(CheckSignatureCount(lines.size()));
  return lines;
}

std::string FormatSignatureLines(absl::Span<const SignatureLine> lines) {
  std::string out;
  for (const SignatureLine& line : lines) {
    std::string bytes;
    base::AppendU32(line.key_id, &bytes);
    bytes += line.signature;
    absl::StrAppend(&out, kDash, line.name, " ", base::Base64Encode(bytes),
                    "\n");
  }
  return out;
}

absl::StatusOr<Note> ParseNote(absl::string_view bytes) {
  if (bytes.size() > kMaxNoteSize) {
    return Malformed(
        absl::StrCat(bytes.size(), " bytes, want at most ", kMaxNoteSize));
  }
  const size_t split = bytes.rfind("\n\n");
  if (split == absl::string_view::npos) {
    return Malformed("no empty line between text and signatures");
  }
  Note note;
  note.text = std::string(bytes.substr(0, split + 1));
  RETURN_IF_ERROR(CheckText(note.text));
  ASSIGN_OR_RETURN(note.signatures,
                   ParseSignatureLines(bytes.substr(split + 2)));
  return note;
}

absl::StatusOr<std::string> FormatNote(const Note& note) {
  RETURN_IF_ERROR(CheckText(note.text));
  RETURN_IF_ERROR(CheckSignatureCount(note.signatures.size()));
  for (const SignatureLine& line : note.signatures) {
    RETURN_IF_ERROR(CheckSignatureLine(line));
  }
  std::string out =
      absl::StrCat(note.text, "\n", FormatSignatureLines(note.signatures));
  if (out.size() > kMaxNoteSize) return Malformed("too long");
  return out;
}

}  // namespace sightline::checkpoint
