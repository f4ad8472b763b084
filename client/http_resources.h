// A log at an HTTP address: GET, over connections that are kept.
//
// Source:  RFC 9110, RFC 9112.
// Shapes:  "http://host[:port][/prefix]"; no TLS, no redirects, no proxies.
// Errors:  as resources.h; kInvalidArgument: the URL, or the server sends
//          elsewhere; kPermissionDenied: 401, 403; kFailedPrecondition: another
//          status. What may pass (no connection, 429, 5xx) is tried again first.
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

namespace sightline::client {

struct HttpOptions {
  absl::Duration connect_timeout = absl::Seconds(10);
  absl::Duration read_timeout = absl::Seconds(30);  // for the next bytes
  absl::Duration request_timeout = absl::Minutes(2);
  int attempts = 5;
  absl::Duration first_pause = absl::Milliseconds(200);
  absl::Duration longest_pause = absl::Seconds(5);
};

struct HttpUrl {
  std::string host;  // an IPv6 address without its brackets
  std::string port = "80";
  std::string prefix;  // "" or "/a/b"

  // As a Host header has it.
  std::string authority() const;
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

  HttpResources(HttpUrl url, const HttpOptions& options, crypto::Rng* rng);

  absl::StatusOr<std::string> GetOnce(absl::string_view path, size_t most_bytes,
                                      absl::Duration* retry_after);
  absl::StatusOr<Answer> Exchange(absl::string_view request, size_t most_bytes);
  std::unique_ptr<Link> TakeIdle() ABSL_LOCKS_EXCLUDED(mutex_);
  void Keep(std::unique_ptr<Link> link) ABSL_LOCKS_EXCLUDED(mutex_);

  const HttpUrl url_;
  const HttpOptions options_;
  crypto::Rng* const rng_;

  base::Mutex mutex_;
  std::vector<std::unique_ptr<Link>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::client
