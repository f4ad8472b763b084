#include "tests/services/calls.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "checkpoint/log_keys.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "merkle/proof.h"
#include "statement/entry_codec.h"
#include "statement/violations.h"

namespace sightline::tests {

absl::StatusOr<SignedTree> OpenCheckpoint(const TestParties& parties,
                                          absl::string_view note) {
  checkpoint::LogKeySet keys(parties.origin());
  RETURN_IF_ERROR(keys.Add(parties.vkey()));
  ASSIGN_OR_RETURN(const checkpoint::OpenedCheckpoint opened,
                   keys.OpenCheckpoint(note));
  return SignedTree{opened.checkpoint.tree_size, opened.checkpoint.root_hash};
}

std::vector<std::string> FaultyFields(const absl::Status& status) {
  std::vector<std::string> out;
  for (const auto& fault : statement::ViolationsFromStatus(status)) {
    out.push_back(fault.field);
  }
  return out;
}

std::vector<crypto::Digest> Digests(
    const google::protobuf::RepeatedPtrField<std::string>& hashes) {
  std::vector<crypto::Digest> out;
  for (const std::string& hash : hashes) {
    out.push_back(crypto::DigestFromBytes(hash).value());
  }
  return out;
}

absl::Status CheckEntry(
    const SignedTree& tree, uint64_t index, absl::string_view entry,
    const google::protobuf::RepeatedPtrField<std::string>& proof) {
  return merkle::VerifyInclusion(index, tree.size, merkle::LeafHash(entry),
                                 Digests(proof), tree.root);
}

absl::Status CheckReceipt(const TestParties& parties,
                          const v1::Receipt& receipt,
                          const v1::SignedStatement& statement) {
  ASSIGN_OR_RETURN(const SignedTree tree,
                   OpenCheckpoint(parties, receipt.checkpoint()));
  RETURN_IF_ERROR(CheckEntry(tree, receipt.index(), receipt.entry(),
                             receipt.inclusion_proof()));
  ASSIGN_OR_RETURN(const v1::Entry entry,
                   statement::ParseEntry(receipt.entry()));
  if (entry.statement().SerializeAsString() != statement.SerializeAsString()) {
    return absl::InvalidArgumentError(
        absl::StrCat("entry ", receipt.index(), " holds another statement"));
  }
  return absl::OkStatus();
}

}  // namespace sightline::tests
