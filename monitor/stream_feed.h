// A log followed by its gRPC stream: every run of entries is proven by the client
// library before it is seen here.
//
// Errors:  log_feed.h.
// Threads: one, except Stop; has a thread of its own that reads ahead, at most
//          kMaxRuns runs.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "client/entry_run.h"
#include "client/entry_stream.h"
#include "client/log_client.h"
#include "monitor/log_feed.h"

namespace sightline::monitor {

class StreamFeed final : public LogFeed {
 public:
  static constexpr size_t kMaxRuns = 8;

  // A client of the log that believes nothing yet, or what is remembered.
  using Connector =
      std::function<absl::StatusOr<std::unique_ptr<client::LogClient>>(
          const std::string& remembered_checkpoint)>;

  // `remembered`: the note of an earlier run, or "".
  static absl::StatusOr<std::unique_ptr<StreamFeed>> Create(
      Connector connect, const std::string& remembered);

  ~StreamFeed() override;

  absl::StatusOr<std::optional<Step>> Next(uint64_t from,
                                           absl::Duration patience,
                                           const Visitor& visit) override;
  bool proves() const override { return true; }
  absl::StatusOr<std::string> ReadEntry(uint64_t index) override;
  absl::StatusOr<Prefix> ReadPrefix(uint64_t size,
                                    const std::string& newer) override;
  void Stop() override;

 private:
  StreamFeed(Connector connect, std::unique_ptr<client::LogClient> client)
      : connect_(std::move(connect)), client_(std::move(client)) {}

  void Open(uint64_t from);
  void Close();
  void ReadAhead();

  const Connector connect_;
  const std::unique_ptr<client::LogClient> client_;
  std::unique_ptr<client::EntryStream> stream_;
  std::thread reader_;
  uint64_t next_ = 0;  // where the next run of the queue begins

  base::Mutex mutex_;
  base::CondVar changed_;
  std::deque<absl::StatusOr<client::EntryRun>> runs_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace sightline::monitor
