#include "mirror/mirror.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note.h"
#include "merkle/compact_range.h"
#include "merkle/subtree.h"

namespace sightline::mirror {
namespace {

using checkpoint::SignatureLine;
using merkle::Hash;
using witness::Answer;
using witness::CosignedTree;

Answer Refuse(int status, absl::string_view why) {
  Answer answer;
  answer.status = status;
  answer.body = absl::StrCat(why, "\n");
  return answer;
}

absl::StatusOr<CosignedTree> TreeOf(std::string note_bytes) {
  ASSIGN_OR_RETURN(const checkpoint::Note note,
                   checkpoint::ParseNote(note_bytes));
  ASSIGN_OR_RETURN(const checkpoint::Checkpoint tree,
                   checkpoint::ParseCheckpoint(note.text));
  return CosignedTree{tree.tree_size, tree.root_hash, std::move(note_bytes)};
}

absl::Status Unfit(absl::string_view origin, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(origin, ": ", why));
}

}  // namespace

Mirror::Mirror(Parts parts, std::unique_ptr<witness::Witness> pending)
    : parts_(std::move(parts)), pending_(std::move(pending)) {}

absl::StatusOr<std::unique_ptr<Mirror>> Mirror::Create(Parts parts) {
  witness::Witness::Parts pending;
  for (const MirroredLog& log : parts.logs) pending.logs.push_back(log.listed);
  RETURN_IF_ERROR(witness::CheckCosigners(pending.logs, parts.signers));
  pending.cosigns = false;
  pending.store = parts.pending;
  pending.clock = parts.clock;
  pending.diagnostics = parts.diagnostics;
  ASSIGN_OR_RETURN(auto keeper, witness::Witness::Create(std::move(pending)));
  std::unique_ptr<Mirror> mirror(
      new Mirror(std::move(parts), std::move(keeper)));
  for (const MirroredLog& log : mirror->parts_.logs) {
    const absl::Status opened = mirror->OpenLog(log);
    if (!opened.ok()) return base::Annotate(opened, log.listed.origin);
  }
  return mirror;
}

absl::Status Mirror::OpenLog(const MirroredLog& log) {
  auto opened = std::make_unique<Log>();
  opened->origin = log.listed.origin;
  ASSIGN_OR_RETURN(auto copy, LogCopy::Open(log.files));
  RETURN_IF_ERROR(Catch(*opened, copy.get()));
  {
    base::MutexLock lock(&opened->mutex);
    opened->copy = std::move(copy);
  }
  logs_.emplace(log.listed.origin, std::move(opened));
  return absl::OkStatus();
}

absl::Status Mirror::Catch(const Log& log, LogCopy* copy) const {
  ASSIGN_OR_RETURN(const auto pending, parts_.pending->Read(log.origin));
  ASSIGN_OR_RETURN(const auto cosigned, parts_.cosigned->Read(log.origin));
  const uint64_t pending_size = pending.has_value() ? pending->tree_size : 0;
  const uint64_t cosigned_size = cosigned.has_value() ? cosigned->tree_size : 0;
  if (pending_size < std::max(cosigned_size, copy->next_entry())) {
    return Unfit(
        log.origin,
        absl::StrCat("the pending checkpoint has ", pending_size,
                     " entries, but ", copy->next_entry(), " are held and ",
                     cosigned_size, " cosigned: its folder is too old"));
  }
  if (copy->next_entry() < cosigned_size) {
    return Unfit(log.origin,
                 absl::StrCat(cosigned_size, " entries are cosigned, but only ",
                              copy->next_entry(), " are held"));
  }
  if (!cosigned.has_value()) {
    return copy->note().empty()
               ? absl::OkStatus()
               : Unfit(log.origin,
                       "a checkpoint is served that this mirror "
                       "has not cosigned");
  }
  if (copy->note() == cosigned->note) return absl::OkStatus();
  return copy->Publish(cosigned_size, cosigned->note);
}

Answer Mirror::AddCheckpoint(absl::string_view body) {
  if (body.size() > kMaxAddCheckpointBytes) {
    return Refuse(400, "the body is too long");
  }
  return pending_->AddCheckpoint(body);
}

Answer Mirror::AddEntries(absl::string_view body) {
  absl::StatusOr<UploadReader> reader = UploadReader::Create(body);
  if (!reader.ok()) return Refuse(400, reader.status().message());
  const auto found = logs_.find(reader->header().origin);
  if (found == logs_.end()) return Refuse(404, "no such log here");
  Log* const log = found->second.get();
  Upload upload;
  upload.reader = &*reader;
  base::MutexLock lock(&log->mutex);
  return Take(log, &upload);
}

Answer Mirror::Take(Log* log, Upload* upload) {
  Answer refusal;
  if (!FindTarget(*log, upload, &refusal)) return refusal;
  TakePackages(*log->copy, upload);
  const absl::Status saved =
      log->copy->Save(upload->entries, upload->leaf_hashes);
  if (!saved.ok()) return Failed(*log, saved);
  if (!upload->wrong.ok()) return Refuse(422, upload->wrong.message());
  if (log->copy->next_entry() >= upload->target.tree_size) {
    return Finish(log, *upload);
  }
  if (upload->packages > 0) return Info(202, *log, upload->target);
  return Refuse(400, upload->reader->status().ok()
                         ? "no package"
                         : upload->reader->status().message());
}

bool Mirror::FindTarget(const Log& log, Upload* upload, Answer* refusal) const {
  const UploadHeader& header = upload->reader->header();
  const auto pending = parts_.pending->Read(log.origin);
  const auto cosigned = parts_.cosigned->Read(log.origin);
  if (!pending.ok() || !cosigned.ok()) {
    *refusal = Failed(log, pending.ok() ? cosigned.status() : pending.status());
    return false;
  }
  if (!pending->has_value()) {
    *refusal = Refuse(422, "no pending checkpoint: add-checkpoint comes first");
    return false;
  }
  upload->cosigned_size = cosigned->has_value() ? (*cosigned)->tree_size : 0;
  absl::StatusOr<CosignedTree> known = KnownTree(log, header, **pending);
  if (!known.ok() || header.end < upload->cosigned_size) {
    *refusal = Info(409, log, **pending);
    return false;
  }
  upload->target = *std::move(known);
  const uint64_t next = log.copy->next_entry();
  if (header.begin > next || next - header.begin > kMaxEntriesAgain) {
    *refusal = Info(409, log, upload->target);
    return false;
  }
  return true;
}

absl::StatusOr<CosignedTree> Mirror::KnownTree(
    const Log& log, const UploadHeader& header,
    const CosignedTree& pending) const {
  if (header.end == pending.tree_size) return pending;
  ASSIGN_OR_RETURN(std::string note,
                   parts_.tickets->Open(log.origin, header.ticket));
  ASSIGN_OR_RETURN(CosignedTree tree, TreeOf(std::move(note)));
  if (tree.tree_size == header.end) return tree;
  return absl::NotFoundError("the ticket is of another size");
}

void Mirror::TakePackages(const LogCopy& copy, Upload* upload) {
  EntryPackage package;
  while (upload->packages < kMaxPackages && upload->reader->Next(&package)) {
    upload->wrong = TakePackage(copy, package, upload);
    if (!upload->wrong.ok()) return;
    ++upload->packages;
  }
}

absl::Status Mirror::TakePackage(const LogCopy& copy,
                                 const EntryPackage& package, Upload* upload) {
  // Only the first package of a request can begin within a subtree, and then
  // what is left of it is held.
  ASSIGN_OR_RETURN(std::vector<Hash> hashes,
                   copy.LeafHashes(package.subtree.begin, package.begin));
  const size_t left = hashes.size();
  for (const absl::string_view entry : package.entries) {
    hashes.push_back(merkle::LeafHash(entry));
  }
  merkle::CompactRange subtree;
  for (const Hash& hash : hashes) subtree.Append(hash);
  RETURN_IF_ERROR(merkle::VerifySubtree(
      package.subtree.begin, package.subtree.end, upload->target.tree_size,
      package.proof, subtree.Root(), upload->target.root_hash));
  uint64_t index = package.begin;
  const uint64_t next = copy.next_entry() + upload->entries.size();
  for (size_t i = 0; i < package.entries.size(); ++i, ++index) {
    if (index < next) continue;  // held
    upload->entries.push_back(package.entries[i]);
    upload->leaf_hashes.push_back(hashes[left + i]);
  }
  return absl::OkStatus();
}

Answer Mirror::Finish(Log* log, const Upload& upload) {
  const CosignedTree& target = upload.target;
  const absl::StatusOr<Hash> root = log->copy->Root(target.tree_size);
  if (!root.ok()) return Failed(*log, root.status());
  if (*root != target.root_hash) {
    return Failed(*log, absl::DataLossError(absl::StrCat(
                            "what is held of ", target.tree_size,
                            " entries has another root than the checkpoint")));
  }
  auto note = checkpoint::ParseNote(target.note);
  if (!note.ok()) return Failed(*log, note.status());
  const auto lines = Sign(note->text);
  if (!lines.ok()) return Failed(*log, lines.status());
  CosignedTree next = target;
  absl::StrAppend(&next.note, checkpoint::FormatSignatureLines(*lines));
  absl::Status kept =
      parts_.cosigned->Replace(log->origin, upload.cosigned_size, next);
  if (kept.ok()) kept = log->copy->Publish(next.tree_size, next.note);
  if (!kept.ok()) return Failed(*log, kept);
  parts_.diagnostics->Info(
      "mirrored", {{"origin", log->origin}, {"tree_size", next.tree_size}});
  Answer answer;
  answer.body = checkpoint::FormatSignatureLines(*lines);
  return answer;
}

absl::StatusOr<std::vector<SignatureLine>> Mirror::Sign(
    const std::string& text) const {
  // A timestamp of 0 would say that this need not be the largest tree.
  const auto now_s = static_cast<uint64_t>(
      std::max<int64_t>(1, parts_.clock->NowUnixMs() / 1000));
  std::vector<SignatureLine> lines;
  for (const checkpoint::NoteSigner& signer : parts_.signers) {
    ASSIGN_OR_RETURN(SignatureLine line, signer.Cosign(text, now_s));
    lines.push_back(std::move(line));
  }
  return lines;
}

Answer Mirror::Info(int status, const Log& log,
                    const CosignedTree& tree) const {
  auto ticket = parts_.tickets->Issue(log.origin, tree.note);
  if (!ticket.ok()) return Failed(log, ticket.status());
  Answer answer;
  answer.status = status;
  answer.body = FormatMirrorInfo(
      {tree.tree_size, log.copy->next_entry(), *std::move(ticket)});
  answer.content_type = kMirrorInfoType;
  return answer;
}

Answer Mirror::Failed(const Log& log, const absl::Status& why) const {
  parts_.diagnostics->Error("mirror_failed",
                            {{"origin", log.origin}, {"why", why.message()}});
  return absl::IsDataLoss(why)
             ? Refuse(500, "what is held of this log is damaged")
             : Refuse(503, "what is held cannot be read or written");
}

}  // namespace sightline::mirror
