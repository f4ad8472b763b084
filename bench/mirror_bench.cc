// A mirror of a log over loopback, every entry and tile proven, against an audit of
// the same log from disk, with signatures.
//
//   mirror_bench DIR [ENTRIES [ROUNDS]]
//
// DIR/store is filled with signed statements up to ENTRIES if it has fewer, and
// must hold nothing else; a bench_server in a process of its own serves it.
// DIR/mirror is made anew in each round.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "bench/bench_log.h"
#include "bench/bench_parties.h"
#include "bench/or_die.h"
#include "bench/result.h"
#include "bench/server_process.h"
#include "checkpoint/log_keys.h"
#include "client/http_resources.h"
#include "client/resource_log_reader.h"
#include "crypto/random.h"
#include "monitor/check_log.h"
#include "monitor/tile_export.h"
#include "storage/rocksdb_log_store.h"
#include "storage/store_log_reader.h"
#include "tests/support/test_parties.h"
#include "tiles/entry_source.h"

namespace sightline::bench {
namespace {

// Made and signed at a time: what is in memory.
constexpr uint64_t kStatementsAtOnce = 40000;
constexpr uint64_t kThreads = 2;

struct Plan {
  std::string dir;
  uint64_t entries = 1000000;
  int rounds = 2;
};

// Signed statements of the agencies, by two threads: with more the sequencer would
// have more waiting than it takes.
void Fill(const Plan& plan, const BenchParties& parties) {
  std::filesystem::create_directories(plan.dir);
  const auto log = OrDie(BenchLog::Open(plan.dir + "/store", &parties), "open");
  while (log->tree_size() < plan.entries) {
    const uint64_t missing =
        std::min(kStatementsAtOnce, plan.entries - log->tree_size());
    std::vector<std::thread> threads;
    for (uint64_t i = 0; i < kThreads; ++i) {
      const tests::Party& agency = parties.agencies()[i];
      const uint64_t share = missing / kThreads + (i < missing % kThreads);
      auto requests = parties.MakeRequests(agency, share);
      threads.emplace_back([&log, &agency, requests = std::move(requests)] {
        OrDie(log->Log(agency, requests), "log");
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  log->Shutdown();
}

std::unique_ptr<storage::RocksDbLogStore> OpenToRead(const std::string& dir) {
  storage::RocksDbOptions options;
  options.create_if_missing = false;
  options.read_only = true;
  return OrDie(storage::RocksDbLogStore::Open(dir, options), "open");
}

// Entries a second, each with its signature.
double Audit(const Plan& plan, const checkpoint::LogKeySet& keys) {
  const auto store = OpenToRead(plan.dir + "/store");
  storage::StoreLogReader reader(store.get());
  monitor::CheckSources sources;
  sources.checkpoint = OrDie(store->ReadNewestCheckpoint(), "checkpoint");
  sources.entries = &reader;
  sources.tiles = &reader;
  sources.stored_tiles = store.get();
  const auto report = OrDie(monitor::CheckLog(sources, &keys, {}), "audit");
  if (!report.sound() || report.entries < plan.entries) {
    OrDie(absl::DataLossError("not sound"), "audit");
  }
  return static_cast<double>(report.entries) / report.seconds;
}

// Entries a second.
double Mirror(const Plan& plan, const std::string& address,
              const checkpoint::LogKeySet& keys) {
  const std::string folder = plan.dir + "/mirror";
  std::filesystem::remove_all(folder);
  const auto resources =
      OrDie(client::HttpResources::Create("http://" + address, {},
                                          crypto::Rng::Real()),
            "connect");
  client::ResourceLogReader reader(resources.get());
  monitor::TileExportOptions options;
  options.folder = folder;
  options.trusted = &keys;
  options.shown = &reader;
  const absl::Time start = absl::Now();
  const std::string note = OrDie(reader.ReadCheckpoint(), "checkpoint");
  tiles::BundleEntrySource entries(&reader, plan.entries);
  const auto report =
      OrDie(monitor::ExportTiles(note, &entries, options), "mirror");
  return static_cast<double>(report.checkpoint.tree_size) /
         absl::ToDoubleSeconds(absl::Now() - start);
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: mirror_bench DIR [ENTRIES [ROUNDS]]\n";
    return 2;
  }
  Plan plan;
  plan.dir = argv[1];
  if (argc > 2) plan.entries = std::strtoull(argv[2], nullptr, 10);
  if (argc > 3) plan.rounds = std::atoi(argv[3]);
  const BenchParties parties;
  Fill(plan, parties);
  const checkpoint::LogKeySet keys = parties.LogKeys();
  ServerProcess server(plan.dir);
  server.WaitUntilIdle();
  const std::string address = server.HttpAddress();
  std::vector<double> rates, limits, ratios;
  for (int round = 0; round < plan.rounds; ++round) {
    limits.push_back(Audit(plan, keys));
    rates.push_back(Mirror(plan, address, keys));
    ratios.push_back(rates.back() / limits.back());
  }
  server.Stop();
  std::filesystem::remove_all(plan.dir + "/mirror");
  const double ratio = Median(ratios);
  Print({absl::StrCat("mirror of ", plan.entries,
                      " entries over loopback, proven"),
         "at least 0.5", "entries/s", Median(rates), Median(limits), ratio,
         ratio >= 0.5,
         "audit of the same log from disk, with signatures, all cores"});
  return 0;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) { return sightline::bench::Main(argc, argv); }
