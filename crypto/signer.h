// Key pairs, signatures and their checks: Ed25519 and ECDSA on P-256.
//
// Source:  RFC 8032 (Ed25519), RFC 8410 and RFC 5480 (SubjectPublicKeyInfo,
//          SPKI), FIPS 186-5 (ECDSA), RFC 7468 (PEM); PKCS#8 for private keys.
// Shapes:  a signature is 64 bytes: RFC 8032's, or r || s of 32 bytes each for
//          P-256, over SHA-256(message). DER signatures are refused, so a pair
//          (r, s) has one spelling. ECDSA itself stays malleable: (r, n - s)
//          verifies too and is accepted, since hardware tokens produce both;
//          nothing may be identified by its signature bytes. SPKI is the one
//          canonical DER: 44 bytes for Ed25519; 91 for P-256, named curve,
//          uncompressed point.
// Errors:  kInvalidArgument: malformed key, or "signature does not verify".
//          kInternal: OpenSSL failed.
// Threads: keys are immutable; one object may be used from any number of
//          threads.
// Cost:    Ed25519 about 40 us to sign and 105 us to verify; the set-up around
//          the curve arithmetic is 2 us of that.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/secret.h"
#include "crypto/sha256.h"

namespace sightline::crypto {

inline constexpr size_t kSignatureSize = 64;
inline constexpr size_t kEd25519KeySize = 32;  // public key and seed alike

// The two spellings of an ECDSA P-256 signature, for formats that carry DER.
// Strict: only the canonical DER of numbers below 2^256 is accepted.
absl::StatusOr<std::string> EcdsaRawFromDer(absl::string_view der);
absl::StatusOr<std::string> EcdsaDerFromRaw(absl::string_view raw);

enum class KeyAlgorithm { kEd25519, kEcdsaP256 };

// "ed25519" or "ecdsa-p256".
absl::string_view KeyAlgorithmName(KeyAlgorithm algorithm);
absl::StatusOr<KeyAlgorithm> ParseKeyAlgorithm(absl::string_view name);

class PublicKey {
 public:
  // Refuses every encoding but the canonical one, P-256 points that are not on
  // the curve, and Ed25519 points of small order, under which anybody's
  // signature verifies. (Under an Ed25519 key that is no point of its curve
  // nothing verifies.)
  static absl::StatusOr<PublicKey> FromSpkiDer(absl::string_view der);
  static absl::StatusOr<PublicKey> FromEd25519(absl::string_view raw);
  static absl::StatusOr<PublicKey> FromPem(absl::string_view pem);

  absl::Status Verify(absl::string_view message,
                      absl::string_view signature) const;

  KeyAlgorithm algorithm() const;
  absl::string_view spki_der() const;
  std::string ToPem() const;

  // SHA-256 of the SPKI DER.
  const Digest& key_id() const;

  // The 32 bytes of RFC 8032; empty for other algorithms.
  absl::string_view ed25519_bytes() const;

  friend bool operator==(const PublicKey& a, const PublicKey& b) {
    return a.spki_der() == b.spki_der();
  }

 private:
  struct State;
  explicit PublicKey(std::shared_ptr<const State> state);

  // Shared by all copies of this value; immutable.
  std::shared_ptr<const State> state_;
};

// Copies share one secret, which is wiped when the last of them goes.
class PrivateKey {
 public:
  static absl::StatusOr<PrivateKey> Generate(KeyAlgorithm algorithm);

  // Ed25519 from the 32-byte seed of RFC 8032.
  static absl::StatusOr<PrivateKey> FromSeed(absl::string_view seed);

  // P-256 from a big-endian scalar, 0 < scalar < n.
  static absl::StatusOr<PrivateKey> FromP256Scalar(absl::string_view scalar);

  // Reads unencrypted PKCS#8 (`openssl genpkey` writes it).
  static absl::StatusOr<PrivateKey> FromPem(absl::string_view pem);

  // Deterministic for Ed25519, randomised for P-256.
  absl::StatusOr<std::string> Sign(absl::string_view message) const;

  const PublicKey& public_key() const;
  absl::StatusOr<SecretString> ToPem() const;

  // kFailedPrecondition when this is not an Ed25519 key.
  absl::StatusOr<SecretString> Ed25519Seed() const;

 private:
  struct State;
  explicit PrivateKey(std::shared_ptr<const State> state);

  // Shared by all copies of this value; immutable.
  std::shared_ptr<const State> state_;
};

}  // namespace sightline::crypto
