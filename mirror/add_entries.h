// The bodies of a mirror's add-entries call: what a log uploads, and what the
// mirror answers when there is more to come.
//
// Source:  c2sp.org/tlog-mirror "add-entries".
// Shapes:  request: u16 length, origin; u64 upload_start; u64 upload_end; u16
//          length, ticket; packages. Package i holds the entries of
//          [max(start, s + 256 i), min(end, s + 256 (i + 1))), s being start
//          rounded down to a multiple of 256: each behind its u16 length, then u8
//          number of hashes, 0..63, and the hashes that prove subtree
//          [s + 256 i, that end) in the tree of upload_end leaves. A request
//          carries a prefix of that sequence.
//          mirror-info: "<tree size>\n<next entry>\n<base64 of the ticket>\n".
// Errors:  kInvalidArgument: malformed.
// Threads: pure; any thread.
//
// Whether the hashes prove anything is not looked at here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "merkle/hash.h"
#include "merkle/subtree.h"

namespace sightline::mirror {

inline constexpr uint64_t kPackageEntries = 256;
inline constexpr size_t kMaxProofHashes = 63;
// What a client sends at a time, at most.
inline constexpr size_t kMaxPackages = 32;
inline constexpr char kMirrorInfoType[] = "text/x.tlog.mirror-info";

struct UploadHeader {
  std::string origin;
  uint64_t begin = 0;  // begin <= end <= kMaxTreeSize
  uint64_t end = 0;
  std::string ticket;
};

struct EntryPackage {
  merkle::Interval subtree;  // that the hashes prove
  uint64_t begin = 0;        // of the entries: [begin, subtree.end)
  std::vector<absl::string_view> entries;
  std::vector<merkle::Hash> proof;
};

// Walks a request package by package without copying its entries.
class UploadReader {
 public:
  // `body` outlives the reader and the packages. Fails when the header is
  // malformed.
  static absl::StatusOr<UploadReader> Create(absl::string_view body);

  const UploadHeader& header() const { return header_; }

  // Moves to the next package. False at the end and at the first malformed one.
  bool Next(EntryPackage* package);

  // OK unless what is left is no package of the sequence: cut short, too many
  // hashes, or bytes after the last one.
  const absl::Status& status() const { return status_; }

 private:
  UploadReader() = default;

  absl::Status TakePackage(EntryPackage* package);

  UploadHeader header_;
  absl::string_view rest_;
  uint64_t at_ = 0;
  absl::Status status_;
};

// The part of the sequence that begins at `begin`, an index of [begin, end)
// of the upload: where it ends.
uint64_t PackageEnd(uint64_t begin, uint64_t upload_end);

// REQUIRES: origin and ticket of at most 65,535 bytes.
std::string FormatUploadHeader(const UploadHeader& header);

// kInvalidArgument, and `*body` unchanged: an entry is too long, too many hashes.
absl::Status AppendPackage(absl::Span<const absl::string_view> entries,
                           absl::Span<const merkle::Hash> proof,
                           std::string* body);

struct MirrorInfo {
  uint64_t tree_size = 0;  // of a pending checkpoint
  uint64_t next_entry = 0;
  std::string ticket;
};

absl::StatusOr<MirrorInfo> ParseMirrorInfo(absl::string_view body);
std::string FormatMirrorInfo(const MirrorInfo& info);

}  // namespace sightline::mirror
