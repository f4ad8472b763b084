// A bench_server of one's own: starts it, asks it, ends it.
//
// Shapes:  the program bench_server stands beside the one that runs.
// Errors:  a server that does not come up or does not answer ends the program.
// Threads: thread-compatible.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "client/channel.h"

namespace sightline::bench {

class ServerProcess {
 public:
  // In the folder `dir`, see bench_server.cc. Waits until it listens.
  explicit ServerProcess(std::string dir);
  ~ServerProcess();  // Stop()

  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // The log, with mutual TLS and without TLS; the null service alike.
  const std::string& address() const { return addresses_[0]; }
  const std::string& plaintext_address() const { return addresses_[1]; }
  const std::string& null_address() const { return addresses_[2]; }
  const std::string& null_plaintext_address() const { return addresses_[3]; }
  // What it took to open the store and to listen.
  double open_seconds() const { return open_seconds_; }

  std::string data_dir() const { return dir_ + "/store"; }
  // The identity of agency `i`.
  client::TlsOptions Tls(int i) const;

  double Fill(uint64_t tree_size, size_t entry_bytes);  // seconds
  // Proofs built from the store, without gRPC: median and 99th percentile.
  std::pair<double, double> Proofs(int count);
  // Resident now, and at most so far.
  std::pair<uint64_t, uint64_t> Memory();
  double CpuSeconds();
  void WaitUntilIdle();
  // Where it serves the log over HTTP, from the first call on.
  std::string HttpAddress();

  // Lets it shut down and waits for its end. Idempotent.
  void Stop();

 private:
  std::vector<std::string> Ask(const std::string& command);
  std::vector<std::string> ReadLine();

  const std::string dir_;
  pid_t pid_ = -1;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
  std::vector<std::string> addresses_;
  double open_seconds_ = 0;
};

// Forgets what the operating system has kept of the files below `dir`, as far as
// it is on disk.
void DropFromPageCache(const std::string& dir);

}  // namespace sightline::bench
