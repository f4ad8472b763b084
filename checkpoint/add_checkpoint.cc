#include "checkpoint/add_checkpoint.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/status_macros.h"

namespace sightline::checkpoint {
namespace {

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("add-checkpoint: ", what));
}

// Takes the first line off `text`, without its newline.
absl::StatusOr<absl::string_view> TakeLine(absl::string_view* text) {
  const size_t end = text->find('\n');
  if (end == absl::string_view::npos) {
    return Malformed("no empty line before the checkpoint");
  }
  const absl::string_view line = text->substr(0, end);
  text->remove_prefix(end + 1);
  return line;
}

absl::StatusOr<uint64_t> ParseOldLine(absl::string_view line) {
  if (!absl::ConsumePrefix(&line, "old ")) {
    return Malformed("the first line is not \"old <size>\"");
  }
  const absl::StatusOr<uint64_t> size = base::ParseDecimal(line);
  if (!size.ok()) return base::Annotate(size.status(), "add-checkpoint: old");
  return *size;
}

absl::StatusOr<crypto::Digest> ParseHash(absl::string_view line) {
  const absl::StatusOr<std::string> bytes = base::Base64Decode(line);
  if (!bytes.ok() || bytes->size() != crypto::kDigestSize) {
    return Malformed("proof line: want base64 of 32 bytes");
  }
  return crypto::DigestFromBytes(*bytes);
}

}  // namespace

absl::StatusOr<AddCheckpoint> ParseAddCheckpoint(absl::string_view body) {
  AddCheckpoint out;
  ASSIGN_OR_RETURN(const absl::string_view old, TakeLine(&body));
  ASSIGN_OR_RETURN(out.old_size, ParseOldLine(old));
  while (true) {
    ASSIGN_OR_RETURN(const absl::string_view line, TakeLine(&body));
    if (line.empty()) break;
    if (out.proof.size() == kMaxConsistencyHashes) {
      return Malformed(absl::StrCat("more than ", kMaxConsistencyHashes,
                                    " hashes in the proof"));
    }
    ASSIGN_OR_RETURN(const crypto::Digest hash, ParseHash(line));
    out.proof.push_back(hash);
  }
  ASSIGN_OR_RETURN(out.note, ParseNote(body));
  return out;
}

std::string FormatAddCheckpoint(uint64_t old_size,
                                const std::vector<crypto::Digest>& proof,
                                absl::string_view note_bytes) {
  std::string out = absl::StrCat("old ", old_size, "\n");
  for (const crypto::Digest& hash : proof) {
    absl::StrAppend(&out, base::Base64Encode(crypto::AsBytes(hash)), "\n");
  }
  absl::StrAppend(&out, "\n", note_bytes);
  return out;
}

absl::StatusOr<uint64_t> ParseSizeAnswer(absl::string_view body) {
  if (!absl::ConsumeSuffix(&body, "\n")) {
    return absl::InvalidArgumentError("size answer: no newline at its end");
  }
  const absl::StatusOr<uint64_t> size = base::ParseDecimal(body);
  if (!size.ok()) return base::Annotate(size.status(), "size answer");
  return *size;
}

std::string FormatSizeAnswer(uint64_t tree_size) {
  return absl::StrCat(tree_size, "\n");
}

}  // namespace sightline::checkpoint
