// RFC 6962 hashes: of a leaf, of an inner node, of nothing.
//
// Source:  RFC 6962 s2.1.
// Shapes:  a Hash is 32 bytes (SHA-256); as bytes and back: crypto/sha256.h.
// Threads: pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "crypto/sha256.h"

namespace sightline::merkle {

using Hash = crypto::Digest;

inline constexpr size_t kHashSize = crypto::kDigestSize;

// No tree of this library has more leaves.
inline constexpr uint64_t kMaxTreeSize = uint64_t{1} << 63;

// SHA-256(0x00 || entry).
Hash LeafHash(absl::string_view entry);

// SHA-256(0x01 || left || right).
Hash NodeHash(const Hash& left, const Hash& right);

// SHA-256 of nothing: the root hash of the tree without leaves.
Hash EmptyRoot();

// The root over a row of subtrees, each the right neighbour of the one before
// and smaller than it: folded from the right. EmptyRoot() for an empty row.
Hash FoldRight(absl::Span<const Hash> subtrees);

// The `i`-th of the hashes lying end to end in `bytes`.
// REQUIRES: (i + 1) * 32 <= bytes.size().
Hash HashAt(absl::string_view bytes, size_t i);

}  // namespace sightline::merkle
