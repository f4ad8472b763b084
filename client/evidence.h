// What convicts a log: two signed checkpoints that cannot both be true.
//
// Shapes:  travels as a payload of the status that reports it, type URL
//          kEvidenceTypeUrl: u32 length || older note || newer note.
// Threads: pure; any thread.
//
// A failed check has code kDataLoss: the log's bytes disagree with its own
// hashes or signatures. Evidence is added where both sides are signed, so that
// it holds before others.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace sightline::client {

inline constexpr absl::string_view kEvidenceTypeUrl =
    "sightline.dev/client.Evidence";

// Two notes of one log, verbatim. `older` was seen and verified first.
struct Evidence {
  std::string older;
  std::string newer;
};

// kDataLoss with the evidence.
absl::Status EvidenceError(absl::string_view message, const Evidence& evidence);

std::optional<Evidence> EvidenceOf(const absl::Status& status);

// kDataLoss: what the log answered does not hold. `message` says what.
absl::Status Unverified(absl::string_view message);

// kDataLoss unless the answer to `call` is `same` as what was asked for.
absl::Status CheckAnswered(bool same, absl::string_view call);

// A failed check of something the log sent, as kDataLoss.
absl::Status Unverified(absl::string_view what, const absl::Status& why);

}  // namespace sightline::client
