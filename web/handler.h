// What answers requests.
//
// Threads: Handle is called by the server's I/O threads, many at a time, and
//          should not block for longer than a disk takes. A Reply may be kept and
//          sent from any thread.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "web/http_message.h"

namespace sightline::web {

// Where an answer goes: the server's side of a Reply.
class ReplySink {
 public:
  virtual ~ReplySink() = default;
  virtual void Answer(Response response) = 0;
  virtual void SetOnGone(std::function<void()> /*on_gone*/) {}
};

// The right to answer one request, once. Dropped unanswered, it answers 500.
class Reply {
 public:
  explicit Reply(std::shared_ptr<ReplySink> sink) : sink_(std::move(sink)) {}
  ~Reply() {
    if (sink_ != nullptr) Send(TextResponse(500, "the server failed"));
  }

  Reply(Reply&&) = default;
  Reply& operator=(Reply&&) = delete;

  // Has `on_gone` called, once, should the client leave or the server stop before
  // there is an answer. To be called within Handle, by a handler that answers
  // later; `on_gone` runs on one of the server's threads and must not block.
  void SetOnGone(std::function<void()> on_gone) {
    sink_->SetOnGone(std::move(on_gone));
  }

  // The request's views end here. Does nothing when the client has gone.
  void Send(Response response) {
    std::exchange(sink_, nullptr)->Answer(std::move(response));
  }

 private:
  std::shared_ptr<ReplySink> sink_;
};

class Handler {
 public:
  virtual ~Handler() = default;

  // Answers now, or hands `reply` on. `request` stays valid until it is answered.
  virtual void Handle(const Request& request, Reply reply) = 0;
};

}  // namespace sightline::web
