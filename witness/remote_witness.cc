#include "witness/remote_witness.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "checkpoint/add_checkpoint.h"

namespace sightline::witness {
namespace {

// Whoever else asks for this log may move the witness between two requests of
// ours, but not for ever.
constexpr int kMaxRequests = 4;
constexpr size_t kMaxWhyBytes = 200;

std::string Text(absl::string_view note) {
  return std::string(note.substr(0, note.rfind("\n\n") + 1));
}

// Of a witness's own words only so many, and only those that are harmless.
std::string Said(const Reply& reply) {
  std::string words;
  for (const char c : reply.body.substr(0, kMaxWhyBytes)) {
    words += c >= 0x20 && c < 0x7f ? c : ' ';
  }
  return absl::StrCat("status ", reply.status, ": ",
                      absl::StripSuffix(words, " "));
}

}  // namespace

absl::string_view KindName(Opinion::Kind kind) {
  switch (kind) {
    case Opinion::Kind::kUnreachable:
      return "unreachable";
    case Opinion::Kind::kRefused:
      return "refused";
    case Opinion::Kind::kCosigned:
      return "cosigned";
    case Opinion::Kind::kAhead:
      return "ahead";
    case Opinion::Kind::kInconsistent:
      return "inconsistent";
  }
  return "unknown";
}

RemoteWitness::RemoteWitness(checkpoint::Verifier key, absl::string_view prefix,
                             Transport* transport,
                             const ConsistencySource* proofs)
    : key_(std::move(key)),
      url_(absl::StrCat(absl::StripSuffix(prefix, "/"), "/add-checkpoint")),
      transport_(transport),
      proofs_(proofs) {}

Opinion RemoteWitness::Ask(const SignedTree& tree, absl::Duration timeout) {
  Opinion opinion;
  for (int i = 0; i < kMaxRequests; ++i) {
    opinion = Opinion();
    if (!AskOnce(tree, timeout, &opinion)) return opinion;
  }
  opinion.why = "it names another size each time";
  return opinion;
}

bool RemoteWitness::AskOnce(const SignedTree& tree, absl::Duration timeout,
                            Opinion* out) {
  // Asked with too small a size, it says which it knows.
  const uint64_t old_size = known_size_ > tree.tree_size ? 0 : known_size_;
  std::vector<crypto::Digest> proof;
  if (old_size > 0 && old_size < tree.tree_size) {
    auto built = proofs_->ConsistencyProof(old_size, tree.tree_size);
    if (!built.ok()) {
      out->kind = Opinion::Kind::kRefused;
      out->why = absl::StrCat("no proof for it: ", built.status().message());
      return false;
    }
    proof = *std::move(built);
  }
  known_size_ = old_size;
  const auto reply = transport_->Post(
      url_, checkpoint::FormatAddCheckpoint(old_size, proof, tree.note),
      timeout);
  if (!reply.ok()) {
    out->why = std::string(reply.status().message());
    return false;
  }
  if (reply->status == 409) return TakeConflict(tree, *reply, out);
  if (reply->status == 200) {
    TakeLines(tree, *reply, out);
    return false;
  }
  out->why = Said(*reply);
  out->retry_after_s = reply->retry_after_s;
  if (reply->status == 422) {
    // Our proof is right for our tree: it is the tree that is another.
    out->kind = Opinion::Kind::kInconsistent;
    out->witness_size = old_size;
  } else if (reply->status < 500 && reply->status != 408 &&
             reply->status != 429) {
    out->kind = Opinion::Kind::kRefused;
  }
  return false;
}

// With a size in its body it is another size than we thought; without, or with
// the very size that we named, another tree of that size.
bool RemoteWitness::TakeConflict(const SignedTree& tree, const Reply& reply,
                                 Opinion* out) {
  const auto size = checkpoint::ParseSizeAnswer(reply.body);
  if (size.ok() && *size > tree.tree_size) {
    out->kind = Opinion::Kind::kAhead;
    out->witness_size = *size;
    out->why = absl::StrCat("it has cosigned a tree of ", *size, " entries");
    known_size_ = *size;
    return false;
  }
  if (size.ok() && *size != known_size_) {
    known_size_ = *size;
    return true;
  }
  out->why = Said(reply);
  out->kind = known_size_ == tree.tree_size ? Opinion::Kind::kInconsistent
                                            : Opinion::Kind::kRefused;
  out->witness_size = known_size_;
  return false;
}

void RemoteWitness::TakeLines(const SignedTree& tree, const Reply& reply,
                              Opinion* out) {
  out->kind = Opinion::Kind::kRefused;
  auto lines = checkpoint::ParseSignatureLines(reply.body);
  if (!lines.ok()) {
    out->why = std::string(lines.status().message());
    return;
  }
  out->why = "no line by its key";
  for (checkpoint::SignatureLine& line : *lines) {
    if (line.name != key_.name() || line.key_id != key_.key_id()) continue;
    const auto time_unix_s = key_.Verify(Text(tree.note), line.signature);
    if (!time_unix_s.ok() || *time_unix_s == 0) {
      out->why = "its line does not verify";
      return;
    }
    known_size_ = tree.tree_size;
    out->kind = Opinion::Kind::kCosigned;
    out->why.clear();
    out->line = std::move(line);
    return;
  }
}

}  // namespace sightline::witness
