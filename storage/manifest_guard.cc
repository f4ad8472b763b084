#include "storage/manifest_guard.h"

#include <atomic>
#include <string>
#include <utility>

#include "rocksdb/file_system.h"

namespace sightline::storage {
namespace {

using ::rocksdb::FileOptions;
using ::rocksdb::FSWritableFile;
using ::rocksdb::FSWritableFileOwnerWrapper;
using ::rocksdb::IODebugContext;
using ::rocksdb::IOOptions;
using ::rocksdb::IOStatus;
using ::rocksdb::Slice;

bool IsManifest(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  return path.compare(slash + 1, 9, "MANIFEST-") == 0;
}

// Notes when anything about the manifest fails.
class ManifestFile final : public FSWritableFileOwnerWrapper {
 public:
  ManifestFile(std::unique_ptr<FSWritableFile> file, std::atomic<bool>* failed)
      : FSWritableFileOwnerWrapper(std::move(file)), failed_(failed) {}

  IOStatus Append(const Slice& data, const IOOptions& options,
                  IODebugContext* dbg) override {
    return Note(target()->Append(data, options, dbg));
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& verification,
                  IODebugContext* dbg) override {
    return Note(target()->Append(data, options, verification, dbg));
  }
  IOStatus Flush(const IOOptions& options, IODebugContext* dbg) override {
    return Note(target()->Flush(options, dbg));
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* dbg) override {
    return Note(target()->Sync(options, dbg));
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    return Note(target()->Fsync(options, dbg));
  }

 private:
  IOStatus Note(IOStatus status) {
    if (!status.ok()) *failed_ = true;
    return status;
  }

  std::atomic<bool>* const failed_;  // the guard's, which outlives its files
};

class ManifestGuard final : public rocksdb::FileSystemWrapper {
 public:
  explicit ManifestGuard(const std::shared_ptr<rocksdb::FileSystem>& target)
      : FileSystemWrapper(target) {}

  const char* Name() const override { return "ManifestGuard"; }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<FSWritableFile>* result,
                           IODebugContext* dbg) override {
    IOStatus status = target()->NewWritableFile(path, options, result, dbg);
    if (status.ok() && IsManifest(path)) {
      *result = std::make_unique<ManifestFile>(std::move(*result), &failed_);
    }
    return status;
  }

  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      IODebugContext* dbg) override {
    if (failed_) return IOStatus::OK();
    return target()->DeleteFile(path, options, dbg);
  }

 private:
  std::atomic<bool> failed_{false};
};

}  // namespace

std::unique_ptr<rocksdb::Env> MakeManifestGuard(rocksdb::Env* env) {
  return rocksdb::NewCompositeEnv(
      std::make_shared<ManifestGuard>(env->GetFileSystem()));
}

}  // namespace sightline::storage
