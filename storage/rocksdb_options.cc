#include "storage/rocksdb_options.h"

namespace sightline::storage {

absl::Status RocksDbOptions::Validate() const {
  if (write_buffer_bytes < size_t{64} << 10) {
    return absl::InvalidArgumentError("write_buffer_bytes: less than 64 KiB");
  }
  if (max_open_files < 16) {
    return absl::InvalidArgumentError("max_open_files: less than 16");
  }
  if (index_run_entries < 16 || index_run_entries > uint32_t{1} << 24) {
    return absl::InvalidArgumentError("index_run_entries: not in 16..2^24");
  }
  return absl::OkStatus();
}

}  // namespace sightline::storage
