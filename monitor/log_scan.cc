#include "monitor/log_scan.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/kinds.h"
#include "statement/links.h"
#include "statement/statement_codec.h"
#include "tiles/tile.h"

namespace sightline::monitor {
namespace {

using ::sightline::merkle::Hash;

bool ChangesLogKeys(v1::StatementKind kind) {
  return kind == v1::STATEMENT_KIND_GENESIS ||
         kind == v1::STATEMENT_KIND_LOG_KEY_CHANGE;
}

// OK when `status` tells of the log, which the caller then reports.
absl::Status UnlessAboutTheLog(const absl::Status& status) {
  return IsAboutTheLog(status) ? absl::OkStatus() : status;
}

}  // namespace

LogScan::LogScan(const CheckSources& sources, const CheckOptions& options,
                 uint64_t tree_size, bool want_log_keys, ProblemLog* problems)
    : sources_(sources),
      options_(options),
      tree_size_(tree_size),
      want_log_keys_(want_log_keys),
      problems_(problems),
      fetcher_(sources.tiles, sources.stored_tiles, problems),
      tree_(&fetcher_, problems),
      replay_(/*verify_control=*/true, options.max_trails, problems),
      duplicates_(options.max_identities_in_memory) {}

uint64_t LogScan::chunks() const {
  return tree_size_ / kChunkEntries + (tree_size_ % kChunkEntries != 0 ? 1 : 0);
}

// --- any thread ---------------------------------------------------------------

bool LogScan::TakeEntry(uint64_t index, absl::string_view bytes, Chunk* chunk,
                        Hash* leaf) {
  ++chunk->entries_read;
  chunk->bytes_read += bytes.size();
  const bool hashed = InRange(index) || !fetcher_.has_tiles();
  if (hashed) *leaf = merkle::LeafHash(bytes);
  if (contents()) {
    if (chunk->entry_count == chunk->entries.size()) {
      chunk->entries.emplace_back();
    }
    CheckedEntry& entry = chunk->entries[chunk->entry_count++];
    entry.index = index;
    entry.leaf_hash = *leaf;
    ReadEntryFully(bytes, &entry, problems_);
  } else if (want_log_keys_) {
    const absl::StatusOr<statement::EntryPeek> peek =
        statement::PeekEntry(bytes);
    if (peek.ok() && ChangesLogKeys(peek->kind)) {
      chunk->key_entries.emplace_back(index, std::string(bytes));
    }
  }
  return hashed;
}

absl::Status LogScan::ReadChunk(uint64_t begin, uint64_t end, Chunk* chunk,
                                std::vector<Hash>* leaves,
                                std::vector<bool>* known) {
  uint64_t next = begin;
  if (fetcher_.has_tiles()) {
    // What the entries before say matters only to those who read contents.
    if (!contents() && !want_log_keys_) next = std::max(next, options_.from);
    end = std::min(end, options_.to);
  }
  while (next < end) {
    const absl::Status status = sources_.entries->ReadEntries(
        next, end, [&](uint64_t index, absl::string_view bytes) {
          (*known)[index - begin] =
              TakeEntry(index, bytes, chunk, &(*leaves)[index - begin]);
          next = index + 1;
          return true;
        });
    if (status.ok()) break;
    if (!IsAboutTheLog(status)) {
      return base::Annotate(status, absl::StrCat("entry ", next));
    }
    problems_->Add({.kind = ProblemKind::kEntryMissing,
                    .index = next,
                    .got = std::string(status.message())});
    ++next;
  }
  return absl::OkStatus();
}

absl::Status LogScan::CheckTiles(uint64_t begin, uint64_t end,
                                 absl::Span<Hash> leaves,
                                 const std::vector<bool>& known, Chunk* chunk) {
  for (uint64_t first = begin; first < end; first += tiles::kTileWidth) {
    const uint64_t index = first / tiles::kTileWidth;
    const uint16_t width = tiles::WidthAt(0, index, tree_size_);
    ASSIGN_OR_RETURN(const std::optional<FetchedTile> tile,
                     fetcher_.Fetch(0, index, width));
    const absl::Span<Hash> believed = leaves.subspan(first - begin, width);
    for (uint16_t i = 0; i < width && tile.has_value(); ++i) {
      if (!known[first - begin + i]) believed[i] = tile->hashes[i];
    }
    chunk->tiles.push_back(CheckTile(
        0, index, tile.has_value() ? &*tile : nullptr, believed, fetcher_));
  }
  return absl::OkStatus();
}

absl::Status LogScan::Prepare(uint64_t number, Chunk* chunk) {
  chunk->tiles.clear();
  chunk->key_entries.clear();
  chunk->entry_count = 0;
  chunk->entries_read = 0;
  chunk->bytes_read = 0;
  const uint64_t begin = number * kChunkEntries;
  const uint64_t end = std::min(begin + kChunkEntries, tree_size_);
  std::vector<Hash> leaves(end - begin);
  std::vector<bool> known(end - begin);
  RETURN_IF_ERROR(ReadChunk(begin, end, chunk, &leaves, &known));
  return CheckTiles(begin, end, absl::MakeSpan(leaves), known, chunk);
}

absl::Status LogScan::CheckLinks(const CheckedEntry& entry) {
  for (const statement::Violation& violation :
       statement::CheckKeeperTime(entry.statement,
                                  entry.entry.admitted_unix_ms())
           .kept()) {
    problems_->Add({.kind = ProblemKind::kLink,
                    .index = entry.index,
                    .where = violation.field,
                    .got = violation.description});
  }
  for (const statement::Link& link : statement::LinksOf(entry.statement)) {
    Problem problem{
        .kind = ProblemKind::kLink, .index = entry.index, .where = link.field};
    if (link.index >= entry.index) {
      problem.got = absl::StrCat("entry ", link.index);
      problem.want = "an earlier entry";
      problems_->Add(std::move(problem));
      continue;
    }
    statement::Violations violations;
    const absl::Status status = sources_.entries->ReadEntries(
        link.index, link.index + 1, [&](uint64_t, absl::string_view bytes) {
          violations = statement::CheckLink(entry.statement, link, bytes);
          return true;
        });
    RETURN_IF_ERROR(UnlessAboutTheLog(status));
    if (!status.ok()) {
      problem.got = absl::StrCat("entry ", link.index, ", which is missing");
      problems_->Add(problem);
    }
    for (const statement::Violation& violation : violations.kept()) {
      problem.where = violation.field;
      problem.got = violation.description;
      problems_->Add(problem);
    }
  }
  return absl::OkStatus();
}

absl::Status LogScan::Inspect(const Chunk& chunk) {
  std::vector<EntryFacts> facts;
  for (size_t i = 0; i < chunk.entry_count; ++i) {
    const CheckedEntry& entry = chunk.entries[i];
    if (!entry.readable || !InRange(entry.index)) continue;
    facts.push_back({entry.index, entry.entry.admitted_unix_ms(),
                     &entry.statement, entry.leaf_hash, entry.identity_hash,
                     statement::IsControl(statement::KindOf(entry.statement))});
  }
  return facts.empty() ? absl::OkStatus() : options_.inspect(facts, problems_);
}

absl::Status LogScan::Finish(uint64_t, Chunk* chunk) {
  uint64_t signatures = 0;
  for (size_t i = 0; i < chunk->entry_count; ++i) {
    const CheckedEntry& entry = chunk->entries[i];
    if (!entry.valid || !InRange(entry.index)) continue;
    RETURN_IF_ERROR(CheckLinks(entry));
    if (options_.depth != CheckDepth::kSignatures) continue;
    signatures += entry.keys.size();
    // Those of registry entries were verified in their turn.
    if (!statement::IsControl(statement::KindOf(entry.statement)) &&
        !entry.keys.empty()) {
      Replay::VerifySignatures(entry, problems_);
    }
  }
  if (options_.inspect) RETURN_IF_ERROR(Inspect(*chunk));
  entries_ += chunk->entries_read;
  bytes_ += chunk->bytes_read;
  signatures_ += signatures;
  Report(kChunkEntries);
  return absl::OkStatus();
}

void LogScan::Report(uint64_t entries) {
  if (!options_.progress) return;
  base::MutexLock lock(&progress_mutex_);
  done_ = std::min(done_ + entries, tree_size_);
  options_.progress(done_, tree_size_);
}

// --- in turn --------------------------------------------------------------------

absl::Status LogScan::ApplyKeyEntries(const Chunk& chunk) {
  for (const auto& [index, bytes] : chunk.key_entries) {
    CheckedEntry entry;
    entry.index = index;
    ReadEntryFully(bytes, &entry, problems_);
    if (entry.readable) replay_.ApplyLogKeys(&entry);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> LogScan::ReadBack(uint64_t index) {
  std::string out;
  RETURN_IF_ERROR(sources_.entries->ReadEntries(
      index, index + 1, [&](uint64_t, absl::string_view bytes) {
        out = std::string(bytes);
        return true;
      }));
  return out;
}

absl::Status LogScan::Turn(uint64_t, Chunk* chunk) {
  for (CheckedTile& tile : chunk->tiles) {
    RETURN_IF_ERROR(tree_.Add(std::move(tile)));
  }
  for (size_t i = 0; i < chunk->entry_count; ++i) {
    CheckedEntry& entry = chunk->entries[i];
    if (!entry.readable) continue;
    if (entry.valid) {
      RETURN_IF_ERROR(replay_.ReadTrail(
          [this](uint64_t index) { return ReadBack(index); }, &entry));
    }
    replay_.Next(&entry);
    if (statement::IsControl(statement::KindOf(entry.statement))) {
      control_indices_.push_back(entry.index);
    }
    RETURN_IF_ERROR(duplicates_.Add(entry.identity_hash, entry.index));
  }
  return ApplyKeyEntries(*chunk);
}

// --- at the end -----------------------------------------------------------------

absl::Status LogScan::CompareGroup(absl::Span<const uint64_t> indices) {
  std::map<crypto::Digest, uint64_t> first_with;
  for (uint64_t index : indices) {
    const absl::Status status = sources_.entries->ReadEntries(
        index, index + 1, [&](uint64_t, absl::string_view bytes) {
          const absl::StatusOr<statement::EntryPeek> peek =
              statement::PeekEntry(bytes);
          if (!peek.ok()) return true;  // was reported where it was read
          const auto [it, is_new] = first_with.emplace(
              statement::IdentityHash(peek->payload_type, peek->payload),
              index);
          if (!is_new) {
            problems_->Add(
                {.kind = ProblemKind::kDuplicate,
                 .index = index,
                 .got = absl::StrCat("the statement of entry ", it->second)});
          }
          return true;
        });
    RETURN_IF_ERROR(UnlessAboutTheLog(status));
  }
  return absl::OkStatus();
}

absl::Status LogScan::LookBeyond() {
  const auto report = [&](ProblemKind kind, std::string where) {
    problems_->Add({.kind = kind, .where = std::move(where)});
  };
  for (uint8_t level = 0; level < tiles::kTreeLevels && fetcher_.has_tiles();
       ++level) {
    const uint64_t edge = tiles::FullTiles(level, tree_size_);
    const uint16_t width = tiles::PartialWidth(level, tree_size_);
    for (const auto& [index, beyond] :
         {std::pair<uint64_t, uint16_t>{edge, width},
          std::pair<uint64_t, uint16_t>{edge + 1, 0}}) {
      ASSIGN_OR_RETURN(
          const bool is_there,
          fetcher_.Holds(level, index, static_cast<uint16_t>(beyond + 1)));
      if (is_there) report(ProblemKind::kTileExtra, TileName(level, index));
    }
  }
  bool found = false;
  const absl::Status status = sources_.entries->ReadEntries(
      tree_size_, tree_size_ + 1, [&](uint64_t, absl::string_view) {
        found = true;
        return true;
      });
  RETURN_IF_ERROR(UnlessAboutTheLog(status));
  if (found) {
    report(ProblemKind::kEntryExtra, absl::StrCat("entry ", tree_size_));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> LogScan::HasEnd() {
  if (tree_size_ == 0) return true;
  const uint64_t last = tree_size_ - 1;
  const absl::Status status = sources_.entries->ReadEntries(
      last, tree_size_, [](uint64_t, absl::string_view) { return true; });
  if (status.ok()) return true;
  RETURN_IF_ERROR(UnlessAboutTheLog(status));
  const uint64_t tile = last / tiles::kTileWidth;
  return fetcher_.Holds(0, tile, tiles::WidthAt(0, tile, tree_size_));
}

absl::Status LogScan::Close(const Hash& signed_root, CheckReport* report) {
  RETURN_IF_ERROR(tree_.Finish(signed_root).status());
  RETURN_IF_ERROR(duplicates_.Finish(
      [&](absl::Span<const uint64_t> group) { return CompareGroup(group); }));
  if (options_.at_rest) RETURN_IF_ERROR(LookBeyond());
  report->entries = entries_;
  report->entry_bytes = bytes_;
  report->signatures = signatures_;
  report->tiles = tree_.tiles();
  report->feeds = replay_.Feeds();
  report->trails_believed = replay_.trails_believed();
  report->control_indices = std::move(control_indices_);
  return absl::OkStatus();
}

}  // namespace sightline::monitor
