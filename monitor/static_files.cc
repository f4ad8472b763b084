#include "monitor/static_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace sightline::monitor {
namespace {

namespace fs = std::filesystem;

constexpr char kPart[] = ".part";

absl::Status Failed(absl::string_view what, const std::string& path,
                    const std::error_code& error) {
  return absl::InternalError(
      absl::StrCat("cannot ", what, " ", path, ": ", error.message()));
}

// Without it a power cut may leave the name of a new file with nothing in it.
bool SyncFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  return synced;
}

}  // namespace

absl::StatusOr<StaticFiles> StaticFiles::Open(std::string folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && !fs::is_directory(folder, error)) {
    error = std::make_error_code(std::errc::not_a_directory);
  }
  if (error) return Failed("make the folder", folder, error);
  return StaticFiles(std::move(folder));
}

absl::StatusOr<std::string> StaticFiles::Read(absl::string_view path) const {
  const std::string file = absl::StrCat(folder_, "/", path);
  std::error_code error;
  if (!fs::is_regular_file(file, error)) {
    return absl::NotFoundError(absl::StrCat("no file ", file));
  }
  std::ifstream in(file, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)),
                    std::istreambuf_iterator<char>());
  if (in.bad()) return absl::InternalError(absl::StrCat("cannot read ", file));
  return bytes;
}

absl::Status StaticFiles::Write(absl::string_view path,
                                absl::string_view bytes) {
  const fs::path file(absl::StrCat(folder_, "/", path));
  std::error_code error;
  if (file.parent_path().string() != made_) {
    fs::create_directories(file.parent_path(), error);
    if (error) return Failed("make the folder", file.parent_path(), error);
    made_ = file.parent_path().string();
  }
  const std::string part = absl::StrCat(file.string(), kPart);
  std::ofstream out(part, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) return absl::InternalError(absl::StrCat("cannot write ", part));
  // Tiles and bundles are many, and nothing counts them before a Sync.
  if (!absl::StartsWith(path, "tile/") && !SyncFile(part)) {
    return absl::InternalError(absl::StrCat("cannot sync ", part));
  }
  fs::rename(part, file, error);
  if (error) return Failed("rename", part, error);
  return absl::OkStatus();
}

absl::Status StaticFiles::Remove(absl::string_view path) {
  const std::string folder = absl::StrCat(folder_, "/", path);
  std::error_code error;
  fs::remove_all(folder, error);
  if (error) return Failed("remove", folder, error);
  made_.clear();
  return absl::OkStatus();
}

absl::Status StaticFiles::RemoveUnfinished() {
  std::error_code error;
  std::vector<fs::path> found;
  // Of the folders that are ours alone.
  const fs::path ours = fs::path(folder_) / "tile";
  fs::recursive_directory_iterator it;
  if (fs::is_directory(ours, error)) {
    it = fs::recursive_directory_iterator(ours, error);
  }
  error.clear();
  for (const fs::recursive_directory_iterator end; !error && it != end;
       it.increment(error)) {
    std::error_code ignored;
    if (it->path().extension() == kPart && it->is_regular_file(ignored)) {
      found.push_back(it->path());
    }
  }
  if (error) return Failed("list", folder_, error);
  for (const fs::path& path : found) {
    fs::remove(path, error);
    if (error) return Failed("remove", path, error);
  }
  return absl::OkStatus();
}

absl::Status StaticFiles::Sync() {
  const int fd = open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // All files of the file system, in one go: one fsync each would take a
  // thousand times as long.
  const bool synced = fd >= 0 && syncfs(fd) == 0;
  if (fd >= 0) close(fd);
  if (synced) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("cannot sync ", folder_));
}

}  // namespace sightline::monitor
