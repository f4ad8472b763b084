// Seals on whole requests: what the log writes down in a request's stead, and what
// an unsealing brings back.
//
// While a gag runs nobody may be told that the request exists. The log checks the
// signed statement as any other, keeps it as a sealed payload, and makes a "face":
// a SealedStatement of the submitter "sealed", signed by nobody, with a commitment to
// the statement, the class of process, the seal and the month.
//
// Source:  docs/formats.md "Whole seal"; proto WholeSeal, SealedStatement.
// Shapes:  the commitment is that of a sealed field (seal.h) whose path is
//          "signed_statement" and whose value is the serialised SignedStatement, at
//          most 32,768 bytes.
// Units:   months are year * 100 + month, UTC.
// Threads: pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/sha256.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/seal.h"
#include "statement/violations.h"

namespace sightline::statement {

// Who speaks in faces, and the feed they are in.
inline constexpr absl::string_view kSealedSubmitter = "sealed";
// Of kMaxWholeBytes, for payload type and signatures.
inline constexpr size_t kMaxEnvelopeBytes = 512;

uint32_t MonthOf(int64_t unix_ms);
// Unix milliseconds of the first moment of a month. REQUIRES: a month from 197001
// to 999912.
int64_t MonthBegin(uint32_t month);

// The face of `statement`, which has a whole_seal, in the log of its origin.
v1::Statement MakeFace(const v1::Statement& statement,
                       absl::string_view commitment, uint32_t month);

// What the log is handed beside `statement`: one opening, "signed_statement", with
// the salt and without the value. Fields are named "openings[0].salt".
Violations CheckWholeOpening(
    const google::protobuf::RepeatedPtrField<v1::SealOpening>& openings);

// That opening with its value.
v1::SealOpening FillWholeOpening(v1::SealOpening opening,
                                 const v1::SignedStatement& signed_statement);

// The envelope of a serialised face, in `month`, serialised: what an entry holds.
std::string FaceEnvelope(absl::string_view face, uint32_t month);

// What the sealed payload of an entry is bound to: the identity hash of the statement
// in it, or of a face the commitment (the month, and so the hash, comes later).
crypto::Digest PayloadBinding(const v1::Statement& statement,
                              const crypto::Digest& identity_hash);

// The same of an entry's bytes. kInvalidArgument when they are not of an entry.
absl::StatusOr<crypto::Digest> ReadPayloadBinding(absl::string_view entry);

// The same face in another month: months turn while entries wait for their index.
v1::Statement FaceInMonth(v1::Statement face, uint32_t month);

// Whether a face is as the log makes them: nothing in it is free.
bool IsWellMadeFace(const v1::Statement& face);

// The one sealed field of a face.
const v1::SealedField& WholeField(const v1::Statement& face);

// A statement that an unsealing brings.
struct BroughtStatement {
  uint64_t face_index = 0;
  v1::SignedStatement signed_statement;
  v1::Statement statement;
};

// Whether `statement` is an unsealing that brings a whole statement.
bool BringsStatement(const v1::Statement& statement);

// That statement, parsed strictly; its rules are not checked. kInvalidArgument when
// there are other openings beside it, or it does not parse. REQUIRES:
// BringsStatement(unsealing).
absl::StatusOr<BroughtStatement> ReadBrought(const v1::Statement& unsealing);

// Whether `face` is the face of what was brought by `unsealing`. Faults are named
// "unsealing.openings[0].value" and below.
Violations CheckBrought(const v1::Statement& unsealing,
                        const v1::Statement& face);

// Whether `face` is that of `signed_statement`, sealed with the salt of `salted`, in
// the month that the face says. False for what is no face.
bool IsFaceOf(const v1::Statement& face,
              const v1::SignedStatement& signed_statement,
              const v1::SealOpening& salted);

// The feed that a statement's entry is in: its submitter's; of an unsealing that
// brings a statement, that of the statement's submitter.
std::string FeedOf(const v1::Statement& statement);

// What the entry of `statement` stands for: what it brings, or itself. Statements
// that do not parse count as not brought.
v1::Statement StandsFor(const v1::Statement& statement);

}  // namespace sightline::statement
