#include "cmd/cli/import/key_folder.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "crypto/key_file.h"

namespace sightline::cli {
namespace {

constexpr size_t kSecretBytes = 32;
constexpr size_t kTimeBytes = 8;
constexpr char kSecretFile[] = "/import.secret";

absl::Status MakeFolder(const std::string& path) {
  std::error_code error;
  if (std::filesystem::create_directories(path, error)) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all,
                                 error);
  }
  if (!error) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("cannot make the folder ", path, ": ", error.message()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<KeyFolder>> KeyFolder::Open(
    const std::string& path, int64_t now_unix_ms, crypto::Rng* rng) {
  RETURN_IF_ERROR(MakeFolder(path));
  const std::string file = path + kSecretFile;
  absl::StatusOr<crypto::SecretString> stored = crypto::ReadSecretFile(file);
  if (absl::IsNotFound(stored.status())) {
    std::string fresh = rng->Bytes(kSecretBytes);
    base::AppendU64(static_cast<uint64_t>(now_unix_ms), &fresh);
    RETURN_IF_ERROR(crypto::WriteSecretFile(file, fresh));
    stored = crypto::SecretString(std::move(fresh));
  }
  RETURN_IF_ERROR(stored.status());
  const absl::string_view bytes = stored->view();
  if (bytes.size() != kSecretBytes + kTimeBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ": not the secret of an import"));
  }
  const auto begun =
      static_cast<int64_t>(base::ReadU64(bytes.substr(kSecretBytes)));
  crypto::SecretString secret(std::string(bytes.substr(0, kSecretBytes)));
  return std::unique_ptr<KeyFolder>(
      new KeyFolder(path, std::move(secret), begun));
}

std::string KeyFolder::KeyPath(absl::string_view submitter) const {
  return absl::StrCat(path_, "/", absl::StrReplaceAll(submitter, {{":", "-"}}),
                      ".key");
}

absl::StatusOr<crypto::PrivateKey> KeyFolder::StatementKey(
    absl::string_view submitter) {
  const std::string path = KeyPath(submitter);
  base::MutexLock lock(&mutex_);
  absl::StatusOr<crypto::PrivateKey> key = crypto::ReadKeyFile(path);
  if (!absl::IsNotFound(key.status())) return key;
  ASSIGN_OR_RETURN(
      crypto::PrivateKey fresh,
      crypto::PrivateKey::Generate(crypto::KeyAlgorithm::kEd25519));
  RETURN_IF_ERROR(crypto::WriteKeyFile(path, fresh));
  return fresh;
}

}  // namespace sightline::cli
