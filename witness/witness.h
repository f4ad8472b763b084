// Being a witness: cosigns the checkpoints of listed logs, each log's largest
// consistent tree and never anything behind or beside it.
//
// Source:  c2sp.org/tlog-witness v1.0.0; the monitoring GET of its head.
// Shapes:  statuses, in the order in which they are decided:
//            400 the body is malformed        404 the origin is not listed
//            403 no listed key signed, or a listed key's line is bad
//            429 the log has used up its queries of the day
//            400 not a checkpoint; old size above its size
//            422 size 0 with a root that is not the empty one
//            409 old is not the size last cosigned; body: that size
//                (text/x.tlog.size)
//            409 that size, another root: a fork (plain text)
//            422 the consistency proof is wrong
//            200 cosignature lines
// Errors:  500 or 503: the state cannot be read or written; nothing is vouched
//          for.
// Threads: thread-safe.
// Durable: a cosignature leaves only after the tree is stored as the largest
//          one, and that write succeeded only if nothing else came between.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/rate_limit.h"
#include "checkpoint/add_checkpoint.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note_signer.h"
#include "telemetry/diagnostics.h"
#include "witness/answer.h"
#include "witness/cosigned_store.h"
#include "witness/log_list.h"

namespace sightline::witness {

// kInvalidArgument: no signer, a key that is no cosigner's, or a key that is
// listed twice or as a log's: a log that witnesses itself proves nothing.
absl::Status CheckCosigners(const std::vector<ListedLog>& logs,
                            const std::vector<checkpoint::NoteSigner>& signers);

class Witness {
 public:
  // Pointers outlive the witness.
  struct Parts {
    std::vector<ListedLog> logs;
    std::vector<checkpoint::NoteSigner> signers;  // cosignature keys
    // False: keeps the largest tree and answers 200 without a line; there is no
    // signer. What a mirror's pending checkpoint is.
    bool cosigns = true;
    CosignedStore* store = nullptr;
    const base::Clock* clock = nullptr;
    telemetry::Diagnostics* diagnostics = telemetry::NoDiagnostics();
  };

  // kInvalidArgument: see CheckCosigners.
  static absl::StatusOr<std::unique_ptr<Witness>> Create(Parts parts);

  // POST <submission prefix>/add-checkpoint.
  Answer AddCheckpoint(absl::string_view body);

  // Counts an answer to add-checkpoint that was given without asking.
  void CountAnswer(int status);

  // GET <monitoring prefix>/<origin hash>/checkpoint: the tree last cosigned,
  // with the log's lines and ours.
  Answer LatestCheckpoint(absl::string_view origin_hash) const;

  // Counts and sizes in Prometheus' text format.
  std::string Metrics() const;

 private:
  explicit Witness(Parts parts);

  // What a request that may be cosigned comes down to.
  struct Asked {
    const ListedLog* log = nullptr;
    checkpoint::AddCheckpoint request;
    std::vector<checkpoint::SignatureLine> log_lines;  // verified
    checkpoint::Checkpoint tree;
  };

  Answer Decide(absl::string_view body);
  absl::StatusOr<Asked> Check(absl::string_view body, Answer* refusal);
  Answer Cosign(const Asked& asked);
  Answer CosignAfter(const Asked& asked, const CosignedTree& last,
                     bool* lost_race);
  absl::StatusOr<std::vector<checkpoint::SignatureLine>> SignNow(
      const Asked& asked) const;
  Answer Fork(const Asked& asked, const CosignedTree& last) const;
  Answer StateFailed(const ListedLog& log, const absl::Status& why) const;

  const Parts parts_;
  absl::flat_hash_map<std::string, const ListedLog*> by_origin_;
  absl::flat_hash_map<std::string, const ListedLog*> by_origin_hash_;  // hex
  base::RateLimit log_rates_;

  mutable base::Mutex mutex_;
  std::map<int, uint64_t> answered_ ABSL_GUARDED_BY(mutex_);  // by status
  std::map<std::string, uint64_t> cosigned_size_
      ABSL_GUARDED_BY(mutex_);  // by origin, since start
};

}  // namespace sightline::witness
