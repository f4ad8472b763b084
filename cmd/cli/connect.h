// A client of the log that the settings name, with a memory: the newest
// checkpoint that earlier runs have verified.
//
// The memory makes runs of the command one observer. A log that shows another
// history tomorrow is convicted tomorrow, not only while one process runs.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "checkpoint/log_keys.h"
#include "client/log_client.h"
#include "client/options.h"
#include "cmd/cli/invocation.h"
#include "cmd/cli/settings.h"

namespace sightline::cli {

// A client that remembers nothing but `remembered_checkpoint`, and keeps nothing.
absl::StatusOr<std::unique_ptr<client::LogClient>> ConnectClient(
    const Settings& settings, const std::string& remembered_checkpoint,
    const Invocation& run);

class Session {
 public:
  // `settings` are resolved.
  static absl::StatusOr<std::unique_ptr<Session>> Open(const Settings& settings,
                                                       const Invocation& run);

  // Keeps the newest checkpoint for later runs.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  client::LogClient& log() { return *client_; }

 private:
  Session() = default;

  struct Memory {
    std::string note;  // "": none
    uint64_t tree_size = 0;
  };

  void Recall(const Invocation& run, const checkpoint::LogKeySet& keys,
              client::Options* options);
  Memory Remembered() const;

  std::string memory_file_;  // "": none
  std::optional<checkpoint::LogKeySet> keys_;
  std::unique_ptr<client::LogClient> client_;
};

}  // namespace sightline::cli
