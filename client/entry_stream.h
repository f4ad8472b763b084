// Entries as the log publishes them, verified, from an index on for as long as
// wanted.
//
// A lost connection is made again, with back-off, and goes on where it stopped.
//
// Errors:  kDataLoss: the log sent something that does not hold; the stream is
//          over. kCancelled: Cancel was called. Errors that do not pass end it.
// Threads: Next by one thread; Cancel from any.
//
//   auto stream = log->StreamEntries({.start_index = 17, .follow = true});
//   while (true) {
//     ASSIGN_OR_RETURN(const auto run, stream->Next());
//     if (!run.has_value()) break;  // the end
//     for (const EntryView& entry : run->entries()) Use(entry);
//   }
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "client/backoff.h"
#include "client/entry_run.h"
#include "client/tree_tracker.h"
#include "proto/sightline/v1/log_service.pb.h"

namespace sightline::client {

class Connection;

struct EntryStreamOptions {
  uint64_t start_index = 0;
  v1::EntryFilter filter = {};
  // Wait for new entries; otherwise end at the tree that was newest at the
  // beginning.
  bool follow = false;
  // Give up after so many attempts in a row that brought nothing; 0: never.
  int max_failures = 0;
  // Called before each wait, with what went wrong and how long it waits.
  std::function<void(const absl::Status&, absl::Duration)> on_retry = {};
};

class EntryStream {
 public:
  // `connection` outlives the stream.
  EntryStream(Connection* connection, EntryStreamOptions options);
  ~EntryStream();
  EntryStream(const EntryStream&) = delete;
  EntryStream& operator=(const EntryStream&) = delete;

  // Waits for the next run, which may hold no entries when a filter found none.
  // Nothing at the end.
  absl::StatusOr<std::optional<EntryRun>> Next();

  // Where the next run begins; what to begin a later stream with.
  uint64_t next_index() const { return next_index_; }

  // Ends the stream; Next returns kCancelled.
  void Cancel();

 private:
  struct Attempt;

  absl::Status Open();
  // Ends the attempt under way and returns what came of it.
  absl::Status Close();
  void Abandon();
  absl::StatusOr<EntryRun> Check(v1::EntryRun run);
  // Waits before another attempt; the status that ends the stream if there is
  // to be none.
  absl::Status WaitToRetry(const absl::Status& why);

  Connection* const connection_;
  const EntryStreamOptions options_;
  uint64_t next_index_;
  TreePtr floor_;  // the stream's trees do not shrink
  int failures_ = 0;
  Backoff backoff_;
  Pause pause_;

  base::Mutex mutex_;
  std::unique_ptr<Attempt> attempt_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::client
