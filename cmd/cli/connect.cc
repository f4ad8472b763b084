#include "cmd/cli/connect.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "client/channel.h"
#include "client/options.h"
#include "client/tree_tracker.h"
#include "cmd/cli/files.h"
#include "crypto/random.h"
#include "crypto/sha256.h"

namespace sightline::cli {
namespace {

namespace fs = std::filesystem;

// One file for each log: origins may hold any character.
std::string MemoryFile(const std::string& folder, const std::string& origin) {
  const std::string name =
      base::HexEncode(crypto::AsBytes(crypto::Sha256(origin))).substr(0, 32);
  return (fs::path(folder) / absl::StrCat(name, ".checkpoint")).string();
}

// Replaces a file so that nobody ever sees half of it.
absl::Status Replace(const std::string& path, const std::string& contents) {
  const std::string part =
      absl::StrCat(path, ".", base::HexEncode(crypto::RandomBytes(8)));
  RETURN_IF_ERROR(WriteFile(part, contents));
  std::error_code error;
  fs::rename(part, path, error);
  if (!error) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(path, ": ", error.message()));
}

client::TlsOptions TlsOf(const Settings& settings) {
  client::TlsOptions tls;
  tls.plaintext = settings.plaintext;
  tls.server_name = settings.server_name;
  if (settings.plaintext) return tls;
  tls.ca_file = settings.ca;
  tls.cert_file = settings.cert;
  tls.key_file = settings.key;
  return tls;
}

}  // namespace

absl::StatusOr<std::unique_ptr<client::LogClient>> ConnectClient(
    const Settings& settings, const std::string& remembered_checkpoint,
    const Invocation& run) {
  if (settings.server.empty()) {
    return absl::InvalidArgumentError(
        "no server: give --server HOST:PORT, SIGHTLINE_SERVER or a profile");
  }
  ASSIGN_OR_RETURN(checkpoint::LogKeySet keys, TrustedKeys(settings));
  client::Options options;
  options.call_timeout = absl::Seconds(settings.timeout_seconds);
  options.rng = run.around.rng;
  options.remembered_checkpoint = remembered_checkpoint;
  return client::LogClient::Connect(settings.server, TlsOf(settings),
                                    std::move(keys), options);
}

absl::StatusOr<std::unique_ptr<Session>> Session::Open(const Settings& settings,
                                                       const Invocation& run) {
  if (settings.server.empty()) {
    return absl::InvalidArgumentError(
        "no server: give --server HOST:PORT, SIGHTLINE_SERVER or a profile");
  }
  ASSIGN_OR_RETURN(checkpoint::LogKeySet keys, TrustedKeys(settings));
  std::unique_ptr<Session> session(new Session);
  client::Options options;
  options.call_timeout = absl::Seconds(settings.timeout_seconds);
  options.rng = run.around.rng;
  if (!settings.no_state) session->Recall(run, keys, &options);
  ASSIGN_OR_RETURN(session->client_,
                   client::LogClient::Connect(settings.server, TlsOf(settings),
                                              std::move(keys), options));
  return session;
}

void Session::Recall(const Invocation& run, const checkpoint::LogKeySet& keys,
                     client::Options* options) {
  const auto folder = StateFolder(run);
  if (!folder.ok()) {
    run.MakeOutput().Warn(
        absl::StrCat("earlier checkpoints are not compared with: ",
                     std::string(folder.status().message())));
    return;
  }
  keys_ = keys;
  memory_file_ = MemoryFile(*folder, keys.origin());
  options->remembered_checkpoint = Remembered().note;
}

// Nothing when there is no file, or when the keys that are trusted today did not
// sign it.
Session::Memory Session::Remembered() const {
  const auto note = ReadFile(memory_file_);
  if (!note.ok()) return {};
  const auto opened = keys_->OpenCheckpoint(*note);
  if (!opened.ok()) return {};
  return {*note, opened->checkpoint.tree_size};
}

Session::~Session() {
  if (memory_file_.empty() || client_ == nullptr) return;
  const client::TreePtr newest = client_->newest();
  // Another run may have seen more in the meantime.
  if (newest == nullptr || newest->size <= Remembered().tree_size) return;
  // Best effort: a run that could not keep it is still a run that verified.
  Replace(memory_file_, newest->note).IgnoreError();
}

}  // namespace sightline::cli
