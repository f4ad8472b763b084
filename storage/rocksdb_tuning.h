// RocksDB's own options, chosen for a log: keys that only ascend, few large
// values, one writer that syncs every batch.
#pragma once

#include <vector>

#include "rocksdb/db.h"
#include "storage/rocksdb_options.h"

namespace sightline::storage {

// `env` is what the database works through.
rocksdb::DBOptions MakeDbOptions(const RocksDbOptions& options,
                                 rocksdb::Env* env);

// One per Family, in that order; they share one block cache.
std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(
    const RocksDbOptions& options);

}  // namespace sightline::storage
