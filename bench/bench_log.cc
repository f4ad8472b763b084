#include "bench/bench_log.h"

#include <algorithm>
#include <utility>

#include "admission/admission.h"
#include "admission/admitted_entry.h"
#include "admission/admitted_entry_maker.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "bench/window.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "sequencer/integrated_batch.h"
#include "sequencer/sequencer.h"
#include "statement/dsse.h"
#include "statement/policy.h"

namespace sightline::bench {
namespace {

// What an Entry adds to the statement in it: version, time, feed, lengths.
constexpr size_t kEntryOverhead = 20;
// One batch in work, one waiting.
constexpr size_t kWaiting = 2048;
// Of each who logs at the same time: a sequencer takes 4,096.
constexpr size_t kWaitingOfMany = 1024;

// Hands entries to a sequencer, so many of them under way at a time, and keeps
// the first failure.
class Feeder {
 public:
  Feeder(sequencer::Sequencer* sequencer, size_t waiting)
      : sequencer_(sequencer), window_(waiting) {}

  // False when something has failed.
  bool Submit(admission::AdmittedEntry entry) {
    window_.Enter();
    const absl::Status status = sequencer_->Submit(
        std::move(entry), [this](absl::StatusOr<sequencer::Placement> placed) {
          Note(placed.status());
          window_.Leave();
        });
    if (!status.ok()) {
      Note(status);
      window_.Leave();
    }
    base::MutexLock lock(&mutex_);
    return status_.ok();
  }

  absl::Status Finish() {
    window_.Drain();
    base::MutexLock lock(&mutex_);
    return status_;
  }

 private:
  void Note(const absl::Status& status) {
    if (status.ok()) return;
    base::MutexLock lock(&mutex_);
    if (status_.ok()) status_ = status;
  }

  sequencer::Sequencer* const sequencer_;
  Window window_;
  base::Mutex mutex_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

// Makes statements of an agency that nobody signed, of one size, fast: what a
// start and an audit look at is there, the signature is not.
class UnsignedStatements {
 public:
  UnsignedStatements(absl::string_view submitter, size_t bytes) {
    v1::Statement statement;
    statement.mutable_header()->set_submitter(std::string(submitter));
    const std::string id(16, '\xa5');
    statement.mutable_header()->set_statement_id(id);
    statement.mutable_footage_request()->set_unit("");
    v1::SignedStatement envelope;
    envelope.set_payload_type(std::string(statement::kPayloadType));
    do {
      statement.mutable_footage_request()->mutable_unit()->push_back('u');
      envelope.set_payload(statement.SerializeAsString());
    } while (envelope.ByteSizeLong() < bytes);
    bytes_ = envelope.SerializeAsString();
    id_at_ = bytes_.find(id);
    payload_at_ = bytes_.find(envelope.payload());
    payload_size_ = envelope.payload().size();
  }

  // No two alike for different numbers.
  admission::AdmittedEntry Make(absl::string_view submitter, uint64_t number) {
    bytes_.replace(id_at_, 8, base::U64(number));
    admission::AdmittedEntry entry =
        admission::AdmittedEntryMaker::Make(submitter, bytes_);
    admission::AdmittedEntryMaker::SetIdentityHash(
        statement::IdentityHash(
            statement::kPayloadType,
            absl::string_view(bytes_).substr(payload_at_, payload_size_)),
        &entry);
    return entry;
  }

 private:
  std::string bytes_;
  size_t id_at_ = 0;
  size_t payload_at_ = 0;
  size_t payload_size_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BenchLog>> BenchLog::Open(
    const std::string& path, const BenchParties* parties) {
  std::unique_ptr<BenchLog> bench(new BenchLog(parties));
  ASSIGN_OR_RETURN(
      bench->sealer_,
      admission::PayloadSealer::Create(
          crypto::SecretString(std::string(32, 'k')), crypto::Rng::Real()));
  ASSIGN_OR_RETURN(bench->store_, storage::RocksDbLogStore::Open(path, {}));
  services::LogParts parts;
  parts.store = bench->store_.get();
  parts.clock = base::Clock::Real();
  parts.sealer = bench->sealer_.get();
  parts.signers.push_back(parties->parties().LogSigner());
  parts.genesis = &parties->parties().genesis();
  ASSIGN_OR_RETURN(bench->log_,
                   services::LogInstance::Open({}, std::move(parts)));
  if (bench->tree_size() == 1) RETURN_IF_ERROR(bench->Enrol());
  return bench;
}

absl::Status BenchLog::Enrol() {
  const tests::TestParties& parties = parties_->parties();
  const tests::Party& registrar = parties.registrar();
  std::vector<v1::SubmitRequest> statements;
  for (const v1::PolicyVersion& policy : statement::DefaultPolicies()) {
    v1::Statement statement =
        parties.Example(v1::STATEMENT_KIND_POLICY_VERSION, registrar, nullptr);
    *statement.mutable_policy_version() = policy;
    statements.push_back(parties.Sign(statement, registrar).ToRequest());
  }
  for (const tests::Party& agency : parties_->agencies()) {
    statements.push_back(parties.Enrolment(agency).ToRequest());
  }
  for (v1::SubmitRequest& statement : statements) {
    // One by one: each must be in the registry before the next is admitted.
    RETURN_IF_ERROR(Log(registrar, {std::move(statement)}));
  }
  return absl::OkStatus();
}

uint64_t BenchLog::tree_size() const {
  return log_->publisher().current()->tree_size;
}

absl::Status BenchLog::FillTo(uint64_t tree_size, size_t entry_bytes) {
  const uint64_t first = this->tree_size();
  const uint64_t version = log_->admission().version();
  const std::vector<tests::Party>& agencies = parties_->agencies();
  std::vector<UnsignedStatements> statements;
  for (const tests::Party& agency : agencies) {
    statements.emplace_back(
        agency.id, std::max(entry_bytes, kEntryOverhead) - kEntryOverhead);
  }
  Feeder feeder(&log_->sequencer(), kWaiting);
  for (uint64_t i = first; i < tree_size; ++i) {
    const size_t who = i % agencies.size();
    admission::AdmittedEntry entry = statements[who].Make(agencies[who].id, i);
    admission::AdmittedEntryMaker::SetRegistryVersion(version, &entry);
    if (!feeder.Submit(std::move(entry))) break;
  }
  return feeder.Finish();
}

absl::Status BenchLog::Log(const tests::Party& agency,
                           const std::vector<v1::SubmitRequest>& requests) {
  Feeder feeder(&log_->sequencer(), kWaitingOfMany);
  absl::Status status;
  for (const v1::SubmitRequest& request : requests) {
    absl::StatusOr<admission::AdmittedEntry> entry = log_->admission().Admit(
        {agency.id}, request.statement(), request.openings());
    status = entry.status();
    if (!status.ok() || !feeder.Submit(*std::move(entry))) break;
  }
  const absl::Status finished = feeder.Finish();
  return status.ok() ? finished : status;
}

}  // namespace sightline::bench
