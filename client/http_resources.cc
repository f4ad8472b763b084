#include "client/http_resources.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/gzip.h"
#include "base/status_macros.h"
#include "boost/asio/buffer.hpp"
#include "boost/beast/http/error.hpp"
#include "boost/beast/http/parser.hpp"
#include "boost/beast/http/string_body.hpp"
#include "client/backoff.h"
#include "crypto/tls_session.h"

namespace sightline::client {
namespace {

namespace http = boost::beast::http;
using SteadyClock = std::chrono::steady_clock;

constexpr size_t kMostIdle = 64;
constexpr uint32_t kMostHeader = 64 << 10;
constexpr size_t kReadBytes = 64 << 10;
// What gzip may add to bytes that do not shrink.
constexpr size_t kGzipOverhead = 16 << 10;

absl::Status Lost(absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::strerror(errno)));
}

int PollMs(SteadyClock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                        deadline - SteadyClock::now())
                        .count();
  return static_cast<int>(std::clamp<int64_t>(left, 0, 1 << 30));
}

SteadyClock::time_point After(absl::Duration time) {
  return SteadyClock::now() + absl::ToChronoNanoseconds(time);
}

// Whether `fd` is ready for `events` before `deadline`.
bool Ready(int fd, short events, SteadyClock::time_point deadline) {
  for (;;) {
    pollfd poll_for{.fd = fd, .events = events, .revents = 0};
    const int ready = poll(&poll_for, 1, PollMs(deadline));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

const char* DefaultPort(bool tls) { return tls ? "443" : "80"; }

absl::StatusOr<std::shared_ptr<const crypto::TlsClient>> MakeTls(
    const std::string& host, const std::string& ca_file) {
  std::string authorities;
  if (!ca_file.empty()) {
    ASSIGN_OR_RETURN(authorities, crypto::ReadAuthorities(ca_file));
  }
  return crypto::TlsClient::Create(host, authorities);
}

// Says also whom the certificate was held against: what is missing may be there.
absl::Status Refused(const absl::Status& status, const std::string& ca_file) {
  return absl::PermissionDeniedError(absl::StrCat(
      status.message(), " (trusted: ",
      ca_file.empty() ? "the machine's authorities" : ca_file, ")"));
}

std::string Text(boost::beast::string_view text) {
  return std::string(text.data(), text.size());
}

}  // namespace

std::string HttpUrl::authority() const {
  const std::string name =
      absl::StrContains(host, ':') ? absl::StrCat("[", host, "]") : host;
  return port == DefaultPort(tls) ? name : absl::StrCat(name, ":", port);
}

std::string HttpUrl::text() const {
  return absl::StrCat(tls ? "https://" : "http://", authority(), prefix);
}

absl::StatusOr<HttpUrl> ParseHttpUrl(absl::string_view url) {
  absl::string_view rest = url;
  const bool tls = absl::ConsumePrefix(&rest, "https://");
  if (!tls && !absl::ConsumePrefix(&rest, "http://")) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", absl::CHexEscape(url), "\" is no http:// or https:// address"));
  }
  HttpUrl parsed;
  parsed.tls = tls;
  parsed.port = DefaultPort(tls);
  const size_t slash = std::min(rest.find('/'), rest.size());
  absl::string_view authority = rest.substr(0, slash);
  parsed.prefix = std::string(absl::StripSuffix(rest.substr(slash), "/"));
  const size_t bracket = authority.rfind(']');
  const size_t colon = authority.rfind(':');
  if (colon != absl::string_view::npos &&
      (bracket == absl::string_view::npos || colon > bracket)) {
    parsed.port = std::string(authority.substr(colon + 1));
    authority = authority.substr(0, colon);
  }
  if (absl::ConsumePrefix(&authority, "[")) {
    absl::ConsumeSuffix(&authority, "]");
  }
  parsed.host = std::string(authority);
  uint32_t port = 0;
  const bool plain = std::all_of(url.begin(), url.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
  if (parsed.host.empty() || !plain || url.find_first_of("?#@") != url.npos ||
      !absl::SimpleAtoi(parsed.port, &port) || port == 0 || port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", absl::CHexEscape(url),
                     "\" is not http[s]://HOST[:PORT][/PREFIX]"));
  }
  return parsed;
}

struct HttpResources::Answer {
  int status = 0;
  std::string body;
  std::string content_encoding;
  std::string location;
  std::string retry_after;
};

// One connection.
class HttpResources::Link {
 public:
  // `tls`: or null.
  static absl::StatusOr<std::unique_ptr<Link>> Open(
      const HttpUrl& url, const crypto::TlsClient* tls,
      const HttpOptions& options);
  ~Link() { close(fd_); }
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  absl::Status Send(absl::string_view bytes, const HttpOptions& options);
  // `*began`: something of the answer came.
  absl::StatusOr<Answer> Receive(size_t most_bytes, const HttpOptions& options,
                                 bool* began);
  // Whether another request may follow.
  bool reusable() const { return reusable_; }

 private:
  using Parser = http::response_parser<http::string_body>;

  explicit Link(int fd) : fd_(fd) {}
  absl::Status ConnectTo(const addrinfo& address,
                         SteadyClock::time_point deadline);
  absl::Status StartTls(const crypto::TlsClient& tls,
                        SteadyClock::time_point deadline);
  // The bytes as they are on the wire.
  absl::Status Write(absl::string_view bytes, SteadyClock::time_point deadline);
  // Sends what TLS has to say.
  absl::Status Flush(SteadyClock::time_point deadline);
  // Waits for bytes and appends what they say to buffer_; of TLS that may be
  // nothing. Whether the server has ended the connection, in due form.
  absl::StatusOr<bool> Read(SteadyClock::time_point deadline);
  absl::StatusOr<bool> Decrypt(absl::string_view bytes,
                               SteadyClock::time_point deadline);
  // Takes what it can from buffer_.
  absl::Status Parse(size_t most_bytes, Parser* parser);

  const int fd_;
  std::unique_ptr<crypto::TlsSession> tls_;  // or null: in the clear
  std::string buffer_;
  bool reusable_ = false;
};

absl::Status HttpResources::Link::ConnectTo(const addrinfo& address,
                                            SteadyClock::time_point deadline) {
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(fd_, address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) return Lost("connect");
    if (!Ready(fd_, POLLOUT, deadline)) {
      return absl::UnavailableError("connect: timed out");
    }
    socklen_t size = sizeof(int);
    int error = 0;
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
      return absl::UnavailableError(
          absl::StrCat("connect: ", std::strerror(error)));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<HttpResources::Link>> HttpResources::Link::Open(
    const HttpUrl& url, const crypto::TlsClient* tls,
    const HttpOptions& options) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int result =
      getaddrinfo(url.host.c_str(), url.port.c_str(), &hints, &found);
  if (result != 0) {
    return absl::UnavailableError(
        absl::StrCat(url.host, ": ", gai_strerror(result)));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found,
                                                                 &freeaddrinfo);
  const auto deadline = After(options.connect_timeout);
  absl::Status status = absl::UnavailableError("no address");
  for (const addrinfo* address = found; address != nullptr;
       address = address->ai_next) {
    const int fd = socket(address->ai_family,
                          SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
      status = Lost("socket");
      continue;
    }
    std::unique_ptr<Link> link(new Link(fd));
    status = link->ConnectTo(*address, deadline);
    if (status.ok() && tls != nullptr) status = link->StartTls(*tls, deadline);
    if (status.ok()) return link;
    if (absl::IsPermissionDenied(status)) {
      status = Refused(status, options.ca_file);
      break;
    }
  }
  return base::Annotate(status, url.authority());
}

absl::Status HttpResources::Link::StartTls(const crypto::TlsClient& tls,
                                           SteadyClock::time_point deadline) {
  ASSIGN_OR_RETURN(tls_, tls.Connect());
  RETURN_IF_ERROR(Flush(deadline));
  while (!tls_->established()) {
    ASSIGN_OR_RETURN(const bool ended, Read(deadline));
    if (ended) return absl::UnavailableError("the server hung up");
  }
  return absl::OkStatus();
}

absl::Status HttpResources::Link::Write(absl::string_view bytes,
                                        SteadyClock::time_point deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
    } else if (errno != EAGAIN || !Ready(fd_, POLLOUT, deadline)) {
      return Lost("send");
    }
  }
  return absl::OkStatus();
}

absl::Status HttpResources::Link::Flush(SteadyClock::time_point deadline) {
  return Write(tls_->TakeOutput(), deadline);
}

absl::Status HttpResources::Link::Send(absl::string_view bytes,
                                       const HttpOptions& options) {
  const auto deadline = After(options.read_timeout);
  if (tls_ == nullptr) return Write(bytes, deadline);
  RETURN_IF_ERROR(tls_->Send(bytes));
  return Flush(deadline);
}

absl::StatusOr<bool> HttpResources::Link::Decrypt(
    absl::string_view bytes, SteadyClock::time_point deadline) {
  // Whoever cuts a connection off could shorten what has no length.
  if (bytes.empty()) {
    return absl::UnavailableError(
        "the connection was cut off before the end of TLS");
  }
  const absl::Status status = tls_->Receive(bytes, &buffer_);
  const absl::Status said = Flush(deadline);
  RETURN_IF_ERROR(status);
  if (tls_->peer_closed()) return true;
  RETURN_IF_ERROR(said);
  return false;
}

absl::StatusOr<bool> HttpResources::Link::Read(
    SteadyClock::time_point deadline) {
  std::array<char, kReadBytes> chunk;
  // TLS alone can keep bytes coming that say nothing.
  while (SteadyClock::now() < deadline) {
    const ssize_t read = recv(fd_, chunk.data(), chunk.size(), 0);
    if (read < 0 && errno == EAGAIN) {
      if (Ready(fd_, POLLIN, deadline)) continue;
      break;
    }
    if (read < 0) return Lost("receive");
    const absl::string_view bytes(chunk.data(), static_cast<size_t>(read));
    if (tls_ != nullptr) return Decrypt(bytes, deadline);
    buffer_.append(bytes.data(), bytes.size());
    return bytes.empty();
  }
  return absl::UnavailableError("the server stopped answering");
}

absl::Status HttpResources::Link::Parse(size_t most_bytes, Parser* parser) {
  boost::system::error_code error;
  const size_t parsed = parser->put(boost::asio::buffer(buffer_), error);
  buffer_.erase(0, parsed);
  if (error == http::error::body_limit) {
    return absl::DataLossError(
        absl::StrCat("more than ", most_bytes, " bytes"));
  }
  if (error && error != http::error::need_more) {
    return absl::DataLossError(
        absl::StrCat("no HTTP answer: ", error.message()));
  }
  return absl::OkStatus();
}

absl::StatusOr<HttpResources::Answer> HttpResources::Link::Receive(
    size_t most_bytes, const HttpOptions& options, bool* began) {
  const auto deadline = After(options.request_timeout);
  Parser parser;
  parser.eager(true);
  parser.header_limit(kMostHeader);
  parser.body_limit(most_bytes + kGzipOverhead);
  reusable_ = false;
  buffer_.clear();
  bool ended = false;
  while (!parser.is_done()) {
    const size_t before = buffer_.size();
    ASSIGN_OR_RETURN(ended,
                     Read(std::min(deadline, After(options.read_timeout))));
    if (buffer_.size() > before) {
      *began = true;
      RETURN_IF_ERROR(Parse(most_bytes, &parser));
    }
    if (!ended || parser.is_done()) continue;
    // The end of a body without a length; else of the connection.
    boost::system::error_code error;
    if (parser.got_some()) parser.put_eof(error);
    if (error || !parser.is_done()) {
      return absl::UnavailableError("the server hung up");
    }
  }
  const auto& message = parser.get();
  Answer answer;
  answer.status = static_cast<int>(message.result_int());
  answer.content_encoding = Text(message[http::field::content_encoding]);
  answer.location = Text(message[http::field::location]);
  answer.retry_after = Text(message[http::field::retry_after]);
  reusable_ = message.keep_alive() && buffer_.empty() && !ended;
  answer.body = std::move(parser.get().body());
  return answer;
}

HttpResources::HttpResources(HttpUrl url, const HttpOptions& options,
                             std::shared_ptr<const crypto::TlsClient> tls,
                             crypto::Rng* rng)
    : url_(std::move(url)),
      options_(options),
      tls_(std::move(tls)),
      rng_(rng) {}

HttpResources::~HttpResources() = default;

absl::StatusOr<std::unique_ptr<HttpResources>> HttpResources::Create(
    absl::string_view url, const HttpOptions& options, crypto::Rng* rng) {
  ASSIGN_OR_RETURN(HttpUrl parsed, ParseHttpUrl(url));
  std::shared_ptr<const crypto::TlsClient> tls;
  if (parsed.tls) {
    ASSIGN_OR_RETURN(tls, MakeTls(parsed.host, options.ca_file));
  }
  return std::unique_ptr<HttpResources>(
      new HttpResources(std::move(parsed), options, std::move(tls), rng));
}

std::unique_ptr<HttpResources::Link> HttpResources::TakeIdle() {
  base::MutexLock lock(&mutex_);
  if (idle_.empty()) return nullptr;
  std::unique_ptr<Link> link = std::move(idle_.back());
  idle_.pop_back();
  return link;
}

void HttpResources::Keep(std::unique_ptr<Link> link) {
  if (!link->reusable()) return;
  base::MutexLock lock(&mutex_);
  if (idle_.size() < kMostIdle) idle_.push_back(std::move(link));
}

absl::StatusOr<HttpResources::Answer> HttpResources::Exchange(
    absl::string_view request, size_t most_bytes) {
  for (;;) {
    std::unique_ptr<Link> link = TakeIdle();
    const bool kept = link != nullptr;
    if (!kept) {
      ASSIGN_OR_RETURN(link, Link::Open(url_, tls_.get(), options_));
    }
    bool began = false;
    absl::Status sent = link->Send(request, options_);
    absl::StatusOr<Answer> answer =
        sent.ok() ? link->Receive(most_bytes, options_, &began)
                  : absl::StatusOr<Answer>(sent);
    // The server may end a connection while it rests.
    if (kept && !began && absl::IsUnavailable(answer.status())) continue;
    if (answer.ok()) Keep(std::move(link));
    return answer;
  }
}

absl::StatusOr<std::string> HttpResources::GetOnce(
    absl::string_view path, size_t most_bytes, absl::Duration* retry_after) {
  ASSIGN_OR_RETURN(
      Answer answer,
      Exchange(absl::StrCat("GET ", url_.prefix, "/", path,
                            " HTTP/1.1\r\nHost: ", url_.authority(),
                            "\r\nAccept-Encoding: gzip\r\n"
                            "User-Agent: sightline\r\n\r\n"),
               most_bytes));
  const std::string said = absl::StrCat("HTTP status ", answer.status);
  switch (answer.status) {
    case 200:
      break;
    case 401:
    case 403:
      return absl::PermissionDeniedError(said);
    case 404:
    case 410:
      return absl::NotFoundError(said);
    case 429:
    case 500:
    case 502:
    case 503:
    case 504: {
      int seconds = 0;
      if (absl::SimpleAtoi(answer.retry_after, &seconds) && seconds > 0) {
        *retry_after = absl::Seconds(seconds);
      }
      return absl::UnavailableError(said);
    }
    default:
      if (!answer.location.empty()) {
        return absl::InvalidArgumentError(
            absl::StrCat(said, ": moved to ", answer.location));
      }
      return absl::FailedPreconditionError(said);
  }
  // c2sp.org/tlog-tiles lets a log send bundles compressed without being asked.
  if (absl::EqualsIgnoreCase(answer.content_encoding, "gzip")) {
    absl::StatusOr<std::string> bytes =
        base::GzipDecompress(answer.body, most_bytes);
    if (!bytes.ok()) return absl::DataLossError(bytes.status().message());
    return bytes;
  }
  if (answer.body.size() > most_bytes) {
    return absl::DataLossError(
        absl::StrCat("more than ", most_bytes, " bytes"));
  }
  if (!answer.content_encoding.empty() &&
      !absl::EqualsIgnoreCase(answer.content_encoding, "identity")) {
    return absl::FailedPreconditionError(
        absl::StrCat("unknown content coding ", answer.content_encoding));
  }
  return std::move(answer.body);
}

absl::StatusOr<std::string> HttpResources::Get(absl::string_view path,
                                               size_t most_bytes) {
  Backoff backoff(options_.first_pause, options_.longest_pause, rng_);
  for (int attempt = 1;; ++attempt) {
    absl::Duration hint = absl::ZeroDuration();
    absl::StatusOr<std::string> bytes = GetOnce(path, most_bytes, &hint);
    if (bytes.ok()) return bytes;
    if (!absl::IsUnavailable(bytes.status()) || attempt >= options_.attempts) {
      return base::Annotate(bytes.status(),
                            absl::StrCat(url_.text(), "/", path));
    }
    Pause().Wait(backoff.Next(std::min(hint, options_.longest_pause)));
  }
}

}  // namespace sightline::client
