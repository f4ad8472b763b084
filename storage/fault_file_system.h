// A file system that fails when a test says so, and forgets on a crash what was
// never synced.
//
// Source:  the idea of leveldb's fault_injection_test.
// Threads: thread-safe, but for Crash.
//
// Every operation that changes the disk is a step: create, append, sync, rename,
// link, remove, sync of a folder. A crash takes back what no sync has covered:
// bytes at the ends of files, and files that their folder does not list yet.
// Removals are not taken back.
//
// Example:
//   FaultFileSystem disk;
//   RocksDbOptions options;
//   options.env = disk.env();
//   disk.FailFrom(17, rocksdb::IOStatus::IOError("gone"));
//   ... work until something fails, close the store ...
//   disk.Crash();
//   ... open the store again ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "rocksdb/env.h"
#include "rocksdb/file_system.h"

namespace sightline::storage {

enum class Step {
  kCreate,
  kAppend,
  kSync,
  kRename,
  kLink,
  kRemove,
  kSyncFolder,
};

// What decides about each step. OK lets it pass.
using StepFault = std::function<rocksdb::IOStatus(int number, Step step,
                                                  const std::string& path)>;

class FaultFileSystem {
 public:
  // On top of the real one.
  FaultFileSystem();
  // No store may be open.
  ~FaultFileSystem();

  FaultFileSystem(const FaultFileSystem&) = delete;
  FaultFileSystem& operator=(const FaultFileSystem&) = delete;

  // For RocksDbOptions::env.
  rocksdb::Env* env() const { return env_.get(); }

  // Steps taken since the beginning or the last Crash.
  int steps() const;

  // From step `number` on, 1 being the first after now, nothing can be changed.
  void FailFrom(int number, const rocksdb::IOStatus& status);
  // That step alone fails.
  void FailOnce(int number, const rocksdb::IOStatus& status);
  // `fault` decides, with numbers counted from now.
  void FailIf(StepFault fault);
  // What GetFreeSpace answers; the truth when not set.
  void SetFreeBytes(std::optional<uint64_t> bytes);

  // Takes back what was not synced, and ends all faults. Of the bytes at the end
  // of each file that no sync has covered, the first keep(count) stay.
  // REQUIRES: no file is open.
  void Crash(const std::function<size_t(size_t count)>& keep = [](size_t) {
    return size_t{0};
  });

 private:
  class Disk;

  const std::shared_ptr<Disk> disk_;  // the Env's, too
  const std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace sightline::storage
