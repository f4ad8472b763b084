#include "records/views.h"

#include <algorithm>
#include <optional>

#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "records/view_keys.h"
#include "records/view_writer.h"

namespace sightline::records {
namespace {

// Schema, tree size, leaf hash of the last entry.
struct Cursor {
  uint32_t schema = 0;
  uint64_t tree_size = 0;
  std::string leaf_hash;
};

std::string Encode(const Cursor& cursor) {
  std::string bytes;
  base::AppendU32(cursor.schema, &bytes);
  base::AppendU64(cursor.tree_size, &bytes);
  return bytes + cursor.leaf_hash;
}

absl::StatusOr<std::optional<Cursor>> ReadCursor(
    const storage::ViewSnapshot& snapshot) {
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                   snapshot.Get(Key(View::kCursor).bytes()));
  if (!bytes.has_value() || bytes->size() < 12) return std::nullopt;
  Cursor cursor;
  cursor.schema = base::ReadU32(*bytes);
  cursor.tree_size = base::ReadU64(absl::string_view(*bytes).substr(4));
  cursor.leaf_hash = bytes->substr(12);
  return cursor;
}

// Whether the views are of this log's entries, told by the last of them.
absl::StatusOr<bool> IsOf(const Cursor& cursor, const storage::LogStore& log) {
  ASSIGN_OR_RETURN(const storage::TreeState state, log.ReadTreeState());
  if (cursor.schema != kViewSchema || cursor.tree_size == 0 ||
      cursor.tree_size > state.tree_size) {
    return false;
  }
  bool same = false;
  RETURN_IF_ERROR(log.ReadEntries(
      cursor.tree_size - 1, cursor.tree_size,
      [&](uint64_t, absl::string_view entry) {
        same = crypto::AsBytes(merkle::LeafHash(entry)) == cursor.leaf_hash;
        return true;
      }));
  return same;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Views>> Views::Open(const storage::LogStore* log,
                                                   storage::ViewStore* store) {
  std::unique_ptr<Views> views(new Views(log, store));
  const absl::StatusOr<std::optional<Cursor>> cursor =
      ReadCursor(*store->Snapshot());
  RETURN_IF_ERROR(cursor.status());
  bool ours = false;
  if (cursor->has_value()) {
    ASSIGN_OR_RETURN(ours, IsOf(**cursor, *log));
  }
  if (!ours) {
    RETURN_IF_ERROR(store->DropAll());
    return views;
  }
  base::MutexLock lock(&views->size_mutex_);
  views->size_ = (*cursor)->tree_size;
  return views;
}

uint64_t Views::tree_size() const {
  base::MutexLock lock(&size_mutex_);
  return size_;
}

absl::Status Views::Step(uint64_t tree_size) {
  base::MutexLock lock(&writer_);
  return StepLocked(tree_size);
}

absl::Status Views::StepLocked(uint64_t to) {
  const uint64_t begin = tree_size();
  if (begin >= to) return absl::OkStatus();
  const uint64_t end = std::min(to, begin + kBatchEntries);
  auto snapshot = store_->Snapshot();
  ViewWriter writer(snapshot.get());
  absl::Status applied;
  RETURN_IF_ERROR(log_->ReadEntries(
      begin, end, [&](uint64_t index, absl::string_view entry) {
        applied = writer.Apply(index, entry);
        return applied.ok();
      }));
  RETURN_IF_ERROR(applied);
  writer.Put(Key(View::kCursor).bytes(),
             Encode({kViewSchema, end, writer.last_leaf_hash()}));
  ASSIGN_OR_RETURN(const storage::ViewBatch batch, writer.Finish());
  // A store in memory copies what a snapshot still holds.
  snapshot.reset();
  RETURN_IF_ERROR(store_->Write(batch));
  base::MutexLock lock(&size_mutex_);
  size_ = end;
  return absl::OkStatus();
}

absl::Status Views::CatchUp(uint64_t to) {
  while (tree_size() < to) RETURN_IF_ERROR(Step(to));
  return absl::OkStatus();
}

absl::Status Views::Rebuild() {
  base::MutexLock lock(&writer_);
  RETURN_IF_ERROR(store_->DropAll());
  base::MutexLock size_lock(&size_mutex_);
  size_ = 0;
  return absl::OkStatus();
}

absl::StatusOr<ViewsAt> Views::Read() const {
  ViewsAt at;
  at.snapshot = store_->Snapshot();
  ASSIGN_OR_RETURN(const std::optional<Cursor> cursor,
                   ReadCursor(*at.snapshot));
  if (cursor.has_value()) at.tree_size = cursor->tree_size;
  return at;
}

}  // namespace sightline::records
