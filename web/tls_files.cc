#include "web/tls_files.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"

namespace sightline::web {
namespace {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string contents{std::istreambuf_iterator<char>(file),
                       std::istreambuf_iterator<char>()};
  if (!file || contents.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("cannot read ", path));
  }
  return contents;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsCertificate>> TlsCertificate::Load(
    const TlsFiles& files, telemetry::Diagnostics* diagnostics) {
  std::unique_ptr<TlsCertificate> out(new TlsCertificate(files, diagnostics));
  RETURN_IF_ERROR(out->TakeUp().status());
  return out;
}

std::shared_ptr<const crypto::TlsServer> TlsCertificate::current() const {
  base::MutexLock lock(&mutex_);
  return current_;
}

absl::StatusOr<bool> TlsCertificate::TakeUp() {
  ASSIGN_OR_RETURN(const std::string certificate, ReadFile(files_.certificate));
  ASSIGN_OR_RETURN(const std::string key, ReadFile(files_.private_key));
  const crypto::Digest holds =
      crypto::Sha256(absl::StrCat(certificate, "\n", key));
  if (holds == seen_) return false;
  seen_ = holds;
  absl::StatusOr<std::shared_ptr<const crypto::TlsServer>> server =
      crypto::TlsServer::Create(certificate, key);
  if (!server.ok()) {
    return base::Annotate(
        server.status(),
        absl::StrCat(files_.certificate, ", ", files_.private_key));
  }
  base::MutexLock lock(&mutex_);
  current_ = *std::move(server);
  return true;
}

void TlsCertificate::Reload() {
  const absl::StatusOr<bool> taken = TakeUp();
  if (!taken.ok()) {
    const std::string why(taken.status().message());
    if (why == told_) return;
    told_ = why;
    diagnostics_->Warning("http_certificate_not_loaded", {{"why", why}});
  } else if (*taken) {
    told_.clear();
    diagnostics_->Info("http_certificate_loaded",
                       {{"file", files_.certificate}});
  }
}

}  // namespace sightline::web
