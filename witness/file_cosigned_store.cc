#include "witness/file_cosigned_store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note.h"

namespace sightline::witness {
namespace {

constexpr absl::string_view kFirstLine = "sightline-cosigned-tree/v1\n";
constexpr absl::string_view kSuffix = ".cosigned";
constexpr absl::string_view kTemporary = ".new";
constexpr size_t kMaxFileSize = checkpoint::kMaxNoteSize + 256;

absl::Status Failed(absl::string_view what, const std::string& path) {
  return absl::UnavailableError(
      absl::StrCat("cannot ", what, " ", path, ": ", strerror(errno)));
}

absl::Status Damaged(const std::string& path, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(path, ": ", what));
}

// The note guarded by its own hash: a torn or flipped byte is never taken for
// a smaller tree.
std::string FormatFile(absl::string_view note) {
  return absl::StrCat(kFirstLine,
                      base::HexEncode(crypto::AsBytes(crypto::Sha256(note))),
                      "\n", note);
}

absl::StatusOr<CosignedTree> ParseFile(absl::string_view origin,
                                       const std::string& path,
                                       absl::string_view bytes) {
  if (!absl::ConsumePrefix(&bytes, kFirstLine)) {
    return Damaged(path, "is not a cosigned tree");
  }
  const size_t end = bytes.find('\n');
  if (end == absl::string_view::npos) return Damaged(path, "is cut short");
  const absl::string_view hash = bytes.substr(0, end);
  bytes.remove_prefix(end + 1);
  if (hash != base::HexEncode(crypto::AsBytes(crypto::Sha256(bytes)))) {
    return Damaged(path, "does not hash to what it says");
  }
  const auto note = checkpoint::ParseNote(bytes);
  if (!note.ok()) return Damaged(path, note.status().message());
  const auto tree = checkpoint::ParseCheckpoint(note->text);
  if (!tree.ok()) return Damaged(path, tree.status().message());
  if (tree->origin != origin) return Damaged(path, "is of another origin");
  return CosignedTree{tree->tree_size, tree->root_hash, std::string(bytes)};
}

// Nothing: no such file.
absl::StatusOr<std::optional<std::string>> ReadWhole(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) return std::nullopt;
    return Failed("open", path);
  }
  std::string bytes;
  char chunk[4096];
  absl::Status status;
  while (status.ok()) {
    const ssize_t n = read(fd, chunk, sizeof(chunk));
    if (n == 0) break;
    if (n > 0) {
      bytes.append(chunk, static_cast<size_t>(n));
      if (bytes.size() > kMaxFileSize) status = Damaged(path, "is too long");
    } else if (errno != EINTR) {
      status = Failed("read", path);
    }
  }
  close(fd);
  if (!status.ok()) return status;
  return bytes;
}

absl::Status WriteAll(int fd, absl::string_view bytes,
                      const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Failed("write", path);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

// A folder that a power cut takes away again would be a witness that forgets.
absl::Status MakeFolder(const std::string& folder) {
  std::error_code error;
  if (!std::filesystem::create_directories(folder, error)) {
    if (!error) return absl::OkStatus();
    return absl::UnavailableError(
        absl::StrCat("cannot make folder ", folder, ": ", error.message()));
  }
  const std::string parent = absl::StrCat(folder, "/..");
  const int fd = open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return Failed("open folder", parent);
  const bool synced = fsync(fd) == 0;
  const absl::Status status =
      synced ? absl::OkStatus() : Failed("sync", parent);
  close(fd);
  return status;
}

absl::Status RemoveLeftovers(const std::string& folder) {
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(folder, error)) {
    if (absl::EndsWith(file.path().string(), kTemporary)) {
      std::filesystem::remove(file.path(), error);
    }
  }
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot read ", folder, ": ", error.message()));
}

std::string PathIn(const std::string& folder, absl::string_view origin) {
  return absl::StrCat(folder, "/",
                      base::HexEncode(crypto::AsBytes(crypto::Sha256(origin))),
                      kSuffix);
}

}  // namespace

absl::StatusOr<std::optional<CosignedTree>> ReadCosignedTree(
    const std::string& folder, absl::string_view origin) {
  const std::string path = PathIn(folder, origin);
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, ReadWhole(path));
  if (!bytes.has_value()) return std::nullopt;
  ASSIGN_OR_RETURN(CosignedTree tree, ParseFile(origin, path, *bytes));
  return tree;
}

FileCosignedStore::FileCosignedStore(std::string folder, int folder_fd,
                                     int lock_fd, Options options)
    : folder_(std::move(folder)),
      folder_fd_(folder_fd),
      lock_fd_(lock_fd),
      options_(std::move(options)) {}

FileCosignedStore::~FileCosignedStore() {
  close(lock_fd_);
  close(folder_fd_);
}

absl::StatusOr<std::unique_ptr<FileCosignedStore>> FileCosignedStore::Open(
    const std::string& folder, Options options) {
  RETURN_IF_ERROR(MakeFolder(folder));
  const int folder_fd =
      open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_fd < 0) return Failed("open folder", folder);
  const std::string lock = absl::StrCat(folder, "/LOCK");
  const int lock_fd = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_fd < 0) {
    close(folder_fd);
    return Failed("open", lock);
  }
  std::unique_ptr<FileCosignedStore> store(
      new FileCosignedStore(folder, folder_fd, lock_fd, std::move(options)));
  if (flock(lock_fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Failed("lock", lock);
    return absl::FailedPreconditionError(
        absl::StrCat("folder ", folder, " is in use by another process"));
  }
  RETURN_IF_ERROR(RemoveLeftovers(folder));
  return store;
}

std::string FileCosignedStore::PathOf(absl::string_view origin) const {
  return PathIn(folder_, origin);
}

absl::StatusOr<std::optional<CosignedTree>> FileCosignedStore::Read(
    absl::string_view origin) const {
  base::MutexLock lock(&mutex_);
  return ReadLocked(origin);
}

absl::StatusOr<std::optional<CosignedTree>> FileCosignedStore::ReadLocked(
    absl::string_view origin) const {
  return ReadCosignedTree(folder_, origin);
}

absl::Status FileCosignedStore::Replace(absl::string_view origin,
                                        uint64_t expected_size,
                                        const CosignedTree& next) {
  base::MutexLock lock(&mutex_);
  // Read anew each time: after a failed write only the disk knows which it is.
  ASSIGN_OR_RETURN(const std::optional<CosignedTree> stored,
                   ReadLocked(origin));
  RETURN_IF_ERROR(CheckReplacement(stored.has_value() ? &*stored : nullptr,
                                   expected_size, next));
  const std::string path = PathOf(origin);
  const std::string bytes = FormatFile(next.note);
  const auto readable = ParseFile(origin, path, bytes);
  if (!readable.ok() || *readable != next) {
    return absl::InternalError("the note is not that of the tree");
  }
  return Write(path, bytes);
}

absl::Status FileCosignedStore::Write(const std::string& path,
                                      absl::string_view bytes) {
  const std::string temporary = absl::StrCat(path, kTemporary);
  RETURN_IF_ERROR(At(Step::kWrite));
  const int fd =
      open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return Failed("open", temporary);
  absl::Status status = WriteAll(fd, bytes, temporary);
  if (status.ok()) status = At(Step::kSyncFile);
  if (status.ok() && fsync(fd) != 0) status = Failed("sync", temporary);
  close(fd);
  RETURN_IF_ERROR(status);
  RETURN_IF_ERROR(At(Step::kRename));
  if (rename(temporary.c_str(), path.c_str()) != 0) {
    return Failed("rename", temporary);
  }
  RETURN_IF_ERROR(At(Step::kSyncFolder));
  if (fsync(folder_fd_) != 0) return Failed("sync folder", folder_);
  return At(Step::kDone);
}

absl::Status FileCosignedStore::At(Step step) const {
  return options_.at_step == nullptr ? absl::OkStatus()
                                     : options_.at_step(step);
}

}  // namespace sightline::witness
