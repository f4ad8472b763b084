#include "client/receipt_check.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "client/evidence.h"
#include "client/proof_bytes.h"
#include "merkle/proof.h"
#include "statement/entry_codec.h"
#include "statement/statement_codec.h"
#include "statement/whole_seal.h"

namespace sightline::client {

absl::StatusOr<Receipt> CheckReceipt(v1::Receipt receipt,
                                     TreeTracker& tracker) {
  Receipt out;
  out.index = receipt.index();
  ASSIGN_OR_RETURN(out.proof, ReadHashes(receipt.inclusion_proof()));
  ASSIGN_OR_RETURN(out.tree, tracker.Observe(receipt.checkpoint()));
  out.bytes = std::move(*receipt.mutable_entry());
  out.leaf_hash = merkle::LeafHash(out.bytes);
  const absl::Status proven = merkle::VerifyInclusion(
      out.index, out.tree->size, out.leaf_hash, out.proof, out.tree->root);
  if (!proven.ok()) return Unverified("receipt", proven);
  return out;
}

absl::Status CheckHolds(const Receipt& receipt,
                        const v1::SignedStatement& submitted, bool duplicate) {
  const auto peek = statement::PeekEntry(receipt.bytes);
  if (!peek.ok()) return Unverified("receipt's entry", peek.status());
  const bool same_statement = peek->payload == submitted.payload() &&
                              peek->payload_type == submitted.payload_type();
  // A serialised envelope has one spelling: fields ascending, nothing unknown.
  const bool same_signatures =
      duplicate || peek->signed_statement == submitted.SerializeAsString();
  if (same_statement && same_signatures) return absl::OkStatus();
  return Unverified(absl::StrCat(
      "receipt for entry ", receipt.index, ": the entry holds ",
      same_statement ? "other signatures than those submitted"
                     : "another statement than the one submitted"));
}

absl::Status CheckHolds(
    const Receipt& receipt, const v1::SignedStatement& submitted,
    const google::protobuf::RepeatedPtrField<v1::SealOpening>& openings,
    bool duplicate) {
  const auto peek = statement::PeekEntry(receipt.bytes);
  if (!peek.ok()) return Unverified("receipt's entry", peek.status());
  if (peek->kind != v1::STATEMENT_KIND_SEALED_STATEMENT) {
    return CheckHolds(receipt, submitted, duplicate);
  }
  const auto face = statement::ParseStatement(peek->payload);
  if (!face.ok()) return Unverified("receipt's entry", face.status());
  if (openings.size() == 1 &&
      statement::IsFaceOf(*face, submitted, openings[0])) {
    return absl::OkStatus();
  }
  return Unverified(absl::StrCat(
      "receipt for entry ", receipt.index,
      ": the entry is not what the sealed statement and its salt make",
      duplicate ? "; it was sealed before, under another salt or signature"
                : ""));
}

}  // namespace sightline::client
