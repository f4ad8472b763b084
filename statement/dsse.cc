#include "statement/dsse.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "statement/statement_codec.h"

namespace sightline::statement {
namespace {

// Everything of the encoding before the body.
std::string PaePrefix(absl::string_view payload_type, size_t body_size) {
  return absl::StrCat("DSSEv1 ", payload_type.size(), " ", payload_type, " ",
                      body_size, " ");
}

}  // namespace

std::string PreAuthEncoding(absl::string_view payload_type,
                            absl::string_view body) {
  return absl::StrCat(PaePrefix(payload_type, body.size()), body);
}

crypto::Digest IdentityHash(absl::string_view payload_type,
                            absl::string_view payload) {
  return crypto::Sha256(PreAuthEncoding(payload_type, payload));
}

crypto::Digest IdentityHash(const v1::SignedStatement& signed_statement) {
  return IdentityHash(signed_statement.payload_type(),
                      signed_statement.payload());
}

absl::Status AddSignature(const crypto::PrivateKey& key,
                          v1::SignedStatement* signed_statement) {
  const absl::string_view key_id = crypto::AsBytes(key.public_key().key_id());
  for (const v1::Signature& other : signed_statement->signatures()) {
    if (other.key_id() == key_id) {
      return absl::FailedPreconditionError(
          "this key has signed the statement already");
    }
  }
  ASSIGN_OR_RETURN(std::string signature,
                   key.Sign(PreAuthEncoding(signed_statement->payload_type(),
                                            signed_statement->payload())));
  v1::Signature* added = signed_statement->add_signatures();
  added->set_key_id(std::string(key_id));
  added->set_signature(std::move(signature));
  return absl::OkStatus();
}

absl::StatusOr<v1::SignedStatement> SignBytes(
    absl::string_view payload, absl::Span<const crypto::PrivateKey> keys) {
  v1::SignedStatement out;
  out.set_payload_type(std::string(kPayloadType));
  out.set_payload(std::string(payload));
  for (const crypto::PrivateKey& key : keys) {
    RETURN_IF_ERROR(AddSignature(key, &out));
  }
  return out;
}

absl::StatusOr<v1::SignedStatement> Sign(
    const v1::Statement& statement, absl::Span<const crypto::PrivateKey> keys) {
  return SignBytes(SerialiseStatement(statement), keys);
}

absl::Status VerifySignature(const crypto::PublicKey& key,
                             absl::string_view pae,
                             absl::string_view signature) {
  return key.Verify(pae, signature);
}

absl::Status VerifySignature(const crypto::PublicKey& key,
                             const v1::SignedStatement& signed_statement,
                             int i) {
  if (i < 0 || i >= signed_statement.signatures_size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no signature ", i, ", the statement has ",
                     signed_statement.signatures_size()));
  }
  return VerifySignature(key,
                         PreAuthEncoding(signed_statement.payload_type(),
                                         signed_statement.payload()),
                         signed_statement.signatures(i).signature());
}

}  // namespace sightline::statement
