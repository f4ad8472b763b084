#include "cmd/cli/files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <istream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sightline::cli {
namespace {

absl::StatusOr<std::string> ReadAll(const std::string& name, std::istream& in) {
  std::string contents;
  char buffer[65536];
  while (in.read(buffer, sizeof(buffer)) || in.gcount() > 0) {
    contents.append(buffer, static_cast<size_t>(in.gcount()));
    if (contents.size() > kMaxInputBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ": more than ", kMaxInputBytes, " bytes"));
    }
  }
  if (in.bad()) return absl::InternalError(absl::StrCat(name, ": cannot read"));
  return contents;
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return absl::NotFoundError(absl::StrCat(path, ": is a folder"));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::NotFoundError(
        absl::StrCat(path, ": cannot read: ", std::strerror(errno)));
  }
  return ReadAll(path, file);
}

absl::StatusOr<std::string> ReadInput(const std::string& path,
                                      std::istream& in) {
  return path == "-" ? ReadAll("standard input", in) : ReadFile(path);
}

absl::Status CheckAbsent(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return absl::OkStatus();
  return absl::AlreadyExistsError(
      absl::StrCat(path, ": is there already, and is not overwritten"));
}

absl::Status WriteFile(const std::string& path, absl::string_view contents,
                       bool overwrite) {
  if (!overwrite) RETURN_IF_ERROR(CheckAbsent(path));
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(contents.data(), static_cast<std::streamsize>(contents.size()));
  file.close();
  if (file) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat(path, ": cannot write: ", std::strerror(errno)));
}

absl::StatusOr<crypto::PublicKey> ReadPublicKey(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  absl::StatusOr<crypto::PublicKey> key = crypto::PublicKey::FromPem(text);
  if (key.ok()) return key;
  return base::Annotate(
      key.status(),
      absl::StrCat(
          path, ": want a public key in PEM, as `sightline keygen` writes it"));
}

}  // namespace sightline::cli
