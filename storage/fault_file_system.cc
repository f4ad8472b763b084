#include "storage/fault_file_system.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

namespace sightline::storage {
namespace {

using ::rocksdb::FileOptions;
using ::rocksdb::FSDirectory;
using ::rocksdb::FSDirectoryWrapper;
using ::rocksdb::FSWritableFile;
using ::rocksdb::FSWritableFileOwnerWrapper;
using ::rocksdb::IODebugContext;
using ::rocksdb::IOOptions;
using ::rocksdb::IOStatus;
using ::rocksdb::Slice;

std::string FolderOf(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

// "a//b" and "a/b" are one file.
std::string Normal(const std::string& path) {
  std::string normal;
  for (const char c : path) {
    if (c != '/' || normal.empty() || normal.back() != '/') normal.push_back(c);
  }
  while (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return normal;
}

}  // namespace

class FaultFileSystem::Disk final : public rocksdb::FileSystemWrapper {
 public:
  Disk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

  const char* Name() const override { return "FaultFileSystem"; }

  // What a crash leaves of a file's end.
  struct Extent {
    uint64_t size = 0;
    uint64_t synced = 0;
  };
  // A name that its folder may forget: what it named before, if anything.
  using Before = std::optional<std::string>;

  // Whether a step may be taken.
  IOStatus Take(Step step, const std::string& path) {
    base::MutexLock lock(&mutex_);
    const int number = ++steps_ - faults_since_;
    return fault_ ? fault_(number, step, path) : IOStatus::OK();
  }

  int steps() {
    base::MutexLock lock(&mutex_);
    return steps_;
  }

  void SetFault(StepFault fault) {
    base::MutexLock lock(&mutex_);
    fault_ = std::move(fault);
    faults_since_ = steps_;
  }

  void SetFreeBytes(std::optional<uint64_t> bytes) {
    base::MutexLock lock(&mutex_);
    free_bytes_ = bytes;
  }

  void Appended(const std::string& path, uint64_t bytes) {
    base::MutexLock lock(&mutex_);
    extents_[path].size += bytes;
  }

  void Synced(const std::string& path) {
    base::MutexLock lock(&mutex_);
    extents_[path].synced = extents_[path].size;
  }

  void Truncated(const std::string& path, uint64_t size) {
    base::MutexLock lock(&mutex_);
    Extent& extent = extents_[path];
    extent.size = size;
    extent.synced = std::min(extent.synced, size);
  }

  void FolderSynced(const std::string& folder) {
    base::MutexLock lock(&mutex_);
    unlisted_.erase(folder);
  }

  void Crash(const std::function<size_t(size_t)>& keep);

  IOStatus NewWritableFile(const std::string& f, const FileOptions& options,
                           std::unique_ptr<FSWritableFile>* result,
                           IODebugContext* dbg) override;
  IOStatus ReopenWritableFile(const std::string& f, const FileOptions& options,
                              std::unique_ptr<FSWritableFile>* result,
                              IODebugContext* dbg) override;
  IOStatus NewDirectory(const std::string& name, const IOOptions& options,
                        std::unique_ptr<FSDirectory>* result,
                        IODebugContext* dbg) override;
  IOStatus DeleteFile(const std::string& f, const IOOptions& options,
                      IODebugContext* dbg) override;
  IOStatus RenameFile(const std::string& from, const std::string& to,
                      const IOOptions& options, IODebugContext* dbg) override;
  IOStatus LinkFile(const std::string& from, const std::string& to,
                    const IOOptions& options, IODebugContext* dbg) override;
  IOStatus GetFreeSpace(const std::string& path, const IOOptions& options,
                        uint64_t* bytes, IODebugContext* dbg) override;

 private:
  class File;
  class Folder;

  // Notes that `path` is about to name something else.
  void Unlist(const std::string& path) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CutFiles(const std::function<size_t(size_t)>& keep)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ForgetNames() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  base::Mutex mutex_;
  int steps_ ABSL_GUARDED_BY(mutex_) = 0;
  int faults_since_ ABSL_GUARDED_BY(mutex_) = 0;
  StepFault fault_ ABSL_GUARDED_BY(mutex_);
  std::optional<uint64_t> free_bytes_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Extent> extents_ ABSL_GUARDED_BY(mutex_);
  // Folder -> path -> what it named when the folder was last synced.
  std::map<std::string, std::map<std::string, Before>> unlisted_
      ABSL_GUARDED_BY(mutex_);
};

class FaultFileSystem::Disk::File final : public FSWritableFileOwnerWrapper {
 public:
  File(Disk* disk, std::string path, std::unique_ptr<FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)),
        disk_(disk),
        path_(std::move(path)) {}

  IOStatus Append(const Slice& data, const IOOptions& options,
                  IODebugContext* dbg) override {
    IOStatus status = disk_->Take(Step::kAppend, path_);
    if (status.ok()) status = target()->Append(data, options, dbg);
    if (status.ok()) disk_->Appended(path_, data.size());
    return status;
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo&,
                  IODebugContext* dbg) override {
    return Append(data, options, dbg);
  }
  IOStatus Truncate(uint64_t size, const IOOptions& options,
                    IODebugContext* dbg) override {
    IOStatus status = target()->Truncate(size, options, dbg);
    if (status.ok()) disk_->Truncated(path_, size);
    return status;
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* dbg) override {
    IOStatus status = disk_->Take(Step::kSync, path_);
    if (status.ok()) status = target()->Sync(options, dbg);
    if (status.ok()) disk_->Synced(path_);
    return status;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    return Sync(options, dbg);
  }
  // Starts writing back; promises nothing.
  IOStatus RangeSync(uint64_t, uint64_t, const IOOptions&,
                     IODebugContext*) override {
    return IOStatus::OK();
  }

 private:
  Disk* const disk_;
  const std::string path_;
};

class FaultFileSystem::Disk::Folder final : public FSDirectoryWrapper {
 public:
  Folder(Disk* disk, std::string path, std::unique_ptr<FSDirectory> folder)
      : FSDirectoryWrapper(std::move(folder)),
        disk_(disk),
        path_(std::move(path)) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    IOStatus status = disk_->Take(Step::kSyncFolder, path_);
    if (status.ok()) status = FSDirectoryWrapper::Fsync(options, dbg);
    if (status.ok()) disk_->FolderSynced(path_);
    return status;
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* dbg,
                               const rocksdb::DirFsyncOptions&) override {
    return Fsync(options, dbg);
  }

 private:
  Disk* const disk_;
  const std::string path_;
};

void FaultFileSystem::Disk::Unlist(const std::string& path) {
  std::map<std::string, Before>& folder = unlisted_[FolderOf(path)];
  if (folder.count(path) != 0) return;  // the oldest is what comes back
  Before before;
  std::string content;
  if (FileExists(path, IOOptions(), nullptr).ok() &&
      rocksdb::ReadFileToString(target(), path, &content).ok()) {
    before = content;
  }
  folder[path] = std::move(before);
}

IOStatus FaultFileSystem::Disk::NewWritableFile(
    const std::string& f, const FileOptions& options,
    std::unique_ptr<FSWritableFile>* result, IODebugContext* dbg) {
  const std::string path = Normal(f);
  IOStatus status = Take(Step::kCreate, path);
  if (!status.ok()) return status;
  std::unique_ptr<FSWritableFile> file;
  {
    base::MutexLock lock(&mutex_);
    Unlist(path);
    extents_[path] = Extent();
  }
  status = target()->NewWritableFile(path, options, &file, dbg);
  if (status.ok())
    *result = std::make_unique<File>(this, path, std::move(file));
  return status;
}

IOStatus FaultFileSystem::Disk::ReopenWritableFile(
    const std::string& f, const FileOptions& options,
    std::unique_ptr<FSWritableFile>* result, IODebugContext* dbg) {
  const std::string path = Normal(f);
  IOStatus status = Take(Step::kCreate, path);
  if (!status.ok()) return status;
  std::unique_ptr<FSWritableFile> file;
  status = target()->ReopenWritableFile(path, options, &file, dbg);
  if (status.ok())
    *result = std::make_unique<File>(this, path, std::move(file));
  return status;
}

IOStatus FaultFileSystem::Disk::NewDirectory(
    const std::string& name, const IOOptions& options,
    std::unique_ptr<FSDirectory>* result, IODebugContext* dbg) {
  std::unique_ptr<FSDirectory> folder;
  IOStatus status = target()->NewDirectory(name, options, &folder, dbg);
  if (status.ok()) {
    *result = std::make_unique<Folder>(this, Normal(name), std::move(folder));
  }
  return status;
}

IOStatus FaultFileSystem::Disk::DeleteFile(const std::string& f,
                                           const IOOptions& options,
                                           IODebugContext* dbg) {
  const std::string path = Normal(f);
  IOStatus status = Take(Step::kRemove, path);
  if (status.ok()) status = target()->DeleteFile(path, options, dbg);
  if (!status.ok()) return status;
  base::MutexLock lock(&mutex_);
  extents_.erase(path);
  unlisted_[FolderOf(path)].erase(path);
  return status;
}

IOStatus FaultFileSystem::Disk::RenameFile(const std::string& from,
                                           const std::string& to,
                                           const IOOptions& options,
                                           IODebugContext* dbg) {
  const std::string old_path = Normal(from), path = Normal(to);
  IOStatus status = Take(Step::kRename, path);
  if (!status.ok()) return status;
  base::MutexLock lock(&mutex_);
  Unlist(path);
  status = target()->RenameFile(old_path, path, options, dbg);
  if (!status.ok()) return status;
  extents_[path] = extents_[old_path];
  extents_.erase(old_path);
  unlisted_[FolderOf(old_path)].erase(old_path);
  return status;
}

IOStatus FaultFileSystem::Disk::LinkFile(const std::string& from,
                                         const std::string& to,
                                         const IOOptions& options,
                                         IODebugContext* dbg) {
  const std::string old_path = Normal(from), path = Normal(to);
  IOStatus status = Take(Step::kLink, path);
  if (!status.ok()) return status;
  base::MutexLock lock(&mutex_);
  Unlist(path);
  status = target()->LinkFile(old_path, path, options, dbg);
  if (status.ok()) extents_[path] = extents_[old_path];
  return status;
}

IOStatus FaultFileSystem::Disk::GetFreeSpace(const std::string& path,
                                             const IOOptions& options,
                                             uint64_t* bytes,
                                             IODebugContext* dbg) {
  {
    base::MutexLock lock(&mutex_);
    if (free_bytes_.has_value()) {
      *bytes = *free_bytes_;
      return IOStatus::OK();
    }
  }
  return target()->GetFreeSpace(path, options, bytes, dbg);
}

void FaultFileSystem::Disk::Crash(const std::function<size_t(size_t)>& keep) {
  base::MutexLock lock(&mutex_);
  CutFiles(keep);
  ForgetNames();
  extents_.clear();
  fault_ = nullptr;
  steps_ = 0;
  faults_since_ = 0;
}

void FaultFileSystem::Disk::CutFiles(
    const std::function<size_t(size_t)>& keep) {
  for (const auto& [path, extent] : extents_) {
    if (!FileExists(path, IOOptions(), nullptr).ok()) continue;
    const uint64_t size = extent.synced + keep(extent.size - extent.synced);
    // RocksDB's own file system cannot truncate by name.
    std::filesystem::resize_file(path, std::min(size, extent.size));
  }
}

void FaultFileSystem::Disk::ForgetNames() {
  for (const auto& [folder, names] : unlisted_) {
    for (const auto& [path, before] : names) {
      std::filesystem::remove(path);
      if (!before.has_value()) continue;
      std::ofstream(path, std::ios::binary) << *before;
    }
  }
  unlisted_.clear();
}

FaultFileSystem::FaultFileSystem()
    : disk_(std::make_shared<Disk>()), env_(rocksdb::NewCompositeEnv(disk_)) {}

FaultFileSystem::~FaultFileSystem() = default;

int FaultFileSystem::steps() const { return disk_->steps(); }

void FaultFileSystem::FailFrom(int number, const rocksdb::IOStatus& status) {
  FailIf([number, status](int at, Step, const std::string&) {
    return at >= number ? status : rocksdb::IOStatus::OK();
  });
}

void FaultFileSystem::FailOnce(int number, const rocksdb::IOStatus& status) {
  FailIf([number, status](int at, Step, const std::string&) {
    return at == number ? status : rocksdb::IOStatus::OK();
  });
}

void FaultFileSystem::FailIf(StepFault fault) {
  disk_->SetFault(std::move(fault));
}

void FaultFileSystem::SetFreeBytes(std::optional<uint64_t> bytes) {
  disk_->SetFreeBytes(bytes);
}

void FaultFileSystem::Crash(const std::function<size_t(size_t)>& keep) {
  disk_->Crash(keep);
}

}  // namespace sightline::storage
