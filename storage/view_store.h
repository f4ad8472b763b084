// An ordered key-value store for views: what is derived from the log's entries
// and can be derived again.
//
// Source:  docs/formats-storage.md "Views".
// Shapes:  keys are 1 to 512 bytes and begin with a byte below 0xff; values are
//          any bytes. Keys are ordered as unsigned bytes.
// Errors:  kDataLoss: stored bytes do not read back; drop all and derive again.
//          kResourceExhausted, kUnavailable: the disk; of a failed Write either
//          everything or nothing is there.
// Threads: thread-safe; one writer at a time. Readers never wait for it.
// Durable: a Write is atomic. It outlives the process; after a power cut the
//          newest writes may be gone, never one without those before it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::storage {

inline constexpr size_t kMaxViewKeyBytes = 512;

// Changes that become visible together. Of two to one key the later one counts.
class ViewBatch {
 public:
  void Put(std::string key, std::string value) {
    changes_.emplace_back(std::move(key), std::move(value));
  }
  void Delete(std::string key) {
    changes_.emplace_back(std::move(key), std::nullopt);
  }

  using Change = std::pair<std::string, std::optional<std::string>>;
  const std::vector<Change>& changes() const { return changes_; }

 private:
  std::vector<Change> changes_;
};

// Gets a key and a value that are valid during the call; false ends the scan.
using ViewVisitor =
    absl::FunctionRef<bool(absl::string_view key, absl::string_view value)>;

// The store as it was at one moment, whatever is written meanwhile.
class ViewSnapshot {
 public:
  virtual ~ViewSnapshot() = default;

  // Nothing when there is no such key.
  virtual absl::StatusOr<std::optional<std::string>> Get(
      absl::string_view key) const = 0;

  // Every key of [begin, end), ascending, until `visit` returns false.
  virtual absl::Status Scan(absl::string_view begin, absl::string_view end,
                            ViewVisitor visit) const = 0;
};

class ViewStore {
 public:
  virtual ~ViewStore() = default;

  virtual absl::Status Write(const ViewBatch& batch) = 0;

  // Must go before the store does.
  virtual std::unique_ptr<const ViewSnapshot> Snapshot() const = 0;

  // Forgets everything. Older snapshots keep what they have.
  virtual absl::Status DropAll() = 0;
};

// kInvalidArgument when a key of `batch` has no shape of a key.
absl::Status CheckViewBatch(const ViewBatch& batch);

// The first key after every key that begins with `prefix`.
std::string AfterPrefix(absl::string_view prefix);

}  // namespace sightline::storage
