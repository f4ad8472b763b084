#include "monitor/check_log.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "checkpoint/note.h"
#include "merkle/hash.h"
#include "monitor/log_scan.h"
#include "monitor/record_check.h"
#include "monitor/turnstile.h"
#include "statement/registry.h"

namespace sightline::monitor {
namespace {

using Clock = std::chrono::steady_clock;

absl::StatusOr<checkpoint::Checkpoint> ReadCheckpointText(
    absl::string_view note_bytes) {
  ASSIGN_OR_RETURN(const checkpoint::Note note,
                   checkpoint::ParseNote(note_bytes));
  ASSIGN_OR_RETURN(checkpoint::Checkpoint checkpoint,
                   checkpoint::ParseCheckpoint(note.text));
  if (checkpoint.tree_size > merkle::kMaxTreeSize) {
    return absl::InvalidArgumentError(
        absl::StrCat("tree size ", checkpoint.tree_size, " is impossible"));
  }
  return checkpoint;
}

// Adds the names of the keys that signed, or the problem.
void CheckSignatures(absl::string_view note_bytes,
                     const checkpoint::LogKeySet& keys, absl::string_view whose,
                     CheckReport* report, ProblemLog* problems) {
  const absl::StatusOr<checkpoint::OpenedCheckpoint> opened =
      keys.OpenCheckpoint(note_bytes);
  if (!opened.ok()) {
    problems->Add({.kind = ProblemKind::kCheckpointSignature,
                   .where = std::string(whose),
                   .got = std::string(opened.status().message())});
    return;
  }
  for (const checkpoint::VerifiedLine& verified : opened->verified) {
    const checkpoint::SignatureLine& line =
        opened->note.signatures[verified.line];
    std::string name = absl::StrFormat("%s+%08x", line.name, line.key_id);
    auto& names = report->signed_by;
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(std::move(name));
    }
  }
}

// The keys that the log itself names.
checkpoint::LogKeySet LogKeysOf(const statement::Registry& registry,
                                uint64_t tree_size, ProblemLog* problems) {
  checkpoint::LogKeySet keys(registry.origin());
  for (const v1::LogKey& key : registry.LogKeys(tree_size)) {
    const absl::Status added = keys.Add(
        key.vkey(), key.first_size(),
        key.end_size() == 0 ? checkpoint::LogKeySet::kNoEnd : key.end_size());
    if (added.ok()) continue;
    problems->Add({.kind = ProblemKind::kRegistryRule,
                   .where = absl::StrCat("log key ", key.vkey()),
                   .got = std::string(added.message())});
  }
  return keys;
}

int ThreadsFor(const CheckOptions& options) {
  if (options.threads > 0) return options.threads;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// `options`, with the records of every entry inspected, too.
CheckOptions WithRecords(const CheckOptions& options, RecordCheck* records) {
  CheckOptions with = options;
  with.inspect = [records, theirs = options.inspect](
                     absl::Span<const EntryFacts> facts,
                     ProblemLog* problems) -> absl::Status {
    RETURN_IF_ERROR(records->Inspect(facts));
    return theirs ? theirs(facts, problems) : absl::OkStatus();
  };
  return with;
}

bool SeesEveryEntry(const CheckOptions& options, uint64_t tree_size) {
  return options.depth != CheckDepth::kHashes && options.from == 0 &&
         options.to >= tree_size;
}

absl::Status Scan(const CheckSources& sources,
                  const checkpoint::LogKeySet* trusted,
                  const CheckOptions& given, CheckReport* report,
                  ProblemLog* problems) {
  const uint64_t tree_size = report->checkpoint.tree_size;
  const bool has_records = sources.records != nullptr;
  const bool want_log_keys =
      trusted == nullptr || has_records || given.depth != CheckDepth::kHashes;
  RecordCheck records(sources.records, sources.stored_tiles, problems);
  const CheckOptions options =
      has_records ? WithRecords(given, &records) : given;
  LogScan scan(sources, options, tree_size, want_log_keys, problems);
  ASSIGN_OR_RETURN(const bool has_end, scan.HasEnd());
  if (!has_end) {
    problems->Add({.kind = ProblemKind::kEntryMissing,
                   .index = tree_size - 1,
                   .got = "neither this entry nor its tile, so the rest was "
                          "not looked at"});
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(RunInOrder<Chunk>(scan.chunks(), ThreadsFor(options), &scan));
  RETURN_IF_ERROR(scan.Close(report->checkpoint.root_hash, report));
  if (!want_log_keys) return absl::OkStatus();
  const checkpoint::LogKeySet keys =
      LogKeysOf(scan.registry(), tree_size, problems);
  CheckSignatures(sources.checkpoint, keys, "by the keys that the log names",
                  report, problems);
  if (!has_records) return absl::OkStatus();
  return records.Close(*report, SeesEveryEntry(options, tree_size), keys);
}

void TakeProblems(const ProblemLog& problems, CheckReport* report) {
  report->problems = problems.Sorted();
  report->problem_count = problems.count();
  const auto counts = problems.counts();
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    report->problem_counts.emplace_back(static_cast<ProblemKind>(i), counts[i]);
  }
}

}  // namespace

absl::StatusOr<CheckReport> CheckLog(const CheckSources& sources,
                                     const checkpoint::LogKeySet* trusted,
                                     const CheckOptions& options) {
  const Clock::time_point start = Clock::now();
  ProblemLog problems(options.max_problems_of_a_kind);
  CheckReport report;
  absl::StatusOr<checkpoint::Checkpoint> checkpoint =
      ReadCheckpointText(sources.checkpoint);
  if (checkpoint.ok()) {
    report.checkpoint = *std::move(checkpoint);
    if (trusted != nullptr) {
      CheckSignatures(sources.checkpoint, *trusted, "by the trusted keys",
                      &report, &problems);
    }
    RETURN_IF_ERROR(Scan(sources, trusted, options, &report, &problems));
  } else {
    problems.Add({.kind = ProblemKind::kCheckpointMalformed,
                  .got = std::string(checkpoint.status().message())});
  }
  TakeProblems(problems, &report);
  report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return report;
}

absl::StatusOr<CheckReport> CheckLog(tiles::LogReader* reader,
                                     const checkpoint::LogKeySet* trusted,
                                     const CheckOptions& options) {
  CheckSources sources;
  sources.tiles = reader;
  absl::StatusOr<std::string> checkpoint = reader->ReadCheckpoint();
  // A log without a checkpoint is unsound, one that cannot be reached unknown.
  if (!checkpoint.ok() && !IsAboutTheLog(checkpoint.status())) {
    return base::Annotate(checkpoint.status(), "checkpoint");
  }
  if (checkpoint.ok()) sources.checkpoint = *std::move(checkpoint);
  const absl::StatusOr<checkpoint::Checkpoint> parsed =
      ReadCheckpointText(sources.checkpoint);
  tiles::BundleEntrySource entries(reader, parsed.ok() ? parsed->tree_size : 0);
  sources.entries = &entries;
  return CheckLog(sources, trusted, options);
}

}  // namespace sightline::monitor
