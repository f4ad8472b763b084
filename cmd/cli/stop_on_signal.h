// Ends what runs until it is stopped: on SIGINT and SIGTERM.
//
// Threads: has one of its own, which calls `stop`. Made before other threads of
//          the run, which then leave these signals to it.
#pragma once

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <functional>
#include <thread>
#include <utility>

namespace sightline::cli {

class StopOnSignal {
 public:
  // From now on the signals wait for Start.
  StopOnSignal() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  ~StopOnSignal() {
    if (waiter_.joinable()) {
      // If it still waits: to stop what has stopped does nothing.
      pthread_kill(waiter_.native_handle(), SIGTERM);
      waiter_.join();
    }
    // One that nobody waits for any more must not end the process.
    const timespec now = {};
    while (sigtimedwait(&signals_, nullptr, &now) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  // Calls `stop` at the first signal, and when this ends.
  void Start(std::function<void()> stop) {
    waiter_ = std::thread([this, stop = std::move(stop)] {
      int signal = 0;
      sigwait(&signals_, &signal);
      stop();
    });
  }

 private:
  sigset_t signals_ = {};
  sigset_t before_ = {};
  std::thread waiter_;
};

}  // namespace sightline::cli
