#include "merkle/test_trees.h"

#include <cstdlib>
#include <iostream>
#include <utility>

#include "base/bytes.h"
#include "crypto/sha256.h"

namespace sightline::merkle {
namespace {

std::string Unhex(absl::string_view hex) {
  absl::StatusOr<std::string> bytes = base::HexDecode(hex);
  if (!bytes.ok()) std::abort();
  return *std::move(bytes);
}

}  // namespace

std::vector<std::string> EightEntries() {
  std::vector<std::string> entries;
  for (absl::string_view hex :
       {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f"}) {
    entries.push_back(Unhex(hex));
  }
  return entries;
}

std::vector<std::string> CountingEntries(uint64_t count) {
  std::vector<std::string> entries;
  for (uint64_t i = 0; i < count; ++i) entries.push_back(base::U64(i));
  return entries;
}

std::vector<std::string> ByteEntries(uint64_t count) {
  std::vector<std::string> entries;
  for (uint64_t i = 0; i < count; ++i) {
    entries.push_back(std::string(1, static_cast<char>(i)));
  }
  return entries;
}

std::vector<Hash> LeafHashes(absl::Span<const std::string> entries) {
  std::vector<Hash> hashes;
  for (const std::string& entry : entries) hashes.push_back(LeafHash(entry));
  return hashes;
}

Hash FromHex(absl::string_view hex) {
  absl::StatusOr<Hash> hash = crypto::DigestFromBytes(Unhex(hex));
  if (!hash.ok()) std::abort();
  return *hash;
}

Hash NodeOf(const ReferenceTree& tree, NodeId id) {
  return tree.RangeHash(id.index << id.level, (id.index + 1) << id.level);
}

std::vector<Hash> ProofOf(const ReferenceTree& tree,
                          const absl::StatusOr<ProofPlan>& plan) {
  std::vector<Hash> hashes;
  for (const NodeId& id : plan->nodes()) hashes.push_back(NodeOf(tree, id));
  std::vector<Hash> proof;
  plan->Assemble(hashes, &proof);
  return proof;
}

std::vector<std::vector<Hash>> Corruptions(const std::vector<Hash>& proof) {
  std::vector<std::vector<Hash>> out;
  const auto add = [&out, &proof](std::vector<Hash> other) {
    if (other != proof) out.push_back(std::move(other));
  };
  for (size_t i = 0; i < proof.size(); ++i) {
    std::vector<Hash> flipped = proof;
    flipped[i][i % kHashSize] ^= static_cast<uint8_t>(1 << i % 8);
    add(std::move(flipped));
    std::vector<Hash> shorter = proof;
    shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
    add(std::move(shorter));
    if (i == 0) continue;
    std::vector<Hash> swapped = proof;
    std::swap(swapped[i - 1], swapped[i]);
    add(std::move(swapped));
  }
  const Hash extra = proof.empty() ? EmptyRoot() : proof.back();
  std::vector<Hash> longer = proof;
  longer.push_back(extra);
  add(longer);
  longer = proof;
  longer.insert(longer.begin(), extra);
  add(std::move(longer));
  return out;
}

void ForEachFlip(std::vector<Hash> proof,
                 absl::FunctionRef<void(const std::vector<Hash>&)> visit) {
  // Coprime to the 256 bits of a hash, so that all of them get their turn.
  constexpr size_t kStride = 37;
  for (size_t i = 0; i < proof.size(); ++i) {
    const size_t bit = (i + proof.size()) * kStride % (8 * kHashSize);
    uint8_t& byte = proof[i][bit / 8];
    const auto mask = static_cast<uint8_t>(1 << bit % 8);
    byte ^= mask;
    visit(proof);
    byte ^= mask;
  }
}

std::string DigestOf(const std::vector<Hash>& hashes) {
  crypto::Sha256Hasher hasher;
  for (const Hash& hash : hashes) hasher.Update(crypto::AsBytes(hash));
  return base::HexEncode(crypto::AsBytes(hasher.Finish()));
}

uint64_t TestSeed() {
  const char* text = std::getenv("SIGHTLINE_TEST_SEED");
  const uint64_t seed =
      text == nullptr ? 20201104 : std::strtoull(text, nullptr, 10);
  std::cerr << "SIGHTLINE_TEST_SEED=" << seed << "\n";
  return seed;
}

}  // namespace sightline::merkle
