// Who may write what: turns a signed statement into an AdmittedEntry, or says
// everything that is wrong with it.
//
// Malformed or unauthenticated: refused, every violation named, nothing logged.
// Well-formed but against policy: admitted, with the policy's findings in the entry.
// A log that refused the rule-breaking requests would hide exactly those.
//
// Source:  docs/architecture.md "Life of an entry", step admit.
// Errors:  kInvalidArgument (with a google.rpc.BadRequest payload naming each
//          violation): fix the statement. kUnauthenticated: no client identity, a
//          submitter that is not enrolled, or a signature that does not verify.
//          kPermissionDenied: not yours, suspended, or not your kind of statement.
//          kResourceExhausted: quota (with google.rpc.QuotaFailure and RetryInfo
//          payloads). kFailedPrecondition: the log has no genesis entry, or cannot
//          keep sealed openings.
// Threads: Admit, registry readers and version() from any thread; Replay, Recheck
//          and Integrated from one thread at a time (start-up, then the sequencer).
// Cost:    one signature verification; the rest is a few microseconds.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "admission/admitted_entry.h"
#include "admission/gate.h"
#include "admission/payload_sealer.h"
#include "admission/quota.h"
#include "base/clock.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/registry.h"

namespace sightline::admission {

// Who is at the other end of the connection, as TLS has proved it.
struct Peer {
  // Submitter id from the certificate's URI SAN "sightline://submitter/<id>"; empty
  // when there was no client certificate.
  std::string submitter;
};

// Where the entries that statements link to are read.
class EntrySource {
 public:
  virtual ~EntrySource() = default;
  // Bytes of a published entry. kOutOfRange when `index` is not published.
  virtual absl::StatusOr<std::string> ReadEntry(uint64_t index) const = 0;
};

using SealOpenings = google::protobuf::RepeatedPtrField<v1::SealOpening>;

struct Options {
  std::string origin;
  QuotaOptions quota;
};

class Admission final : public Gate {
 public:
  // `sealer` may be null: then statements with sealed fields are refused. All
  // pointers outlive the admission.
  Admission(Options options, const base::Clock* clock,
            const EntrySource* entries, const PayloadSealer* sealer);

  // Feeds one stored control entry, ascending, before anything is admitted.
  absl::Status Replay(uint64_t index, absl::string_view entry);

  // Entry 0 of a new log, from its file rather than from a connection.
  absl::StatusOr<AdmittedEntry> AdmitGenesis(
      const v1::SignedStatement& genesis);

  // See the head of the file. `openings` one per sealed field, in order; of a
  // statement with a whole_seal one (statement::CheckWholeOpening).
  absl::StatusOr<AdmittedEntry> Admit(const Peer& peer,
                                      const v1::SignedStatement& statement,
                                      const SealOpenings& openings);

  // How many statements Admit has refused, by absl::StatusCode.
  static constexpr size_t kCodes = 17;
  std::array<uint64_t, kCodes> refused() const;

  // Reads the registry under a shared lock; `read` must be short.
  void ReadRegistry(
      const std::function<void(const statement::Registry&)>& read) const;

  // Gate.
  uint64_t version() const override;
  absl::Status Recheck(uint64_t index, int64_t admitted_unix_ms,
                       AdmittedEntry* entry) override;
  absl::Status Integrated(uint64_t index, absl::string_view entry) override;

 private:
  struct Judged {
    statement::SignatureKeys keys;
    std::string verdict;
    uint64_t version = 0;
  };
  // Rules and policies, under the shared lock. `index` 0: the next one.
  absl::StatusOr<Judged> Judge(uint64_t index, int64_t admitted_unix_ms,
                               const v1::SignedStatement& signed_statement,
                               const v1::Statement& statement) const;
  absl::Status CheckLinks(const v1::Statement& statement) const;
  absl::StatusOr<AdmittedEntry> Check(const Peer& peer,
                                      const v1::SignedStatement& statement,
                                      const SealOpenings& openings);
  // Fills in what becomes of a request that is sealed as a whole: face, payload,
  // feed.
  absl::Status SealWhole(const v1::SignedStatement& signed_statement,
                         const v1::Statement& statement,
                         int64_t admitted_unix_ms,
                         const v1::SealOpening& salted,
                         AdmittedEntry* entry) const;
  absl::StatusOr<AdmittedEntry> Finish(
      const v1::SignedStatement& signed_statement,
      const v1::Statement& statement, int64_t admitted_unix_ms, Judged judged,
      const SealOpenings& openings) const;

  const Options options_;
  const base::Clock* const clock_;
  const EntrySource* const entries_;
  const PayloadSealer* const sealer_;
  Quota quota_;

  mutable std::shared_mutex registry_mutex_;
  statement::Registry registry_;  // guarded by registry_mutex_
  std::atomic<uint64_t> version_{0};
  std::array<std::atomic<uint64_t>, kCodes> refused_{};
};

}  // namespace sightline::admission
