// What must be kept of a tree to append to it: one hash per set bit of its
// size.
//
// Source:  RFC 6962 s2.1, seen as a row of perfect subtrees, largest first.
// Shapes:  hashes().size() == popcount(size()), at most 64.
// Errors:  kInvalidArgument: number of hashes does not fit the size.
// Threads: thread-compatible.
// Cost:    Append: one node hash on average; Root: popcount(size) - 1.
//
// Example, seven leaves:
//            a
//        .-------.
//        |       |    b
//      .---.   .---. .---.  c       hashes() == {a, b, c}
//      0   1   2   3 4   5  6
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "merkle/hash.h"

namespace sightline::merkle {

class CompactRange {
 public:
  // The tree without leaves.
  CompactRange() = default;

  static absl::StatusOr<CompactRange> Create(uint64_t size,
                                             absl::Span<const Hash> hashes);

  // Reads what Serialise wrote: u64 size, then the hashes; refuses the rest.
  static absl::StatusOr<CompactRange> Parse(absl::string_view bytes);
  std::string Serialise() const;

  // Create without the check, reusing memory. REQUIRES: the number of hashes
  // fits the size; they are not this object's own.
  void Assign(uint64_t size, absl::Span<const Hash> hashes);

  // REQUIRES: size() < kMaxTreeSize.
  void Append(const Hash& leaf_hash);

  uint64_t size() const { return size_; }
  absl::Span<const Hash> hashes() const { return hashes_; }
  Hash Root() const { return FoldRight(hashes_); }

  friend bool operator==(const CompactRange&, const CompactRange&) = default;

 private:
  uint64_t size_ = 0;
  std::vector<Hash> hashes_;
};

}  // namespace sightline::merkle
