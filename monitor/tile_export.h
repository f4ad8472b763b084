// Writes a log as static files that any web server or object store can serve, and
// proves them on the way.
//
// Source:  c2sp.org/tlog-tiles; docs/formats.md "Static files".
// Shapes:  FOLDER/checkpoint, FOLDER/tile/<L>/<N>[.p/<W>],
//          FOLDER/tile/entries/<N>[.p/<W>]; or the same paths of other LogFiles.
//          Every hash is computed from the entries; nothing of the source is
//          believed but its bytes.
// Errors:  kInvalidArgument: the checkpoint, or no trusted key signed it;
//          kDataLoss: the entries do not lead to the checkpoint's root;
//          kFailedPrecondition: the folder holds another log, or a newer or other
//          checkpoint; those of the source; kInternal: the disk.
// Threads: one; not two at a time into one folder.
// Durable: files appear whole (written beside, renamed). The checkpoint comes last,
//          once all others are on disk and the root is proven: whatever happens,
//          what the folder's checkpoint promises is there.
// Cost:    two SHA-256 a leaf, one read per bundle. Full bundles that are there
//          already, and hash to their tile, are not read again; nor what the same
//          exporter has proven before.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/log_keys.h"
#include "tiles/entry_source.h"
#include "tiles/log_files.h"
#include "tiles/log_reader.h"

namespace sightline::monitor {

struct TileExportOptions {
  std::string folder;  // made when it is not there
  // Not null: in place of the folder, which is "" then. "The folder" below means
  // these.
  tiles::LogFiles* files = nullptr;
  // Null: the checkpoint's signatures are not looked at.
  const checkpoint::LogKeySet* trusted = nullptr;
  // Null: tiles are computed alone. Otherwise each tile that is computed and was
  // not in the folder must be what this shows: kDataLoss names one that is not.
  tiles::LogReader* shown = nullptr;
  std::function<void(uint64_t entries_done, uint64_t entries)> progress;
};

struct TileExportReport {
  checkpoint::Checkpoint checkpoint;
  uint64_t entries_kept = 0;  // that were in the folder
  uint64_t files_written = 0;
  uint64_t bytes_written = 0;
};

// Goes on from one tree to the next without reading again what it has proven.
class TileExporter {
 public:
  // `options` outlive it, as they are.
  static absl::StatusOr<std::unique_ptr<TileExporter>> Open(
      const TileExportOptions& options);
  ~TileExporter();

  // Brings the folder to the tree of `checkpoint`, a signed note. After a failure
  // the next call begins at the folder's start.
  absl::StatusOr<TileExportReport> Update(const std::string& checkpoint,
                                          tiles::EntrySource* entries);

 private:
  class Impl;

  explicit TileExporter(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

// Brings the folder to the tree of `checkpoint`, a signed note.
absl::StatusOr<TileExportReport> ExportTiles(const std::string& checkpoint,
                                             tiles::EntrySource* entries,
                                             const TileExportOptions& options);

}  // namespace sightline::monitor
