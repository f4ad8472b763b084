// The files of a log by the paths that c2sp.org/tlog-tiles gives them, wherever
// they lie.
//
// Errors:  kNotFound: there is no such file. kUnavailable: could not be reached;
//          try again. kDataLoss: larger than asked for, or cut short.
// Threads: implementations are thread-safe.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::client {

class Resources {
 public:
  virtual ~Resources() = default;

  // `path` has no slash in front: "tile/0/000".
  virtual absl::StatusOr<std::string> Get(absl::string_view path,
                                          size_t most_bytes) = 0;
};

}  // namespace sightline::client
