// A statement on its way to the log: read, completed, sealed, signed.
//
// Source:  proto3 JSON or text proto of sightline.v1.Statement. JSON may hold,
//          beside the statement's fields,
//
//            "sealed_values": {
//              "case_number": "20-012345",
//              "narrative": {"value": "...", "ground": "active_investigation",
//                            "granter": "submitter",
//                            "sealed_until": "2027-01-31"}
//            }
//
//          Each becomes a commitment in the header, and an opening beside it.
// Errors:  kInvalidArgument, naming every fault; kNotFound: no key file given.
// Threads: one.
#pragma once

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/log_client.h"
#include "cmd/cli/invocation.h"
#include "cmd/cli/output.h"
#include "cmd/cli/settings.h"
#include "crypto/random.h"
#include "crypto/signer.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::cli {

// A value that is to be sealed, and how. "" takes the default.
struct SealedValue {
  std::string path;
  std::string value;
  std::string ground;
  std::string granter;
  std::string sealed_until;
};

struct Draft {
  v1::Statement statement;
  std::vector<SealedValue> sealed_values;  // not sealed yet
  // Of header.sealed, in order; of a header.whole_seal one, without the value.
  std::vector<v1::SealOpening> openings;
};

// What is sealed without further words: active investigation, granted by the
// submitter itself, for so long after the claimed time.
inline constexpr int kDefaultSealDays = 90;

// The options --seal, --seal-whole, --seal-ground, --seal-granter, --seal-until.
struct SealFlags {
  std::vector<std::string> values;  // "path=value" or "path=@FILE"
  bool whole = false;
  std::string ground;
  std::string granter;
  std::string until;
};
void AddSealOptions(CLI::App* command, SealFlags* flags);

absl::StatusOr<Draft> ReadDraft(absl::string_view text);

// The same statement as text that ReadDraft reads, with what Complete would
// fill in left out: for people to edit.
absl::StatusOr<std::string> DraftToJson(const Draft& draft);

// Takes the values of --seal up into the draft.
absl::Status TakeSeals(const SealFlags& flags, Draft* draft);

// Fills in what the header lacks: origin, submitter, statement id, claimed time.
absl::Status CompleteHeader(const Settings& settings, absl::string_view origin,
                            const Invocation& run, Draft* draft);

// Gives links without a leaf hash that of the entry, as the log proves it.
absl::Status CompleteLinks(client::LogClient& log, v1::Statement* statement);

// Warns of what looks like personal data in values that are to be sealed, and in
// openings that are to be public, in fields that are not there for it.
void WarnOfPersonalData(const Draft& draft, Output* out);

// Seals what is to be sealed. REQUIRES: the header is complete.
absl::Status SealAll(crypto::Rng& rng, Draft* draft);

// Checks the statement's own rules and signs it.
absl::StatusOr<v1::SignedStatement> SignDraft(
    const Draft& draft, absl::Span<const crypto::PrivateKey> keys);

// The key of --statement-key.
absl::StatusOr<crypto::PrivateKey> ReadStatementKey(const Settings& settings);

}  // namespace sightline::cli
