// Views in a RocksDB folder of their own, beside the log's.
//
// Source:  docs/formats-storage.md "Views".
// Errors:  Open: kFailedPrecondition: the folder is in use; kUnavailable: the
//          disk. A damaged folder is emptied: it can be derived again.
// Threads: thread-safe.
// Durable: see view_store.h. Nothing is synced: a power cut costs a little work,
//          not an answer.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/view_store.h"

namespace rocksdb {
class DB;
}  // namespace rocksdb

namespace sightline::storage {

struct ViewStoreOptions {
  size_t block_cache_bytes = size_t{32} << 20;
  size_t write_buffer_bytes = size_t{16} << 20;
  int max_open_files = 256;
};

class RocksDbViewStore final : public ViewStore {
 public:
  // Makes the folder when there is none; its parent must be there.
  static absl::StatusOr<std::unique_ptr<RocksDbViewStore>> Open(
      const std::string& path, const ViewStoreOptions& options = {});

  ~RocksDbViewStore() override;

  absl::Status Write(const ViewBatch& batch) override;
  std::unique_ptr<const ViewSnapshot> Snapshot() const override;
  absl::Status DropAll() override;

 private:
  explicit RocksDbViewStore(std::unique_ptr<rocksdb::DB> db);

  const std::unique_ptr<rocksdb::DB> db_;
};

// Removes the folder of views at `path`, so that whoever opens it next begins
// anew. OK when there is none; kFailedPrecondition when it is in use.
absl::Status RemoveViews(const std::string& path);

}  // namespace sightline::storage
