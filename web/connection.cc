#include "web/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "boost/asio/error.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/socket_base.hpp"
#include "boost/beast/http/error.hpp"

namespace sightline::web {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr absl::Duration kLingerTime = absl::Seconds(2);
constexpr size_t kMostLingered = 256 << 10;
constexpr int kMostInARow = 16;
// Read ahead of a client whose request is being answered.
constexpr size_t kMostAhead = 64 << 10;
// Of TLS, without what it adds.
constexpr size_t kRecordBytes = 16 << 10;
// What the kernel takes of answers beyond what it may send (tcp(7),
// TCP_NOTSENT_LOWAT). Without it, it takes megabytes for a client that does not
// read, and the time to copy them is everybody's.
constexpr int kMostUnsentInKernel = 128 << 10;
constexpr absl::string_view kChunkEnd = "\r\n";
constexpr absl::string_view kLastChunkEnd = "\r\n0\r\n\r\n";
constexpr absl::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

absl::string_view View(boost::beast::string_view text) {
  return absl::string_view(text.data(), text.size());
}

// The status for a request that does not parse.
int StatusOf(const error_code& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  if (error == http::error::bad_version) return 505;
  return 400;
}

// RFC 9110 s5.6.7. The text of a second is made once, by each thread.
absl::string_view DateHeader(int64_t now_unix_ms) {
  thread_local int64_t second = -1;
  thread_local std::string text;
  if (now_unix_ms / 1000 != second) {
    second = now_unix_ms / 1000;
    text = absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT",
                            absl::FromUnixSeconds(second), absl::UTCTimeZone());
  }
  return text;
}

// A stream may have nothing to say for hours; a peer that has vanished without
// a word must be noticed all the same.
void ProbeSilentPeers(int fd) {
  const auto set = [fd](int option, int value) {
    setsockopt(fd, IPPROTO_TCP, option, &value, sizeof(value));
  };
  set(TCP_KEEPIDLE, 60);
  set(TCP_KEEPINTVL, 15);
  set(TCP_KEEPCNT, 4);
}

void BoundUnsent(int fd) {
  setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kMostUnsentInKernel,
             sizeof(kMostUnsentInKernel));
}

}  // namespace

Connection::Connection(std::shared_ptr<EventLoop> loop,
                       std::shared_ptr<ServerState> server,
                       asio::ip::tcp::socket socket,
                       std::unique_ptr<crypto::TlsSession> tls,
                       std::string address_key)
    : loop_(std::move(loop)),
      server_(std::move(server)),
      socket_(std::move(socket)),
      tls_(std::move(tls)),
      address_key_(std::move(address_key)) {
  server_->open.fetch_add(1, std::memory_order_relaxed);
}

Connection::~Connection() {
  CountUnsent(0);
  server_->addresses.GiveBack(address_key_);
  server_->open.fetch_sub(1, std::memory_order_relaxed);
}

void Connection::Start() {
  error_code error;
  socket_.non_blocking(true, error);
  if (!error) socket_.set_option(asio::ip::tcp::no_delay(true), error);
  if (!error) socket_.set_option(asio::socket_base::keep_alive(true), error);
  if (!error) {
    ProbeSilentPeers(socket_.native_handle());
    BoundUnsent(socket_.native_handle());
  }
  place_ = loop_->Add(this);
  if (error || server_->stopping.load()) return Close();
  SetDeadline(server_->options.request_timeout);
  AwaitReadable();
}

void Connection::SetDeadline(absl::Duration from_now) {
  deadline_ms_ = loop_->NowMs() + absl::ToInt64Milliseconds(from_now);
}

void Connection::CloseIfOverdue(int64_t now_ms) {
  if (now_ms < deadline_ms_) return;
  server_->overdue.fetch_add(1, std::memory_order_relaxed);
  Close();
}

void Connection::Drain() {
  close_after_ = true;
  if (state_ == State::kReading && parser_ == nullptr && pending_.empty()) {
    Close();
  }
}

void Connection::Close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  error_code ignored;
  socket_.close(ignored);
  loop_->Remove(place_);
  stream_.reset();
  if (on_gone_ != nullptr) std::exchange(on_gone_, nullptr)();
}

// --- reading ------------------------------------------------------------------

// Waits without a buffer: a connection that rests holds none.
void Connection::AwaitReadable() {
  if (awaiting_readable_) return;
  awaiting_readable_ = true;
  socket_.async_wait(asio::ip::tcp::socket::wait_read,
                     [self = shared_from_this()](const error_code& error) {
                       self->awaiting_readable_ = false;
                       if (error) return self->Close();
                       self->OnReadable();
                     });
}

void Connection::OnReadable() {
  switch (state_) {
    case State::kClosed:
      return;
    case State::kReading:
      if (ReadSome()) Advance();
      return;
    case State::kHandling:
    case State::kWriting:
      if (!watching() || pending_.size() >= kMostAhead) return;
      if (ReadSome()) AwaitReadable();
      return;
    case State::kLingering:
      if (!ReadSome()) return;
      lingered_ += pending_.size();
      pending_.clear();
      if (lingered_ > kMostLingered) return Close();
      AwaitReadable();
  }
}

bool Connection::ReadSome() {
  std::vector<char>& buffer = loop_->read_buffer();
  error_code error;
  const size_t read = socket_.read_some(asio::buffer(buffer), error);
  if (error && error != asio::error::would_block) {
    Close();
    return false;
  }
  if (tls_ != nullptr) return Decrypt({buffer.data(), read});
  pending_.append(buffer.data(), read);
  return true;
}

bool Connection::Decrypt(absl::string_view bytes) {
  const size_t before = pending_.size();
  const absl::Status received = tls_->Receive(bytes, &pending_);
  encrypted_ += tls_->TakeOutput();
  // While an answer is written, what TLS itself has to say goes with it.
  const bool writing = state_ == State::kWriting && answer_size() > 0;
  const error_code error = writing ? error_code() : FlushEncrypted();
  if (!received.ok()) {
    server_->tls_failed.fetch_add(1, std::memory_order_relaxed);
    Close();
    return false;
  }
  // A handshake fits any socket's buffer.
  if (error || (tls_->peer_closed() && pending_.size() == before)) {
    Close();
    return false;
  }
  return true;
}

void Connection::Advance() {
  for (int answered = 0; state_ == State::kReading; ++answered) {
    if (pending_.empty()) {
      if (parser_ == nullptr) std::string().swap(pending_);
      return AwaitReadable();
    }
    if (answered == kMostInARow) {
      // Others' turn: a read may have brought hundreds of requests.
      asio::post(socket_.get_executor(),
                 [self = shared_from_this()] { self->Advance(); });
      return;
    }
    if (parser_ == nullptr) BeginRequest();
    if (ParseSome()) {
      Dispatch();
    } else if (state_ == State::kReading) {
      return AwaitReadable();
    }
  }
}

void Connection::BeginRequest() {
  parser_ = std::make_unique<Parser>();
  parser_->eager(true);
  parser_->header_limit(
      static_cast<uint32_t>(server_->options.max_header_bytes));
  parser_->body_limit(server_->options.max_body_bytes);
  continued_ = false;
  SetDeadline(server_->options.request_timeout);
}

bool Connection::ParseSome() {
  error_code error;
  const size_t parsed = parser_->put(asio::buffer(pending_), error);
  pending_.erase(0, parsed);
  if (error && error != http::error::need_more) {
    Refuse(StatusOf(error), "malformed request, or beyond a limit");
    return false;
  }
  if (parser_->is_done()) return true;
  MaybeContinue();
  return false;
}

void Connection::MaybeContinue() {
  if (continued_ || !parser_->is_header_done()) return;
  continued_ = true;
  if (!absl::EqualsIgnoreCase(View(parser_->get()[http::field::expect]),
                              "100-continue")) {
    return;
  }
  // A client that does not take these few bytes sends its body unasked, or not.
  error_code ignored;
  socket_.write_some(asio::buffer(kContinue.data(), kContinue.size()), ignored);
}

// --- answering ----------------------------------------------------------------

bool Connection::FillRequest() {
  const auto& message = parser_->get();
  request_ = std::make_unique<Request>();
  request_->method = View(message.method_string());
  request_->target = View(message.target());
  request_->body = message.body();
  request_->client = address_key_;
  for (const auto& field : message.base()) {
    request_->headers.push_back(
        {View(field.name_string()), View(field.value())});
  }
  // RFC 9112 s3.2.2: a server takes a whole URL, too.
  if (absl::ConsumePrefix(&request_->target, "http://")) {
    const size_t slash = request_->target.find('/');
    request_->target = slash == absl::string_view::npos
                           ? absl::string_view("/")
                           : request_->target.substr(slash);
  }
  const bool has_host =
      message.count(http::field::host) == 1 ||
      (message.version() == 10 && message.count(http::field::host) == 0);
  return has_host &&
         (request_->target == "*" || absl::StartsWith(request_->target, "/"));
}

void Connection::Dispatch() {
  if (!FillRequest()) return Refuse(400, "no single Host, or no path");
  server_->requests.fetch_add(1, std::memory_order_relaxed);
  close_after_ = !parser_->keep_alive() || server_->stopping.load();
  state_ = State::kHandling;
  deadline_ms_ = kNever;
  dispatching_ = true;
  server_->handler->Handle(*request_, Reply(shared_from_this()));
  dispatching_ = false;
  if (!answer_.has_value()) {  // to come
    if (watching()) AwaitReadable();
    return;
  }
  Response answer = *std::move(answer_);
  answer_.reset();
  Write(std::move(answer));
}

void Connection::Answer(Response response) {
  if (loop_->InThread() && dispatching_) {
    answer_ = std::move(response);
    return;
  }
  auto shared = std::make_shared<Response>(std::move(response));
  loop_->Post([self = shared_from_this(), shared] {
    if (self->state_ != State::kHandling) return;
    self->Write(std::move(*shared));
    self->Advance();
  });
}

void Connection::SetOnGone(std::function<void()> on_gone) {
  on_gone_ = std::move(on_gone);
}

void Connection::Refuse(int status, absl::string_view why) {
  server_->malformed.fetch_add(1, std::memory_order_relaxed);
  close_after_ = true;
  request_.reset();
  pending_.clear();
  Write(TextResponse(status, why));
}

// --- writing ------------------------------------------------------------------

void Connection::Write(Response response) {
  const ServerOptions& options = server_->options;
  on_gone_ = nullptr;
  if (!response.body.bytes().empty() &&
      server_->unsent_bytes.load(std::memory_order_relaxed) >
          options.max_unsent_bytes) {
    response = TextResponse(503, "busy; try again");
    response.Add("Retry-After", "1");
  }
  const bool old = parser_ != nullptr && parser_->get().version() == 10;
  chunked_ = response.stream != nullptr && !old;
  if (server_->stopping.load() || (response.stream != nullptr && old)) {
    close_after_ = true;
  }
  const bool has_length = response.status != 204 && response.status != 304;
  const bool has_body =
      has_length && (request_ == nullptr || request_->method != "HEAD");
  ComposeHead(response, has_length);
  body_ = has_body ? std::move(response.body) : tiles::PinnedBytes();
  tail_ = "";
  if (response.stream != nullptr) {
    body_ = tiles::PinnedBytes();
    if (has_body) stream_ = std::move(response.stream);
  }
  BeginWriting();
}

void Connection::BeginWriting() {
  const ServerOptions& options = server_->options;
  written_ = 0;
  state_ = State::kWriting;
  SetDeadline(options.send_timeout +
              absl::Seconds(answer_size() / options.least_bytes_per_second));
  WriteSome();
}

void Connection::ComposeHead(const Response& response, bool has_length) {
  head_ = absl::StrCat("HTTP/1.1 ", response.status, " ",
                       ReasonPhrase(response.status),
                       "\r\nDate: ", DateHeader(server_->clock->NowUnixMs()),
                       "\r\n", response.headers);
  if (chunked_) {
    absl::StrAppend(&head_, "Transfer-Encoding: chunked\r\n");
  } else if (has_length && response.stream == nullptr) {
    absl::StrAppend(&head_, "Content-Length: ", response.body.bytes().size(),
                    "\r\n");
  }
  if (close_after_) {
    absl::StrAppend(&head_, "Connection: close\r\n");
  } else if (parser_->get().version() == 10) {
    absl::StrAppend(&head_, "Connection: keep-alive\r\n");
  }
  absl::StrAppend(&head_, "\r\n");
}

// A chunk may be long in coming: that is not the client's fault.
void Connection::PullChunk() {
  deadline_ms_ = kNever;
  AwaitReadable();
  stream_->Pull(shared_from_this());
}

void Connection::TakeChunk(Chunk chunk) {
  auto shared = std::make_shared<Chunk>(std::move(chunk));
  loop_->Post([self = shared_from_this(), shared] {
    if (self->state_ != State::kWriting) return;
    self->WriteChunk(std::move(*shared));
    self->Advance();
  });
}

void Connection::WriteChunk(Chunk chunk) {
  if (chunk.last) stream_ = nullptr;
  const size_t size = chunk.size();
  if (size > 0 && server_->unsent_bytes.load(std::memory_order_relaxed) >
                      server_->options.max_unsent_bytes) {
    return Close();
  }
  head_ = std::move(chunk.head);
  body_ = std::move(chunk.bytes);
  if (chunked_ && size > 0) {
    head_ = absl::StrCat(absl::Hex(size), kChunkEnd, head_);
    tail_ = chunk.last ? kLastChunkEnd : kChunkEnd;
  } else {
    // An empty chunk would end the body.
    tail_ = chunked_ && chunk.last ? kLastChunkEnd.substr(kChunkEnd.size())
                                   : absl::string_view();
  }
  BeginWriting();
}

std::array<asio::const_buffer, 3> Connection::Unwritten() const {
  std::array<asio::const_buffer, 3> parts = {
      asio::buffer(head_.data(), head_.size()),
      asio::buffer(body_.bytes().data(), body_.bytes().size()),
      asio::buffer(tail_.data(), tail_.size())};
  size_t skip = written_;
  for (asio::const_buffer& part : parts) {
    const size_t skipped = std::min(skip, part.size());
    part += skipped;
    skip -= skipped;
  }
  return parts;
}

error_code Connection::WritePlain() {
  error_code error;
  for (const size_t size = answer_size(); written_ < size && !error;) {
    written_ += socket_.write_some(Unwritten(), error);
  }
  return error;
}

// A record at a time, so that a slow reader holds no more than that twice.
error_code Connection::WriteEncrypted() {
  while (true) {
    if (const error_code error = FlushEncrypted()) return error;
    if (written_ == answer_size()) return {};
    for (const asio::const_buffer& part : Unwritten()) {
      if (part.size() == 0) continue;
      const size_t size = std::min(part.size(), kRecordBytes);
      if (!tls_->Send({static_cast<const char*>(part.data()), size}).ok()) {
        return asio::error::connection_aborted;
      }
      written_ += size;
      break;
    }
    encrypted_ += tls_->TakeOutput();
  }
}

error_code Connection::FlushEncrypted() {
  error_code error;
  while (encrypted_written_ < encrypted_.size() && !error) {
    encrypted_written_ +=
        socket_.write_some(asio::buffer(encrypted_.data() + encrypted_written_,
                                        encrypted_.size() - encrypted_written_),
                           error);
  }
  if (!error) {
    std::string().swap(encrypted_);
    encrypted_written_ = 0;
  }
  return error;
}

void Connection::WriteSome() {
  const error_code error = tls_ == nullptr ? WritePlain() : WriteEncrypted();
  if (!error) return FinishAnswer();
  if (error != asio::error::would_block) return Close();
  CountUnsent(answer_size() - written_ + encrypted_.size() -
              encrypted_written_);
  socket_.async_wait(asio::ip::tcp::socket::wait_write,
                     [self = shared_from_this()](const error_code& error) {
                       if (error) return self->Close();
                       if (self->state_ != State::kWriting) return;
                       self->WriteSome();
                       self->Advance();
                     });
}

void Connection::FinishAnswer() {
  CountUnsent(0);
  std::string().swap(head_);
  body_ = tiles::PinnedBytes();
  tail_ = "";
  if (stream_ != nullptr) return PullChunk();
  request_.reset();
  parser_.reset();
  if (close_after_) return Linger();
  state_ = State::kReading;
  SetDeadline(server_->options.idle_timeout);
}

// A socket closed with bytes unread resets the connection, and the client may
// lose the answer: say that this is the end, and read on for a moment.
void Connection::Linger() {
  state_ = State::kLingering;
  pending_.clear();
  error_code error;
  if (tls_ != nullptr) {
    tls_->Close();
    encrypted_ += tls_->TakeOutput();
    FlushEncrypted();  // as far as it goes
  }
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  if (error) return Close();
  SetDeadline(kLingerTime);
  AwaitReadable();
}

void Connection::CountUnsent(size_t bytes) {
  if (bytes == unsent_) return;
  server_->unsent_bytes.fetch_add(bytes - unsent_, std::memory_order_relaxed);
  unsent_ = bytes;
}

}  // namespace sightline::web
