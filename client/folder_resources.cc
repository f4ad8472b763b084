#include "client/folder_resources.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace sightline::client {

absl::StatusOr<std::string> FolderResources::Get(absl::string_view path,
                                                 size_t most_bytes) {
  const std::string file = absl::StrCat(folder_, "/", path);
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    return absl::NotFoundError(absl::StrCat("no file ", file));
  }
  const uintmax_t size = std::filesystem::file_size(file, error);
  if (error) return absl::UnavailableError(absl::StrCat("cannot read ", file));
  if (size > most_bytes) {
    return absl::DataLossError(
        absl::StrCat(file, ": ", size, " bytes, want at most ", most_bytes));
  }
  std::string bytes(size, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  if (!in) return absl::UnavailableError(absl::StrCat("cannot read ", file));
  return bytes;
}

}  // namespace sightline::client
