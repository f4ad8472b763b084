// How a RocksDB data folder is opened, and how much memory it may take.
//
// Units:   sizes in bytes.
// Errors:  Validate: kInvalidArgument, naming the option.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace sightline::storage {

struct RocksDbOptions {
  // False: a folder without a store is kNotFound.
  bool create_if_missing = true;
  // Sees the store as it is now, takes no lock and writes nothing: for an audit
  // of a folder at rest, or of one that a server is using.
  bool read_only = false;

  // Blocks read from disk, with their index blocks.
  size_t block_cache_bytes = size_t{64} << 20;
  // One family's writes before they go to a file; all families together hold at
  // most three times as much, and the write-ahead log as much as they do.
  size_t write_buffer_bytes = size_t{32} << 20;
  int max_open_files = 512;

  // Free space that a commit leaves on the disk: what was written to the
  // write-ahead log must still fit into tables. Below it a commit answers
  // kResourceExhausted before it has written anything.
  uint64_t reserve_bytes = uint64_t{256} << 20;

  // Entries whose hashes are kept in memory before they go to a file (hash
  // index). About 92 bytes each, for at most three times as many.
  uint32_t index_run_entries = uint32_t{1} << 17;

  // The operating system, or a test's; outlives the store. Null: the real one.
  rocksdb::Env* env = nullptr;

  absl::Status Validate() const;
};

}  // namespace sightline::storage
