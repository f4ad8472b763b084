// CosignedStore as one small file per origin in a folder of its own.
//
// Source:  docs/formats.md "Cosigned tree".
// Shapes:  <hex SHA-256 of the origin>.cosigned; LOCK, held while it is open.
// Errors:  Open: kFailedPrecondition: another process has the folder;
//          kUnavailable: it cannot be made, locked or read.
// Threads: thread-safe. Replace holds the lock through its write: that one tree
//          follows the other is the point, and a witness serves few logs.
// Durable: written to a temporary file, synced, renamed over the old one, and
//          the folder synced, in this order.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "witness/cosigned_store.h"

namespace sightline::witness {

class FileCosignedStore final : public CosignedStore {
 public:
  // The durable steps of Replace, each named before it is taken.
  enum class Step { kWrite, kSyncFile, kRename, kSyncFolder, kDone };

  struct Options {
    // Called before each step, for tests that die or fail there; a status that
    // is not OK ends Replace with it.
    std::function<absl::Status(Step)> at_step;
  };

  // Makes `folder` if need be and removes what a crash left half-written.
  static absl::StatusOr<std::unique_ptr<FileCosignedStore>> Open(
      const std::string& folder, Options options);
  static absl::StatusOr<std::unique_ptr<FileCosignedStore>> Open(
      const std::string& folder) {
    return Open(folder, Options());
  }

  ~FileCosignedStore() override;
  FileCosignedStore(const FileCosignedStore&) = delete;
  FileCosignedStore& operator=(const FileCosignedStore&) = delete;

  absl::StatusOr<std::optional<CosignedTree>> Read(
      absl::string_view origin) const override;
  absl::Status Replace(absl::string_view origin, uint64_t expected_size,
                       const CosignedTree& next) override;

  // Where the tree of `origin` is.
  std::string PathOf(absl::string_view origin) const;

 private:
  FileCosignedStore(std::string folder, int folder_fd, int lock_fd,
                    Options options);

  absl::StatusOr<std::optional<CosignedTree>> ReadLocked(
      absl::string_view origin) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Write(const std::string& path, absl::string_view bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status At(Step step) const;

  const std::string folder_;
  const int folder_fd_;
  const int lock_fd_;
  const Options options_;
  mutable base::Mutex mutex_;  // held over every read and write of the files
};

// The tree of `origin` in such a folder, which another process may have open.
// Nothing: there is none, or no such folder. Errors as of Read.
absl::StatusOr<std::optional<CosignedTree>> ReadCosignedTree(
    const std::string& folder, absl::string_view origin);

}  // namespace sightline::witness
