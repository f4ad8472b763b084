#include "statement/log_vkey.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "crypto/sha256.h"

namespace sightline::statement {
namespace {

constexpr absl::string_view kEd25519Type("\x01", 1);

}  // namespace

std::string LogVkey(absl::string_view origin, const crypto::PublicKey& key) {
  const std::string typed = absl::StrCat(kEd25519Type, key.ed25519_bytes());
  const crypto::Digest id = crypto::Sha256(absl::StrCat(origin, "\n", typed));
  return absl::StrCat(origin, "+",
                      base::HexEncode(crypto::AsBytes(id).substr(0, 4)), "+",
                      base::Base64Encode(typed));
}

absl::StatusOr<crypto::PublicKey> ParseLogVkey(absl::string_view vkey,
                                               absl::string_view origin) {
  const absl::Status malformed = absl::InvalidArgumentError(
      "not an Ed25519 verifier key named like the origin");
  // Name, '+', eight digits, '+'.
  const size_t key_at = origin.size() + 10;
  if (vkey.size() <= key_at || !absl::StartsWith(vkey, origin)) {
    return malformed;
  }
  const absl::StatusOr<std::string> typed =
      base::Base64Decode(vkey.substr(key_at));
  if (!typed.ok() || !absl::StartsWith(*typed, kEd25519Type)) return malformed;
  ASSIGN_OR_RETURN(crypto::PublicKey key,
                   crypto::PublicKey::FromEd25519(typed->substr(1)));
  if (LogVkey(origin, key) != vkey) return malformed;
  return key;
}

}  // namespace sightline::statement
