// Brings imported agencies and requests into a log: enrols those who are not
// enrolled, then submits as each of them, many at a time.
//
// A run that was cut short is simply repeated: statements are the same bytes
// again, and the log answers with the receipts of the first run.
//
// Errors:  a Status says that the run could not go on (the log cannot be
//          reached, a key cannot be read); the result holds what was done. What
//          the log refuses is a fault of its row.
// Threads: Enrol and Submit start threads and join them; call one at a time.
// Memory:  `threads` times a window of statements, beside the rows.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/mutex.h"
#include "checkpoint/log_keys.h"
#include "client/channel.h"
#include "client/log_client.h"
#include "client/options.h"
#include "client/receipt_check.h"
#include "client/tree_tracker.h"
#include "cmd/cli/import/import_notes.h"
#include "cmd/cli/import/imported_agency.h"
#include "cmd/cli/import/key_folder.h"
#include "cmd/cli/import/request_file.h"
#include "crypto/signer.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::cli {

struct ImportTarget {
  std::string server;
  checkpoint::LogKeySet log_keys;
  client::Options client;
  // How the server is reached as a submitter ("registrar" too). Thread-safe.
  std::function<absl::StatusOr<client::TlsOptions>(const std::string&)>
      identity;
};

struct ImporterOptions {
  int threads = 4;
  // Attempts for what the log is too busy for.
  int max_attempts = 6;
  // Called now and then, never by two threads at a time.
  std::function<void(uint64_t done, uint64_t total)> progress;
  // Called with every receipt, by many threads: `name` is that of a file,
  // "enrolment-ori-CA0194200" or "request-notices.xlsx-17".
  std::function<absl::Status(const std::string& name, const client::Receipt&)>
      keep_receipt;
};

// A row whose statement is in the log.
struct LoggedRow {
  uint64_t line = 0;
  uint64_t index = 0;
  std::string submitter;
  bool duplicate = false;
};

struct ImportResult {
  uint64_t enrolled = 0;
  uint64_t enrolled_before = 0;
  std::vector<LoggedRow> logged;  // by line
  std::vector<RowFault> refused;  // by line
};

class Importer {
 public:
  // `keys` outlives the importer.
  Importer(ImportTarget target, KeyFolder* keys, ImporterOptions options);

  // Enrols agencies, signed by `registrars`. An agency that is enrolled already
  // is fine when the folder has its key.
  absl::Status Enrol(absl::Span<const ImportedAgency> agencies,
                     absl::Span<const crypto::PrivateKey> registrars,
                     ImportResult* result);

  // Submits requests, each as its agency. Those of agencies that Enrol could not
  // enrol are refused.
  absl::Status Submit(absl::Span<const ImportedRequest> requests,
                      ImportResult* result);

  // The newest tree that any answer has shown; null before the first.
  client::TreePtr newest() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  class Feed;

  absl::StatusOr<std::unique_ptr<client::LogClient>> Connect(
      const std::string& submitter);
  absl::Status EnrolOne(client::LogClient* log, const ImportedAgency& agency,
                        absl::Span<const crypto::PrivateKey> registrars,
                        ImportResult* result);
  absl::Status TakeEnrolled(client::LogClient* log,
                            const ImportedAgency& agency,
                            const crypto::PublicKey& key,
                            const v1::SignedStatement& enrolment,
                            ImportResult* result);
  absl::Status SubmitFeed(const std::string& submitter,
                          std::vector<const ImportedRequest*> requests,
                          ImportResult* result);
  void Refuse(uint64_t line, absl::string_view reason, ImportResult* result);
  void Logged(const ImportedRequest& request,
              const client::SubmitResult& submitted, ImportResult* result);
  absl::Status Keep(const std::string& name, const client::Receipt& receipt);
  void Remember(client::TreePtr tree) ABSL_LOCKS_EXCLUDED(mutex_);
  void Done() ABSL_LOCKS_EXCLUDED(mutex_);
  void Begin(uint64_t total) ABSL_LOCKS_EXCLUDED(mutex_);

  // Runs `work(i)` for i in [0, count) on the options' threads until one fails.
  absl::Status Parallel(size_t count,
                        const std::function<absl::Status(size_t)>& work);

  const ImportTarget target_;
  KeyFolder* const keys_;
  const ImporterOptions options_;

  mutable base::Mutex mutex_;  // also guards the result of the call under way
  absl::flat_hash_set<std::string> not_enrolled_ ABSL_GUARDED_BY(mutex_);
  client::TreePtr newest_ ABSL_GUARDED_BY(mutex_);
  uint64_t done_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t total_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sightline::cli
