#include "storage/rocksdb_tuning.h"

#include <cstddef>
#include <memory>

#include "rocksdb/cache.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/listener.h"
#include "rocksdb/options.h"
#include "rocksdb/table.h"
#include "storage/rocksdb_layout.h"

namespace sightline::storage {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

// After a failed write nothing may be retried behind our back: whoever opens the
// folder again decides what was written.
class NoRecovery final : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/,
                            rocksdb::Status /*error*/,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }
};

void ProtectAcknowledgedWrites(rocksdb::DBOptions* db) {
  // The last record of a write-ahead log may be cut short: it was never synced,
  // so nobody was told of it. Anything else that does not read back was, and
  // refuses to open: kPointInTimeRecovery would end the log there and go on,
  // silently without acknowledged batches.
  //
  // This mode forbids reusing old log files (recycle_log_file_num), where a
  // stale record and a damaged one look alike. RocksDB 7.8 forbids that in
  // every mode but "skip what is corrupt".
  db->wal_recovery_mode =
      rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // The tail of an older log must not be cut at all: its synced size is kept.
  db->track_and_verify_wals_in_manifest = true;
  db->verify_sst_unique_id_in_manifest = true;
  db->paranoid_checks = true;
  // For errors that count as retryable, then for a full disk.
  db->max_bgerror_resume_count = 0;
  db->listeners.push_back(std::make_shared<NoRecovery>());
}

void BoundMemory(const RocksDbOptions& options, rocksdb::DBOptions* db) {
  db->db_write_buffer_size = 3 * options.write_buffer_bytes;
  // Bounds what a start-up replays, too.
  db->max_total_wal_size = 3 * options.write_buffer_bytes;
  // A read-only view must hold every file that a writer might remove.
  db->max_open_files = options.read_only ? -1 : options.max_open_files;
  db->max_manifest_file_size = 16 * kMiB;
  db->max_log_file_size = 8 * kMiB;
  db->keep_log_file_num = 4;
}

rocksdb::BlockBasedTableOptions TableOptions(
    const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  // Debian's RocksDB computes CRC32C in software.
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  // Reading ahead is left to the kernel: RocksDB's costs a copy of every block.
  table.max_auto_readahead_size = 0;
  return table;
}

void TuneTable(Family family, rocksdb::BlockBasedTableOptions* table) {
  switch (family) {
    case Family::kTiles:
      // A full tile is larger than a block, so each has its own.
      table->block_size = 4096;
      table->filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
      break;
    case Family::kHashIndex:
      table->block_size = 4096;
      break;
    case Family::kEntries:
    case Family::kIdentities:
      // A seek reads the block that has its key, and not the one before as well.
      table->index_shortening =
          rocksdb::BlockBasedTableOptions::IndexShorteningMode::kNoShortening;
      table->block_size = 16384;
      break;
    default:
      table->block_size = 16384;
  }
}

rocksdb::ColumnFamilyOptions FamilyOptions(
    Family family, const RocksDbOptions& options,
    const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions result;
  rocksdb::BlockBasedTableOptions table = TableOptions(cache);
  TuneTable(family, &table);
  result.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  // Hashes and signatures do not compress, and what does not is moved down the
  // levels as a file, without being rewritten.
  result.compression = rocksdb::kNoCompression;
  result.bottommost_compression = rocksdb::kDisableCompressionOption;
  result.level_compaction_dynamic_level_bytes = true;
  result.ttl = 0;
  result.periodic_compaction_seconds = 0;
  result.write_buffer_size = options.write_buffer_bytes;
  result.max_write_buffer_number = 3;
  result.target_file_size_base = options.write_buffer_bytes;
  // Tiles of every level lie in each file, so that a compaction rewrites the
  // files at the seams: these are kept small.
  if (family == Family::kTiles) result.target_file_size_base = 8 * kMiB;
  // Its files come ready made and never overlap.
  if (family == Family::kHashIndex) result.disable_auto_compactions = true;
  return result;
}

}  // namespace

rocksdb::DBOptions MakeDbOptions(const RocksDbOptions& options,
                                 rocksdb::Env* env) {
  rocksdb::DBOptions db;
  db.env = env;
  db.create_if_missing = true;  // RocksDbDatabase decides, before it calls
  db.create_missing_column_families = !options.read_only;
  ProtectAcknowledgedWrites(&db);
  BoundMemory(options, &db);
  db.max_background_jobs = 2;
  // Spreads the writing of tables, which would delay a commit's sync.
  db.bytes_per_sync = 1 * kMiB;
  db.avoid_unnecessary_blocking_io = true;
  // A reader who goes through the log has the kernel read ahead of him.
  db.advise_random_on_open = false;
  db.skip_stats_update_on_db_open = true;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  return db;
}

std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(
    const RocksDbOptions& options) {
  // Few, large shards: a block of entries is as large as a bundle.
  constexpr int kShardBits = 4;
  const std::shared_ptr<rocksdb::Cache> cache =
      rocksdb::NewLRUCache(options.block_cache_bytes, kShardBits);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (int i = 0; i < kFamilies; ++i) {
    families.emplace_back(
        kFamilyNames[i], FamilyOptions(static_cast<Family>(i), options, cache));
  }
  return families;
}

}  // namespace sightline::storage
