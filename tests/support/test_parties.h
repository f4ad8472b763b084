// The people of a test log and what they hold: registrars, an agency, a
// platform, the log's key, and the authority that issues their certificates.
// Tests and benchmarks only.
//
// Keys follow from names and are the same every time, as are statement ids;
// certificates are made anew. Anything that cannot be made aborts.
//
// Threads: thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "checkpoint/note_signer.h"
#include "crypto/fixed_rng.h"
#include "crypto/signer.h"
#include "crypto/x509.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "grpcpp/security/credentials.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/submission_service.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::tests {

inline constexpr absl::string_view kTestOrigin = "log.example.com/test";
inline constexpr int64_t kTestTimeMs = 1'770'000'000'000;  // 2026-02-02

struct Party {
  std::string id;  // "ori:CA0194200"
  v1::SubmitterKind kind = v1::SUBMITTER_KIND_UNSPECIFIED;
  std::vector<crypto::PrivateKey> keys;
  // Client certificate with the URI SAN "sightline://submitter/<id>".
  std::string certificate_pem;
  std::string private_key_pem;
};

// A signed statement and the openings of its sealed fields.
struct Submission {
  v1::SignedStatement statement;
  google::protobuf::RepeatedPtrField<v1::SealOpening> openings;

  v1::SubmitRequest ToRequest() const;
};

class TestParties {
 public:
  explicit TestParties(absl::string_view origin = kTestOrigin);

  const std::string& origin() const { return origin_; }

  // --- The log ---
  const crypto::PrivateKey& log_key() const { return log_key_; }
  checkpoint::NoteSigner LogSigner() const;
  std::string vkey() const { return LogSigner().vkey(); }
  // Lists log_key() and both registrar keys, threshold 2.
  const v1::SignedStatement& genesis() const { return genesis_; }

  // --- Submitters ---
  const Party& registrar() const { return registrar_; }  // two keys
  const Party& agency() const { return agency_; }
  const Party& platform() const { return platform_; }
  // Another one, "ori:...", "platform:...", "party:..." or "court:...".
  // Not enrolled yet.
  Party MakeParty(absl::string_view id) const;
  // Enrols `party` with its first key, signed by both registrars.
  Submission Enrolment(const Party& party) const;

  // --- Statements ---
  // The example of statement/examples.h, by `by`, with a fresh id.
  v1::Statement Example(
      v1::StatementKind kind, const Party& by,
      google::protobuf::RepeatedPtrField<v1::SealOpening>* openings) const;
  // The same, signed.
  Submission SignedExample(v1::StatementKind kind, const Party& by) const;
  // A footage request with sealed fields. And one of a task force without,
  // 600 bytes or so when signed.
  Submission Request(const Party& by) const {
    return SignedExample(v1::STATEMENT_KIND_FOOTAGE_REQUEST, by);
  }
  Submission PlainRequest(const Party& by) const;
  Submission Sign(const v1::Statement& statement, const Party& by) const;

  // --- Certificates ---
  const std::string& authority_pem() const {
    return authority_->certificate_pem();
  }
  // For 127.0.0.1, ::1 and localhost.
  crypto::IssuedCertificate ServerCertificate() const;
  crypto::IssuedCertificate ClientCertificate(
      const std::vector<std::string>& uris) const;
  // What a client brings: `as` null has no certificate.
  std::shared_ptr<grpc::ChannelCredentials> Credentials(const Party* as) const;

 private:
  const std::string origin_;
  mutable crypto::FixedRng rng_;
  const std::unique_ptr<crypto::CertificateAuthority> authority_;
  const crypto::PrivateKey log_key_;
  const Party registrar_;
  const Party agency_;
  const Party platform_;
  const v1::SignedStatement genesis_;
};

}  // namespace sightline::tests
