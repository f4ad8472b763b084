#include "storage/memory_view_store.h"

#include <utility>

#include "base/status_macros.h"

namespace sightline::storage {

class MemoryViewStore::Frozen final : public ViewSnapshot {
 public:
  explicit Frozen(std::shared_ptr<const Keys> keys) : keys_(std::move(keys)) {}

  absl::StatusOr<std::optional<std::string>> Get(
      absl::string_view key) const override {
    const auto found = keys_->find(key);
    if (found == keys_->end()) return std::nullopt;
    return found->second;
  }

  absl::Status Scan(absl::string_view begin, absl::string_view end,
                    ViewVisitor visit) const override {
    for (auto it = keys_->lower_bound(begin);
         it != keys_->end() && it->first < end; ++it) {
      if (!visit(it->first, it->second)) break;
    }
    return absl::OkStatus();
  }

 private:
  const std::shared_ptr<const Keys> keys_;
};

absl::Status MemoryViewStore::Write(const ViewBatch& batch) {
  RETURN_IF_ERROR(CheckViewBatch(batch));
  base::MutexLock lock(&mutex_);
  // Snapshots are taken under the lock: nobody can begin to share it now.
  if (keys_.use_count() > 1) keys_ = std::make_shared<Keys>(*keys_);
  for (const auto& [key, value] : batch.changes()) {
    if (value.has_value()) {
      keys_->insert_or_assign(key, *value);
    } else {
      keys_->erase(key);
    }
  }
  return absl::OkStatus();
}

std::unique_ptr<const ViewSnapshot> MemoryViewStore::Snapshot() const {
  base::MutexLock lock(&mutex_);
  return std::make_unique<Frozen>(keys_);
}

absl::Status MemoryViewStore::DropAll() {
  base::MutexLock lock(&mutex_);
  keys_ = std::make_shared<Keys>();
  return absl::OkStatus();
}

}  // namespace sightline::storage
