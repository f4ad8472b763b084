// A sightline-witness process with a folder of its own, to be killed and started
// again at the same address. Tests only.
//
// Threads: thread-compatible.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "base/status_matchers.h"
#include "checkpoint/note_signer.h"
#include "crypto/key_file.h"
#include "crypto/secret.h"
#include "tests/crash/server_process.h"

namespace sightline::tests {

class WitnessDaemon {
 public:
  // Cosigns with `key` for the log of `vkey`.
  WitnessDaemon(const checkpoint::NoteSigner& key, absl::string_view vkey)
      : vkey_(key.vkey()) {
    std::string name = absl::StrCat(::testing::TempDir(), "/witness.XXXXXX");
    folder_ = mkdtemp(name.data());
    EXPECT_OK(crypto::WriteSecretFile(folder_ + "/logs",
                                      absl::StrCat("logs/v0\n\nvkey ", vkey)));
    EXPECT_OK(
        crypto::WriteSecretFile(folder_ + "/key", key.PrivateText()->view()));
  }
  ~WitnessDaemon() {
    process_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::vector<std::string> Command() const {
    return {getenv("SIGHTLINE_WITNESS"),   "--data-dir=" + folder_ + "/state",
            "--logs=" + folder_ + "/logs", "--key=" + folder_ + "/key",
            "--listen=127.0.0.1:" + port_, "--client-per-second=0"};
  }

  absl::Status Start() {
    ASSIGN_OR_RETURN(process_,
                     ServerProcess::Start(Command(), folder_ + "/stderr"));
    ASSIGN_OR_RETURN(const std::string address, process_->AwaitListening());
    port_ = std::vector<std::string>(absl::StrSplit(address, ':')).back();
    return absl::OkStatus();
  }

  void Kill() {
    process_->Kill();
    process_->Wait();
  }

  ServerProcess& process() { return *process_; }
  std::string url() const { return "http://127.0.0.1:" + port_; }
  const std::string& vkey() const { return vkey_; }

 private:
  const std::string vkey_;
  std::string folder_;
  std::string port_ = "0";
  std::unique_ptr<ServerProcess> process_;
};

}  // namespace sightline::tests
