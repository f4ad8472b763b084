#include "cmd/seal_key.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "crypto/aead.h"
#include "crypto/key_file.h"
#include "crypto/random.h"

namespace sightline::daemon {
namespace {

constexpr size_t kMaxKeyText = 256;

absl::StatusOr<crypto::SecretString> Decode(const std::string& name,
                                            absl::string_view text) {
  absl::StatusOr<std::string> key =
      base::Base64Decode(absl::StripTrailingAsciiWhitespace(text));
  if (!key.ok()) return base::Annotate(key.status(), name);
  crypto::SecretString secret(*std::move(key));
  if (secret.size() == crypto::kAeadKeySize) return secret;
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": key-encryption key: ", secret.size(),
                   " bytes, want ", crypto::kAeadKeySize));
}

}  // namespace

absl::StatusOr<crypto::SecretString> ReadSealKey(const std::string& file) {
  ASSIGN_OR_RETURN(const crypto::SecretString text,
                   crypto::ReadSecretFile(file));
  return Decode(file, text.view());
}

absl::StatusOr<crypto::SecretString> ReadSealKeyFromCommand(
    const std::string& command) {
  constexpr char kName[] = "seal key command";
  std::FILE* const pipe = ::popen(command.c_str(), "re");
  if (pipe == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat(kName, ": cannot start: ", std::strerror(errno)));
  }
  std::setvbuf(pipe, nullptr, _IONBF, 0);  // no copy of the key in a buffer
  std::string text(kMaxKeyText + 1, '\0');
  const size_t size = std::fread(text.data(), 1, text.size(), pipe);
  const crypto::SecretString read =
      crypto::SecretString::CopyOf(absl::string_view(text).substr(0, size));
  crypto::Wipe(&text);
  const int ended = ::pclose(pipe);
  if (read.size() > kMaxKeyText) {
    return absl::InvalidArgumentError(
        absl::StrCat(kName, ": prints more than ", kMaxKeyText, " bytes"));
  }
  if (ended != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(kName, ": ended with status ", ended));
  }
  return Decode(kName, read.view());
}

absl::StatusOr<std::unique_ptr<admission::PayloadSealer>> MakeSealer(
    const SealKeySource& source) {
  if (source.file.empty() && source.command.empty()) return nullptr;
  ASSIGN_OR_RETURN(crypto::SecretString key,
                   source.file.empty() ? ReadSealKeyFromCommand(source.command)
                                       : ReadSealKey(source.file));
  std::vector<crypto::SecretString> older;
  for (const std::string& file : source.old_files) {
    ASSIGN_OR_RETURN(crypto::SecretString old, ReadSealKey(file));
    older.push_back(std::move(old));
  }
  return admission::PayloadSealer::Create(std::move(key), std::move(older),
                                          crypto::Rng::Real());
}

}  // namespace sightline::daemon
