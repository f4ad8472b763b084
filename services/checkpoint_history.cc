#include "services/checkpoint_history.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "checkpoint/history.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note.h"
#include "services/admission_time.h"

namespace sightline::services {
namespace {

class History {
 public:
  History(const storage::LogStore& store, const publish::PublishedTree& newest,
          const HistoryQuery& query)
      : store_(store), newest_(newest), query_(query), size_(query.after) {}

  absl::StatusOr<HistoryPage> Read() {
    if (size_ < newest_.tree_size) {
      RETURN_IF_ERROR(query_.every ? AddEvery() : AddThinned());
    }
    return std::move(page_);
  }

 private:
  bool AtEnd() const { return size_ >= newest_.tree_size || page_.more; }

  absl::Status AddEvery() {
    while (!AtEnd()) RETURN_IF_ERROR(AddCovering(size_));
    return absl::OkStatus();
  }

  absl::Status AddThinned() {
    ASSIGN_OR_RETURN(const int64_t first, AdmittedAt(store_, size_));
    ASSIGN_OR_RETURN(const int64_t last,
                     AdmittedAt(store_, newest_.tree_size - 1));
    for (const int64_t cut : checkpoint::HistoryCuts(first, last)) {
      if (AtEnd()) return absl::OkStatus();
      ASSIGN_OR_RETURN(const uint64_t before, EntriesBefore(cut));
      // One of an earlier cut may hold them all.
      if (before > size_) RETURN_IF_ERROR(AddCovering(before - 1));
    }
    return AtEnd() ? absl::OkStatus() : AddCovering(newest_.tree_size - 1);
  }

  // Adds the checkpoint of the smallest tree that holds `index`; the newest, whose
  // stored note may not have its cosignatures, as it is served.
  absl::Status AddCovering(uint64_t index) {
    if (page_.notes.size() == query_.limit) {
      page_.more = true;
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(std::string note, store_.ReadCheckpointCovering(index));
    ASSIGN_OR_RETURN(const checkpoint::Note parsed,
                     checkpoint::ParseNote(note));
    ASSIGN_OR_RETURN(const checkpoint::Checkpoint tree,
                     checkpoint::ParseCheckpoint(parsed.text));
    if (tree.tree_size <= index) {
      return absl::DataLossError(
          absl::StrCat("the checkpoint that covers index ", index,
                       " is of tree size ", tree.tree_size));
    }
    const bool is_newest = tree.tree_size >= newest_.tree_size;
    page_.notes.push_back(is_newest ? newest_.checkpoint : std::move(note));
    size_ = is_newest ? newest_.tree_size : tree.tree_size;
    return absl::OkStatus();
  }

  // How many entries were admitted before `cut`: at least size_, as admission
  // times never decrease and cuts ascend.
  absl::StatusOr<uint64_t> EntriesBefore(int64_t cut) const {
    uint64_t low = size_;
    uint64_t high = newest_.tree_size;
    while (low < high) {
      const uint64_t middle = low + (high - low) / 2;
      ASSIGN_OR_RETURN(const int64_t admitted, AdmittedAt(store_, middle));
      if (admitted < cut) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  const storage::LogStore& store_;
  const publish::PublishedTree& newest_;
  const HistoryQuery query_;
  uint64_t size_;  // of the last one added
  HistoryPage page_;
};

}  // namespace

absl::StatusOr<HistoryPage> ReadHistory(const storage::LogStore& store,
                                        const publish::PublishedTree& newest,
                                        const HistoryQuery& query) {
  return History(store, newest, query).Read();
}

}  // namespace sightline::services
