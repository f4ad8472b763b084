#include "web/server.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "boost/asio/error.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "crypto/tls_server.h"
#include "web/connection.h"
#include "web/event_loop.h"
#include "web/server_state.h"

namespace sightline::web {
namespace {

namespace asio = boost::asio;
using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr int kBacklog = 1024;
constexpr int kMostThreads = 256;
constexpr int64_t kTellRefusedEveryMs = 60000;

int64_t SteadyMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

absl::StatusOr<tcp::endpoint> ParseEndpoint(absl::string_view text) {
  const size_t colon = text.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos ||
      !absl::SimpleAtoi(text.substr(colon + 1), &port) || port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is not HOST:PORT"));
  }
  absl::string_view host = text.substr(0, colon);
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  error_code error;
  const auto address = asio::ip::make_address(std::string(host), error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\": the host must be an IP address"));
  }
  return tcp::endpoint(address, static_cast<uint16_t>(port));
}

std::string EndpointText(const tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  return endpoint.address().is_v6()
             ? absl::StrCat("[", host, "]:", endpoint.port())
             : absl::StrCat(host, ":", endpoint.port());
}

std::string AddressBytes(const asio::ip::address& address) {
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    return std::string(bytes.begin(), bytes.end());
  }
  const auto bytes = address.to_v6().to_bytes();
  return std::string(bytes.begin(), bytes.end());
}

}  // namespace

absl::Status ServerOptions::Validate() const {
  std::vector<std::string> faults;
  if (listen.empty() && tls_listen.empty()) {
    faults.push_back("no address to listen on");
  }
  for (const auto* const addresses : {&listen, &tls_listen}) {
    for (const std::string& address : *addresses) {
      const auto endpoint = ParseEndpoint(address);
      if (!endpoint.ok()) {
        faults.push_back(std::string(endpoint.status().message()));
      }
    }
  }
  if (!tls_listen.empty() && !tls.has_value()) {
    faults.push_back("listening with TLS needs a certificate and its key");
  }
  if (threads < 1 || threads > kMostThreads) {
    faults.push_back(absl::StrCat("threads must be 1..", kMostThreads));
  }
  if (max_connections == 0) faults.push_back("max_connections must not be 0");
  if (max_header_bytes < 256 || max_header_bytes > (1 << 20)) {
    faults.push_back("max_header_bytes must be 256..1048576");
  }
  if (least_bytes_per_second == 0) {
    faults.push_back("least_bytes_per_second must not be 0");
  }
  for (const absl::Duration time :
       {idle_timeout, request_timeout, send_timeout, tick}) {
    if (time >= absl::Milliseconds(1) && time <= absl::Hours(24)) continue;
    faults.push_back("timeouts and tick must be 1 ms to 24 h");
    break;
  }
  if (faults.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("HTTP: ", absl::StrJoin(faults, "; ")));
}

class Server::Impl {
 public:
  Impl(const ServerOptions& options, Handler* handler, const base::Clock* clock,
       telemetry::Diagnostics* diagnostics)
      : state_(std::make_shared<ServerState>(options, handler, clock)),
        diagnostics_(diagnostics) {
    const auto now = options.monotonic_ms ? options.monotonic_ms
                                          : std::function<int64_t()>(&SteadyMs);
    for (int i = 0; i < options.threads; ++i) {
      loops_.push_back(std::make_shared<EventLoop>(options.tick, now));
    }
  }

  absl::Status LoadCertificate();
  absl::StatusOr<std::vector<std::string>> Listen();
  void Run();
  void Shutdown(absl::Duration grace);

  const ServerState& state() const { return *state_; }

 private:
  struct Listener {
    Listener(asio::io_context& io, bool tls) : acceptor(io), tls(tls) {}
    tcp::acceptor acceptor;
    const bool tls;
    bool paused = false;  // until the next tick: no file descriptors
  };

  absl::Status Open(const std::string& address, bool tls);
  // On the first loop's thread, as are all below.
  void Accept(Listener* listener);
  void OnAccept(Listener* listener, std::shared_ptr<EventLoop> loop,
                const error_code& error, tcp::socket socket);
  void Admit(std::shared_ptr<EventLoop> loop, tcp::socket socket, bool tls);
  void Refused();
  void OnTick();
  void ResumeAccepting();
  void ReloadCertificate();

  const std::shared_ptr<ServerState> state_;
  telemetry::Diagnostics* const diagnostics_;
  std::unique_ptr<TlsCertificate> certificate_;  // null: no TLS
  int64_t certificate_seen_ms_ = 0;
  std::vector<std::shared_ptr<EventLoop>> loops_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  size_t next_loop_ = 0;
  int64_t told_refused_ms_ = 0;
  bool running_ = false;
};

absl::Status Server::Impl::LoadCertificate() {
  const ServerOptions& options = state_->options;
  if (options.tls_listen.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(certificate_,
                   TlsCertificate::Load(*options.tls, diagnostics_));
  certificate_seen_ms_ = loops_.front()->NowMs();
  return absl::OkStatus();
}

absl::Status Server::Impl::Open(const std::string& address, bool tls) {
  ASSIGN_OR_RETURN(const tcp::endpoint endpoint, ParseEndpoint(address));
  auto listener = std::make_unique<Listener>(loops_.front()->io(), tls);
  tcp::acceptor& acceptor = listener->acceptor;
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", address, ": ", error.message()));
  }
  listeners_.push_back(std::move(listener));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Server::Impl::Listen() {
  for (const std::string& address : state_->options.listen) {
    RETURN_IF_ERROR(Open(address, /*tls=*/false));
  }
  for (const std::string& address : state_->options.tls_listen) {
    RETURN_IF_ERROR(Open(address, /*tls=*/true));
  }
  std::vector<std::string> addresses;
  for (const auto& listener : listeners_) {
    addresses.push_back(EndpointText(listener->acceptor.local_endpoint()));
  }
  return addresses;
}

void Server::Impl::Run() {
  running_ = true;
  loops_.front()->set_on_tick([this] { OnTick(); });
  for (const auto& listener : listeners_) Accept(listener.get());
  for (const auto& loop : loops_) loop->Start();
}

void Server::Impl::Accept(Listener* listener) {
  const std::shared_ptr<EventLoop> loop = loops_[next_loop_++ % loops_.size()];
  listener->acceptor.async_accept(
      loop->io(),
      [this, listener, loop](const error_code& error, tcp::socket socket) {
        OnAccept(listener, loop, error, std::move(socket));
      });
}

void Server::Impl::OnAccept(Listener* listener, std::shared_ptr<EventLoop> loop,
                            const error_code& error, tcp::socket socket) {
  if (!listener->acceptor.is_open()) return;
  if (!error) {
    Admit(std::move(loop), std::move(socket), listener->tls);
  } else if (error == asio::error::no_descriptors ||
             error == boost::system::errc::too_many_files_open_in_system ||
             error == asio::error::no_buffer_space ||
             error == asio::error::no_memory) {
    // At once again would spin.
    listener->paused = true;
    return Refused();
  }
  Accept(listener);
}

void Server::Impl::Admit(std::shared_ptr<EventLoop> loop, tcp::socket socket,
                         bool tls) {
  error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return;  // gone already
  std::string key = AddressLimit::KeyOf(AddressBytes(peer.address()));
  if (state_->open.load(std::memory_order_relaxed) >=
          state_->options.max_connections ||
      !state_->addresses.Take(key)) {
    return Refused();
  }
  std::unique_ptr<crypto::TlsSession> session;
  if (tls) {
    auto accepted = certificate_->current()->Accept();
    if (!accepted.ok()) {  // no memory
      state_->addresses.GiveBack(key);
      return Refused();
    }
    session = *std::move(accepted);
  }
  state_->accepted.fetch_add(1, std::memory_order_relaxed);
  auto connection = std::make_shared<Connection>(
      loop, state_, std::move(socket), std::move(session), std::move(key));
  loop->Post([connection] { connection->Start(); });
}

void Server::Impl::Refused() {
  const uint64_t refused =
      state_->refused.fetch_add(1, std::memory_order_relaxed) + 1;
  const int64_t now_ms = loops_.front()->NowMs();
  if (refused != 1 && now_ms - told_refused_ms_ < kTellRefusedEveryMs) return;
  told_refused_ms_ = now_ms;
  diagnostics_->Warning("http_connections_refused",
                        {{"refused", refused}, {"open", state_->open.load()}});
}

void Server::Impl::OnTick() {
  ResumeAccepting();
  if (certificate_ != nullptr) ReloadCertificate();
}

void Server::Impl::ReloadCertificate() {
  const int64_t now_ms = loops_.front()->NowMs();
  if (now_ms - certificate_seen_ms_ <
      absl::ToInt64Milliseconds(state_->options.tls->reload)) {
    return;
  }
  certificate_seen_ms_ = now_ms;
  certificate_->Reload();
}

void Server::Impl::ResumeAccepting() {
  for (const auto& listener : listeners_) {
    if (!listener->paused || !listener->acceptor.is_open()) continue;
    listener->paused = false;
    Accept(listener.get());
  }
}

void Server::Impl::Shutdown(absl::Duration grace) {
  if (!running_) return;
  running_ = false;
  state_->stopping.store(true);
  loops_.front()->Post([this] {
    error_code ignored;
    for (const auto& listener : listeners_) listener->acceptor.close(ignored);
  });
  const absl::Time deadline = absl::Now() + grace;
  for (const auto& loop : loops_) loop->Drain();
  for (const auto& loop : loops_) loop->WaitDrained(deadline);
  for (const auto& loop : loops_) loop->Stop();
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    const ServerOptions& options, Handler* handler, const base::Clock* clock,
    telemetry::Diagnostics* diagnostics) {
  RETURN_IF_ERROR(options.Validate());
  std::unique_ptr<Server> server(
      new Server(std::make_unique<Impl>(options, handler, clock, diagnostics)));
  RETURN_IF_ERROR(server->impl_->LoadCertificate());
  ASSIGN_OR_RETURN(server->addresses_, server->impl_->Listen());
  server->impl_->Run();
  return server;
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { Shutdown(absl::ZeroDuration()); }

ServerStats Server::stats() const {
  const ServerState& state = impl_->state();
  ServerStats stats;
  stats.open = state.open.load();
  stats.accepted = state.accepted.load();
  stats.refused = state.refused.load();
  stats.requests = state.requests.load();
  stats.malformed = state.malformed.load();
  stats.overdue = state.overdue.load();
  stats.tls_failed = state.tls_failed.load();
  stats.unsent_bytes = state.unsent_bytes.load();
  return stats;
}

void Server::Shutdown(absl::Duration grace) { impl_->Shutdown(grace); }

}  // namespace sightline::web
