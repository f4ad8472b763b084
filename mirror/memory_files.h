// LogFiles that forget at their end, fail when told to, and lose what was not
// synced. Tests only.
//
// Threads: thread-safe.
#pragma once

#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "tiles/log_files.h"

namespace sightline::mirror {

class MemoryFiles final : public tiles::LogFiles {
 public:
  using Files = std::map<std::string, std::string>;

  absl::StatusOr<std::string> Read(absl::string_view path) const override {
    base::MutexLock lock(&mutex_);
    const auto it = files_.find(std::string(path));
    if (it == files_.end()) {
      return absl::NotFoundError(absl::StrCat("no file ", path));
    }
    return it->second;
  }
  absl::Status Write(absl::string_view path, absl::string_view bytes) override {
    base::MutexLock lock(&mutex_);
    if (--left_ < 0) return absl::InternalError("no disk");
    files_[std::string(path)] = std::string(bytes);
    return absl::OkStatus();
  }
  absl::Status Remove(absl::string_view path) override {
    base::MutexLock lock(&mutex_);
    if (--left_ < 0) return absl::InternalError("no disk");
    for (auto it = files_.begin(); it != files_.end();) {
      const bool below = absl::StartsWith(it->first, absl::StrCat(path, "/"));
      it = below || it->first == path ? files_.erase(it) : std::next(it);
    }
    return absl::OkStatus();
  }
  absl::Status Sync() override {
    base::MutexLock lock(&mutex_);
    if (--left_ < 0) return absl::InternalError("no disk");
    synced_ = files_;
    return absl::OkStatus();
  }

  // The next `calls` that change something work, those after them fail.
  void FailAfter(int64_t calls) {
    base::MutexLock lock(&mutex_);
    left_ = calls;
  }
  bool Failed() const {
    base::MutexLock lock(&mutex_);
    return left_ < 0;
  }
  // A disk again; without what was not synced, when it is `lost`.
  void Restart(bool lost) {
    base::MutexLock lock(&mutex_);
    if (lost) files_ = synced_;
    left_ = std::numeric_limits<int64_t>::max();
  }
  Files files() const {
    base::MutexLock lock(&mutex_);
    return files_;
  }
  void Damage(const std::string& path, std::string bytes) {
    base::MutexLock lock(&mutex_);
    files_[path] = std::move(bytes);
  }

 private:
  mutable base::Mutex mutex_;
  Files files_ ABSL_GUARDED_BY(mutex_);
  Files synced_ ABSL_GUARDED_BY(mutex_);
  int64_t left_ ABSL_GUARDED_BY(mutex_) = std::numeric_limits<int64_t>::max();
};

}  // namespace sightline::mirror
