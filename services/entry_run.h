// Runs of entries on the wire: many entries to a message, with what proves
// them.
//
// Source:  proto EntryRun; docs/formats.md "Entry run".
// Shapes:  the message is that of ListEntriesResponse and of
//          StreamEntriesResponse, which are the same bytes, as any protobuf
//          library would write it. It is written by hand: entries go straight
//          from the store into the message.
// Errors:  kOutOfRange: begin > tree size. kDataLoss: the store disagrees with
//          itself.
// Threads: pure but for the store; any thread.
// Cost:    without a filter: one copy per entry, one read per tile at the two
//          edges of the run. With a filter: a look at each entry, and a
//          verified inclusion proof for each that is taken.
//
// The entries of a run without a filter are not hashed again: the publisher has
// re-read and re-hashed each batch, the store checks its blocks, and the reader
// checks the range proof, which is verified here with the stored nodes of the
// run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "publish/publisher.h"
#include "services/entry_filter.h"
#include "storage/log_store.h"
#include "tiles/log_reader.h"

namespace sightline::services {

struct RunLimits {
  // A store reads more than this as a scan, which is wasted on a run that ends
  // by its bytes.
  size_t max_entries = 1024;
  // Of entries; one entry is given whatever its size.
  size_t max_bytes = size_t{256} << 10;
  // Entries that a filter looks at.
  size_t max_scanned = 16384;
};

struct EncodedRun {
  // The message is what follows the first `offset` bytes.
  std::string buffer;
  size_t offset = 0;
  size_t entries = 0;
  uint64_t next_index = 0;
  // No later entry can match the filter.
  bool exhausted = false;

  absl::string_view message() const {
    return absl::string_view(buffer).substr(offset);
  }
};

// Entries from `begin` on, in the tree `tree`. `nodes` are those of the store.
absl::StatusOr<EncodedRun> EncodeRun(const storage::LogStore& store,
                                     const tiles::NodeReader& nodes,
                                     const publish::PublishedTree& tree,
                                     uint64_t begin, const EntryFilter& filter,
                                     const RunLimits& limits);

// The first entry from `begin` on that was admitted at or after
// `admitted_from_ms`; the tree size when there is none.
absl::StatusOr<uint64_t> FirstAdmittedFrom(const storage::LogStore& store,
                                           uint64_t tree_size, uint64_t begin,
                                           int64_t admitted_from_ms);

}  // namespace sightline::services
