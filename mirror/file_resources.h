// A log's files as its readers want them.
//
// Errors:  as client/resources.h; kDataLoss: longer than asked for.
// Threads: thread-safe.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/resources.h"
#include "tiles/log_files.h"

namespace sightline::mirror {

class FileResources final : public client::Resources {
 public:
  // `files` outlives this.
  explicit FileResources(const tiles::LogFiles* files) : files_(files) {}

  absl::StatusOr<std::string> Get(absl::string_view path,
                                  size_t most_bytes) override {
    absl::StatusOr<std::string> bytes = files_->Read(path);
    if (bytes.ok() && bytes->size() > most_bytes) {
      return absl::DataLossError(absl::StrCat(
          path, ": ", bytes->size(), " bytes, want at most ", most_bytes));
    }
    return bytes;
  }

 private:
  const tiles::LogFiles* const files_;
};

}  // namespace sightline::mirror
