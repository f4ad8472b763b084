#include "crypto/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"

namespace sightline::crypto {
namespace {

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;

  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  const int fd_;
};

absl::Status ErrnoStatus(const std::string& path, absl::string_view doing) {
  const int error = errno;
  const std::string message =
      absl::StrCat(path, ": ", doing, ": ", std::strerror(error));
  if (error == ENOENT) return absl::NotFoundError(message);
  if (error == EEXIST) {
    return absl::AlreadyExistsError(absl::StrCat(
        path, ": exists already and is not overwritten; move it away first"));
  }
  return absl::InternalError(message);
}

absl::Status WriteAll(int fd, absl::string_view contents,
                      const std::string& path) {
  while (!contents.empty()) {
    const ssize_t n = ::write(fd, contents.data(), contents.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoStatus(path, "write");
    contents.remove_prefix(static_cast<size_t>(n));
  }
  if (::fsync(fd) != 0) return ErrnoStatus(path, "fsync");
  return absl::OkStatus();
}

absl::Status SyncDirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string dir = slash == std::string::npos ? "."
                          : slash == 0               ? "/"
                                                     : path.substr(0, slash);
  const Fd fd(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.ok() || ::fsync(fd.get()) != 0) return ErrnoStatus(dir, "fsync");
  return absl::OkStatus();
}

absl::Status CheckPrivate(int fd, const std::string& path) {
  struct stat info;
  if (::fstat(fd, &info) != 0) return ErrnoStatus(path, "fstat");
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": not a regular file"));
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "%s: secret open to group or others (mode %04o); run: chmod 600 '%s'",
        path, info.st_mode & 07777, path));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteSecretFile(const std::string& path,
                             absl::string_view contents) {
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                     S_IRUSR | S_IWUSR));
  if (!fd.ok()) return ErrnoStatus(path, "create");
  absl::Status written = WriteAll(fd.get(), contents, path);
  if (!written.ok()) {
    ::unlink(path.c_str());  // half a key is worse than none
    return written;
  }
  return SyncDirectoryOf(path);
}

absl::StatusOr<SecretString> ReadSecretFile(const std::string& path,
                                            size_t max_bytes) {
  // O_NONBLOCK: a pipe in the file's place must not hang us.
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.ok()) return ErrnoStatus(path, "open");
  RETURN_IF_ERROR(CheckPrivate(fd.get(), path));
  struct stat info;
  if (::fstat(fd.get(), &info) != 0) return ErrnoStatus(path, "fstat");
  const auto longer = [&path, max_bytes] {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": longer than ", max_bytes, " bytes"));
  };
  if (info.st_size < 0 || static_cast<size_t>(info.st_size) > max_bytes) {
    return longer();
  }
  // One byte more tells a file that has grown since.
  std::string contents(static_cast<size_t>(info.st_size) + 1, '\0');
  size_t size = 0;
  while (size < contents.size()) {
    const ssize_t n = ::read(fd.get(), &contents[size], contents.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoStatus(path, "read");
    if (n == 0) break;
    size += static_cast<size_t>(n);
  }
  SecretString out =
      SecretString::CopyOf(absl::string_view(contents.data(), size));
  const bool grown = size == contents.size();
  Wipe(&contents);
  if (grown) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": grows while it is read"));
  }
  return out;
}

absl::Status WriteKeyFile(const std::string& path, const PrivateKey& key) {
  ASSIGN_OR_RETURN(const SecretString pem, key.ToPem());
  return WriteSecretFile(path, pem.view());
}

absl::StatusOr<PrivateKey> ReadKeyFile(const std::string& path) {
  ASSIGN_OR_RETURN(const SecretString pem, ReadSecretFile(path));
  auto key = PrivateKey::FromPem(pem.view());
  if (!key.ok()) return base::Annotate(key.status(), path);
  return key;
}

}  // namespace sightline::crypto
