// The copy of one log that grows by uploads: entries and tiles up to the next
// entry, of which the served checkpoint covers a beginning.
//
// Source:  c2sp.org/tlog-mirror "Updating a Mirror"; docs/formats.md "Mirror".
// Shapes:  the files of c2sp.org/tlog-tiles, and `held`: how many entries are
//          there and their root. Partial tiles and bundles: those of the tree of
//          all entries held; and those of every checkpoint that was served, until
//          their tile is full in a served tree.
// Units:   indices count from 0.
// Errors:  those of the files; kDataLoss: they do not lead to what `held` says.
//          After a failed write every further one is kFailedPrecondition: only
//          the disk knows what it has; open the copy again.
// Threads: one at a time. Readers of the files need not wait for it.
// Durable: when Save returns OK, the entries are on disk; when Publish does, the
//          checkpoint is too, and never before what it covers.
// Memory:  the right edge of the tree, and what is being saved.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/resource_log_reader.h"
#include "merkle/hash.h"
#include "mirror/file_resources.h"
#include "tiles/log_files.h"

namespace sightline::mirror {

class LogCopy {
 public:
  // `files` outlives the copy, and is written by nobody else.
  static absl::StatusOr<std::unique_ptr<LogCopy>> Open(tiles::LogFiles* files);

  // The first index that is not held.
  uint64_t next_entry() const { return next_; }
  // Of the served checkpoint; "" when there is none.
  const std::string& note() const { return note_; }

  // Leaf hashes of [begin, end), which lie in one tile. REQUIRES: end <=
  // next_entry().
  absl::StatusOr<std::vector<merkle::Hash>> LeafHashes(uint64_t begin,
                                                       uint64_t end) const;
  // Of the first `size` entries, computed from the tiles. REQUIRES: size <=
  // next_entry().
  absl::StatusOr<merkle::Hash> Root(uint64_t size) const;

  // Adds entries at next_entry(), with their leaf hashes.
  absl::Status Save(absl::Span<const absl::string_view> entries,
                    absl::Span<const merkle::Hash> leaf_hashes);

  // Serves `note`, a checkpoint of `size` leaves and of this root. REQUIRES:
  // size <= next_entry(), and at least that of note().
  absl::Status Publish(uint64_t size, const std::string& note);

 private:
  explicit LogCopy(tiles::LogFiles* files)
      : files_(files), resources_(files), reader_(&resources_) {}

  absl::Status ReadHeld();
  absl::Status ReadNote();
  absl::Status WriteBundles(absl::Span<const absl::string_view> entries);
  absl::Status WriteTiles(absl::Span<const merkle::Hash> leaf_hashes,
                          merkle::Hash* root);
  absl::Status SaveAll(absl::Span<const absl::string_view> entries,
                       absl::Span<const merkle::Hash> leaf_hashes);
  absl::Status PublishAll(uint64_t size, const std::string& note);
  // The partial tiles and the partial bundle of a tree that is not the newest.
  absl::Status WritePartials(uint64_t size);
  // Those of entries that were held, unless the served checkpoint has them.
  absl::Status RemovePartials(uint64_t size);
  // Those of tiles that have become full since the served tree had `before`.
  absl::Status RemoveFilled(uint64_t before);
  absl::Status CheckUsable() const;

  tiles::LogFiles* const files_;
  FileResources resources_;
  mutable client::ResourceLogReader reader_;
  uint64_t next_ = 0;
  uint64_t published_ = 0;
  std::string note_;
  absl::Status broken_;
};

}  // namespace sightline::mirror
