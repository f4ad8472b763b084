// Asks RecordService and believes nothing: an answer is returned only when the
// entries that it rests on prove it (answer_check.h).
//
// Errors:  kDataLoss: the answer does not hold. kUnavailable: views are being
//          derived anew; kAborted: the log grew during every attempt to read a
//          whole one. Those of LogClient.
// Threads: thread-safe.
// Cost:    a page is one call. Reconciliation and statistics read the whole log,
//          and hold it in memory; so does a feed that ends the log, from its last
//          entry on.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/answer_check.h"
#include "client/log_client.h"
#include "proto/sightline/v1/record_service.pb.h"

namespace sightline::client {

struct AskOptions {
  // Stop after the page that reaches so many rows; 0: all. Reconciliation and
  // statistics always take all.
  uint64_t max_rows = 0;
};

// An answer that holds, with everything that proves it.
struct ProvenAnswer {
  v1::AnswerFile file;
  AnswerVerdict verdict;
  bool has_more = false;  // max_rows ended it
};

class RecordClient {
 public:
  // `log` outlives the client.
  explicit RecordClient(LogClient* log);

  // `question`: an AnswerFile with nothing but its question.
  absl::StatusOr<ProvenAnswer> Ask(const v1::AnswerFile& question,
                                   const AskOptions& options = {});

  // What LogClient::Administer is for statements: has the server derive its
  // views anew. Needs a registrar's certificate. Returns the number of entries.
  absl::StatusOr<uint64_t> Reindex();

 private:
  absl::Status FetchPages(v1::AnswerFile* file, uint64_t max_rows,
                          bool* has_more);
  absl::Status FetchPage(v1::AnswerFile* file, const std::string& token,
                         std::string* next, uint64_t* rows);
  absl::Status FetchEntries(uint64_t first, v1::AnswerFile* file);
  absl::Status FetchProof(v1::AnswerFile* file, bool has_more);
  NoteOpener Opener();

  LogClient* const log_;
  Connection* const connection_;
};

}  // namespace sightline::client
