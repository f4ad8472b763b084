// A log as a folder of files, as `sightline export --tiles` writes it.
//
// Errors:  as resources.h; kUnavailable: a file that is there cannot be read.
// Threads: thread-safe.
#pragma once

#include <string>
#include <utility>

#include "client/resources.h"

namespace sightline::client {

class FolderResources final : public Resources {
 public:
  explicit FolderResources(std::string folder) : folder_(std::move(folder)) {}

  absl::StatusOr<std::string> Get(absl::string_view path,
                                  size_t most_bytes) override;

 private:
  const std::string folder_;
};

}  // namespace sightline::client
