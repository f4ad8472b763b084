// Signs notes: a private key with the name and type under which it signs.
//
// Source:  c2sp.org/signed-note v1.0.0; c2sp.org/tlog-cosignature v1.0.1; the
//          private-key text is golang.org/x/mod's sumdb/note.
// Shapes:  PRIVATE+KEY+<name>+<8 hex digits>+<base64(type || 32-byte seed)>.
// Errors:  kInvalidArgument: malformed name, text or type.
//          kFailedPrecondition: the wrong kind of signature for this type of
//          key. kInternal: OpenSSL failed.
// Threads: immutable; any thread.
// Cost:    one private-key operation per signature.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "checkpoint/note.h"
#include "checkpoint/verifier.h"
#include "checkpoint/vkey.h"
#include "crypto/secret.h"
#include "crypto/signer.h"

namespace sightline::checkpoint {

class NoteSigner {
 public:
  // Types kEd25519 and kCosignature want an Ed25519 key, kEcdsa a P-256 one.
  static absl::StatusOr<NoteSigner> Create(absl::string_view name, KeyType type,
                                           crypto::PrivateKey key);

  // Reads the private-key text, of an Ed25519 or cosignature key.
  static absl::StatusOr<NoteSigner> FromPrivateText(absl::string_view text);

  // Signs the note text `text`. Not for cosignature keys.
  absl::StatusOr<SignatureLine> Sign(absl::string_view text) const;

  // Cosigns it as of `time_unix_s`. For cosignature keys only.
  absl::StatusOr<SignatureLine> Cosign(absl::string_view text,
                                       uint64_t time_unix_s) const;

  // What others need to check the signatures.
  const Verifier& verifier() const { return verifier_; }
  const std::string& name() const { return verifier_.name(); }
  uint32_t key_id() const { return verifier_.key_id(); }
  KeyType type() const { return verifier_.type(); }
  std::string vkey() const { return FormatVkey(verifier_.vkey()); }

  // kFailedPrecondition for ECDSA keys, which have no such text.
  absl::StatusOr<crypto::SecretString> PrivateText() const;

 private:
  NoteSigner(Verifier verifier, crypto::PrivateKey key);

  SignatureLine Line(std::string signature) const;

  Verifier verifier_;
  crypto::PrivateKey key_;
};

}  // namespace sightline::checkpoint
