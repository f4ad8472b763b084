#include "bench/server_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "bench/or_die.h"

extern char** environ;

namespace sightline::bench {
namespace {

std::string ProgramBeside(absl::string_view name) {
  const std::filesystem::path self =
      std::filesystem::read_symlink("/proc/self/exe");
  return (self.parent_path() / std::string(name)).string();
}

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

// Both ends are closed in a program that is started later.
Pipe MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) OrDie(absl::InternalError("pipe"), "pipe");
  return {ends[0], ends[1]};
}

double Number(const std::string& word) {
  return std::strtod(word.c_str(), nullptr);
}

uint64_t Whole(const std::string& word) {
  return std::strtoull(word.c_str(), nullptr, 10);
}

}  // namespace

ServerProcess::ServerProcess(std::string dir) : dir_(std::move(dir)) {
  std::filesystem::create_directories(dir_);
  const std::string program = ProgramBeside("bench_server");
  const Pipe in = MakePipe();
  const Pipe out = MakePipe();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read_end, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write_end, 1);
  char* const argv[] = {const_cast<char*>(program.c_str()),
                        const_cast<char*>(dir_.c_str()), nullptr};
  const int failed =
      posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in.read_end);
  close(out.write_end);
  if (failed != 0) OrDie(absl::InternalError(program), "start");
  to_ = fdopen(in.write_end, "w");
  from_ = fdopen(out.read_end, "r");
  const std::vector<std::string> ready = ReadLine();
  if (ready.size() != 6 || ready[0] != "ready") {
    OrDie(absl::InternalError("it did not come up"), "bench_server");
  }
  addresses_.assign(ready.begin() + 1, ready.begin() + 5);
  open_seconds_ = Number(ready[5]);
}

ServerProcess::~ServerProcess() { Stop(); }

client::TlsOptions ServerProcess::Tls(int i) const {
  client::TlsOptions tls;
  tls.ca_file = dir_ + "/tls/ca.pem";
  tls.cert_file = absl::StrCat(dir_, "/tls/agency", i, ".pem");
  tls.key_file = absl::StrCat(dir_, "/tls/agency", i, ".key");
  return tls;
}

std::vector<std::string> ServerProcess::ReadLine() {
  char line[1024];
  if (std::fgets(line, sizeof(line), from_) == nullptr) {
    OrDie(absl::UnavailableError("it has ended"), "bench_server");
  }
  return absl::StrSplit(line, absl::ByAnyChar(" \n"), absl::SkipEmpty());
}

std::vector<std::string> ServerProcess::Ask(const std::string& command) {
  std::fprintf(to_, "%s\n", command.c_str());
  std::fflush(to_);
  return ReadLine();
}

double ServerProcess::Fill(uint64_t tree_size, size_t entry_bytes) {
  return Number(Ask(absl::StrCat("fill ", tree_size, " ", entry_bytes))[1]);
}

std::pair<double, double> ServerProcess::Proofs(int count) {
  const std::vector<std::string> answer = Ask(absl::StrCat("proofs ", count));
  return {Number(answer[1]), Number(answer[2])};
}

std::pair<uint64_t, uint64_t> ServerProcess::Memory() {
  const std::vector<std::string> answer = Ask("memory");
  return {Whole(answer[1]), Whole(answer[2])};
}

double ServerProcess::CpuSeconds() { return Number(Ask("cpu")[1]); }

void ServerProcess::WaitUntilIdle() { Ask("idle"); }

std::string ServerProcess::HttpAddress() { return Ask("http")[1]; }

void ServerProcess::Stop() {
  if (pid_ < 0) return;
  std::fclose(to_);
  int status = 0;
  waitpid(pid_, &status, 0);
  std::fclose(from_);
  pid_ = -1;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    OrDie(absl::InternalError(absl::StrCat("status ", status)),
          "end of bench_server");
  }
}

void DropFromPageCache(const std::string& dir) {
  sync();
  for (const auto& file : std::filesystem::recursive_directory_iterator(dir)) {
    if (!file.is_regular_file()) continue;
    const int fd = open(file.path().c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
  }
}

}  // namespace sightline::bench
