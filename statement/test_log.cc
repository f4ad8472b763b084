#include "statement/test_log.h"

#include <cstdlib>

#include "base/status_macros.h"
#include "crypto/uuid.h"
#include "statement/dsse.h"
#include "statement/log_vkey.h"
#include "statement/submitter_id.h"
#include "statement/timestamps.h"
#include "statement/validate.h"

namespace sightline::statement {

crypto::PrivateKey TestKey(uint8_t seed) {
  return *crypto::PrivateKey::FromSeed(
      std::string(crypto::kEd25519KeySize, static_cast<char>(seed)));
}

std::vector<crypto::PrivateKey> TestLog::Registrars() {
  return {TestKey(201), TestKey(202), TestKey(203)};
}

TestLog::TestLog() {
  v1::Statement statement = NewStatement();
  v1::Genesis& genesis = *statement.mutable_genesis();
  genesis.set_origin(std::string(kTestOrigin));
  genesis.set_format_version(1);
  genesis.add_log_keys()->set_vkey(
      LogVkey(kTestOrigin, TestKey(200).public_key()));
  for (const crypto::PrivateKey& key : Registrars()) {
    genesis.add_registrar_keys()->set_spki_der(
        std::string(key.public_key().spki_der()));
  }
  genesis.set_registrar_threshold(2);
  if (!AppendByRegistrars(statement).ok()) std::abort();
}

v1::Statement TestLog::NewStatement(absl::string_view submitter) {
  v1::Statement statement;
  v1::StatementHeader& header = *statement.mutable_header();
  header.set_origin(std::string(kTestOrigin));
  header.set_submitter(std::string(submitter));
  const crypto::Uuid id = crypto::NewUuid(rng_);
  header.set_statement_id(
      std::string(reinterpret_cast<const char*>(id.data()), id.size()));
  *header.mutable_claimed_time() = FromUnixMs(kTestNowUnixMs);
  return statement;
}

v1::Statement TestLog::EnrolmentOf(absl::string_view id,
                                   const crypto::PrivateKey& key) {
  v1::Statement statement = NewStatement();
  v1::Enrolment& enrolment = *statement.mutable_enrolment();
  enrolment.set_submitter(std::string(id));
  enrolment.set_kind(SubmitterKindOf(id));
  enrolment.set_name("Submitter " + std::string(id));
  if (enrolment.kind() == v1::SUBMITTER_KIND_AGENCY) {
    enrolment.set_agency_type(v1::AGENCY_TYPE_POLICE);
  }
  enrolment.add_keys()->set_spki_der(std::string(key.public_key().spki_der()));
  *enrolment.mutable_joined() = FromUnixMs(kTestNowUnixMs);
  enrolment.set_verification(v1::IDENTITY_VERIFICATION_OUT_OF_BAND);
  return statement;
}

absl::Status TestLog::Append(const v1::Statement& statement,
                             const std::vector<crypto::PrivateKey>& signers) {
  RETURN_IF_ERROR(Validate(statement).ToStatus());
  ASSIGN_OR_RETURN(const v1::SignedStatement signed_statement,
                   Sign(statement, signers));
  RETURN_IF_ERROR(registry_.Authorise(size_, signed_statement, statement));
  RETURN_IF_ERROR(registry_.Apply(size_, statement));
  ++size_;
  return absl::OkStatus();
}

absl::Status TestLog::AppendByRegistrars(const v1::Statement& statement) {
  return Append(statement, {TestKey(201), TestKey(202)});
}

absl::Status TestLog::Enrol(absl::string_view id,
                            const crypto::PrivateKey& key) {
  return AppendByRegistrars(EnrolmentOf(id, key));
}

}  // namespace sightline::statement
