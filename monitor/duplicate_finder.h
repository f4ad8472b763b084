// Finds equal hashes among any number of them in bounded memory.
//
// Shapes:  a mark is the first 8 bytes of a hash and the entry that has it. Equal
//          marks are candidates: the caller compares the whole hashes. An
//          attacker who makes 8 bytes agree costs us a comparison, no more.
// Units:   16 bytes a mark; memory holds `max_in_memory` of them.
// Errors:  kInternal: no temporary file, or it cannot be written or read.
// Threads: thread-compatible.
// Cost:    sorting; beyond `max_in_memory` marks, sorted runs go to an unnamed
//          temporary file (16 bytes a mark) and are merged at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "crypto/sha256.h"

namespace sightline::monitor {

class DuplicateFinder {
 public:
  explicit DuplicateFinder(size_t max_in_memory)
      : max_in_memory_(max_in_memory) {}

  absl::Status Add(const crypto::Digest& hash, uint64_t index);

  // Calls `visit` with the ascending indices of each two or more marks that are
  // equal. Call once, at the end.
  absl::Status Finish(
      absl::FunctionRef<absl::Status(absl::Span<const uint64_t>)> visit);

 private:
  struct Mark {
    uint64_t prefix = 0;
    uint64_t index = 0;

    friend auto operator<=>(const Mark&, const Mark&) = default;
  };
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  class Run;
  class Grouper;

  absl::Status Spill();
  absl::Status Merge(Grouper* grouper);

  const size_t max_in_memory_;
  std::vector<Mark> marks_;
  std::unique_ptr<std::FILE, CloseFile> file_;
  std::vector<size_t> run_sizes_;  // marks per run, in the order of the file
};

}  // namespace sightline::monitor
