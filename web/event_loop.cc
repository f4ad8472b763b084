#include "web/event_loop.h"

#include <chrono>
#include <utility>

#include "boost/asio/post.hpp"
#include "web/connection.h"

namespace sightline::web {
namespace {

constexpr size_t kReadBytes = 32 << 10;

}  // namespace

EventLoop::EventLoop(absl::Duration tick, std::function<int64_t()> monotonic_ms)
    : tick_(tick),
      monotonic_ms_(std::move(monotonic_ms)),
      read_buffer_(kReadBytes) {}

void EventLoop::Start() {
  Tick();
  thread_ = std::thread([this] { io_.run(); });
}

bool EventLoop::Post(std::function<void()> work) {
  base::MutexLock lock(&mutex_);
  if (stopped_) return false;
  boost::asio::post(io_, std::move(work));
  return true;
}

std::list<Connection*>::iterator EventLoop::Add(Connection* connection) {
  return connections_.insert(connections_.end(), connection);
}

void EventLoop::Remove(std::list<Connection*>::iterator place) {
  connections_.erase(place);
  TellIfDrained();
}

void EventLoop::Drain() {
  Post([this] {
    draining_ = true;
    for (auto it = connections_.begin(); it != connections_.end();) {
      Connection* const connection = *it++;  // which may take itself out
      connection->Drain();
    }
    TellIfDrained();
  });
}

void EventLoop::TellIfDrained() {
  if (!draining_ || !connections_.empty()) return;
  base::MutexLock lock(&mutex_);
  drained_ = true;
  changed_.NotifyAll();
}

bool EventLoop::WaitDrained(absl::Time deadline) {
  base::MutexLock lock(&mutex_);
  while (!drained_) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return false;
    changed_.WaitFor(&mutex_, left);
  }
  return true;
}

void EventLoop::Stop() {
  const bool posted = Post([this] {
    draining_ = true;
    for (auto it = connections_.begin(); it != connections_.end();) {
      Connection* const connection = *it++;
      connection->Close();
    }
    timer_.cancel();
    work_.reset();
    // Whatever was closed runs its last handlers, and run() returns.
  });
  if (!posted) return;
  if (thread_.joinable()) thread_.join();
  {
    base::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  // What was posted in between keeps connections alive until it has run.
  io_.restart();
  io_.poll();
}

void EventLoop::Tick() {
  timer_.expires_after(
      std::chrono::milliseconds(absl::ToInt64Milliseconds(tick_)));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || !work_.owns_work()) return;
    const int64_t now_ms = NowMs();
    for (auto it = connections_.begin(); it != connections_.end();) {
      Connection* const connection = *it++;
      connection->CloseIfOverdue(now_ms);
    }
    if (on_tick_) on_tick_();
    Tick();
  });
}

}  // namespace sightline::web
