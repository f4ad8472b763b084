// One client's connection: reads a request, has it answered, writes the answer,
// and so on. Reading stops while a request is at the handler or its answer on the
// way, so that a client that sends without reading only fills its own window.
//
// While a handler that asked for it or a stream is waited for, the connection
// watches whether the client is there still, and takes a little of what it sends.
//
// Threads: owned by its loop's thread, but for Answer and TakeChunk.
// Memory:  while it rests, no more than this object and its socket.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "boost/asio/buffer.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/beast/http/parser.hpp"
#include "boost/beast/http/string_body.hpp"
#include "boost/system/error_code.hpp"
#include "crypto/tls_server.h"
#include "web/body_stream.h"
#include "web/event_loop.h"
#include "web/handler.h"
#include "web/http_message.h"
#include "web/server_state.h"

namespace sightline::web {

class Connection final : public ReplySink,
                         public ChunkSink,
                         public std::enable_shared_from_this<Connection> {
 public:
  // The loop and the state are shared with the server: a Reply that outlives the
  // server keeps its connection, and that needs both.
  Connection(std::shared_ptr<EventLoop> loop,
             std::shared_ptr<ServerState> server,
             boost::asio::ip::tcp::socket socket,
             std::unique_ptr<crypto::TlsSession> tls, std::string address_key);
  ~Connection() override;

  void Start();

  // ReplySink.
  void Answer(Response response) override;
  void SetOnGone(std::function<void()> on_gone) override;

  // ChunkSink.
  void TakeChunk(Chunk chunk) override;

  // Ends it now if it rests, else with its answer.
  void Drain();
  void CloseIfOverdue(int64_t now_ms);
  // Idempotent.
  void Close();

 private:
  using Parser =
      boost::beast::http::request_parser<boost::beast::http::string_body>;

  enum class State {
    kReading,   // parser_ is set once the request has begun
    kHandling,  // until Answer
    kWriting,
    kLingering,  // has said all, and waits for the client to hang up
    kClosed,
  };

  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  void SetDeadline(absl::Duration from_now);
  void AwaitReadable();
  void OnReadable();
  // Whether to read on; false when the connection has been closed.
  bool ReadSome();
  bool Decrypt(absl::string_view bytes);
  bool watching() const { return on_gone_ != nullptr || stream_ != nullptr; }
  // Parses and dispatches what was read, as far as it goes.
  void Advance();
  void BeginRequest();
  // Whether the request is whole; false when more must come, or it was refused.
  bool ParseSome();
  void MaybeContinue();
  void Dispatch();
  bool FillRequest();
  void Refuse(int status, absl::string_view why);

  void Write(Response response);
  void ComposeHead(const Response& response, bool has_length);
  void PullChunk();
  void WriteChunk(Chunk chunk);
  void BeginWriting();
  std::array<boost::asio::const_buffer, 3> Unwritten() const;
  size_t answer_size() const {
    return head_.size() + body_.bytes().size() + tail_.size();
  }
  void WriteSome();
  // These write what the socket takes; error: would_block when it is full.
  boost::system::error_code WritePlain();
  boost::system::error_code WriteEncrypted();
  boost::system::error_code FlushEncrypted();
  void FinishAnswer();
  void Linger();
  void CountUnsent(size_t bytes);

  const std::shared_ptr<EventLoop> loop_;
  const std::shared_ptr<ServerState> server_;
  boost::asio::ip::tcp::socket socket_;
  const std::unique_ptr<crypto::TlsSession> tls_;  // null: in the clear
  const std::string address_key_;
  std::list<Connection*>::iterator place_;

  State state_ = State::kReading;
  int64_t deadline_ms_ = kNever;
  bool close_after_ = false;
  bool dispatching_ = false;
  bool continued_ = false;  // "100 Continue" was sent
  bool awaiting_readable_ = false;

  std::string pending_;  // read, not parsed
  std::unique_ptr<Parser> parser_;
  std::unique_ptr<Request> request_;
  std::optional<Response> answer_;  // given while dispatching
  std::function<void()> on_gone_;   // until the answer

  // An answer that is a stream: what its chunks come from, until the last.
  std::unique_ptr<BodyStream> stream_;
  bool chunked_ = false;  // else the end of the connection ends it

  // What is being written, in this order.
  std::string head_;
  tiles::PinnedBytes body_;
  absl::string_view tail_;
  size_t written_ = 0;
  std::string encrypted_;  // on its way, over TLS
  size_t encrypted_written_ = 0;
  size_t unsent_ = 0;  // as counted in the server's state
  size_t lingered_ = 0;
};

}  // namespace sightline::web
