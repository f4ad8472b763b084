#include "checkpoint/log_keys.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sightline::checkpoint {

absl::Status LogKeySet::Add(absl::string_view vkey, uint64_t from_size,
                            uint64_t to_size) {
  ASSIGN_OR_RETURN(Verifier verifier, Verifier::FromVkey(vkey));
  if (verifier.name() != origin_) {
    return absl::InvalidArgumentError(absl::StrCat(
        "log key: name \"", absl::CHexEscape(verifier.name()),
        "\", want the origin \"", absl::CHexEscape(origin_), "\""));
  }
  if (verifier.type() != KeyType::kEd25519 &&
      verifier.type() != KeyType::kEcdsa) {
    return absl::InvalidArgumentError(
        "log key: want a log's signature type (1 or 2), not a cosigner's");
  }
  if (from_size >= to_size) {
    return absl::InvalidArgumentError(absl::StrCat(
        "log key: empty range of tree sizes [", from_size, ", ", to_size, ")"));
  }
  keys_.push_back({std::move(verifier), from_size, to_size});
  return absl::OkStatus();
}

std::vector<Verifier> LogKeySet::KeysFor(uint64_t tree_size) const {
  std::vector<Verifier> out;
  for (const RangedKey& key : keys_) {
    if (key.from_size <= tree_size && tree_size < key.to_size) {
      out.push_back(key.verifier);
    }
  }
  return out;
}

absl::StatusOr<OpenedCheckpoint> LogKeySet::OpenCheckpoint(
    absl::string_view note_bytes, absl::Span<const Verifier> cosigners) const {
  OpenedCheckpoint out;
  ASSIGN_OR_RETURN(out.note, ParseNote(note_bytes));
  ASSIGN_OR_RETURN(out.checkpoint, ParseCheckpoint(out.note.text));
  if (out.checkpoint.origin != origin_) {
    return absl::InvalidArgumentError(absl::StrCat(
        "checkpoint: origin \"", absl::CHexEscape(out.checkpoint.origin),
        "\", want \"", absl::CHexEscape(origin_), "\""));
  }
  std::vector<Verifier> verifiers(cosigners.begin(), cosigners.end());
  const std::vector<Verifier> log_keys = KeysFor(out.checkpoint.tree_size);
  verifiers.insert(verifiers.end(), log_keys.begin(), log_keys.end());
  auto verified = VerifyNote(out.note, verifiers);
  if (!verified.ok()) {
    return base::Annotate(
        verified.status(),
        absl::StrCat("checkpoint of tree size ", out.checkpoint.tree_size));
  }
  out.verified = *std::move(verified);
  const bool by_log = std::any_of(
      out.verified.begin(), out.verified.end(),
      [&](const VerifiedLine& v) { return v.verifier >= cosigners.size(); });
  if (!by_log) {
    return absl::InvalidArgumentError(
        absl::StrCat("checkpoint of tree size ", out.checkpoint.tree_size,
                     ": not signed by a log key that counts for it"));
  }
  return out;
}

}  // namespace sightline::checkpoint
