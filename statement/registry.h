// The registry: who may submit what, as a function of the log.
//
// Source:  docs/statements.md "Registry"; proto Genesis to LogKeyChange.
// Shapes:  "as of tree size n" means: what entries 0 .. n-1 say; 0 means all of
//          them. A key added by entry a and revoked by entry r signs entries i
//          with a < i < r. A key id belongs to one submitter for ever.
// Units:   leaf indices count from 0.
// Errors:  see Apply and AuthoriseRules; queries give kNotFound.
// Threads: thread-compatible: any number of readers while nobody calls Apply.
//          admission/ puts a lock around it. What AuthoriseRules returns may be
//          used after the lock is released.
// Cost:    1.5 KiB a submitter with one key; look-ups are one hash or tree
//          search.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "statement/assembly_history.h"
#include "statement/log_key_history.h"
#include "statement/policy.h"
#include "statement/policy_history.h"

namespace sightline::statement {

// A statement key and the entries between which it counts.
struct KeyPeriod {
  crypto::PublicKey key;
  uint64_t first_index = 0;  // the entry that added it
  uint64_t end_index = 0;    // the entry that revoked it; 0: open
  std::optional<uint64_t> disputed_from_index;
};

// What the log says of a submitter, as of some tree size.
struct Submitter {
  std::string id;
  v1::SubmitterKind kind = v1::SUBMITTER_KIND_UNSPECIFIED;
  std::string name;
  v1::AgencyType agency_type = v1::AGENCY_TYPE_UNSPECIFIED;
  std::string state;
  std::string county_fips;
  std::vector<std::string> units;
  std::vector<std::string> aliases;
  v1::SubmitterStatus status = v1::SUBMITTER_STATUS_UNSPECIFIED;
  v1::IdentityVerification verification = v1::IDENTITY_VERIFICATION_UNSPECIFIED;
  std::vector<KeyPeriod> keys;  // in the order they were added
  bool provisional = false;     // an agency without an ORI
  uint64_t enrolled_index = 0;
  int64_t joined_unix_ms = 0;
  // Every entry that shaped this answer, ascending.
  std::vector<uint64_t> source_indices;
};

struct SubmitterKey {
  std::string submitter;  // or "registrar"
  KeyPeriod period;
};

// Which submitters ListSubmitters gives.
struct SubmitterFilter {
  v1::SubmitterKind kind = v1::SUBMITTER_KIND_UNSPECIFIED;  // all
  std::string state;                                        // "": all
  std::string name_contains;  // names and aliases, ignoring (ASCII) case
};

// The key of each signature of a statement, in the order of the signatures.
using SignatureKeys = absl::InlinedVector<crypto::PublicKey, 2>;

class Registry {
 public:
  Registry() = default;
  Registry(Registry&&) = default;
  Registry& operator=(Registry&&) = default;

  // --- Following the log ---

  // Takes entry `index` into account; statements that are not control
  // statements change nothing. Call in ascending order of index; the statement
  // has passed Validate. On failure nothing has changed.
  //   kFailedPrecondition  index is not beyond the last one applied; no genesis
  //                        yet, or a second one
  //   kAlreadyExists       submitter, key or policy version is there already;
  //                        says which, and where
  //   kNotFound            no such submitter or key to be changed
  //   kInvalidArgument     the change makes no sense (log keys with a gap, a log
  //                        key from before FirstSizeAfterChange, ...)
  absl::Status Apply(uint64_t index, const v1::Statement& statement);

  // Whether Apply(index, statement) would succeed, by what entries before
  // `index` say.
  absl::Status CheckApplies(uint64_t index,
                            const v1::Statement& statement) const;

  // One more than the last index given to Apply, 0 before genesis.
  uint64_t applied_size() const { return applied_size_; }

  // --- Who may sign what ---

  // Whether `signed_statement` may become entry `index`, by what the entries
  // before it say, except that signatures are not verified. `statement` is its
  // payload, parsed, and has passed Validate (the envelope ValidateEnvelope).
  // Gives the keys to verify the signatures with.
  // A SealedStatement is the log's own and has no signatures: no keys.
  //   kInvalidArgument     meant for another log; a genesis elsewhere than at 0
  //   kFailedPrecondition  no genesis yet
  //   kUnauthenticated     a key id that is nobody's; submitter not enrolled
  //   kPermissionDenied    a key of another submitter, or revoked; submitter
  //                        not active; kind not allowed; too many signatures,
  //                        or fewer registrars than the threshold
  //   and the errors of Apply for control statements
  absl::StatusOr<SignatureKeys> AuthoriseRules(
      uint64_t index, const v1::SignedStatement& signed_statement,
      const v1::Statement& statement) const;

  // AuthoriseRules and VerifySignatures.
  absl::Status Authorise(uint64_t index,
                         const v1::SignedStatement& signed_statement,
                         const v1::Statement& statement) const;

  // --- Queries, as of a tree size ---

  absl::StatusOr<Submitter> FindSubmitter(absl::string_view id,
                                          uint64_t tree_size) const;
  // ACTIVE and enrolled as of entries before `index`; otherwise
  // kUnauthenticated or kPermissionDenied. Allocates nothing when it succeeds.
  absl::Status CheckActive(absl::string_view id, uint64_t index) const;

  // Ascending by id, beginning after `after_id` ("" : at the first), at most
  // `limit`.
  std::vector<Submitter> ListSubmitters(uint64_t tree_size,
                                        const SubmitterFilter& filter,
                                        absl::string_view after_id,
                                        size_t limit) const;
  size_t CountSubmitters(uint64_t tree_size) const;

  absl::StatusOr<SubmitterKey> FindKey(absl::string_view key_id,
                                       uint64_t tree_size) const;

  // In the order of their entries. Pointers stay valid until Apply.
  std::vector<PolicyEntry> Policies(uint64_t tree_size) const;
  // nullptr when there is none.
  const v1::PolicyVersion* FindPolicy(absl::string_view policy_id,
                                      uint32_t version,
                                      uint64_t tree_size) const;
  // The policy that governs `channel` at `unix_ms`: of those in force the one
  // logged last. nullptr when there is none.
  const v1::PolicyVersion* PolicyInForce(v1::Channel channel, int64_t unix_ms,
                                         uint64_t tree_size) const;
  // What policy.h's Evaluate wants for a statement that becomes entry `index`.
  PolicyView PoliciesFor(const v1::Statement& statement,
                         int64_t admitted_unix_ms, uint64_t index) const;

  // Every log key with its range of tree sizes.
  std::vector<v1::LogKey> LogKeys(uint64_t tree_size) const;

  // As genesis says; empty and 0 before it.
  const std::string& origin() const { return origin_; }
  uint32_t registrar_threshold() const { return registrar_threshold_; }
  std::vector<crypto::PublicKey> RegistrarKeys() const;

 private:
  struct StatusPeriod {
    uint64_t index = 0;  // the entry that says so
    v1::SubmitterStatus status = v1::SUBMITTER_STATUS_UNSPECIFIED;
  };
  // A submitter and its history. Never moves: by_id_ views its id.
  struct SubmitterRecord {
    Submitter base;  // without status, keys and source_indices
    std::vector<StatusPeriod> statuses;    // ascending by index
    std::vector<uint32_t> keys;            // places in keys_
    std::vector<uint64_t> source_indices;  // ascending
  };
  struct KeyRecord {
    KeyPeriod period;
    uint32_t owner = 0;  // place in submitters_, or kRegistrarOwner
  };
  static constexpr uint32_t kRegistrarOwner = 0xffffffff;

  const SubmitterRecord* Find(absl::string_view id, uint64_t before) const;
  const KeyRecord* FindKeyRecord(absl::string_view key_id,
                                 uint64_t before) const;
  absl::string_view OwnerName(const KeyRecord& key) const;
  Submitter AsOf(const SubmitterRecord& record, uint64_t before) const;
  static bool Matches(const SubmitterFilter& filter,
                      const SubmitterRecord& record);

  absl::StatusOr<SignatureKeys> AuthoriseGenesis(
      uint64_t index, const v1::SignedStatement& signed_statement,
      const v1::Statement& statement) const;
  absl::StatusOr<SignatureKeys> RegistrarSignatures(
      uint64_t index, const v1::SignedStatement& signed_statement) const;
  absl::StatusOr<SignatureKeys> SubmitterSignature(
      uint64_t index, const v1::SignedStatement& signed_statement,
      absl::string_view submitter) const;
  // An imported record may lack what a request must declare: only who was enrolled
  // from a public list may hand one in.
  absl::Status CheckMayImport(uint64_t index,
                              const v1::Statement& statement) const;
  // A whole seal needs a policy that allows it for this process.
  absl::Status CheckMaySealWhole(uint64_t index,
                                 const v1::Statement& statement) const;
  absl::StatusOr<SignatureKeys> AuthoriseFace(
      const v1::SignedStatement& signed_statement) const;
  absl::Status CheckKeyCounts(const KeyRecord& key, uint64_t index) const;

  absl::Status CheckGenesis(const v1::Genesis& genesis) const;
  absl::Status CheckEnrolment(uint64_t index,
                              const v1::Enrolment& enrolment) const;
  absl::Status CheckRotation(uint64_t index,
                             const v1::KeyRotation& rotation) const;
  absl::Status CheckRevocation(uint64_t index, const SubmitterRecord& record,
                               const v1::RevokedKey& revoked) const;
  absl::Status CheckNewKey(uint64_t index, const v1::PublicKey& key) const;
  absl::Status CheckNewLogKey(uint64_t index, const v1::LogKey& key) const;

  void ApplyGenesis(const v1::Genesis& genesis);
  void ApplyEnrolment(uint64_t index, const v1::Enrolment& enrolment);
  void ApplyRotation(uint64_t index, const v1::KeyRotation& rotation);
  void ApplyStatus(uint64_t index, const v1::StatusChange& change);
  void AddKey(uint64_t index, uint32_t owner, const v1::PublicKey& key);

  uint64_t applied_size_ = 0;
  std::string origin_;
  uint32_t registrar_threshold_ = 0;
  std::deque<SubmitterRecord> submitters_;  // in order of enrolment
  absl::btree_map<absl::string_view, uint32_t> by_id_;
  std::deque<KeyRecord> keys_;
  absl::flat_hash_map<crypto::Digest, uint32_t> by_key_id_;
  LogKeyHistory log_keys_;
  PolicyHistory policies_;
  AssemblyHistory assemblies_;
};

// Verifies every signature with the key that AuthoriseRules gave for it.
// kUnauthenticated when one does not verify, or there is none.
absl::Status VerifySignatures(const v1::SignedStatement& signed_statement,
                              absl::Span<const crypto::PublicKey> keys);

}  // namespace sightline::statement
