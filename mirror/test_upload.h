// A log that uploads itself: the vector log of checkpoint/test_vectors.h with
// entries of 8 bytes, the leaf index big-endian. Tests only.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "checkpoint/add_checkpoint.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/test_vectors.h"
#include "merkle/hash.h"
#include "mirror/add_entries.h"
#include "tiles/memory_tiles.h"
#include "tiles/proof_builder.h"

namespace sightline::mirror {

class UploadingLog {
 public:
  explicit UploadingLog(uint64_t size)
      : tiles_(tiles::MemoryTiles::FromEntries(Entries(size))),
        proofs_(static_cast<const tiles::TileSource*>(&tiles_)) {}

  tiles::MemoryTiles& tiles() { return tiles_; }

  std::string Note(uint64_t size) const {
    const checkpoint::Checkpoint tree = {
        checkpoint::kLogOrigin, size,
        size == 0 ? merkle::EmptyRoot() : proofs_.Root(size).value(), ""};
    return checkpoint::SignCheckpoint(tree, {checkpoint::LogSigner()}).value();
  }

  // The body of add-checkpoint.
  std::string AddCheckpoint(uint64_t old_size, uint64_t size) const {
    return checkpoint::FormatAddCheckpoint(
        old_size, proofs_.ConsistencyProof(old_size, size).value(), Note(size));
  }

  // The body of add-entries, with at most so many packages.
  std::string AddEntries(
      uint64_t begin, uint64_t end, absl::string_view ticket = "",
      size_t packages = std::numeric_limits<size_t>::max()) const {
    std::string body = FormatUploadHeader(
        {checkpoint::kLogOrigin, begin, end, std::string(ticket)});
    for (uint64_t at = begin; at < end && packages-- > 0;) {
      const uint64_t to = PackageEnd(at, end);
      std::vector<std::string> owned;
      for (uint64_t i = at; i < to; ++i) owned.push_back(base::U64(i));
      const std::vector<absl::string_view> entries(owned.begin(), owned.end());
      const auto proof = proofs_.SubtreeProof(at - at % 256, to, end).value();
      if (!AppendPackage(entries, proof, &body).ok()) std::abort();
      at = to;
    }
    return body;
  }

 private:
  static std::vector<std::string> Entries(uint64_t size) {
    std::vector<std::string> entries;
    for (uint64_t i = 0; i < size; ++i) entries.push_back(base::U64(i));
    return entries;
  }

  tiles::MemoryTiles tiles_;
  const tiles::ProofBuilder proofs_;
};

}  // namespace sightline::mirror
