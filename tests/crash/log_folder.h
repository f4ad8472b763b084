// A folder with all that a server of the test parties needs: keys, certificates,
// genesis, and the data folder. Gone when the test is.
//
// Threads: thread-compatible.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/log_client.h"
#include "client/options.h"
#include "tests/crash/server_process.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {

class LogFolder {
 public:
  LogFolder();
  ~LogFolder();
  LogFolder(const LogFolder&) = delete;
  LogFolder& operator=(const LogFolder&) = delete;

  const TestParties& parties() const { return parties_; }
  const std::string& path() const { return path_; }
  std::string data_dir() const { return path_ + "/store"; }

  // The server as users run it. Bazel hands the program over in an environment
  // variable of the test.
  std::vector<std::string> Sightlined() const;
  // The same log with small buffers; see crash_server.cc.
  std::vector<std::string> CrashServer() const;

  absl::StatusOr<std::unique_ptr<ServerProcess>> Start(
      const std::vector<std::string>& command) const;

  // Over TLS, with the certificate of `as`.
  absl::StatusOr<std::unique_ptr<client::LogClient>> Connect(
      const std::string& address, const Party& as,
      const client::Options& options = {}) const;

 private:
  void Write(const std::string& name, absl::string_view contents) const;

  const TestParties parties_;
  const std::string path_;
};

}  // namespace sightline::tests
