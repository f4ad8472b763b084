#include "monitor/stream_feed.h"

#include <utility>

#include "base/status_macros.h"
#include "checkpoint/evidence_file.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note.h"

namespace sightline::monitor {
namespace {

absl::StatusOr<uint64_t> SizeOf(const std::string& note_bytes) {
  ASSIGN_OR_RETURN(const checkpoint::Note note,
                   checkpoint::ParseNote(note_bytes));
  ASSIGN_OR_RETURN(const checkpoint::Checkpoint tree,
                   checkpoint::ParseCheckpoint(note.text));
  return tree.tree_size;
}

// How what is before the run lies in its tree.
checkpoint::PrefixProof ProofOf(const client::EntryRun& run) {
  checkpoint::PrefixProof proof;
  proof.left = run.left();
  proof.right = run.right();
  for (const client::EntryView& entry : run.entries()) {
    proof.leaf.push_back(entry.leaf_hash);
  }
  return proof;
}

}  // namespace

absl::StatusOr<std::unique_ptr<StreamFeed>> StreamFeed::Create(
    Connector connect, const std::string& remembered) {
  ASSIGN_OR_RETURN(auto client, connect(remembered));
  return std::unique_ptr<StreamFeed>(
      new StreamFeed(std::move(connect), std::move(client)));
}

StreamFeed::~StreamFeed() { Close(); }

void StreamFeed::Open(uint64_t from) {
  next_ = from;
  {
    base::MutexLock lock(&mutex_);
    runs_.clear();
    closing_ = false;
  }
  client::EntryStreamOptions options;
  options.start_index = from;
  options.follow = true;
  stream_ = client_->StreamEntries(std::move(options));
  reader_ = std::thread([this] { ReadAhead(); });
}

void StreamFeed::Close() {
  if (stream_ == nullptr) return;
  stream_->Cancel();
  {
    base::MutexLock lock(&mutex_);
    closing_ = true;
    changed_.NotifyAll();
  }
  reader_.join();
  stream_.reset();
}

void StreamFeed::ReadAhead() {
  for (bool more = true; more;) {
    absl::StatusOr<std::optional<client::EntryRun>> run = stream_->Next();
    base::MutexLock lock(&mutex_);
    while (runs_.size() >= kMaxRuns && !closing_) changed_.Wait(&mutex_);
    if (closing_) return;
    if (!run.ok()) {
      runs_.emplace_back(run.status());
    } else if (!run->has_value()) {
      runs_.emplace_back(absl::UnavailableError("the stream ended"));
    } else {
      runs_.emplace_back(*std::move(*run));
    }
    more = runs_.back().ok();
    changed_.NotifyAll();
  }
}

absl::StatusOr<std::optional<LogFeed::Step>> StreamFeed::Next(
    uint64_t from, absl::Duration patience, const Visitor& visit) {
  if (stream_ == nullptr || from != next_) {
    Close();
    Open(from);
  }
  std::optional<absl::StatusOr<client::EntryRun>> run;
  {
    base::MutexLock lock(&mutex_);
    if (runs_.empty() && !stopped_) changed_.WaitFor(&mutex_, patience);
    if (stopped_) return absl::CancelledError("stopped");
    if (runs_.empty()) return std::nullopt;
    run = std::move(runs_.front());
    runs_.pop_front();
    changed_.NotifyAll();
  }
  if (!run->ok()) {
    Close();  // the next call begins anew
    return run->status();
  }
  const client::EntryRun& entries = **run;
  for (const client::EntryView& entry : entries.entries()) {
    RETURN_IF_ERROR(visit(entry.index, entry.bytes));
  }
  next_ = entries.next_index();
  return Step{entries.tree()->note, next_, true};
}

absl::StatusOr<std::string> StreamFeed::ReadEntry(uint64_t index) {
  ASSIGN_OR_RETURN(client::ProvenEntry entry, client_->GetEntry(index));
  return std::move(entry.bytes);
}

absl::StatusOr<LogFeed::Prefix> StreamFeed::ReadPrefix(
    uint64_t size, const std::string& newer) {
  // Our client would refuse what a fork shows; one that knows nothing proves it.
  ASSIGN_OR_RETURN(const auto fresh, connect_(""));
  ASSIGN_OR_RETURN(const client::EntryRun run, fresh->ListEntries(size, 1));
  Prefix prefix;
  prefix.newer = run.tree()->note;
  prefix.proof = ProofOf(run);
  if (prefix.newer == newer) return prefix;
  // Shown to who knows nothing: perhaps not what was shown to us. What comes now
  // continues it, or that client refuses it.
  ASSIGN_OR_RETURN(const uint64_t asked_size, SizeOf(newer));
  const auto later = fresh->ListEntries(asked_size, 1);
  if (later.ok()) {
    prefix.later = later->tree()->note;
    prefix.asked = ProofOf(*later);
  }
  return prefix;
}

void StreamFeed::Stop() {
  base::MutexLock lock(&mutex_);
  stopped_ = true;
  changed_.NotifyAll();
}

}  // namespace sightline::monitor
