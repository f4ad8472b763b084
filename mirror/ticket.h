// What a mirror gives a client to bring back: a pending checkpoint that it may
// have forgotten meanwhile, and believes again because only it can make a ticket.
//
// Source:  c2sp.org/tlog-mirror "Processing"; crypto/aead.h.
// Shapes:  the note, sealed with AES-256-GCM under a key of the mirror's own;
//          associated data: "sightline-mirror-ticket/v1\n" and the origin.
// Errors:  Open: kInvalidArgument: of another mirror, another log, or altered.
// Threads: thread-safe when the source of randomness is.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace sightline::mirror {

class Tickets {
 public:
  // `key` has crypto::kAeadKeySize bytes; `rng` outlives this.
  Tickets(crypto::SecretString key, crypto::Rng* rng)
      : key_(std::move(key)), rng_(rng) {}

  // "": the note is too long for a ticket.
  absl::StatusOr<std::string> Issue(absl::string_view origin,
                                    absl::string_view note) const;
  absl::StatusOr<std::string> Open(absl::string_view origin,
                                   absl::string_view ticket) const;

 private:
  const crypto::SecretString key_;
  crypto::Rng* const rng_;
};

}  // namespace sightline::mirror
