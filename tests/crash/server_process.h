// A server in a process of its own, to be killed.
//
// Errors:  Start: kInternal: the program cannot be started.
//          AwaitAddress: kUnavailable: it ended instead, with what it wrote to
//          standard error.
// Threads: Kill from any thread; the rest by one.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"

namespace sightline::tests {

class ServerProcess {
 public:
  // Runs `command`; its standard error goes to the file `stderr_path`.
  static absl::StatusOr<std::unique_ptr<ServerProcess>> Start(
      const std::vector<std::string>& command, std::string stderr_path);

  ~ServerProcess();  // Kill, then Wait
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // The first address that it says it listens on ("... 127.0.0.1:41234 ...").
  absl::StatusOr<std::string> AwaitListening() {
    return AwaitAddress("listening");
  }
  // The first in a line that has `said`: "serving HTTP".
  absl::StatusOr<std::string> AwaitAddress(absl::string_view said);

  // Readable once there is something for AwaitAddress to read, or at the end.
  int output_fd() const { return output_fd_; }

  // SIGKILL. Returns at once.
  void Kill();
  // SIGTERM, and waits: kUnavailable when it did not end with 0.
  absl::Status Stop();
  // Waits for its end: how it ended ("killed by signal 9", "exit code 0").
  std::string Wait();

  std::string Stderr() const;

 private:
  ServerProcess(pid_t pid, int output_fd, std::string stderr_path)
      : pid_(pid),
        output_fd_(output_fd),
        stderr_path_(std::move(stderr_path)) {}

  void Send(int signal) ABSL_LOCKS_EXCLUDED(mutex_);

  const pid_t pid_;
  const int output_fd_;
  const std::string stderr_path_;
  std::string output_;

  base::Mutex mutex_;
  bool ended_ ABSL_GUARDED_BY(mutex_) =
      false;  // and the pid is not ours any more
  std::string how_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::tests
