// Checks signatures of notes by known keys.
//
// Source:  c2sp.org/signed-note v1.0.0 "Verifying signatures".
// Errors:  kInvalidArgument: the signature does not verify, the note carries no
//          signature by a known key, or the key is unusable. kUnimplemented: a
//          key type that cannot be verified here.
// Threads: a Verifier is immutable; any thread. Copies are cheap.
// Cost:    one public-key verification per line of a known key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "checkpoint/note.h"
#include "checkpoint/vkey.h"
#include "crypto/signer.h"

namespace sightline::checkpoint {

// A trusted key. Unlike on signature lines, an unknown type is an error here.
class Verifier {
 public:
  static absl::StatusOr<Verifier> Create(const Vkey& vkey);
  static absl::StatusOr<Verifier> FromVkey(absl::string_view text);

  // Checks the bytes that follow the key ID on a signature line. Returns the
  // timestamp (Unix seconds) of a cosignature, 0 for other types.
  absl::StatusOr<uint64_t> Verify(absl::string_view text,
                                  absl::string_view signature) const;

  const Vkey& vkey() const;
  const std::string& name() const { return vkey().name; }
  uint32_t key_id() const { return vkey().key_id; }
  KeyType type() const { return vkey().type; }
  const crypto::PublicKey& public_key() const;

 private:
  struct State;
  explicit Verifier(std::shared_ptr<const State> state);

  // Shared by all copies of this value; immutable.
  std::shared_ptr<const State> state_;
};

struct VerifiedLine {
  size_t line = 0;           // index into note.signatures
  size_t verifier = 0;       // index into the verifiers given
  uint64_t time_unix_s = 0;  // of a cosignature; 0 for other types
};

// Checks every line whose (name, key ID) is that of a verifier and returns
// those lines, in their order; lines of unknown pairs are passed over. Refuses
// the note when one of them fails, when none is there, or when two different
// keys given share a pair.
absl::StatusOr<std::vector<VerifiedLine>> VerifyNote(
    const Note& note, absl::Span<const Verifier> verifiers);

}  // namespace sightline::checkpoint
