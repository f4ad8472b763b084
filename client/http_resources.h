// A log at an HTTP or HTTPS address: GET, over connections that are kept.
//
// Source:  RFC 9110, RFC 9112; RFC 2818; crypto/tls_client.h.
// Shapes:  "http://host[:port][/prefix]" or https; TLS 1.2 or later; no
//          redirects, no proxies.
// Errors:  as resources.h; kInvalidArgument: the URL or the CA file, or the server
//          sends elsewhere; kPermissionDenied: 401, 403, or its certificate is
//          refused; kFailedPrecondition: another status. What may pass (no
//          connection, 429, 5xx) is tried again first; a refused certificate is
//          not, but whoever follows a log may come back later.
// Threads: thread-safe; a connection for each call at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "client/resources.h"
#include "crypto/random.h"
#include "crypto/tls_client.h"

namespace sightline::client {

struct HttpOptions {
  absl::Duration connect_timeout = absl::Seconds(10);  // with TLS's handshake
  absl::Duration read_timeout = absl::Seconds(30);     // for the next bytes
  absl::Duration request_timeout = absl::Minutes(2);
  int attempts = 5;
  absl::Duration first_pause = absl::Milliseconds(200);
  absl::Duration longest_pause = absl::Seconds(5);
  // PEM authorities that may have issued the certificate; "": those that the
  // machine trusts. Of https:// alone; else not read.
  std::string ca_file = "";
};

struct HttpUrl {
  bool tls = false;
  std::string host;  // an IPv6 address without its brackets
  std::string port;
  std::string prefix;  // "" or "/a/b"

  // As a Host header has it.
  std::string authority() const;
  // Without a slash at the end.
  std::string text() const;
};

absl::StatusOr<HttpUrl> ParseHttpUrl(absl::string_view url);

class HttpResources final : public Resources {
 public:
  // Does not connect yet. `rng` (for pauses) outlives the result.
  static absl::StatusOr<std::unique_ptr<HttpResources>> Create(
      absl::string_view url, const HttpOptions& options, crypto::Rng* rng);

  ~HttpResources() override;

  absl::StatusOr<std::string> Get(absl::string_view path,
                                  size_t most_bytes) override;

 private:
  class Link;
  struct Answer;

  HttpResources(HttpUrl url, const HttpOptions& options,
                std::shared_ptr<const crypto::TlsClient> tls, crypto::Rng* rng);

  absl::StatusOr<std::string> GetOnce(absl::string_view path, size_t most_bytes,
                                      absl::Duration* retry_after);
  absl::StatusOr<Answer> Exchange(absl::string_view request, size_t most_bytes);
  std::unique_ptr<Link> TakeIdle() ABSL_LOCKS_EXCLUDED(mutex_);
  void Keep(std::unique_ptr<Link> link) ABSL_LOCKS_EXCLUDED(mutex_);

  const HttpUrl url_;
  const HttpOptions options_;
  const std::shared_ptr<const crypto::TlsClient> tls_;  // or null: in the clear
  crypto::Rng* const rng_;

  base::Mutex mutex_;
  std::vector<std::unique_ptr<Link>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::client
