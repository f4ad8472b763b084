#include "checkpoint/test_vectors.h"

#include "absl/strings/str_cat.h"
#include "checkpoint/vkey.h"
#include "crypto/signer.h"

namespace sightline::checkpoint {

NoteSigner LogSigner() {
  return *NoteSigner::Create(
      kLogOrigin, KeyType::kEd25519,
      *crypto::PrivateKey::FromSeed(std::string(32, '\x01')));
}

NoteSigner WitnessSigner() {
  return *NoteSigner::Create(
      kWitnessName, KeyType::kCosignature,
      *crypto::PrivateKey::FromSeed(std::string(32, '\x02')));
}

std::string CheckpointText(const CheckpointVector& v) {
  return absl::StrCat(kLogOrigin, "\n", v.tree_size, "\n", v.root, "\n");
}

std::string Line(absl::string_view name, absl::string_view base64) {
  return absl::StrCat("\xe2\x80\x94 ", name, " ", base64, "\n");
}

std::string CheckpointNote(const CheckpointVector& v) {
  return absl::StrCat(CheckpointText(v), "\n", Line(kLogOrigin, v.signature));
}

std::string CosignedNote() {
  return CheckpointNote(kCheckpoints[3]) + Line(kWitnessName, kCosignature8);
}

std::string ProofFile() {
  return absl::StrCat("c2sp.org/tlog-proof@v1\nextra aGVsbG8=\nindex 5\n",
                      kLeaf5Proof, "\n", CosignedNote());
}

}  // namespace sightline::checkpoint
