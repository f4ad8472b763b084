// Audit of a local store: hashes only, against SHA-256 of the same entry bytes on
// all cores; with signatures, against Ed25519 verifications on all cores.
//
//   audit_bench DIR [ENTRIES [STATEMENTS [ROUNDS]]]
//
// DIR/store is filled up to ENTRIES if it has fewer (so read_bench's folder can be
// used again), DIR/signed must not exist. Both are left behind.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bench/bench_log.h"
#include "bench/bench_parties.h"
#include "bench/limits.h"
#include "bench/or_die.h"
#include "bench/result.h"
#include "checkpoint/log_keys.h"
#include "monitor/check_log.h"
#include "statement/dsse.h"
#include "storage/rocksdb_log_store.h"
#include "storage/store_log_reader.h"

namespace sightline::bench {
namespace {

constexpr size_t kEntryBytes = 300;

struct Plan {
  std::string dir;
  uint64_t entries = 1000000;
  size_t statements = 40000;
  int rounds = 9;  // short ones: a median needs many
};

std::unique_ptr<storage::RocksDbLogStore> OpenToRead(const std::string& dir) {
  storage::RocksDbOptions options;
  options.create_if_missing = false;
  options.read_only = true;
  return OrDie(storage::RocksDbLogStore::Open(dir, options), "open");
}

// What `sightline audit` does with a data folder.
monitor::CheckReport Audit(const storage::LogStore& store,
                           const checkpoint::LogKeySet& keys,
                           monitor::CheckDepth depth) {
  storage::StoreLogReader reader(&store);
  monitor::CheckSources sources;
  sources.checkpoint = OrDie(store.ReadNewestCheckpoint(), "checkpoint");
  sources.entries = &reader;
  sources.tiles = &reader;
  sources.stored_tiles = &store;
  monitor::CheckOptions options;
  options.depth = depth;
  options.at_rest = true;
  monitor::CheckReport report =
      OrDie(monitor::CheckLog(sources, &keys, options), "audit");
  if (!report.sound()) {
    OrDie(absl::DataLossError(absl::StrCat(report.problem_count, " problems")),
          "audit");
  }
  return report;
}

std::vector<std::string> ReadAll(const storage::LogStore& store) {
  std::vector<std::string> entries;
  const uint64_t size = OrDie(store.ReadTreeState(), "state").tree_size;
  entries.reserve(size);
  OrDie(store.ReadEntries(0, size,
                          [&](uint64_t, absl::string_view entry) {
                            entries.emplace_back(entry);
                            return true;
                          }),
        "read");
  return entries;
}

void MeasureHashes(const Plan& plan, const BenchParties& parties) {
  const std::string dir = plan.dir + "/store";
  {
    const auto log = OrDie(BenchLog::Open(dir, &parties), "open");
    OrDie(log->FillTo(plan.entries, kEntryBytes), "fill");
    log->Shutdown();
  }
  const auto store = OpenToRead(dir);
  const std::vector<std::string> entries = ReadAll(*store);
  const checkpoint::LogKeySet keys = parties.LogKeys();
  std::vector<double> rates, limits, ratios;
  for (int round = 0; round < plan.rounds; ++round) {
    const double limit = HashesPerSecond(entries);
    const monitor::CheckReport report =
        Audit(*store, keys, monitor::CheckDepth::kHashes);
    rates.push_back(static_cast<double>(report.entries) / report.seconds);
    limits.push_back(limit);
    ratios.push_back(rates.back() / limit);
  }
  const double ratio = Median(ratios);
  Print({absl::StrCat("audit of a local store, hashes only, ", entries.size(),
                      " entries"),
         "at least 0.5", "entries/s", Median(rates), Median(limits), ratio,
         ratio >= 0.5,
         "SHA-256 of the same entry bytes, in memory, on all cores"});
}

void MeasureSignatures(const Plan& plan, const BenchParties& parties) {
  const std::string dir = plan.dir + "/signed";
  const tests::Party& agency = parties.agencies()[0];
  std::vector<SignedMessage> messages;
  {
    const auto log = OrDie(BenchLog::Open(dir, &parties), "open");
    const auto requests = parties.MakeRequests(agency, plan.statements);
    OrDie(log->Log(agency, requests), "log");
    log->Shutdown();
    for (size_t i = 0; i < requests.size() && i < 1000; ++i) {
      const v1::SignedStatement& statement = requests[i].statement();
      messages.push_back({statement::PreAuthEncoding(statement.payload_type(),
                                                     statement.payload()),
                          statement.signatures(0).signature()});
    }
  }
  const auto store = OpenToRead(dir);
  const checkpoint::LogKeySet keys = parties.LogKeys();
  std::vector<double> rates, limits, ratios;
  for (int round = 0; round < plan.rounds; ++round) {
    const double limit =
        VerificationsPerSecond(agency.keys[0].public_key(), messages, 2);
    const monitor::CheckReport report =
        Audit(*store, keys, monitor::CheckDepth::kSignatures);
    rates.push_back(static_cast<double>(report.signatures) / report.seconds);
    limits.push_back(limit);
    ratios.push_back(rates.back() / limit);
  }
  const double ratio = Median(ratios);
  Print({absl::StrCat("audit of a local store with signatures, ",
                      plan.statements, " statements"),
         "at least 0.8", "statements/s", Median(rates), Median(limits), ratio,
         ratio >= 0.8, "Ed25519 verifications on all cores"});
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: audit_bench DIR [ENTRIES [STATEMENTS [ROUNDS]]]\n";
    return 2;
  }
  Plan plan;
  plan.dir = argv[1];
  if (argc > 2) plan.entries = std::strtoull(argv[2], nullptr, 10);
  if (argc > 3) plan.statements = std::strtoull(argv[3], nullptr, 10);
  if (argc > 4) plan.rounds = std::atoi(argv[4]);
  const BenchParties parties;
  MeasureHashes(plan, parties);
  MeasureSignatures(plan, parties);
  return 0;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) { return sightline::bench::Main(argc, argv); }
