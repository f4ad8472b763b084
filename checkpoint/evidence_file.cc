#include "checkpoint/evidence_file.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/log_keys.h"
#include "checkpoint/note.h"
#include "checkpoint/vkey.h"
#include "merkle/hash.h"
#include "merkle/range_proof.h"

namespace sightline::checkpoint {
namespace {

constexpr absl::string_view kFirstLine = "sightline.dev/evidence@v1";
// No proof has more hashes than this (merkle/range_proof.h).
constexpr size_t kMaxHashes = 128;

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("evidence file: ", what));
}

class Reader {
 public:
  explicit Reader(absl::string_view bytes) : rest_(bytes) {}

  bool done() const { return rest_.empty(); }
  bool NextIs(absl::string_view name) const {
    return absl::StartsWith(rest_, absl::StrCat(name, " "));
  }

  absl::StatusOr<absl::string_view> Line() {
    const size_t end = rest_.find('\n');
    if (end == absl::string_view::npos) return Malformed("a line without end");
    const absl::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
  }

  // What follows `name` and a space on the next line.
  absl::StatusOr<absl::string_view> Value(absl::string_view name) {
    ASSIGN_OR_RETURN(absl::string_view line, Line());
    if (absl::ConsumePrefix(&line, name) && absl::ConsumePrefix(&line, " ")) {
      return line;
    }
    return Malformed(absl::StrCat("no line \"", name, " ...\""));
  }

  absl::StatusOr<std::string> Note(absl::string_view name) {
    ASSIGN_OR_RETURN(const absl::string_view text, Value(name));
    size_t size = 0;
    if (!absl::SimpleAtoi(text, &size) || absl::StrCat(size) != text ||
        size > rest_.size()) {
      return Malformed(absl::StrCat(name, ": not that many bytes"));
    }
    std::string note(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return note;
  }

  absl::Status Hashes(absl::string_view name, std::vector<crypto::Digest>* out,
                      size_t most) {
    while (NextIs(name)) {
      if (out->size() == most) return Malformed("too many hashes");
      ASSIGN_OR_RETURN(const absl::string_view text, Value(name));
      ASSIGN_OR_RETURN(const std::string bytes, base::Base64Decode(text));
      if (bytes.size() != crypto::kDigestSize) {
        return Malformed(absl::StrCat(name, ": no hash"));
      }
      ASSIGN_OR_RETURN(const crypto::Digest hash,
                       crypto::DigestFromBytes(bytes));
      out->push_back(hash);
    }
    return absl::OkStatus();
  }

 private:
  absl::string_view rest_;
};

void AppendHashes(absl::string_view name,
                  const std::vector<crypto::Digest>& hashes, std::string* out) {
  for (const crypto::Digest& hash : hashes) {
    absl::StrAppend(out, name, " ", base::Base64Encode(crypto::AsBytes(hash)),
                    "\n");
  }
}

absl::StatusOr<LogKeySet> KeysOf(const EvidenceFile& evidence) {
  const std::vector<std::string>& vkeys = evidence.vkeys;
  if (vkeys.empty() || vkeys.size() > kMaxEvidenceKeys) {
    return Malformed(absl::StrCat(vkeys.size(), " log keys, want 1 or 2"));
  }
  if (vkeys.size() == 2 && vkeys.front() == vkeys.back()) {
    return Malformed("a log key twice");
  }
  ASSIGN_OR_RETURN(const Vkey first, ParseVkey(vkeys.front()));
  LogKeySet keys(first.name);
  for (const std::string& vkey : vkeys) RETURN_IF_ERROR(keys.Add(vkey));
  return keys;
}

// A key that signed neither would be accused for nothing.
absl::Status CheckEachSigned(const EvidenceFile& evidence) {
  for (const std::string& vkey : evidence.vkeys) {
    ASSIGN_OR_RETURN(const LogKeySet key, KeysOf({{vkey}, "", "", {}}));
    const auto older = key.OpenCheckpoint(evidence.older);
    const auto newer = key.OpenCheckpoint(evidence.newer);
    if (older.ok() || newer.ok()) continue;
    return Malformed(absl::StrCat(
        "a key that signed neither checkpoint: older: ",
        older.status().message(), "; newer: ", newer.status().message()));
  }
  return absl::OkStatus();
}

absl::StatusOr<Checkpoint> Open(absl::string_view which, const LogKeySet& keys,
                                const std::string& note) {
  absl::StatusOr<OpenedCheckpoint> opened = keys.OpenCheckpoint(note);
  if (!opened.ok()) return base::Annotate(opened.status(), which);
  return std::move(opened->checkpoint);
}

}  // namespace

absl::StatusOr<EvidenceFile> ParseEvidenceFile(absl::string_view bytes) {
  if (bytes.size() > kMaxEvidenceSize) return Malformed("too large");
  Reader reader(bytes);
  ASSIGN_OR_RETURN(const absl::string_view first, reader.Line());
  if (first != kFirstLine) return Malformed("another first line");
  EvidenceFile out;
  do {
    ASSIGN_OR_RETURN(const absl::string_view vkey, reader.Value("log"));
    out.vkeys.emplace_back(vkey);
  } while (reader.NextIs("log") && out.vkeys.size() < kMaxEvidenceKeys);
  ASSIGN_OR_RETURN(out.older, reader.Note("older"));
  ASSIGN_OR_RETURN(out.newer, reader.Note("newer"));
  RETURN_IF_ERROR(reader.Hashes("left", &out.proof.left, kMaxHashes));
  RETURN_IF_ERROR(reader.Hashes("leaf", &out.proof.leaf, 1));
  RETURN_IF_ERROR(reader.Hashes("right", &out.proof.right, kMaxHashes));
  if (!reader.done()) return Malformed("more than there should be");
  RETURN_IF_ERROR(KeysOf(out).status());
  for (const std::string* note : {&out.older, &out.newer}) {
    ASSIGN_OR_RETURN(const Note parsed, ParseNote(*note));
    RETURN_IF_ERROR(ParseCheckpoint(parsed.text).status());
  }
  return out;
}

std::string FormatEvidenceFile(const EvidenceFile& evidence) {
  std::string out = absl::StrCat(kFirstLine, "\n");
  for (const std::string& vkey : evidence.vkeys) {
    absl::StrAppend(&out, "log ", vkey, "\n");
  }
  absl::StrAppend(&out, "older ", evidence.older.size(), "\n", evidence.older,
                  "newer ", evidence.newer.size(), "\n", evidence.newer);
  AppendHashes("left", evidence.proof.left, &out);
  AppendHashes("leaf", evidence.proof.leaf, &out);
  AppendHashes("right", evidence.proof.right, &out);
  return out;
}

absl::StatusOr<crypto::Digest> PrefixRoot(const PrefixProof& proof,
                                          uint64_t size, uint64_t tree_size,
                                          const crypto::Digest& root) {
  RETURN_IF_ERROR(merkle::VerifyRange(size, proof.leaf, proof.left, proof.right,
                                      tree_size, root));
  // What VerifyRange has counted: one for each perfect subtree, largest first.
  return merkle::FoldRight(proof.left);
}

absl::StatusOr<Conviction> VerifyEvidence(const EvidenceFile& evidence) {
  ASSIGN_OR_RETURN(const LogKeySet keys, KeysOf(evidence));
  RETURN_IF_ERROR(CheckEachSigned(evidence));
  Conviction out;
  ASSIGN_OR_RETURN(out.older, Open("older", keys, evidence.older));
  ASSIGN_OR_RETURN(out.newer, Open("newer", keys, evidence.newer));
  const uint64_t size = out.older.tree_size;
  if (size == 0 || size > out.newer.tree_size) {
    return Malformed(absl::StrCat("the older tree has size ", size,
                                  ", the newer one ", out.newer.tree_size));
  }
  crypto::Digest root = out.newer.root_hash;
  if (size < out.newer.tree_size) {
    ASSIGN_OR_RETURN(
        root, PrefixRoot(evidence.proof, size, out.newer.tree_size, root));
  } else if (!evidence.proof.left.empty() || !evidence.proof.leaf.empty() ||
             !evidence.proof.right.empty()) {
    return Malformed("hashes, though the sizes are equal");
  }
  if (root == out.older.root_hash) {
    return Malformed("both checkpoints are true: the trees agree");
  }
  return out;
}

}  // namespace sightline::checkpoint
