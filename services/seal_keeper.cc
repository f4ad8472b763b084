#include "services/seal_keeper.h"

#include <algorithm>
#include <future>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "admission/admission.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "services/sealed_payloads.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/statement_codec.h"
#include "statement/submitter_id.h"
#include "statement/timestamps.h"

namespace sightline::services {
namespace {

// A stop waits for one of these at most.
constexpr uint64_t kChunkEntries = 4096;

// The same for the same ended seal, so that the log takes it once.
std::string StatementIdFor(const statement::EndedSeal& ended) {
  std::string text("sightline/keeper/v1");
  text.push_back('\0');
  base::AppendU64(ended.index, &text);
  base::AppendU64(static_cast<uint64_t>(ended.ended_unix_ms), &text);
  for (const std::string& path : ended.paths) {
    absl::StrAppend(&text, path, ",");
  }
  const crypto::Digest digest = crypto::Sha256(text);
  std::string id(crypto::AsBytes(digest).substr(0, 16));
  id[6] = static_cast<char>((id[6] & 0x0f) | 0x40);  // RFC 9562: version 4
  id[8] = static_cast<char>((id[8] & 0x3f) | 0x80);  // and its variant
  return id;
}

bool HasNothingToOpen(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsFailedPrecondition(status) ||
         absl::IsDataLoss(status);
}

}  // namespace

absl::Status SealKeeperOptions::Validate() const {
  if (max_seals == 0 || max_per_round == 0 ||
      interval <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        "seal keeper: every limit must be above 0");
  }
  if (key.has_value() &&
      statement::SubmitterKindOf(submitter) != v1::SUBMITTER_KIND_KEEPER) {
    return absl::InvalidArgumentError(absl::StrCat(
        "seal keeper: \"", submitter, "\", want \"keeper:<name>\""));
  }
  return absl::OkStatus();
}

SealKeeper::SealKeeper(SealKeeperOptions options, LogInstance* log,
                       const base::Clock* clock,
                       telemetry::Diagnostics* diagnostics)
    : options_(std::move(options)),
      log_(log),
      clock_(clock),
      diagnostics_(diagnostics),
      schedule_(options_.max_seals) {}

SealKeeper::~SealKeeper() { Shutdown(); }

absl::StatusOr<std::unique_ptr<SealKeeper>> SealKeeper::Create(
    SealKeeperOptions options, LogInstance* log, const base::Clock* clock,
    telemetry::Diagnostics* diagnostics) {
  RETURN_IF_ERROR(options.Validate());
  return std::unique_ptr<SealKeeper>(
      new SealKeeper(std::move(options), log, clock, diagnostics));
}

void SealKeeper::Start() {
  thread_ = std::thread([this] { Run(); });
}

void SealKeeper::Shutdown() {
  {
    base::MutexLock lock(&mutex_);
    closing_ = true;
    changed_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

bool SealKeeper::closing() const {
  base::MutexLock lock(&mutex_);
  return closing_;
}

void SealKeeper::Run() {
  while (!closing()) {
    Report(RunOnce().status());
    base::MutexLock lock(&mutex_);
    if (!closing_) changed_.WaitFor(&mutex_, options_.interval);
  }
}

// What goes wrong in every round is told once.
void SealKeeper::Report(const absl::Status& status) {
  const std::string report = status.ok() ? "" : status.ToString();
  if (report == last_report_) return;
  last_report_ = report;
  if (!status.ok()) diagnostics_->Warning("seals_not_kept", {{"why", report}});
}

absl::StatusOr<size_t> SealKeeper::RunOnce() {
  // What it has to do with erasures does not wait for seals, nor the other way.
  const absl::Status purged = log_->PurgeErased();
  size_t count = 0;
  if (options_.key.has_value()) {
    RETURN_IF_ERROR(ReadEntries());
    ASSIGN_OR_RETURN(count, UnsealEnded(clock_->NowUnixMs()));
    turn_ = count < options_.max_per_round &&
            (schedule_.full_from().has_value() || first_index_ != 0);
  }
  RETURN_IF_ERROR(purged);
  return count;
}

absl::Status SealKeeper::ReadEntries() {
  if (turn_) {
    // On from where the schedule was full, then from the beginning.
    first_index_ = schedule_.full_from().value_or(0);
    next_index_ = first_index_;
    schedule_ = statement::SealSchedule(options_.max_seals);
    unopenable_.clear();  // those of the schedule, so no more than it holds
    turn_ = false;
  }
  const uint64_t size = log_->publisher().integrated()->tree_size;
  while (next_index_ < size && !closing()) {
    const uint64_t end = std::min(size, next_index_ + kChunkEntries);
    absl::Status status;
    RETURN_IF_ERROR(log_->store().ReadEntries(
        next_index_, end, [&](uint64_t index, absl::string_view bytes) {
          const auto peek = statement::PeekEntry(bytes);
          status = peek.status();
          if (!status.ok()) return false;
          const auto parsed = statement::ParseStatement(peek->payload);
          status = parsed.status();
          if (!status.ok()) return false;
          schedule_.Next(index, *parsed);
          next_index_ = index + 1;
          return true;
        }));
    RETURN_IF_ERROR(
        base::Annotate(status, absl::StrCat("entry ", next_index_)));
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> SealKeeper::UnsealEnded(int64_t now_unix_ms) {
  size_t count = 0;
  // Those that cannot be opened stand first in every round.
  const size_t max = options_.max_per_round + unopenable_.size();
  for (const statement::EndedSeal& ended :
       schedule_.EndedBy(now_unix_ms, max)) {
    if (closing() || count == options_.max_per_round) break;
    if (unopenable_.count(ended.index) != 0) continue;
    const auto unsealing = MakeUnsealing(ended);
    if (HasNothingToOpen(unsealing.status())) {
      unopenable_.insert(ended.index);
      diagnostics_->Warning(
          "seal_not_opened",
          {{"index", ended.index}, {"why", unsealing.status().message()}});
      continue;
    }
    RETURN_IF_ERROR(unsealing.status());
    RETURN_IF_ERROR(Submit(*unsealing));
    diagnostics_->Info(
        "unsealed", {{"index", ended.index}, {"fields", ended.paths.size()}});
    ++count;
  }
  return count;
}

absl::StatusOr<v1::SignedStatement> SealKeeper::MakeUnsealing(
    const statement::EndedSeal& ended) const {
  ASSIGN_OR_RETURN(std::vector<v1::SealOpening> openings,
                   OpenSealedPayload(*log_, ended.index, ended.paths));
  std::string leaf_hash;
  RETURN_IF_ERROR(log_->store().ReadEntries(
      ended.index, ended.index + 1, [&](uint64_t, absl::string_view bytes) {
        const merkle::Hash hash = merkle::LeafHash(bytes);
        leaf_hash = std::string(crypto::AsBytes(hash));
        return true;
      }));
  v1::Statement statement;
  v1::StatementHeader& header = *statement.mutable_header();
  header.set_origin(log_->origin());
  header.set_submitter(options_.submitter);
  header.set_statement_id(StatementIdFor(ended));
  *header.mutable_claimed_time() = statement::FromUnixMs(ended.ended_unix_ms);
  v1::Unsealing& unsealing = *statement.mutable_unsealing();
  unsealing.mutable_target()->set_index(ended.index);
  unsealing.mutable_target()->set_leaf_hash(leaf_hash);
  for (v1::SealOpening& opening : openings) {
    *unsealing.add_openings() = std::move(opening);
  }
  return statement::Sign(statement, {&*options_.key, 1});
}

absl::Status SealKeeper::Submit(const v1::SignedStatement& unsealing) {
  ASSIGN_OR_RETURN(
      admission::AdmittedEntry entry,
      log_->admission().Admit(admission::Peer{options_.submitter}, unsealing,
                              admission::SealOpenings()));
  const auto answer = std::make_shared<std::promise<absl::Status>>();
  RETURN_IF_ERROR(log_->sequencer().Submit(
      std::move(entry), [answer](absl::StatusOr<sequencer::Placement> placed) {
        answer->set_value(placed.status());
      }));
  return answer->get_future().get();
}

}  // namespace sightline::services
