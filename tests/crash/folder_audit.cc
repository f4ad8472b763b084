#include "tests/crash/folder_audit.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "checkpoint/log_keys.h"
#include "monitor/check_log.h"
#include "monitor/check_report.h"
#include "monitor/problem.h"
#include "storage/rocksdb_log_store.h"
#include "storage/rocksdb_options.h"
#include "storage/store_log_reader.h"

namespace sightline::tests {

absl::Status AuditFolder(const std::string& data_dir,
                         const TestParties& parties,
                         monitor::CheckDepth depth) {
  storage::RocksDbOptions options;
  options.read_only = true;
  ASSIGN_OR_RETURN(const auto store,
                   storage::RocksDbLogStore::Open(data_dir, options));
  return AuditStore(*store, parties, depth);
}

absl::Status AuditStore(const storage::LogStore& store,
                        const TestParties& parties, monitor::CheckDepth depth) {
  checkpoint::LogKeySet keys(parties.origin());
  RETURN_IF_ERROR(keys.Add(parties.vkey()));
  storage::StoreLogReader reader(&store);
  monitor::CheckSources sources;
  ASSIGN_OR_RETURN(sources.checkpoint, store.ReadNewestCheckpoint());
  sources.entries = &reader;
  sources.tiles = &reader;
  sources.stored_tiles = &store;
  monitor::CheckOptions options;
  options.depth = depth;
  options.at_rest = true;
  ASSIGN_OR_RETURN(const monitor::CheckReport report,
                   monitor::CheckLog(sources, &keys, options));
  if (report.sound()) return absl::OkStatus();
  std::string text = absl::StrCat(report.problem_count, " problems");
  for (const monitor::Problem& problem : report.problems) {
    absl::StrAppend(&text, "\n  ", monitor::ProblemText(problem));
  }
  return absl::DataLossError(text);
}

}  // namespace sightline::tests
