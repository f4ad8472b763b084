// A server certificate in files that may be replaced while it is used.
//
// Shapes:  PEM: the chain, leaf first, and its private key.
// Errors:  Load: kInvalidArgument: a file is missing or malformed, or they are
//          no pair.
// Threads: current from any thread; Reload from one.
#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "crypto/sha256.h"
#include "crypto/tls_server.h"
#include "telemetry/diagnostics.h"

namespace sightline::web {

struct TlsFiles {
  std::string certificate;
  std::string private_key;
  // How often they are looked at.
  absl::Duration reload = absl::Seconds(60);
};

class TlsCertificate {
 public:
  // `diagnostics` outlives the certificate.
  static absl::StatusOr<std::unique_ptr<TlsCertificate>> Load(
      const TlsFiles& files, telemetry::Diagnostics* diagnostics);

  // For new connections.
  std::shared_ptr<const crypto::TlsServer> current() const
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Takes up what the files hold now. What cannot be used is told once, and
  // the certificate before stays: files are replaced one after the other.
  void Reload() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  TlsCertificate(const TlsFiles& files, telemetry::Diagnostics* diagnostics)
      : files_(files), diagnostics_(diagnostics) {}

  // Whether the files were others than at the last call, and could be used.
  absl::StatusOr<bool> TakeUp() ABSL_LOCKS_EXCLUDED(mutex_);

  const TlsFiles files_;
  telemetry::Diagnostics* const diagnostics_;
  crypto::Digest seen_{};  // of what the files held
  std::string told_;       // what was wrong with them

  mutable base::Mutex mutex_;
  std::shared_ptr<const crypto::TlsServer> current_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::web
