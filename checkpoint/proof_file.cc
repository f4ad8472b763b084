#include "checkpoint/proof_file.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note.h"

namespace sightline::checkpoint {
namespace {

constexpr absl::string_view kFirstLine = "c2sp.org/tlog-proof@v1\n";

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("proof file: ", what));
}

// `lines` are those between the first line and the empty one.
absl::Status ParseHeader(absl::Span<const absl::string_view> lines,
                         TlogProof* out) {
  size_t next = 0;
  absl::string_view line = lines[next];
  if (absl::ConsumePrefix(&line, "extra ")) {
    auto extra = base::Base64Decode(line);
    if (!extra.ok()) return Malformed("extra line: malformed base64");
    out->extra = *std::move(extra);
    if (++next == lines.size()) return Malformed("no index line");
    line = lines[next];
  }
  if (!absl::ConsumePrefix(&line, "index ")) return Malformed("no index line");
  auto index = base::ParseDecimal(line);
  if (!index.ok()) return base::Annotate(index.status(), "proof file: index");
  out->index = *index;
  const auto hashes = lines.subspan(next + 1);
  if (hashes.size() > kMaxProofHashes) {
    return Malformed(
        absl::StrCat(hashes.size(), " hashes, want at most ", kMaxProofHashes));
  }
  for (absl::string_view text : hashes) {
    auto bytes = base::Base64Decode(text);
    if (!bytes.ok() || bytes->size() != crypto::kDigestSize) {
      return Malformed("hash line: want base64 of 32 bytes");
    }
    ASSIGN_OR_RETURN(const crypto::Digest hash,
                     crypto::DigestFromBytes(*bytes));
    out->hashes.push_back(hash);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TlogProof> ParseTlogProof(absl::string_view bytes) {
  if (bytes.size() > kMaxProofFileSize) return Malformed("too long");
  if (!absl::ConsumePrefix(&bytes, kFirstLine)) {
    return Malformed("first line is not c2sp.org/tlog-proof@v1");
  }
  const size_t end = bytes.find("\n\n");
  if (end == absl::string_view::npos) return Malformed("no empty line");
  const std::vector<absl::string_view> lines =
      absl::StrSplit(bytes.substr(0, end), '\n');
  TlogProof out;
  RETURN_IF_ERROR(ParseHeader(lines, &out));
  out.checkpoint = std::string(bytes.substr(end + 2));
  ASSIGN_OR_RETURN(const Note note, ParseNote(out.checkpoint));
  RETURN_IF_ERROR(ParseCheckpoint(note.text).status());
  return out;
}

std::string FormatTlogProof(const TlogProof& proof) {
  std::string out(kFirstLine);
  if (proof.extra.has_value()) {
    absl::StrAppend(&out, "extra ", base::Base64Encode(*proof.extra), "\n");
  }
  absl::StrAppend(&out, "index ", proof.index, "\n");
  for (const crypto::Digest& hash : proof.hashes) {
    absl::StrAppend(&out, base::Base64Encode(crypto::AsBytes(hash)), "\n");
  }
  absl::StrAppend(&out, "\n", proof.checkpoint);
  return out;
}

}  // namespace sightline::checkpoint
