#include "tests/support/test_parties.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "checkpoint/vkey.h"
#include "crypto/sha256.h"
#include "statement/dsse.h"
#include "statement/examples.h"
#include "statement/submitter_id.h"

namespace sightline::tests {
namespace {

constexpr crypto::Validity kValidity = {1'577'836'800, 4'102'444'800};
constexpr int kTaskForceAgencies = 12;

crypto::PrivateKey KeyOf(absl::string_view name) {
  const crypto::Digest seed = crypto::Sha256(absl::StrCat("test key ", name));
  return crypto::PrivateKey::FromSeed(crypto::AsBytes(seed)).value();
}

v1::PublicKey PublicKeyOf(const crypto::PrivateKey& key) {
  v1::PublicKey out;
  out.set_spki_der(std::string(key.public_key().spki_der()));
  return out;
}

}  // namespace

v1::SubmitRequest Submission::ToRequest() const {
  v1::SubmitRequest request;
  *request.mutable_statement() = statement;
  *request.mutable_openings() = openings;
  return request;
}

TestParties::TestParties(absl::string_view origin)
    : origin_(origin),
      rng_(1),
      authority_(
          crypto::CertificateAuthority::Create("Test authority", kValidity)
              .value()),
      log_key_(KeyOf(absl::StrCat("log ", origin))),
      registrar_(MakeParty(statement::kRegistrar)),
      agency_(MakeParty("ori:CA0194200")),
      platform_(MakeParty("platform:example-cameras")),
      genesis_([this] {
        v1::Statement statement =
            Example(v1::STATEMENT_KIND_GENESIS, registrar_, nullptr);
        v1::Genesis* const genesis = statement.mutable_genesis();
        genesis->clear_log_keys();
        genesis->add_log_keys()->set_vkey(vkey());
        genesis->clear_registrar_keys();
        for (const crypto::PrivateKey& key : registrar_.keys) {
          *genesis->add_registrar_keys() = PublicKeyOf(key);
        }
        genesis->set_registrar_threshold(2);
        return Sign(statement, registrar_).statement;
      }()) {}

checkpoint::NoteSigner TestParties::LogSigner() const {
  return checkpoint::NoteSigner::Create(origin_, checkpoint::KeyType::kEd25519,
                                        log_key_)
      .value();
}

Party TestParties::MakeParty(absl::string_view id) const {
  Party party;
  party.id = std::string(id);
  party.kind = statement::SubmitterKindOf(id);
  party.keys.push_back(KeyOf(id));
  if (id == statement::kRegistrar) party.keys.push_back(KeyOf("registrar 2"));
  const crypto::IssuedCertificate issued =
      ClientCertificate({absl::StrCat("sightline://submitter/", id)});
  party.certificate_pem = issued.certificate_pem;
  party.private_key_pem = std::string(issued.private_key_pem.view());
  return party;
}

Submission TestParties::Enrolment(const Party& party) const {
  v1::Statement statement =
      Example(v1::STATEMENT_KIND_ENROLMENT, registrar_, nullptr);
  v1::Enrolment* const enrolment = statement.mutable_enrolment();
  enrolment->set_submitter(party.id);
  enrolment->set_kind(party.kind);
  enrolment->set_name(absl::StrCat("Name of ", party.id));
  if (party.kind != v1::SUBMITTER_KIND_AGENCY) enrolment->clear_agency_type();
  enrolment->clear_keys();
  *enrolment->add_keys() = PublicKeyOf(party.keys[0]);
  return Sign(statement, registrar_);
}

v1::Statement TestParties::Example(
    v1::StatementKind kind, const Party& by,
    google::protobuf::RepeatedPtrField<v1::SealOpening>* openings) const {
  statement::Example example =
      statement::ExampleStatement(kind, origin_, by.id, kTestTimeMs, rng_);
  if (openings != nullptr) {
    openings->Assign(example.openings.begin(), example.openings.end());
  }
  return std::move(example.statement);
}

Submission TestParties::SignedExample(v1::StatementKind kind,
                                      const Party& by) const {
  google::protobuf::RepeatedPtrField<v1::SealOpening> openings;
  Submission out = Sign(Example(kind, by, &openings), by);
  out.openings = std::move(openings);
  return out;
}

Submission TestParties::PlainRequest(const Party& by) const {
  v1::Statement statement =
      Example(v1::STATEMENT_KIND_FOOTAGE_REQUEST, by, nullptr);
  statement.mutable_header()->clear_sealed();
  v1::FootageRequest& request = *statement.mutable_footage_request();
  request.set_case_reference_present(v1::DECLARED_NO);
  request.set_unit("Joint Task Force on Burglary and Organised Retail Theft");
  for (int i = 0; i < kTaskForceAgencies; ++i) {
    request.add_member_agencies(absl::StrFormat("ori:CA01942%02d", i));
  }
  return Sign(statement, by);
}

Submission TestParties::Sign(const v1::Statement& statement,
                             const Party& by) const {
  return {statement::Sign(statement, by.keys).value(), {}};
}

crypto::IssuedCertificate TestParties::ServerCertificate() const {
  crypto::LeafSpec spec;
  spec.common_name = "test log";
  spec.dns_names = {"localhost"};
  spec.ip_addresses = {"127.0.0.1", "::1"};
  spec.for_server = true;
  spec.validity = kValidity;
  return authority_->Issue(spec).value();
}

crypto::IssuedCertificate TestParties::ClientCertificate(
    const std::vector<std::string>& uris) const {
  crypto::LeafSpec spec;
  spec.common_name = "test submitter";
  spec.uris = uris;
  if (uris.empty()) spec.dns_names = {"client.example.com"};
  spec.for_client = true;
  spec.validity = kValidity;
  return authority_->Issue(spec).value();
}

std::shared_ptr<grpc::ChannelCredentials> TestParties::Credentials(
    const Party* as) const {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = authority_->certificate_pem();
  if (as != nullptr) {
    options.pem_cert_chain = as->certificate_pem;
    options.pem_private_key = as->private_key_pem;
  }
  return grpc::SslCredentials(options);
}

}  // namespace sightline::tests
