// A folder of files that others read while it grows.
//
// Errors:  kNotFound: no such file; kInternal: the disk.
// Threads: one writer; Read from any thread.
// Durable: Write renames a finished file into place, so that nobody sees half of
//          one, and outside tile/ none that a power cut has emptied; Sync puts all
//          of them on disk.
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tiles/log_files.h"

namespace sightline::monitor {

class StaticFiles final : public tiles::LogFiles {
 public:
  // Makes the folder when it is not there.
  static absl::StatusOr<StaticFiles> Open(std::string folder);

  // `path` is relative to the folder.
  absl::StatusOr<std::string> Read(absl::string_view path) const override;
  absl::Status Write(absl::string_view path, absl::string_view bytes) override;
  absl::Status Remove(absl::string_view path) override;
  // What a Write below tile/ that did not come to its end has left behind.
  absl::Status RemoveUnfinished();
  absl::Status Sync() override;

 private:
  explicit StaticFiles(std::string folder) : folder_(std::move(folder)) {}

  std::string folder_;
  std::string made_;  // the folder last made
};

}  // namespace sightline::monitor
