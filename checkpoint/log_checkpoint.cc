#include "checkpoint/log_checkpoint.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/note_text.h"

namespace sightline::checkpoint {
namespace {

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("checkpoint: ", what));
}

// Takes the first line off `text`, without its newline.
absl::StatusOr<absl::string_view> TakeLine(absl::string_view* text) {
  const size_t end = text->find('\n');
  if (end == absl::string_view::npos) {
    return Malformed("want three lines, each with a newline");
  }
  const absl::string_view line = text->substr(0, end);
  text->remove_prefix(end + 1);
  return line;
}

absl::StatusOr<crypto::Digest> ParseRoot(absl::string_view line) {
  auto bytes = base::Base64Decode(line);
  if (!bytes.ok() || bytes->size() != crypto::kDigestSize) {
    return Malformed("root hash: want base64 of 32 bytes");
  }
  return crypto::DigestFromBytes(*bytes);
}

absl::Status CheckOrigin(absl::string_view origin) {
  if (origin.empty() || absl::StrContains(origin, '\n') ||
      !IsNoteText(origin)) {
    return Malformed("invalid origin");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text) {
  if (text.size() > kMaxNoteSize) return Malformed("too long");
  Checkpoint out;
  ASSIGN_OR_RETURN(const absl::string_view origin, TakeLine(&text));
  ASSIGN_OR_RETURN(const absl::string_view size, TakeLine(&text));
  ASSIGN_OR_RETURN(const absl::string_view root, TakeLine(&text));
  RETURN_IF_ERROR(CheckOrigin(origin));
  out.origin = std::string(origin);
  auto tree_size = base::ParseDecimal(size);
  if (!tree_size.ok()) {
    return base::Annotate(tree_size.status(), "checkpoint: tree size");
  }
  out.tree_size = *tree_size;
  ASSIGN_OR_RETURN(out.root_hash, ParseRoot(root));
  if (!IsNoteText(text) || absl::StartsWith(text, "\n") ||
      absl::StrContains(text, "\n\n") ||
      (!text.empty() && text.back() != '\n')) {
    return Malformed("extension lines must be text, not empty, with newlines");
  }
  out.extensions = std::string(text);
  return out;
}

std::string FormatCheckpoint(const Checkpoint& checkpoint) {
  return absl::StrCat(checkpoint.origin, "\n", checkpoint.tree_size, "\n",
                      base::Base64Encode(crypto::AsBytes(checkpoint.root_hash)),
                      "\n");
}

absl::StatusOr<std::string> SignCheckpoint(
    const Checkpoint& checkpoint, absl::Span<const NoteSigner> signers) {
  RETURN_IF_ERROR(CheckOrigin(checkpoint.origin));
  Note note;
  note.text = FormatCheckpoint(checkpoint);
  for (const NoteSigner& signer : signers) {
    ASSIGN_OR_RETURN(SignatureLine line, signer.Sign(note.text));
    note.signatures.push_back(std::move(line));
  }
  return FormatNote(note);
}

absl::StatusOr<OpenedCheckpoint> OpenCheckpoint(
    absl::string_view note_bytes, absl::string_view origin,
    absl::Span<const Verifier> log_keys) {
  OpenedCheckpoint out;
  ASSIGN_OR_RETURN(out.note, ParseNote(note_bytes));
  ASSIGN_OR_RETURN(out.checkpoint, ParseCheckpoint(out.note.text));
  if (out.checkpoint.origin != origin) {
    return Malformed(
        absl::StrCat("origin \"", absl::CHexEscape(out.checkpoint.origin),
                     "\", want \"", absl::CHexEscape(origin), "\""));
  }
  ASSIGN_OR_RETURN(out.verified, VerifyNote(out.note, log_keys));
  return out;
}

}  // namespace sightline::checkpoint
