// Tells when something changes in a folder: moments of a server's life that a test
// can wait for without a clock.
//
// Threads: thread-compatible.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>

namespace sightline::tests {

class FileWatch {
 public:
  // Files made, written, moved or removed in `folder` from now on.
  explicit FileWatch(const std::string& folder)
      : fd_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    constexpr uint32_t kChanges =
        IN_CREATE | IN_MODIFY | IN_MOVED_TO | IN_DELETE;
    if (inotify_add_watch(fd_, folder.c_str(), kChanges) < 0) {
      ADD_FAILURE() << "inotify_add_watch: " << folder;
    }
  }
  ~FileWatch() { close(fd_); }
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  // Forgets what has changed so far.
  void Skip() {
    while (ReadChanges() != 0) {
    }
  }

  // Waits until `count` changes have been seen, and returns true, or until
  // `stop_fd` can be read.
  bool AwaitChanges(size_t count, int stop_fd) {
    for (size_t seen = 0;;) {
      seen += ReadChanges();
      if (seen >= count) return true;
      pollfd fds[] = {{fd_, POLLIN, 0}, {stop_fd, POLLIN, 0}};
      if (poll(fds, 2, -1) < 0 && errno != EINTR) return false;
      if (fds[0].revents == 0 && fds[1].revents != 0) return false;
    }
  }

  // Waits until `stop_fd` can be read; how many changes there were.
  size_t CountChanges(int stop_fd) {
    size_t seen = 0;
    pollfd fds[] = {{fd_, POLLIN, 0}, {stop_fd, POLLIN, 0}};
    do {
      seen += ReadChanges();
      if (poll(fds, 2, -1) < 0 && errno != EINTR) break;
    } while (fds[1].revents == 0);
    return seen + ReadChanges();
  }

 private:
  size_t ReadChanges() {
    alignas(inotify_event) char bytes[4096];
    const ssize_t n = read(fd_, bytes, sizeof(bytes));
    size_t changes = 0;
    for (ssize_t at = 0; at < n; ++changes) {
      const auto* event = reinterpret_cast<const inotify_event*>(bytes + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
    }
    return changes;
  }

  const int fd_;
};

}  // namespace sightline::tests
