// A CosignedStore that forgets at its end, and fails when told to. Tests only.
//
// Threads: thread-safe.
#pragma once

#include <map>
#include <string>

#include "base/mutex.h"
#include "witness/cosigned_store.h"

namespace sightline::witness {

class MemoryCosignedStore final : public CosignedStore {
 public:
  absl::StatusOr<std::optional<CosignedTree>> Read(
      absl::string_view origin) const override {
    base::MutexLock lock(&mutex_);
    if (!read_failure_.ok()) return read_failure_;
    const auto it = trees_.find(std::string(origin));
    if (it == trees_.end()) return std::nullopt;
    return it->second;
  }

  absl::Status Replace(absl::string_view origin, uint64_t expected_size,
                       const CosignedTree& next) override {
    base::MutexLock lock(&mutex_);
    const auto it = trees_.find(std::string(origin));
    const absl::Status allowed = CheckReplacement(
        it == trees_.end() ? nullptr : &it->second, expected_size, next);
    if (!allowed.ok()) return allowed;
    if (write_failure_.ok() || persists_) trees_[std::string(origin)] = next;
    return write_failure_;
  }

  // From now on Replace fails with `failure`, with or without having stored.
  void FailWrites(absl::Status failure, bool persists) {
    base::MutexLock lock(&mutex_);
    write_failure_ = std::move(failure);
    persists_ = persists;
  }
  void FailReads(absl::Status failure) {
    base::MutexLock lock(&mutex_);
    read_failure_ = std::move(failure);
  }

 private:
  mutable base::Mutex mutex_;
  std::map<std::string, CosignedTree> trees_ ABSL_GUARDED_BY(mutex_);
  absl::Status write_failure_ ABSL_GUARDED_BY(mutex_);
  absl::Status read_failure_ ABSL_GUARDED_BY(mutex_);
  bool persists_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace sightline::witness
