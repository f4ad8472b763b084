// Append in process: sequence, deduplicate, hash, tiles, one synced write per batch;
// against bare RocksDB writing the same entry bytes in the same batches, synced.
//
//   append_bench DIR [ENTRIES [ROUNDS]]
//
// DIR must not exist; it is left behind for the caller to remove.
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "admission/admitted_entry.h"
#include "admission/admitted_entry_maker.h"
#include "base/bytes.h"
#include "bench/or_die.h"
#include "bench/raw_log.h"
#include "bench/result.h"
#include "bench/window.h"
#include "sequencer/integrated_batch.h"

namespace sightline::bench {
namespace {

constexpr size_t kEntryBytes = 300;
constexpr size_t kFeeds = 64;
constexpr size_t kWaiting = 1024;

using Seconds = std::chrono::duration<double>;

std::vector<std::string> MakeEntries(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::string> entries(count);
  for (std::string& entry : entries) {
    while (entry.size() < kEntryBytes) base::AppendU64(random(), &entry);
    entry.resize(kEntryBytes);
  }
  return entries;
}

struct Run {
  double seconds = 0;
  std::vector<size_t> batches;
};

Run Ours(const std::string& dir, const std::vector<std::string>& bodies) {
  const std::unique_ptr<RawLog> log = OrDie(RawLog::Open(dir, {}), "open");
  std::vector<admission::AdmittedEntry> entries;
  entries.reserve(bodies.size());
  for (size_t i = 0; i < bodies.size(); ++i) {
    entries.push_back(admission::AdmittedEntryMaker::Make(
        absl::StrCat("ori:CA", i % kFeeds), bodies[i]));
  }
  Window window(2 * kWaiting);  // one batch in work, one waiting
  const auto start = std::chrono::steady_clock::now();
  for (admission::AdmittedEntry& entry : entries) {
    window.Enter();
    const absl::Status status = log->sequencer().Submit(
        std::move(entry),
        [&window](absl::StatusOr<sequencer::Placement> placed) {
          OrDie(placed.status(), "append");
          window.Leave();
        });
    OrDie(status, "submit");
  }
  window.Drain();
  Run run;
  run.seconds = Seconds(std::chrono::steady_clock::now() - start).count();
  log->Shutdown();
  run.batches = log->batch_sizes();
  return run;
}

double Bare(const std::string& dir, const std::vector<std::string>& bodies,
            const std::vector<size_t>& batches) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;
  options.recycle_log_file_num = 4;
  rocksdb::DB* raw = nullptr;
  if (!rocksdb::DB::Open(options, dir, &raw).ok()) std::abort();
  const std::unique_ptr<rocksdb::DB> db(raw);
  rocksdb::WriteOptions write;
  write.sync = true;
  const auto start = std::chrono::steady_clock::now();
  uint64_t index = 0;
  for (const size_t size : batches) {
    rocksdb::WriteBatch batch;
    for (size_t i = 0; i < size; ++i, ++index) {
      batch.Put(base::U64(index), bodies[index]);
    }
    if (!db->Write(write, &batch).ok()) std::abort();
  }
  return Seconds(std::chrono::steady_clock::now() - start).count();
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: append_bench DIR [ENTRIES [ROUNDS]]\n";
    return 2;
  }
  const std::string dir = argv[1];
  const size_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 400000;
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 5;
  std::filesystem::create_directories(dir);
  std::vector<double> ours, bare, ratios;
  double mean_batch = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto bodies = MakeEntries(count, static_cast<uint64_t>(round));
    const Run run = Ours(absl::StrCat(dir, "/ours", round), bodies);
    const double limit =
        Bare(absl::StrCat(dir, "/bare", round), bodies, run.batches);
    ours.push_back(static_cast<double>(count) / run.seconds);
    bare.push_back(static_cast<double>(count) / limit);
    ratios.push_back(ours.back() / bare.back());
    mean_batch =
        static_cast<double>(count) / static_cast<double>(run.batches.size());
    std::filesystem::remove_all(absl::StrCat(dir, "/ours", round));
    std::filesystem::remove_all(absl::StrCat(dir, "/bare", round));
  }
  const double ratio = Median(ratios);
  Print(
      {"append in process, 300-byte entries", "at least 0.5", "entries/s",
       Median(ours), Median(bare), ratio, ratio >= 0.5,
       absl::StrCat("bare RocksDB, one put per entry, the same batches (mean ",
                    static_cast<int>(mean_batch), " entries), synced")});
  return 0;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) { return sightline::bench::Main(argc, argv); }
