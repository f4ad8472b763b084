// The files of a log by the paths that c2sp.org/tlog-tiles gives them, where one
// writer keeps them.
//
// Shapes:  a path has no slash in front and is one of tile.h, or a short name.
// Errors:  kNotFound: no such file; kInternal, kUnavailable: the disk;
//          kDataLoss: it does not read back.
// Threads: one writer; Read from any thread.
// Durable: what Write has put in place appears whole, at once. It is on disk when
//          a later Sync has returned OK; after a Sync that failed nobody knows what
//          is.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::tiles {

class LogFiles {
 public:
  virtual ~LogFiles() = default;

  virtual absl::StatusOr<std::string> Read(absl::string_view path) const = 0;
  virtual absl::Status Write(absl::string_view path,
                             absl::string_view bytes) = 0;
  // A file, or a folder and everything in it, if it is there.
  virtual absl::Status Remove(absl::string_view path) = 0;
  virtual absl::Status Sync() = 0;
};

}  // namespace sightline::tiles
