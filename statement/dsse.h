// Signing statements: DSSE envelopes, and the hash that identifies a statement.
//
// Source:  DSSE protocol 1.0.2; docs/formats.md "SignedStatement".
// Shapes:  signed bytes are PAE(type, body) = "DSSEv1 " len(type) " " type " "
//          len(body) " " body. A signature is 64 bytes, a key id 32.
// Errors:  kInvalidArgument: the signature does not verify, or there is no such
//          signature. kFailedPrecondition: the key has signed this statement
//          already.
// Threads: pure; any thread.
//
// The key id in an envelope is a hint which key to try and decides nothing.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::statement {

inline constexpr absl::string_view kPayloadType =
    "application/vnd.sightline.statement.v1+protobuf";
inline constexpr size_t kMaxSignatures = 16;

std::string PreAuthEncoding(absl::string_view payload_type,
                            absl::string_view body);

// SHA-256(PAE(payload_type, payload)): what makes two statements the same one,
// whatever their signatures.
crypto::Digest IdentityHash(const v1::SignedStatement& signed_statement);
crypto::Digest IdentityHash(absl::string_view payload_type,
                            absl::string_view payload);

// Serialises `statement` once and signs those bytes with every key.
absl::StatusOr<v1::SignedStatement> Sign(
    const v1::Statement& statement, absl::Span<const crypto::PrivateKey> keys);

// The same for bytes that were serialised before.
absl::StatusOr<v1::SignedStatement> SignBytes(
    absl::string_view payload, absl::Span<const crypto::PrivateKey> keys);

// A further signer (the second registrar) signs the same bytes.
absl::Status AddSignature(const crypto::PrivateKey& key,
                          v1::SignedStatement* signed_statement);

// Checks signature `i` with `key`. `pae` is PreAuthEncoding of type and
// payload, made once for all signatures.
absl::Status VerifySignature(const crypto::PublicKey& key,
                             const v1::SignedStatement& signed_statement,
                             int i);
absl::Status VerifySignature(const crypto::PublicKey& key,
                             absl::string_view pae,
                             absl::string_view signature);

}  // namespace sightline::statement
