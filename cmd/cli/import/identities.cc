#include "cmd/cli/import/identities.h"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crypto/key_file.h"

namespace sightline::cli {
namespace {

constexpr int64_t kDaySeconds = 24 * 3600;

}  // namespace

CertificateSource IssuedBy(const crypto::CertificateAuthority* authority,
                           int64_t now_unix_ms) {
  const int64_t now_unix_s = now_unix_ms / 1000;
  return [authority, now_unix_s](const std::string& uri) {
    crypto::LeafSpec spec;
    spec.common_name = "import";
    spec.uris = {uri};
    spec.for_client = true;
    // From a little earlier: clocks differ.
    spec.validity = {now_unix_s - 300, now_unix_s + kDaySeconds};
    return authority->Issue(spec);
  };
}

Identities::Identities(client::TlsOptions base, CertificateSource source,
                       std::string folder)
    : base_(std::move(base)),
      source_(std::move(source)),
      folder_(std::move(folder)) {}

absl::StatusOr<std::unique_ptr<Identities>> Identities::Create(
    client::TlsOptions base, CertificateSource source) {
  std::error_code error;
  std::string folder = std::filesystem::temp_directory_path(error).string() +
                       "/sightline-import-XXXXXX";
  if (error || mkdtemp(folder.data()) == nullptr) {
    return absl::InternalError("cannot make a temporary folder");
  }
  return std::unique_ptr<Identities>(
      new Identities(std::move(base), std::move(source), std::move(folder)));
}

Identities::~Identities() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

absl::StatusOr<client::TlsOptions> Identities::For(
    const std::string& submitter) {
  ASSIGN_OR_RETURN(const crypto::IssuedCertificate issued,
                   source_(absl::StrCat("sightline://submitter/", submitter)));
  int number = 0;
  {
    base::MutexLock lock(&mutex_);
    number = count_++;
  }
  client::TlsOptions tls = base_;
  tls.cert_file = absl::StrCat(folder_, "/", number, ".crt");
  tls.key_file = absl::StrCat(folder_, "/", number, ".key");
  RETURN_IF_ERROR(
      crypto::WriteSecretFile(tls.cert_file, issued.certificate_pem));
  RETURN_IF_ERROR(
      crypto::WriteSecretFile(tls.key_file, issued.private_key_pem.view()));
  return tls;
}

}  // namespace sightline::cli
