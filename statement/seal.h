// Sealing fields: commitments, openings, and whether they fit.
//
// Source:  docs/formats.md "Seal".
// Shapes:  commitment = SHA-256("sightline/seal/v1" || 0x00 || u16be(len(path))
//          || path || salt[32] || value).
// Units:   a value is at most 16,384 bytes, of a whole statement 32,768.
// Errors:  MakeSeal: kInvalidArgument: value too long, path longer than 65,535.
// Threads: pure but for the Rng; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "crypto/random.h"
#include "crypto/sha256.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/violations.h"

namespace sightline::statement {

inline constexpr size_t kSealSaltSize = 32;
inline constexpr size_t kMaxSealedValueBytes = 16384;
inline constexpr size_t kMaxSealedFields = 64;

// The path of a statement that is sealed as a whole (whole_seal.h), and the most that
// it may serialise to: that leaves room for the unsealing around it.
inline constexpr absl::string_view kWholePath = "signed_statement";
inline constexpr size_t kMaxWholeBytes = 32768;

// Of a field of this path: kMaxSealedValueBytes, or kMaxWholeBytes of a whole.
size_t MaxSealedValueBytes(absl::string_view path);

// REQUIRES: path.size() <= 65,535. A salt of any length is hashed as it is;
// only 32 bytes make a valid seal.
crypto::Digest Commitment(absl::string_view path, absl::string_view salt,
                          absl::string_view value);

struct SealTerms {
  v1::SealGround ground = v1::SEAL_GROUND_UNSPECIFIED;
  v1::SealGranter granter = v1::SEAL_GRANTER_UNSPECIFIED;
  std::optional<int64_t> sealed_until_unix_ms;
};

struct Seal {
  v1::SealedField field;    // goes into the statement's header
  v1::SealOpening opening;  // travels beside the statement
};

// Seals `value` under a fresh salt.
absl::StatusOr<Seal> MakeSeal(absl::string_view path, absl::string_view value,
                              const SealTerms& terms, crypto::Rng& rng);

// One opening for each sealed field, in the same order, each giving its
// commitment. Never quotes a value. Fields are named "openings[i].salt".
Violations CheckOpenings(
    const v1::Statement& statement,
    const google::protobuf::RepeatedPtrField<v1::SealOpening>& openings);

// Whether `opening` opens `field`: same path, salt of 32 bytes, and the
// commitment.
bool Opens(const v1::SealOpening& opening, const v1::SealedField& field);

}  // namespace sightline::statement
