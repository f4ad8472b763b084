// Verifier keys as text: name, key ID, type and key in one line.
//
// Source:  c2sp.org/signed-note v1.0.0 "Verifier keys", "Signature types".
// Shapes:  <name> "+" <8 hex digits of the key ID> "+" <base64(type || key)>.
// Errors:  kInvalidArgument: malformed, or the ID is not that of the key.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::checkpoint {

enum class KeyType : uint8_t {
  kEd25519 = 0x01,      // over the note text
  kEcdsa = 0x02,        // key is SPKI DER; we support P-256
  kCosignature = 0x04,  // timestamped Ed25519
  kMlDsa44 = 0x06,      // timestamped; recognised, never verified here
};

// Types without a name above are kept as numbers: a vkey of any type parses,
// only a Verifier (verifier.h) must know what to do with it.
struct Vkey {
  std::string name;
  uint32_t key_id = 0;
  KeyType type = KeyType::kEd25519;
  std::string key;

  friend bool operator==(const Vkey& a, const Vkey& b) {
    return a.key_id == b.key_id && a.type == b.type && a.name == b.name &&
           a.key == b.key;
  }
};

// The first four bytes of SHA-256(name || 0x0A || type || key); for ECDSA keys
// of SHA-256(key).
uint32_t ComputeKeyId(absl::string_view name, KeyType type,
                      absl::string_view key);

// Checks name and key length and fills in the ID.
absl::StatusOr<Vkey> MakeVkey(absl::string_view name, KeyType type,
                              absl::string_view key);

absl::StatusOr<Vkey> ParseVkey(absl::string_view text);
std::string FormatVkey(const Vkey& vkey);

// Whether two vkeys hold the same underlying key, whatever its names and types
// (an Ed25519 key may appear as log key and as cosigner).
bool SameKey(const Vkey& a, const Vkey& b);

}  // namespace sightline::checkpoint
