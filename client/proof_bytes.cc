#include "client/proof_bytes.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/evidence.h"
#include "crypto/sha256.h"

namespace sightline::client {
namespace {

// The right side of a run's proof in a tree of 2^63 leaves.
constexpr int kMaxHashes = 126;

}  // namespace

absl::StatusOr<merkle::Hash> ReadHash(absl::string_view bytes) {
  const auto hash = crypto::DigestFromBytes(bytes);
  if (!hash.ok()) return Unverified("hash", hash.status());
  return *hash;
}

absl::StatusOr<std::vector<merkle::Hash>> ReadHashes(const HashList& hashes) {
  if (hashes.size() > kMaxHashes) {
    return Unverified(absl::StrCat("proof of ", hashes.size(),
                                   " hashes, want at most ", kMaxHashes));
  }
  std::vector<merkle::Hash> out;
  out.reserve(hashes.size());
  for (const std::string& bytes : hashes) {
    ASSIGN_OR_RETURN(out.emplace_back(), ReadHash(bytes));
  }
  return out;
}

}  // namespace sightline::client
