// Trees and proofs that the tests of several rooms share. Tests only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "merkle/geometry.h"
#include "merkle/hash.h"
#include "merkle/reference_tree.h"

namespace sightline::merkle {

// The eight entries of the original Certificate Transparency tests.
std::vector<std::string> EightEntries();

// Entry i is the number i: 8 bytes big-endian, or the single byte.
std::vector<std::string> CountingEntries(uint64_t count);
std::vector<std::string> ByteEntries(uint64_t count);

std::vector<Hash> LeafHashes(absl::Span<const std::string> entries);

// Aborts on anything but 64 lower-case digits.
Hash FromHex(absl::string_view hex);

// The hash of a perfect node.
Hash NodeOf(const ReferenceTree& tree, NodeId id);

// The proof of a plan that was made without error, its nodes taken from `tree`.
std::vector<Hash> ProofOf(const ReferenceTree& tree,
                          const absl::StatusOr<ProofPlan>& plan);

// Proofs that differ from `proof` in one way each: a bit flipped in each hash,
// two neighbours swapped, each hash left out, one added at each end.
std::vector<std::vector<Hash>> Corruptions(const std::vector<Hash>& proof);

// Calls `visit` with `proof` as often as it has hashes, one bit flipped in each
// in turn, another bit each time.
void ForEachFlip(std::vector<Hash> proof,
                 absl::FunctionRef<void(const std::vector<Hash>&)> visit);

// SHA-256 of the concatenated hashes, in hexadecimal.
std::string DigestOf(const std::vector<Hash>& hashes);

// The seed for a property test: fixed, or SIGHTLINE_TEST_SEED. Printed.
uint64_t TestSeed();

}  // namespace sightline::merkle
