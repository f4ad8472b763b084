// The store alone: Commit of prepared batches against bare RocksDB, and how rate,
// look-ups, memory and start-up change as the store grows.
//
//   append_store_bench compare DIR [ENTRIES [ROUNDS]]
//   append_store_bench grow DIR ENTRIES
//
// DIR must not exist; `compare` removes what it made, `grow` leaves the store.
// `compare` writes the same 300-byte entries in the same batches three times, each
// batch one synced write: through Commit, as one put per entry, as one put per
// batch. The bare databases have Debian's defaults but for compression (none) and
// the same buffer as the store.
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>
#include <time.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "bench/or_die.h"
#include "bench/result.h"
#include "crypto/sha256.h"
#include "storage/log_store.h"
#include "storage/rocksdb_log_store.h"
#include "storage/test_log.h"

namespace sightline::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kEntryBytes = 300;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Of this thread alone: look-ups are too short to be timed on a busy machine.
double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         static_cast<double>(now.tv_nsec) * 1e-9;
}

// A batch that outlives the log that made it, without the rare parts.
struct OwnBatch {
  explicit OwnBatch(const storage::Batch& from)
      : entries(from.entries),
        ends(from.entry_ends.begin(), from.entry_ends.end()),
        leaf_hashes(from.leaf_hashes.begin(), from.leaf_hashes.end()),
        identities(from.identity_hashes.begin(), from.identity_hashes.end()),
        tiles(from.tiles.begin(), from.tiles.end()),
        feeds(from.feeds.begin(), from.feeds.end()),
        checkpoint(from.checkpoint),
        state(from.state),
        expected_tree_size(from.expected_tree_size) {}

  storage::Batch View() const {
    storage::Batch batch;
    batch.expected_tree_size = expected_tree_size;
    batch.entries = entries;
    batch.entry_ends = ends;
    batch.leaf_hashes = leaf_hashes;
    batch.identity_hashes = identities;
    batch.tiles = tiles;
    batch.feeds = feeds;
    batch.state = state;
    batch.checkpoint = checkpoint;
    return batch;
  }

  std::string entries;
  std::vector<uint32_t> ends;
  std::vector<crypto::Digest> leaf_hashes, identities;
  std::vector<tiles::StoredTile> tiles;
  std::vector<storage::FeedHead> feeds;
  std::string checkpoint;
  storage::TreeState state;
  uint64_t expected_tree_size;
};

std::vector<OwnBatch> Prepare(storage::TestLog& log, size_t entries,
                              size_t batch_size) {
  std::vector<OwnBatch> batches;
  for (size_t i = 0; i < entries; i += batch_size) {
    batches.emplace_back(log.Make(std::min(batch_size, entries - i)));
    log.Adopt();
  }
  return batches;
}

double CommitAll(storage::LogStore& store,
                 const std::vector<OwnBatch>& batches) {
  const auto start = Clock::now();
  for (const OwnBatch& batch : batches) {
    OrDie(store.Commit(batch.View()), "commit");
  }
  return SecondsSince(start);
}

double Ours(const std::string& dir, const std::vector<OwnBatch>& batches) {
  const auto store = OrDie(storage::RocksDbLogStore::Open(dir, {}), "open");
  return CommitAll(*store, batches);
}

std::unique_ptr<rocksdb::DB> OpenBare(const std::string& dir) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;
  options.write_buffer_size = storage::RocksDbOptions().write_buffer_bytes;
  rocksdb::DB* db = nullptr;
  if (!rocksdb::DB::Open(options, dir, &db).ok()) std::abort();
  return std::unique_ptr<rocksdb::DB>(db);
}

double Bare(const std::string& dir, const std::vector<OwnBatch>& batches,
            bool put_per_entry) {
  const auto db = OpenBare(dir);
  rocksdb::WriteOptions options;
  options.sync = true;
  rocksdb::WriteBatch write;
  const auto start = Clock::now();
  for (const OwnBatch& batch : batches) {
    write.Clear();
    const std::string first = base::U64(batch.expected_tree_size);
    if (!put_per_entry) write.Put(first, batch.entries);
    for (size_t i = 0; put_per_entry && i < batch.ends.size(); ++i) {
      const size_t begin = i == 0 ? 0 : batch.ends[i - 1];
      write.Put(
          base::U64(batch.expected_tree_size + i),
          rocksdb::Slice(batch.entries.data() + begin, batch.ends[i] - begin));
    }
    if (!db->Write(options, &write).ok()) std::abort();
  }
  return SecondsSince(start);
}

void CompareAt(const std::string& dir, size_t entries, size_t batch_size,
               int rounds) {
  std::vector<double> ours, per_entry, per_batch, ratios;
  for (int round = 0; round < rounds; ++round) {
    storage::TestLog log(static_cast<uint64_t>(round + 1), kEntryBytes);
    const std::vector<OwnBatch> batches = Prepare(log, entries, batch_size);
    const double n = static_cast<double>(entries);
    std::filesystem::create_directories(dir);
    per_entry.push_back(n / Bare(dir + "/entry", batches, true));
    ours.push_back(n / Ours(dir + "/ours", batches));
    per_batch.push_back(n / Bare(dir + "/batch", batches, false));
    ratios.push_back(ours.back() / per_entry.back());
    std::filesystem::remove_all(dir);
  }
  const double ratio = Median(ratios);
  const bool has_bar = batch_size == 1024;
  Print({absl::StrCat("Commit of ", batch_size, " entries of 300 bytes"),
         has_bar ? "at least 0.85" : "none", "entries/s", Median(ours),
         Median(per_entry), ratio, !has_bar || ratio >= 0.85,
         absl::StrCat("bare RocksDB, one put per entry, synced; one put per "
                      "batch: ",
                      static_cast<int64_t>(Median(per_batch)))});
}

int Compare(const std::string& dir, size_t entries, int rounds) {
  for (const size_t batch_size : {1, 16, 128, 1024}) {
    // As long as it takes to be past the start, and no longer.
    const size_t n = std::min(entries, batch_size * 4000);
    CompareAt(dir, n, batch_size, rounds);
  }
  return 0;
}

// A line of /proc/self/status, in MiB.
int64_t StatusMiB(const std::string& name) {
  std::ifstream in("/proc/self/status");
  std::string word;
  int64_t kib = 0;
  while (in >> word) {
    if (word == name + ":") in >> kib;
  }
  return kib / 1024;
}

// Microseconds of CPU per look-up of `asked`, in lots of 1,024.
double LookUp(const storage::LogStore& store,
              const std::vector<crypto::Digest>& asked, bool there) {
  std::vector<std::optional<uint64_t>> found;
  const double start = CpuSeconds();
  for (size_t i = 0; i + 1024 <= asked.size(); i += 1024) {
    OrDie(store.FindByIdentity({&asked[i], 1024}, &found), "find");
    for (const std::optional<uint64_t>& index : found) {
      if (index.has_value() != there) std::abort();
    }
  }
  return (CpuSeconds() - start) / static_cast<double>(asked.size()) * 1e6;
}

void PrintReads(const storage::LogStore& store, const storage::TestLog& log) {
  std::mt19937_64 random(1);
  std::vector<crypto::Digest> absent, present;
  for (size_t i = 0; i < 64 * 1024; ++i) {
    absent.push_back(crypto::Sha256(base::U64(i)));
    if (i < 8 * 1024)
      present.push_back(log.IdentityHash(random() % log.size()));
  }
  const double miss = LookUp(store, absent, false);
  const double hit = LookUp(store, present, true);
  constexpr int kReads = 20000;
  double start = CpuSeconds();
  for (int i = 0; i < kReads; ++i) {
    OrDie(store.StoredTile(0, random() % log.size() / 256).status(), "tile");
  }
  const double tile = (CpuSeconds() - start) / kReads * 1e6;
  start = CpuSeconds();
  for (int i = 0; i < kReads; ++i) {
    const uint64_t index = random() % log.size();
    OrDie(store.ReadEntries(index, index + 1,
                            [](uint64_t, absl::string_view) { return true; }),
          "entry");
  }
  const double entry = (CpuSeconds() - start) / kReads * 1e6;
  std::printf(
      "  us of CPU: absent identity %.3f, present %.2f, tile %.2f, entry "
      "%.2f\n",
      miss, hit, tile, entry);
}

int Grow(const std::string& dir, uint64_t entries) {
  constexpr size_t kChunk = size_t{1} << 16;
  constexpr uint64_t kReport = 1'000'000;
  auto store = OrDie(storage::RocksDbLogStore::Open(dir, {}), "open");
  storage::TestLog log(1, kEntryBytes);
  double seconds = 0;
  uint64_t since = 0, next_report = 100'000;
  while (log.size() < entries) {
    const std::vector<OwnBatch> batches = Prepare(log, kChunk, 1024);
    seconds += CommitAll(*store, batches);
    since += kChunk;
    if (log.size() < next_report) continue;
    std::printf("%9llu entries: %.0f entries/s, resident %lld MiB\n",
                static_cast<unsigned long long>(log.size()),
                static_cast<double>(since) / seconds,
                static_cast<long long>(StatusMiB("VmRSS")));
    PrintReads(*store, log);
    std::fflush(stdout);
    seconds = 0;
    since = 0;
    next_report = log.size() < kReport ? kReport : next_report + kReport;
  }
  OrDie(store->WaitUntilIdle(), "idle");
  std::printf("idle, resident %lld MiB, at most %lld MiB\n",
              static_cast<long long>(StatusMiB("VmRSS")),
              static_cast<long long>(StatusMiB("VmHWM")));
  PrintReads(*store, log);
  store.reset();
  for (int i = 0; i < 3; ++i) {
    const auto start = Clock::now();
    store = OrDie(storage::RocksDbLogStore::Open(dir, {}), "open again");
    std::printf("opened in %.3f s\n", SecondsSince(start));
    store.reset();
  }
  return 0;
}

int Main(int argc, char** argv) {
  const std::string command = argc > 2 ? argv[1] : "";
  const auto number = [&](int i, uint64_t otherwise) {
    return argc > i ? std::strtoull(argv[i], nullptr, 10) : otherwise;
  };
  if (command == "compare") {
    return Compare(argv[2], number(3, 400'000), static_cast<int>(number(4, 5)));
  }
  if (command == "grow" && argc > 3) return Grow(argv[2], number(3, 0));
  std::cerr << "usage: append_store_bench compare DIR [ENTRIES [ROUNDS]]\n"
               "       append_store_bench grow DIR ENTRIES\n";
  return 2;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) { return sightline::bench::Main(argc, argv); }
