#include "services/entry_run.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "merkle/geometry.h"
#include "merkle/hash.h"
#include "merkle/proof.h"
#include "merkle/range_proof.h"
#include "services/admission_time.h"
#include "services/beyond_tree.h"
#include "statement/entry_codec.h"
#include "tiles/proof_builder.h"
#include "tiles/tile.h"

namespace sightline::services {
namespace {

// Room in front of the body for its tag and length.
constexpr size_t kHeadroom = 11;
// Proofs, checkpoint and the small fields of an ordinary run.
constexpr size_t kUsualOverhead = 6144;

// Tags of one byte: field << 3 | type (0 varint, 2 bytes).
constexpr char kRun = 1 << 3 | 2;     // of the response
constexpr char kStartIndex = 1 << 3;  // of EntryRun
constexpr char kEntry = 2 << 3 | 2;
constexpr char kLeft = 3 << 3 | 2;
constexpr char kRight = 4 << 3 | 2;
constexpr char kCheckpoint = 5 << 3 | 2;
constexpr char kNextIndex = 6 << 3;
constexpr char kEntryIndex = 1 << 3;  // of LogEntry
constexpr char kEntryBytes = 2 << 3 | 2;
constexpr char kEntryProof = 3 << 3 | 2;

size_t VarintSize(uint64_t value) {
  size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

char* PutVarint(uint64_t value, char* out) {
  for (; value >= 0x80; value >>= 7) *out++ = static_cast<char>(value | 0x80);
  *out++ = static_cast<char>(value);
  return out;
}

// Leaves a number of 0 out, as protobuf does.
void AppendNumber(char tag, uint64_t value, std::string* out) {
  if (value == 0) return;
  char bytes[11] = {tag};
  out->append(bytes, PutVarint(value, bytes + 1) - bytes);
}

void AppendBytesHeader(char tag, size_t size, std::string* out) {
  char bytes[11] = {tag};
  out->append(bytes, PutVarint(size, bytes + 1) - bytes);
}

void AppendBytes(char tag, absl::string_view value, std::string* out) {
  AppendBytesHeader(tag, value.size(), out);
  out->append(value.data(), value.size());
}

void AppendHashes(char tag, absl::Span<const merkle::Hash> hashes,
                  std::string* out) {
  for (const merkle::Hash& hash : hashes) {
    AppendBytes(tag, crypto::AsBytes(hash), out);
  }
}

size_t BytesFieldSize(size_t size) { return 1 + VarintSize(size) + size; }

size_t LogEntrySize(uint64_t index, size_t entry_size, size_t proof_hashes) {
  return (index == 0 ? 0 : 1 + VarintSize(index)) + BytesFieldSize(entry_size) +
         proof_hashes * BytesFieldSize(merkle::kHashSize);
}

void AppendLogEntry(uint64_t index, absl::string_view entry,
                    absl::Span<const merkle::Hash> proof, std::string* out) {
  AppendBytesHeader(kEntry, LogEntrySize(index, entry.size(), proof.size()),
                    out);
  AppendNumber(kEntryIndex, index, out);
  AppendBytes(kEntryBytes, entry, out);
  AppendHashes(kEntryProof, proof, out);
}

EncodedRun BeginRun(uint64_t begin, const RunLimits& limits,
                    absl::string_view checkpoint) {
  EncodedRun run;
  run.buffer.reserve(kHeadroom + limits.max_bytes + kUsualOverhead +
                     checkpoint.size());
  run.buffer.append(kHeadroom, '\0');
  run.next_index = begin;
  AppendNumber(kStartIndex, begin, &run.buffer);
  return run;
}

// Appends the last fields, and puts tag and length in front of the body.
void EndRun(absl::string_view checkpoint, EncodedRun* run) {
  AppendBytes(kCheckpoint, checkpoint, &run->buffer);
  AppendNumber(kNextIndex, run->next_index, &run->buffer);
  const size_t body = run->buffer.size() - kHeadroom;
  run->offset = kHeadroom - 1 - VarintSize(body);
  run->buffer[run->offset] = kRun;
  PutVarint(body, &run->buffer[run->offset + 1]);
}

// The proof is verified with the stored nodes of the run itself.
absl::Status AppendRangeProof(const tiles::NodeReader& nodes, uint64_t begin,
                              uint64_t end, const publish::PublishedTree& tree,
                              std::string* out) {
  ASSIGN_OR_RETURN(const merkle::RangePlan plan,
                   merkle::RangeNodes(begin, end, tree.tree_size));
  std::vector<merkle::NodeId> ids(plan.left.begin(), plan.left.end());
  ids.insert(ids.end(), plan.own.begin(), plan.own.end());
  ids.insert(ids.end(), plan.right.begin(), plan.right.end());
  std::vector<merkle::Hash> hashes;
  RETURN_IF_ERROR(nodes.ReadNodes(ids, &hashes));
  if (merkle::RootOver(ids, hashes) != tree.root_hash) {
    return absl::DataLossError(absl::StrCat(
        "the stored tiles do not prove entries ", begin, "-", end));
  }
  const absl::Span<const merkle::Hash> all(hashes);
  AppendHashes(kLeft, all.first(plan.left.size()), out);
  AppendHashes(kRight, all.last(plan.right.size()), out);
  return absl::OkStatus();
}

// Whether to end before `index` because a bundle begins there and one more, of
// entries like these, would not fit. Between whole bundles a range proof needs
// no tile of leaf hashes.
bool EndsWithBundle(uint64_t index, size_t entries, size_t bytes,
                    const RunLimits& limits) {
  return index % tiles::kTileWidth == 0 &&
         bytes + bytes / entries * tiles::kTileWidth > limits.max_bytes;
}

absl::StatusOr<EncodedRun> EncodeWholeRun(const storage::LogStore& store,
                                          const tiles::NodeReader& nodes,
                                          const publish::PublishedTree& tree,
                                          uint64_t begin,
                                          const RunLimits& limits) {
  EncodedRun run = BeginRun(begin, limits, tree.checkpoint);
  const uint64_t end =
      begin + std::min<uint64_t>(limits.max_entries, tree.tree_size - begin);
  size_t bytes = 0;
  RETURN_IF_ERROR(store.ReadEntries(
      begin, end, [&](uint64_t index, absl::string_view entry) {
        if (run.entries > 0 &&
            (bytes + entry.size() > limits.max_bytes ||
             EndsWithBundle(index, run.entries, bytes, limits))) {
          return false;
        }
        AppendLogEntry(index, entry, {}, &run.buffer);
        bytes += entry.size();
        ++run.entries;
        return true;
      }));
  run.next_index = begin + run.entries;
  RETURN_IF_ERROR(
      AppendRangeProof(nodes, begin, run.next_index, tree, &run.buffer));
  EndRun(tree.checkpoint, &run);
  return run;
}

struct TakenEntry {
  uint64_t index;
  std::string bytes;
};

// Looks at entries until a limit is reached; says in `run` how far it came.
absl::StatusOr<std::vector<TakenEntry>> TakeEntries(
    const storage::LogStore& store, uint64_t tree_size, uint64_t begin,
    const EntryFilter& filter, const RunLimits& limits, EncodedRun* run) {
  std::vector<TakenEntry> taken;
  absl::Status malformed;
  size_t bytes = 0;
  const uint64_t end =
      begin + std::min<uint64_t>(limits.max_scanned, tree_size - begin);
  RETURN_IF_ERROR(store.ReadEntries(
      begin, end, [&](uint64_t index, absl::string_view entry) {
        const absl::StatusOr<statement::EntryPeek> peek =
            statement::PeekEntry(entry);
        if (!peek.ok()) {
          malformed = absl::DataLossError(absl::StrCat(
              "stored entry ", index, ": ", peek.status().message()));
          return false;
        }
        if (peek->admitted_unix_ms >= filter.admitted_before_ms()) {
          run->exhausted = true;
          run->next_index = tree_size;
          return false;
        }
        if (filter.Takes(*peek)) {
          if (taken.size() >= limits.max_entries ||
              (!taken.empty() && bytes + entry.size() > limits.max_bytes)) {
            return false;
          }
          bytes += entry.size();
          taken.push_back({index, std::string(entry)});
        }
        run->next_index = index + 1;
        return true;
      }));
  RETURN_IF_ERROR(malformed);
  return taken;
}

absl::StatusOr<EncodedRun> EncodeFilteredRun(const storage::LogStore& store,
                                             const tiles::NodeReader& nodes,
                                             const publish::PublishedTree& tree,
                                             uint64_t begin,
                                             const EntryFilter& filter,
                                             const RunLimits& limits) {
  EncodedRun run = BeginRun(begin, limits, tree.checkpoint);
  ASSIGN_OR_RETURN(
      const std::vector<TakenEntry> taken,
      TakeEntries(store, tree.tree_size, begin, filter, limits, &run));
  const tiles::ProofBuilder proofs(&nodes);
  for (const TakenEntry& entry : taken) {
    ASSIGN_OR_RETURN(const std::vector<merkle::Hash> proof,
                     proofs.InclusionProof(entry.index, tree.tree_size));
    const absl::Status checked = merkle::VerifyInclusion(
        entry.index, tree.tree_size, merkle::LeafHash(entry.bytes), proof,
        tree.root_hash);
    if (!checked.ok()) {
      return absl::DataLossError(
          absl::StrCat("stored entry ", entry.index,
                       " is not in the published tree: ", checked.message()));
    }
    AppendLogEntry(entry.index, entry.bytes, proof, &run.buffer);
  }
  run.entries = taken.size();
  EndRun(tree.checkpoint, &run);
  return run;
}

}  // namespace

absl::StatusOr<EncodedRun> EncodeRun(const storage::LogStore& store,
                                     const tiles::NodeReader& nodes,
                                     const publish::PublishedTree& tree,
                                     uint64_t begin, const EntryFilter& filter,
                                     const RunLimits& limits) {
  if (begin > tree.tree_size) {
    return BeyondTree("start_index", "entry", begin, tree.tree_size);
  }
  return filter.takes_everything()
             ? EncodeWholeRun(store, nodes, tree, begin, limits)
             : EncodeFilteredRun(store, nodes, tree, begin, filter, limits);
}

absl::StatusOr<uint64_t> FirstAdmittedFrom(const storage::LogStore& store,
                                           uint64_t tree_size, uint64_t begin,
                                           int64_t admitted_from_ms) {
  uint64_t low = begin;
  uint64_t high = std::max(begin, tree_size);
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(const int64_t admitted_ms, AdmittedAt(store, middle));
    if (admitted_ms < admitted_from_ms) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace sightline::services
