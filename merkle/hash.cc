#include "merkle/hash.h"

#include <cstring>

namespace sightline::merkle {
namespace {

constexpr uint8_t kLeafPrefix = 0x00;
constexpr uint8_t kNodePrefix = 0x01;

}  // namespace

Hash LeafHash(absl::string_view entry) {
  return crypto::HashPrefixed(kLeafPrefix, entry);
}

Hash NodeHash(const Hash& left, const Hash& right) {
  return crypto::HashNode(kNodePrefix, left, right);
}

Hash EmptyRoot() { return crypto::Sha256(""); }

Hash FoldRight(absl::Span<const Hash> subtrees) {
  if (subtrees.empty()) return EmptyRoot();
  Hash root = subtrees.back();
  for (size_t i = subtrees.size() - 1; i > 0; --i) {
    root = NodeHash(subtrees[i - 1], root);
  }
  return root;
}

Hash HashAt(absl::string_view bytes, size_t i) {
  Hash hash;
  std::memcpy(hash.data(), bytes.data() + i * kHashSize, kHashSize);
  return hash;
}

}  // namespace sightline::merkle
