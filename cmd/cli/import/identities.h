// Client certificates for the submitters of an import, made for one run by the
// authority that the log takes clients from, and gone after it.
//
// Errors:  those of crypto/x509.h; kInternal: no temporary folder.
// Threads: thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "client/channel.h"
#include "crypto/x509.h"

namespace sightline::cli {

// Issues a certificate whose URI SAN is `uri`.
using CertificateSource =
    std::function<absl::StatusOr<crypto::IssuedCertificate>(
        const std::string& uri)>;

// Certificates of `authority`, which outlives the source, valid for a day.
CertificateSource IssuedBy(const crypto::CertificateAuthority* authority,
                           int64_t now_unix_ms);

class Identities {
 public:
  // `base` says how the log is reached by anybody.
  static absl::StatusOr<std::unique_ptr<Identities>> Create(
      client::TlsOptions base, CertificateSource source);

  ~Identities();
  Identities(const Identities&) = delete;
  Identities& operator=(const Identities&) = delete;

  // How it is reached as `submitter`: a certificate with the URI SAN
  // "sightline://submitter/<submitter>".
  absl::StatusOr<client::TlsOptions> For(const std::string& submitter);

 private:
  Identities(client::TlsOptions base, CertificateSource source,
             std::string folder);

  const client::TlsOptions base_;
  const CertificateSource source_;
  const std::string folder_;
  base::Mutex mutex_;
  int count_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sightline::cli
