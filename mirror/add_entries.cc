#include "mirror/add_entries.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "crypto/sha256.h"
#include "tiles/entry_bundle.h"

namespace sightline::mirror {
namespace {

constexpr size_t kLengthBytes = 2;
constexpr size_t kIndexBytes = 8;

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("add-entries: ", what));
}

absl::Status CutShort() { return Malformed("cut short"); }

absl::StatusOr<absl::string_view> Take(size_t size, absl::string_view* rest) {
  if (rest->size() < size) return CutShort();
  const absl::string_view bytes = rest->substr(0, size);
  rest->remove_prefix(size);
  return bytes;
}

absl::StatusOr<absl::string_view> TakeCounted(absl::string_view* rest) {
  ASSIGN_OR_RETURN(const absl::string_view size, Take(kLengthBytes, rest));
  return Take(base::ReadU16(size), rest);
}

absl::StatusOr<uint64_t> TakeIndex(absl::string_view* rest) {
  ASSIGN_OR_RETURN(const absl::string_view index, Take(kIndexBytes, rest));
  return base::ReadU64(index);
}

}  // namespace

uint64_t PackageEnd(uint64_t begin, uint64_t upload_end) {
  const uint64_t subtree = begin - begin % kPackageEntries;
  return std::min(upload_end, subtree + kPackageEntries);
}

absl::StatusOr<UploadReader> UploadReader::Create(absl::string_view body) {
  UploadReader reader;
  UploadHeader& header = reader.header_;
  ASSIGN_OR_RETURN(const absl::string_view origin, TakeCounted(&body));
  header.origin = std::string(origin);
  ASSIGN_OR_RETURN(header.begin, TakeIndex(&body));
  ASSIGN_OR_RETURN(header.end, TakeIndex(&body));
  ASSIGN_OR_RETURN(const absl::string_view ticket, TakeCounted(&body));
  header.ticket = std::string(ticket);
  if (header.begin > header.end) {
    return Malformed("upload_start is above upload_end");
  }
  if (header.end > merkle::kMaxTreeSize) {
    return Malformed("upload_end is above every tree size");
  }
  reader.at_ = header.begin;
  reader.rest_ = body;
  return reader;
}

bool UploadReader::Next(EntryPackage* package) {
  if (!status_.ok()) return false;
  if (at_ == header_.end) {
    if (!rest_.empty()) status_ = Malformed("bytes after the last package");
    return false;
  }
  if (rest_.empty()) return false;
  status_ = TakePackage(package);
  return status_.ok();
}

absl::Status UploadReader::TakePackage(EntryPackage* package) {
  absl::string_view rest = rest_;
  package->begin = at_;
  package->subtree = {at_ - at_ % kPackageEntries,
                      PackageEnd(at_, header_.end)};
  package->entries.clear();
  package->proof.clear();
  for (uint64_t i = at_; i < package->subtree.end; ++i) {
    ASSIGN_OR_RETURN(const absl::string_view entry, TakeCounted(&rest));
    package->entries.push_back(entry);
  }
  ASSIGN_OR_RETURN(const absl::string_view count, Take(1, &rest));
  const size_t hashes = static_cast<uint8_t>(count[0]);
  if (hashes > kMaxProofHashes) {
    return Malformed(absl::StrCat(hashes, " hashes in a package, want at most ",
                                  kMaxProofHashes));
  }
  ASSIGN_OR_RETURN(const absl::string_view bytes,
                   Take(hashes * merkle::kHashSize, &rest));
  for (size_t i = 0; i < hashes; ++i) {
    package->proof.push_back(merkle::HashAt(bytes, i));
  }
  rest_ = rest;
  at_ = package->subtree.end;
  return absl::OkStatus();
}

std::string FormatUploadHeader(const UploadHeader& header) {
  std::string out;
  base::AppendU16(static_cast<uint16_t>(header.origin.size()), &out);
  absl::StrAppend(&out, header.origin);
  base::AppendU64(header.begin, &out);
  base::AppendU64(header.end, &out);
  base::AppendU16(static_cast<uint16_t>(header.ticket.size()), &out);
  absl::StrAppend(&out, header.ticket);
  return out;
}

absl::Status AppendPackage(absl::Span<const absl::string_view> entries,
                           absl::Span<const merkle::Hash> proof,
                           std::string* body) {
  if (proof.size() > kMaxProofHashes) return Malformed("too many hashes");
  std::string package;
  for (const absl::string_view entry : entries) {
    RETURN_IF_ERROR(tiles::AppendEntry(entry, &package));
  }
  package.push_back(static_cast<char>(proof.size()));
  for (const merkle::Hash& hash : proof) {
    absl::StrAppend(&package, crypto::AsBytes(hash));
  }
  body->append(package);
  return absl::OkStatus();
}

absl::StatusOr<MirrorInfo> ParseMirrorInfo(absl::string_view body) {
  const std::vector<absl::string_view> lines = absl::StrSplit(body, '\n');
  if (lines.size() != 4 || !lines[3].empty()) {
    return absl::InvalidArgumentError("mirror-info: want three lines");
  }
  MirrorInfo info;
  auto size = base::ParseDecimal(lines[0]);
  auto next = base::ParseDecimal(lines[1]);
  auto ticket = base::Base64Decode(lines[2]);
  for (const absl::Status& status :
       {size.status(), next.status(), ticket.status()}) {
    if (!status.ok()) return base::Annotate(status, "mirror-info");
  }
  info.tree_size = *size;
  info.next_entry = *next;
  info.ticket = *std::move(ticket);
  return info;
}

std::string FormatMirrorInfo(const MirrorInfo& info) {
  return absl::StrCat(info.tree_size, "\n", info.next_entry, "\n",
                      base::Base64Encode(info.ticket), "\n");
}

}  // namespace sightline::mirror
