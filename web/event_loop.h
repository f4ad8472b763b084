// One thread with the connections it owns: whatever happens to a connection
// happens here.
//
// Threads: Post from any thread; Start, Drain, WaitDrained and Stop from the
//          server's; the rest from the loop's own.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/steady_timer.hpp"

namespace sightline::web {

class Connection;

class EventLoop {
 public:
  // `monotonic_ms` gives the time that deadlines are in.
  EventLoop(absl::Duration tick, std::function<int64_t()> monotonic_ms);

  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void Start();

  // Runs `work` on the loop's thread; drops it, and says so, once stopped.
  bool Post(std::function<void()> work) ABSL_LOCKS_EXCLUDED(mutex_);

  // Ends connections as they finish what they are at.
  void Drain();
  // Whether all have ended before `deadline`.
  bool WaitDrained(absl::Time deadline) ABSL_LOCKS_EXCLUDED(mutex_);
  // Ends the rest, and the thread.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

  boost::asio::io_context& io() { return io_; }
  bool InThread() { return io_.get_executor().running_in_this_thread(); }
  int64_t NowMs() const { return monotonic_ms_(); }

  // For the loop's own thread.
  std::vector<char>& read_buffer() { return read_buffer_; }
  std::list<Connection*>::iterator Add(Connection* connection);
  void Remove(std::list<Connection*>::iterator place);
  void set_on_tick(std::function<void()> on_tick) {
    on_tick_ = std::move(on_tick);
  }

 private:
  void Tick();
  void TellIfDrained() ABSL_LOCKS_EXCLUDED(mutex_);

  const absl::Duration tick_;
  const std::function<int64_t()> monotonic_ms_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
      work_ = boost::asio::make_work_guard(io_);
  boost::asio::steady_timer timer_{io_};
  std::function<void()> on_tick_;
  std::vector<char> read_buffer_;
  std::list<Connection*> connections_;
  bool draining_ = false;

  base::Mutex mutex_;
  base::CondVar changed_;
  bool drained_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;

  std::thread thread_;
};

}  // namespace sightline::web
