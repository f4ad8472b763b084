// A client of a log that believes nothing: every answer is checked against
// checkpoints that the log's key has signed, and no unverified answer is ever
// returned.
//
// What each answer has behind it:
//   checkpoints   signed by a log key that counts for their size; consistent
//                 with every checkpoint seen before (tree_tracker.h)
//   entries       an inclusion proof, or the proof of their run (entry_run.h)
//   receipts      an inclusion proof; the entry holds the very bytes submitted
//   roots         a consistency proof to a signed root
//   registry      the entries that it was read from, proven, held against the
//                 registrar keys of entry 0, and applied again
//                 (registry_check.h). Not proven: that no further entry changes
//                 the answer. Only who reads every entry knows that.
//   limits and    nothing; they are what the server says of itself
//   versions
//
// Trust:   the log keys given, and nothing else. TLS keeps strangers out, it
//          proves nothing here.
// Errors:  kDataLoss: the answer does not hold; Evidence (evidence.h) is
//          attached when signed notes contradict each other. Errors of a call
//          keep the server's code and name every violation (rpc_status.h).
//          kInvalidArgument without IsFromCall: the caller's own mistake.
// Threads: thread-safe. Streams are used by one thread each, see their headers,
//          and must go before their client.
//
// Example:
//   ASSIGN_OR_RETURN(auto keys, LogKeysFromVkeys({vkey}));
//   ASSIGN_OR_RETURN(auto log, LogClient::Connect("log.example.com:7443",
//                                                 tls, keys));
//   ASSIGN_OR_RETURN(SubmitResult result, log->Submit(request));
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/mutex.h"
#include "checkpoint/log_keys.h"
#include "client/channel.h"
#include "client/entry_run.h"
#include "client/entry_stream.h"
#include "client/options.h"
#include "client/receipt_check.h"
#include "client/submit_stream.h"
#include "client/tree_tracker.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/log_service.pb.h"
#include "proto/sightline/v1/registry_service.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/submission_service.pb.h"

namespace sightline::client {

class Connection;
class RecordClient;

// Leaf `index` is in the tree of `tree_size`, which is a prefix of `tree`.
struct InclusionProof {
  uint64_t index = 0;
  uint64_t tree_size = 0;
  merkle::Hash leaf_hash = {};
  merkle::Hash root = {};
  std::vector<merkle::Hash> hashes;
  TreePtr tree;
};

// The tree of `first_size` is a prefix of that of `second_size`, which is one of
// `tree`.
struct ConsistencyProof {
  uint64_t first_size = 0;
  uint64_t second_size = 0;
  merkle::Hash first_root = {};
  merkle::Hash second_root = {};
  std::vector<merkle::Hash> hashes;
  TreePtr tree;
};

// Signed trees of the past, by size.
struct CheckpointPage {
  std::vector<TreePtr> trees;
  bool more = false;  // larger ones are there
};

// Openings as the log gave them, and the proof that it has logged the read.
struct SealedReadResult {
  Receipt receipt;
  std::vector<v1::SealOpening> openings;  // in the order that was asked for
};

struct LogInfo {
  std::string origin;
  TreePtr tree;                      // the newest
  std::string genesis;               // entry 0, proven
  std::vector<v1::LogKey> log_keys;  // as proven as any registry answer
  // What the server says of itself.
  uint32_t max_statement_bytes = 0;
  uint32_t max_entry_bytes = 0;
  std::string server_version;
};

// A registry answer as of a tree size.
struct SubmitterAnswer {
  v1::Submitter submitter;
  uint64_t tree_size = 0;
};
struct SubmitterPage {
  std::vector<v1::Submitter> submitters;
  std::string next_page_token;  // "": the last page
  uint64_t tree_size = 0;
};
struct KeyAnswer {
  std::string submitter;
  v1::KeyPeriod key;
  uint64_t tree_size = 0;
};
struct PolicyList {
  std::vector<v1::Policy> policies;
  uint64_t tree_size = 0;
};

// Log keys that count for every size. Their names are the origin and must agree.
absl::StatusOr<checkpoint::LogKeySet> LogKeysFromVkeys(
    absl::Span<const std::string> vkeys);

class LogClient {
 public:
  // Does not wait for the server to answer.
  static absl::StatusOr<std::unique_ptr<LogClient>> Connect(
      const std::string& target, const TlsOptions& tls,
      checkpoint::LogKeySet log_keys, const Options& options = {});
  static absl::StatusOr<std::unique_ptr<LogClient>> Create(
      std::shared_ptr<grpc::Channel> channel, checkpoint::LogKeySet log_keys,
      const Options& options = {});

  ~LogClient();
  LogClient(const LogClient&) = delete;
  LogClient& operator=(const LogClient&) = delete;

  // --- Submitting ---

  absl::StatusOr<SubmitResult> Submit(const v1::SubmitRequest& request);
  std::unique_ptr<SubmitStream> OpenSubmitStream();

  // A registrar's statement, through the call for its kind: enrolment, key
  // rotation, status change, policy version, log key change, assembly calendar,
  // erasure, emergency review.
  // kInvalidArgument for other kinds.
  absl::StatusOr<SubmitResult> Administer(
      const v1::SignedStatement& signed_statement);

  // Through DisclosureService: an unsealing, a sealed read. What is read fits the
  // commitments of the entry, which is proven; kDataLoss when it does not.
  absl::StatusOr<SubmitResult> Unseal(
      const v1::SignedStatement& signed_statement);
  absl::StatusOr<SealedReadResult> ReadSealed(
      const v1::SignedStatement& signed_statement);

  // --- Reading ---

  absl::StatusOr<LogInfo> GetLog();

  // The newest checkpoint, once the tree has at least `min_tree_size` leaves.
  // kDeadlineExceeded when it does not within `patience`.
  absl::StatusOr<TreePtr> GetCheckpoint(uint64_t min_tree_size,
                                        absl::Duration patience);
  absl::StatusOr<TreePtr> GetCheckpoint();

  // `tree_size` 0: the newest.
  absl::StatusOr<InclusionProof> ProveInclusion(uint64_t index,
                                                uint64_t tree_size = 0);
  absl::StatusOr<InclusionProof> ProveInclusionOf(const merkle::Hash& leaf_hash,
                                                  uint64_t tree_size = 0);
  // REQUIRES: first_size > 0. `second_size` 0: the newest.
  absl::StatusOr<ConsistencyProof> ProveConsistency(uint64_t first_size,
                                                    uint64_t second_size = 0);

  // A page of the checkpoints that the log has signed, of trees larger than
  // `after` (null: from the first on), by size; each proved consistent with the
  // one before it, and the last with what this client has seen. `every`: not
  // thinned by age. Nothing is proved of those that the log does not show.
  absl::StatusOr<CheckpointPage> ListCheckpoints(const TreePtr& after,
                                                 bool every);

  absl::StatusOr<ProvenEntry> GetEntry(uint64_t index);
  // `max_entries` 0: the server's choice. A page may hold fewer, even none:
  // next_index() says where to go on, and equals `start_index` at the end.
  absl::StatusOr<EntryRun> ListEntries(uint64_t start_index,
                                       uint32_t max_entries = 0,
                                       const v1::EntryFilter& filter = {});
  std::unique_ptr<EntryStream> StreamEntries(EntryStreamOptions options);

  absl::StatusOr<Receipt> GetReceipt(uint64_t index);
  absl::StatusOr<Receipt> GetReceiptByLeafHash(const merkle::Hash& leaf_hash);
  // What a submitter whose answer was lost asks for (statement/dsse.h).
  absl::StatusOr<Receipt> GetReceiptByIdentity(
      const crypto::Digest& identity_hash);
  // Of what was submitted, also when it is sealed as a whole.
  absl::StatusOr<Receipt> GetReceiptOf(const v1::SubmitRequest& submission);

  // --- Registry, as of a tree size (0: the newest) ---

  absl::StatusOr<SubmitterAnswer> GetSubmitter(const std::string& submitter,
                                               uint64_t tree_size = 0);
  absl::StatusOr<SubmitterPage> ListSubmitters(
      const v1::ListSubmittersRequest& request);
  absl::StatusOr<KeyAnswer> GetKey(const crypto::Digest& key_id,
                                   uint64_t tree_size = 0);
  absl::StatusOr<PolicyList> ListPolicies(uint64_t tree_size = 0);

  // --- What is known ---

  // The newest verified tree; null before the first answer. Its note is what
  // Options::remembered_checkpoint of a later client takes.
  TreePtr newest() const;
  const std::string& origin() const;

 private:
  friend class RecordClient;  // for the connection

  explicit LogClient(std::unique_ptr<Connection> connection);

  absl::StatusOr<InclusionProof> Prove(
      const v1::GetInclusionProofRequest& request);
  absl::StatusOr<Receipt> FetchReceipt(const v1::GetReceiptRequest& request);
  absl::Status CheckOpenings(const v1::SealedRead& read,
                             absl::Span<const v1::SealOpening> openings);
  absl::StatusOr<std::string> Genesis();
  // The entries at `indices` (ascending), each proven.
  absl::StatusOr<std::map<uint64_t, std::string>> FetchEntries(
      absl::Span<const uint64_t> indices);
  absl::Status CheckTreeSize(uint64_t asked, uint64_t answered);
  absl::Status CheckSubmitters(absl::Span<const v1::Submitter> submitters,
                               uint64_t tree_size);
  absl::StatusOr<std::vector<v1::LogKey>> ProveLogKeys(
      const std::string& genesis, uint64_t tree_size);

  const std::unique_ptr<Connection> connection_;

  base::Mutex mutex_;
  std::string genesis_ ABSL_GUARDED_BY(mutex_);  // proven; "": not fetched yet
};

}  // namespace sightline::client
