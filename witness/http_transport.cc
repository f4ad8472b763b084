#include "witness/http_transport.h"

#include <httplib.h>

#include <map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "crypto/https_client.h"

namespace sightline::witness {
namespace {

constexpr size_t kMaxReplyBytes = 64 << 10;

struct SplitUrl {
  std::string base;  // scheme, host and port
  std::string host;  // without brackets
  std::string path;
  bool tls = false;
};

std::string HostOf(absl::string_view authority) {
  const char end = absl::ConsumePrefix(&authority, "[") ? ']' : ':';
  return std::string(authority.substr(0, authority.find(end)));
}

absl::StatusOr<SplitUrl> Split(const std::string& url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string::npos || !(absl::StartsWith(url, "http://") ||
                                       absl::StartsWith(url, "https://"))) {
    return absl::InvalidArgumentError(
        absl::StrCat("not an http or https URL: ", url));
  }
  const size_t path = url.find('/', scheme + 3);
  SplitUrl out;
  out.base = url.substr(0, path);
  out.path = path == std::string::npos ? "/" : url.substr(path);
  out.host = HostOf(absl::string_view(out.base).substr(scheme + 3));
  out.tls = absl::StartsWith(url, "https://");
  if (out.host.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("no host in URL: ", url));
  }
  return out;
}

// cpp-httplib takes the end of a connection for that of a body without a length,
// also when TLS did not end: whoever has the wire could shorten it.
bool HasEnd(const httplib::Response& response) {
  return response.has_header("Content-Length") ||
         response.has_header("Transfer-Encoding") || response.status == 204;
}

class HttpTransport final : public Transport {
 public:
  explicit HttpTransport(const std::string& ca_file) : ca_file_(ca_file) {}

  absl::StatusOr<Reply> Post(const std::string& url, absl::string_view body,
                             absl::Duration timeout) override {
    ASSIGN_OR_RETURN(const SplitUrl split, Split(url));
    Connection* connection = nullptr;
    {
      base::MutexLock lock(&mutex_);
      if (stopped_) return absl::UnavailableError("shutting down");
      std::unique_ptr<Connection>& kept = connections_[url];
      if (kept == nullptr) {
        auto made = std::make_unique<Connection>(split.base);
        if (split.tls) {
          RETURN_IF_ERROR(
              crypto::RequireTls(split.host, ca_file_, &made->client));
        }
        kept = std::move(made);
      }
      connection = kept.get();
    }
    base::MutexLock lock(&connection->one_at_a_time);
    return PostOn(connection, split, body, absl::Now() + timeout);
  }

  void Shutdown() override {
    base::MutexLock lock(&mutex_);
    stopped_ = true;
    for (auto& [url, connection] : connections_) connection->client.stop();
  }

 private:
  struct Connection {
    explicit Connection(const std::string& base) : client(base) {
      client.set_keep_alive(true);
      client.set_tcp_nodelay(true);
    }
    base::Mutex one_at_a_time;  // held through a call
    httplib::Client client;
    bool kept = false;  // from an earlier call
  };

  // A server may end a connection that rests just when it is used again, which
  // looks like a failure without an answer: then once more, on a new one. A witness
  // may be asked twice.
  static absl::StatusOr<Reply> PostOn(Connection* connection,
                                      const SplitUrl& url,
                                      absl::string_view body,
                                      absl::Time deadline) {
    std::string received;
    const bool was_kept = connection->kept;
    connection->kept = true;
    httplib::Result result =
        Send(&connection->client, url, body, deadline, &received);
    if (!result && was_kept && received.empty() && absl::Now() < deadline) {
      result = Send(&connection->client, url, body, deadline, &received);
    }
    if (!result) {
      return absl::UnavailableError(absl::StrCat(
          url.base, ": ",
          crypto::FailureText(connection->client, result.error())));
    }
    if (url.tls && !HasEnd(*result)) {
      return absl::UnavailableError(absl::StrCat(
          url.base, ": its reply has no length: it may have been cut off"));
    }
    return ReplyOf(*result, std::move(received));
  }

  static httplib::Result Send(httplib::Client* client, const SplitUrl& url,
                              absl::string_view body, absl::Time deadline,
                              std::string* received) {
    const auto micros = absl::ToChronoMicroseconds(deadline - absl::Now());
    client->set_connection_timeout(micros);
    client->set_read_timeout(micros);
    client->set_write_timeout(micros);
    httplib::Request request;
    request.method = "POST";
    request.path = url.path;
    request.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
    request.body = std::string(body);
    // The timeouts above are between bytes; this bounds the whole.
    request.content_receiver = [&](const char* data, size_t size, uint64_t,
                                   uint64_t) {
      if (received->size() + size > kMaxReplyBytes) return false;
      received->append(data, size);
      return absl::Now() < deadline;
    };
    return client->send(request);
  }

  static Reply ReplyOf(const httplib::Response& response, std::string body) {
    Reply reply;
    reply.status = response.status;
    reply.content_type = response.get_header_value("Content-Type");
    reply.body = std::move(body);
    if (!absl::SimpleAtoi(response.get_header_value("Retry-After"),
                          &reply.retry_after_s) ||
        reply.retry_after_s < 0) {
      reply.retry_after_s = 0;
    }
    return reply;
  }

  const std::string ca_file_;

  base::Mutex mutex_;
  std::map<std::string, std::unique_ptr<Connection>> connections_
      ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

std::unique_ptr<Transport> MakeHttpTransport(const std::string& ca_file) {
  return std::make_unique<HttpTransport>(ca_file);
}

absl::Status CheckUrl(const std::string& url) { return Split(url).status(); }

}  // namespace sightline::witness
