#include "tests/crash/server_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

extern char** environ;

namespace sightline::tests {
namespace {

constexpr absl::string_view kLoopback = "127.0.0.1:";

// The address in the first whole line that has `said`; "" when there is none yet.
std::string FindAddress(absl::string_view output, absl::string_view said) {
  for (size_t begin = 0;;) {
    const size_t end = output.find('\n', begin);
    if (end == absl::string_view::npos) return "";
    const absl::string_view line = output.substr(begin, end - begin);
    const size_t at = line.find(kLoopback);
    if (absl::StrContains(line, said) && at != absl::string_view::npos) {
      size_t stop = at + kLoopback.size();
      while (stop < line.size() && std::isdigit(line[stop])) ++stop;
      return std::string(line.substr(at, stop - at));
    }
    begin = end + 1;
  }
}

std::string HowItEnded(int status) {
  if (WIFSIGNALED(status)) {
    return absl::StrCat("killed by signal ", WTERMSIG(status));
  }
  return absl::StrCat("exit code ", WEXITSTATUS(status));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ServerProcess>> ServerProcess::Start(
    const std::vector<std::string>& command, std::string stderr_path) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return absl::InternalError("pipe2");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, stderr_path.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  std::vector<char*> argv;
  for (const std::string& word : command) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int error =
      posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (error != 0) {
    close(ends[0]);
    return absl::InternalError(
        absl::StrCat("start ", command[0], ": ", strerror(error)));
  }
  return std::unique_ptr<ServerProcess>(
      new ServerProcess(pid, ends[0], std::move(stderr_path)));
}

ServerProcess::~ServerProcess() {
  Kill();
  Wait();
  close(output_fd_);
}

absl::StatusOr<std::string> ServerProcess::AwaitAddress(
    absl::string_view said) {
  for (;;) {
    std::string address = FindAddress(output_, said);
    if (!address.empty()) return address;
    char bytes[4096];
    const ssize_t n = read(output_fd_, bytes, sizeof(bytes));
    if (n > 0) {
      output_.append(bytes, static_cast<size_t>(n));
    } else if (n == 0 || errno != EINTR) {
      return absl::UnavailableError(absl::StrCat(Wait(), ": ", Stderr()));
    }
  }
}

void ServerProcess::Send(int signal) {
  base::MutexLock lock(&mutex_);
  if (!ended_) kill(pid_, signal);
}

void ServerProcess::Kill() { Send(SIGKILL); }

absl::Status ServerProcess::Stop() {
  Send(SIGTERM);
  const std::string how = Wait();
  if (how == HowItEnded(0)) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(how, ": ", Stderr()));
}

std::string ServerProcess::Wait() {
  {
    base::MutexLock lock(&mutex_);
    if (ended_) return how_;
  }
  // Leaves it a zombie, whose pid nobody else gets, until Kill can know of it.
  siginfo_t info;
  while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) !=
             0 &&
         errno == EINTR) {
  }
  base::MutexLock lock(&mutex_);
  int status = 0;
  waitpid(pid_, &status, 0);
  ended_ = true;
  how_ = HowItEnded(status);
  return how_;
}

std::string ServerProcess::Stderr() const {
  std::ifstream file(stderr_path_);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace sightline::tests
