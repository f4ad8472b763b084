// A mirror of a log over loopback, every entry and tile proven, against an audit of
// signed statements from disk.
//
//   mirror_bench DIR [ENTRIES [STATEMENTS [ROUNDS]]]
//
// DIR/store is filled up to ENTRIES if it has fewer (so read_bench's folder can be
// used again), DIR/audited must not exist; DIR/mirror is made anew in each round.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "bench/bench_log.h"
#include "bench/bench_parties.h"
#include "bench/or_die.h"
#include "bench/result.h"
#include "checkpoint/log_keys.h"
#include "client/http_resources.h"
#include "client/resource_log_reader.h"
#include "crypto/random.h"
#include "monitor/check_log.h"
#include "monitor/tile_export.h"
#include "publish/publisher.h"
#include "storage/rocksdb_log_store.h"
#include "storage/store_log_reader.h"
#include "telemetry/diagnostics.h"
#include "tiles/entry_source.h"
#include "web/server.h"
#include "web/tlog_handler.h"

namespace sightline::bench {
namespace {

constexpr size_t kEntryBytes = 300;

struct Plan {
  std::string dir;
  uint64_t entries = 1000000;
  size_t statements = 40000;
  int rounds = 5;
};

std::unique_ptr<storage::RocksDbLogStore> OpenToRead(const std::string& dir) {
  storage::RocksDbOptions options;
  options.create_if_missing = false;
  options.read_only = true;
  return OrDie(storage::RocksDbLogStore::Open(dir, options), "open");
}

// The store over HTTP, as sightlined serves it.
class Front {
 public:
  explicit Front(const storage::LogStore* store)
      : handler_([this] { return tree_; }, store, telemetry::NoDiagnostics()) {
    auto tree = std::make_shared<publish::PublishedTree>();
    tree->tree_size = OrDie(store->ReadTreeState(), "state").tree_size;
    tree->checkpoint = OrDie(store->ReadNewestCheckpoint(), "checkpoint");
    tree_ = tree;
    web::ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    server_ = OrDie(web::Server::Start(options, &handler_, base::Clock::Real(),
                                       telemetry::NoDiagnostics()),
                    "serve");
  }

  std::string url() const { return "http://" + server_->addresses().front(); }
  const publish::PublishedTree& tree() const { return *tree_; }

 private:
  std::shared_ptr<const publish::PublishedTree> tree_;
  web::TlogHandler handler_;
  std::unique_ptr<web::Server> server_;
};

// Entries a second.
double Mirror(const Plan& plan, const Front& front,
              const checkpoint::LogKeySet& keys) {
  const std::string folder = plan.dir + "/mirror";
  std::filesystem::remove_all(folder);
  const auto resources =
      OrDie(client::HttpResources::Create(front.url(), {}, crypto::Rng::Real()),
            "connect");
  client::ResourceLogReader reader(resources.get());
  tiles::BundleEntrySource entries(&reader, front.tree().tree_size);
  monitor::TileExportOptions options;
  options.folder = folder;
  options.trusted = &keys;
  options.shown = &reader;
  const absl::Time start = absl::Now();
  OrDie(
      monitor::ExportTiles(front.tree().checkpoint, &entries, options).status(),
      "mirror");
  return static_cast<double>(front.tree().tree_size) /
         absl::ToDoubleSeconds(absl::Now() - start);
}

// Statements a second, with their signatures.
double Audit(const storage::LogStore& store,
             const checkpoint::LogKeySet& keys) {
  storage::StoreLogReader reader(&store);
  monitor::CheckSources sources;
  sources.checkpoint = OrDie(store.ReadNewestCheckpoint(), "checkpoint");
  sources.entries = &reader;
  sources.tiles = &reader;
  sources.stored_tiles = &store;
  const auto report = OrDie(monitor::CheckLog(sources, &keys, {}), "audit");
  if (!report.sound()) OrDie(absl::DataLossError("not sound"), "audit");
  return static_cast<double>(report.entries) / report.seconds;
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: mirror_bench DIR [ENTRIES [STATEMENTS [ROUNDS]]]\n";
    return 2;
  }
  Plan plan;
  plan.dir = argv[1];
  if (argc > 2) plan.entries = std::strtoull(argv[2], nullptr, 10);
  if (argc > 3) plan.statements = std::strtoull(argv[3], nullptr, 10);
  if (argc > 4) plan.rounds = std::atoi(argv[4]);
  const BenchParties parties;
  {
    const auto log =
        OrDie(BenchLog::Open(plan.dir + "/store", &parties), "open");
    OrDie(log->FillTo(plan.entries, kEntryBytes), "fill");
    log->Shutdown();
  }
  {
    const auto log =
        OrDie(BenchLog::Open(plan.dir + "/audited", &parties), "open");
    const tests::Party& agency = parties.agencies()[0];
    OrDie(log->Log(agency, parties.MakeRequests(agency, plan.statements)),
          "log");
    log->Shutdown();
  }
  const auto store = OpenToRead(plan.dir + "/store");
  const auto audited = OpenToRead(plan.dir + "/audited");
  const checkpoint::LogKeySet keys = parties.LogKeys();
  const Front front(store.get());
  std::vector<double> rates, limits, ratios;
  for (int round = 0; round < plan.rounds; ++round) {
    limits.push_back(Audit(*audited, keys));
    rates.push_back(Mirror(plan, front, keys));
    ratios.push_back(rates.back() / limits.back());
  }
  std::filesystem::remove_all(plan.dir + "/mirror");
  const double ratio = Median(ratios);
  Print({absl::StrCat("mirror of ", front.tree().tree_size,
                      " entries over loopback, proven"),
         "at least 0.5", "entries/s", Median(rates), Median(limits), ratio,
         ratio >= 0.5, "audit of signed statements from disk, all cores"});
  return 0;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) { return sightline::bench::Main(argc, argv); }
