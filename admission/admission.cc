#include "admission/admission.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/kinds.h"
#include "statement/links.h"
#include "statement/policy.h"
#include "statement/policy_trail.h"
#include "statement/seal.h"
#include "statement/statement_codec.h"
#include "statement/validate.h"
#include "statement/verdict.h"
#include "statement/violations.h"
#include "statement/whole_seal.h"

namespace sightline::admission {
namespace {

// Room for the entry's own fields beside the statement and its verdict.
constexpr size_t kEntryOverheadBytes = 64;

absl::Status CheckPeer(const Peer& peer, const v1::Statement& statement) {
  if (peer.submitter.empty()) {
    return absl::UnauthenticatedError(
        "submitting needs a client certificate whose URI SAN is "
        "sightline://submitter/<submitter id>");
  }
  const std::string& submitter = statement.header().submitter();
  if (peer.submitter != submitter) {
    return absl::PermissionDeniedError(
        absl::StrCat("the certificate is that of ", peer.submitter,
                     ", the statement that of ", submitter));
  }
  return absl::OkStatus();
}

// The statement inside, both parsed strictly: what enters the tree must read the
// same to everybody.
absl::StatusOr<v1::Statement> Open(
    const v1::SignedStatement& signed_statement) {
  RETURN_IF_ERROR(statement::ValidateEnvelope(signed_statement).ToStatus());
  RETURN_IF_ERROR(
      statement::ParseSignedStatement(signed_statement.SerializeAsString())
          .status());
  return statement::ParseStatement(signed_statement.payload());
}

}  // namespace

Admission::Admission(Options options, const base::Clock* clock,
                     const EntrySource* entries, const PayloadSealer* sealer)
    : options_(std::move(options)),
      clock_(clock),
      entries_(entries),
      sealer_(sealer),
      quota_(options_.quota, clock) {}

absl::Status Admission::Replay(uint64_t index, absl::string_view entry) {
  return Integrated(index, entry);
}

uint64_t Admission::version() const { return version_.load(); }

absl::Status Admission::Integrated(uint64_t index, absl::string_view entry) {
  ASSIGN_OR_RETURN(const v1::Entry parsed, statement::ParseEntry(entry));
  ASSIGN_OR_RETURN(const v1::Statement statement,
                   statement::ParseStatement(parsed.statement().payload()));
  std::unique_lock lock(registry_mutex_);
  RETURN_IF_ERROR(registry_.Apply(index, statement));
  version_.fetch_add(1);
  return absl::OkStatus();
}

void Admission::ReadRegistry(
    const std::function<void(const statement::Registry&)>& read) const {
  std::shared_lock lock(registry_mutex_);
  read(registry_);
}

absl::StatusOr<Admission::Judged> Admission::Judge(
    uint64_t index, int64_t admitted_unix_ms,
    const v1::SignedStatement& signed_statement,
    const v1::Statement& statement) const {
  // Before the lock: it reads entries.
  ASSIGN_OR_RETURN(const statement::TrailEnd trail,
                   statement::FollowTrail(statement, [this](uint64_t entry) {
                     return entries_->ReadEntry(entry);
                   }));
  Judged judged;
  std::shared_lock lock(registry_mutex_);
  judged.version = version_.load();
  // What an entry may do is decided by those before it, and none after the last
  // control entry changes that: any later index will do until it has its own.
  if (index == 0) index = registry_.applied_size();
  ASSIGN_OR_RETURN(judged.keys, registry_.AuthoriseRules(
                                    index, signed_statement, statement));
  // Of what is sealed as a whole, findings come when it is opened.
  if (!statement.header().has_whole_seal()) {
    judged.verdict = statement::JudgeStatement(
                         registry_, index, admitted_unix_ms, statement, trail)
                         .Encoded();
  }
  return judged;
}

absl::Status Admission::CheckLinks(const v1::Statement& statement) const {
  statement::Violations violations;
  for (const statement::Link& link : statement::LinksOf(statement)) {
    absl::StatusOr<std::string> entry = entries_->ReadEntry(link.index);
    if (absl::IsOutOfRange(entry.status())) {
      violations.Add(link.field,
                     absl::StrCat("entry ", link.index, " is not in the log"));
      continue;
    }
    if (!entry.ok()) return entry.status();
    violations.Append(statement::CheckLink(statement, link, *entry));
  }
  return violations.ToStatus();
}

absl::StatusOr<AdmittedEntry> Admission::Admit(
    const Peer& peer, const v1::SignedStatement& signed_statement,
    const SealOpenings& openings) {
  absl::StatusOr<AdmittedEntry> entry = Check(peer, signed_statement, openings);
  if (!entry.ok()) ++refused_[static_cast<size_t>(entry.status().code())];
  return entry;
}

std::array<uint64_t, Admission::kCodes> Admission::refused() const {
  std::array<uint64_t, kCodes> out{};
  for (size_t i = 0; i < kCodes; ++i) out[i] = refused_[i];
  return out;
}

absl::StatusOr<AdmittedEntry> Admission::Check(
    const Peer& peer, const v1::SignedStatement& signed_statement,
    const SealOpenings& openings) {
  ASSIGN_OR_RETURN(const v1::Statement statement, Open(signed_statement));
  RETURN_IF_ERROR(CheckPeer(peer, statement));
  statement::Violations violations = statement::Validate(statement);
  violations.Append(statement.header().has_whole_seal()
                        ? statement::CheckWholeOpening(openings)
                        : statement::CheckOpenings(statement, openings));
  if (statement.header().origin() != options_.origin) {
    violations.Add(
        "header.origin",
        absl::StrCat("meant for the log ", statement.header().origin(),
                     ", this is ", options_.origin));
  }
  RETURN_IF_ERROR(violations.ToStatus());
  if (statement.has_genesis()) {
    return absl::PermissionDeniedError("the log has its genesis entry already");
  }
  RETURN_IF_ERROR(quota_.Take(peer.submitter));
  const int64_t now_ms = clock_->NowUnixMs();
  ASSIGN_OR_RETURN(Judged judged,
                   Judge(0, now_ms, signed_statement, statement));
  RETURN_IF_ERROR(statement::CheckKeeperTime(statement, now_ms).ToStatus());
  RETURN_IF_ERROR(CheckLinks(statement));
  // Last, as it costs most.
  RETURN_IF_ERROR(statement::VerifySignatures(signed_statement, judged.keys));
  return Finish(signed_statement, statement, now_ms, std::move(judged),
                openings);
}

absl::StatusOr<AdmittedEntry> Admission::AdmitGenesis(
    const v1::SignedStatement& genesis) {
  ASSIGN_OR_RETURN(const v1::Statement statement, Open(genesis));
  statement::Violations violations = statement::Validate(statement);
  if (!statement.has_genesis()) violations.Add("genesis", "missing");
  if (statement.header().origin() != options_.origin) {
    violations.Add("header.origin",
                   absl::StrCat("the genesis entry is that of the log ",
                                statement.header().origin(), ", this is ",
                                options_.origin));
  }
  RETURN_IF_ERROR(violations.ToStatus());
  const int64_t now_ms = clock_->NowUnixMs();
  ASSIGN_OR_RETURN(Judged judged, Judge(0, now_ms, genesis, statement));
  RETURN_IF_ERROR(statement::VerifySignatures(genesis, judged.keys));
  return Finish(genesis, statement, now_ms, std::move(judged), SealOpenings());
}

absl::StatusOr<AdmittedEntry> Admission::Finish(
    const v1::SignedStatement& signed_statement, const v1::Statement& statement,
    int64_t admitted_unix_ms, Judged judged,
    const SealOpenings& openings) const {
  AdmittedEntry entry;
  entry.identity_hash_ = statement::IdentityHash(signed_statement);
  if (!openings.empty() && sealer_ == nullptr) {
    return absl::FailedPreconditionError(
        "this log has no key to keep sealed fields with; ask its operator");
  }
  entry.feed_ = statement::FeedOf(statement);
  if (statement.header().has_whole_seal()) {
    RETURN_IF_ERROR(SealWhole(signed_statement, statement, admitted_unix_ms,
                              openings[0], &entry));
  } else if (!openings.empty()) {
    ASSIGN_OR_RETURN(entry.sealed_payload_,
                     sealer_->Seal(entry.identity_hash_, openings));
  }
  entry.signed_statement_ = signed_statement.SerializeAsString();
  entry.verdict_ = std::move(judged.verdict);
  entry.admitted_unix_ms_ = admitted_unix_ms;
  entry.governed_ = statement::IsGoverned(statement) && entry.face_.empty();
  if (statement.has_erasure()) {
    entry.erases_ = statement.erasure().target().index();
  }
  entry.control_ = statement::IsControl(statement::KindOf(statement));
  entry.registry_version_ = judged.version;
  if (entry.signed_statement_.size() + entry.verdict_.size() +
          kEntryOverheadBytes >
      statement::kMaxEntryBytes) {
    statement::Violations violations;
    violations.Add("statement",
                   absl::StrCat("with signatures and findings an entry of more "
                                "than ",
                                statement::kMaxEntryBytes, " bytes"));
    return violations.ToStatus();
  }
  return entry;
}

absl::Status Admission::SealWhole(const v1::SignedStatement& signed_statement,
                                  const v1::Statement& statement,
                                  int64_t admitted_unix_ms,
                                  const v1::SealOpening& salted,
                                  AdmittedEntry* entry) const {
  SealOpenings openings;
  *openings.Add() = statement::FillWholeOpening(salted, signed_statement);
  const crypto::Digest commitment = statement::Commitment(
      statement::kWholePath, openings[0].salt(), openings[0].value());
  ASSIGN_OR_RETURN(entry->sealed_payload_, sealer_->Seal(commitment, openings));
  entry->face_ = statement::MakeFace(statement, crypto::AsBytes(commitment),
                                     statement::MonthOf(admitted_unix_ms))
                     .SerializeAsString();
  entry->feed_ = std::string(statement::kSealedSubmitter);
  return absl::OkStatus();
}

absl::Status Admission::Recheck(uint64_t index, int64_t admitted_unix_ms,
                                AdmittedEntry* entry) {
  v1::SignedStatement signed_statement;
  if (!signed_statement.ParseFromArray(
          entry->signed_statement_.data(),
          static_cast<int>(entry->signed_statement_.size()))) {
    return absl::InternalError("an admitted statement does not parse again");
  }
  ASSIGN_OR_RETURN(const v1::Statement statement,
                   statement::ParseStatement(signed_statement.payload()));
  ASSIGN_OR_RETURN(Judged judged,
                   Judge(index, admitted_unix_ms, signed_statement, statement));
  entry->verdict_ = std::move(judged.verdict);
  entry->registry_version_ = judged.version;
  return absl::OkStatus();
}

}  // namespace sightline::admission
