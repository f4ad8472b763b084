// A store seen as a log from outside: for audits and for whoever serves tiles.
//
// Source:  tiles/log_reader.h, tiles/entry_source.h.
// Errors:  kNotFound: the store has no such tile or entry, or none as wide.
//          Others are the store's.
// Threads: thread-safe.
// Cost:    a tile is one point read and a copy of the hashes; entries are read
//          in runs, without being packed into bundles.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/log_store.h"
#include "tiles/entry_source.h"
#include "tiles/log_reader.h"

namespace sightline::storage {

class StoreLogReader final : public tiles::LogReader,
                             public tiles::EntrySource {
 public:
  // `store` must outlive the reader.
  explicit StoreLogReader(const LogStore* store) : store_(store) {}

  // tiles::LogReader.
  absl::StatusOr<std::string> ReadTile(uint8_t level, uint64_t index,
                                       uint16_t width) override;
  absl::StatusOr<std::string> ReadEntryBundle(uint64_t index,
                                              uint16_t width) override;
  absl::StatusOr<std::string> ReadCheckpoint() override;

  // tiles::EntrySource.
  absl::Status ReadEntries(uint64_t begin, uint64_t end,
                           Visitor visit) override;

 private:
  const LogStore* const store_;
};

}  // namespace sightline::storage
