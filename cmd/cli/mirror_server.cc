#include "cmd/cli/mirror_server.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "checkpoint/note_signer.h"
#include "client/resource_log_reader.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/stop_on_signal.h"
#include "cmd/host_port.h"
#include "cmd/note_keys.h"
#include "crypto/aead.h"
#include "crypto/key_file.h"
#include "crypto/secret.h"
#include "crypto/sha256.h"
#include "mirror/file_resources.h"
#include "mirror/handler.h"
#include "mirror/mirror.h"
#include "mirror/ticket.h"
#include "monitor/static_files.h"
#include "storage/rocksdb_log_files.h"
#include "telemetry/diagnostic_lines.h"
#include "telemetry/diagnostics.h"
#include "tiles/log_files.h"
#include "web/prefix_handler.h"
#include "web/reader_handler.h"
#include "web/server.h"
#include "witness/file_cosigned_store.h"
#include "witness/http_server.h"
#include "witness/log_list.h"

namespace sightline::cli {
namespace {

struct Flags {
  std::string folder;
  std::string logs;
  std::vector<std::string> keys;
  std::string submit = "127.0.0.1:7446";
  std::string serve = "127.0.0.1:7447";
  std::string prefix;
  bool rocksdb = false;
  size_t threads = 4;
  size_t max_body_mb = 64;
  double client_per_second = 20;
  double client_burst = 100;
};

// One log, from its files to what is served of it.
struct Served {
  std::unique_ptr<tiles::LogFiles> files;
  std::unique_ptr<mirror::FileResources> resources;
  std::unique_ptr<client::ResourceLogReader> reader;
  std::unique_ptr<web::ReaderHandler> handler;
};

// The key that tickets are made with: of this folder, so that they outlive a
// restart.
absl::StatusOr<crypto::SecretString> TicketKey(const std::string& path,
                                               crypto::Rng* rng) {
  absl::StatusOr<crypto::SecretString> key = crypto::ReadSecretFile(path);
  if (absl::IsNotFound(key.status())) {
    key = rng->Secret(crypto::kAeadKeySize);
    RETURN_IF_ERROR(crypto::WriteSecretFile(path, key->view()));
  }
  RETURN_IF_ERROR(key.status());
  if (key->size() == crypto::kAeadKeySize) return key;
  return absl::InvalidArgumentError(absl::StrCat(path, ": want 32 bytes"));
}

absl::StatusOr<std::unique_ptr<tiles::LogFiles>> OpenFiles(
    const std::string& folder, bool rocksdb) {
  if (rocksdb || storage::RocksDbLogFiles::IsRocksDbFolder(folder)) {
    return storage::RocksDbLogFiles::Open(folder);
  }
  ASSIGN_OR_RETURN(auto files, monitor::StaticFiles::Open(folder));
  RETURN_IF_ERROR(files.RemoveUnfinished());
  return std::make_unique<monitor::StaticFiles>(std::move(files));
}

class MirrorServer {
 public:
  MirrorServer(const Flags& flags, Invocation& run)
      : flags_(flags),
        run_(run),
        diagnostics_(telemetry::DiagnosticsOnStderr({}, run.around.clock)) {}

  absl::StatusOr<int> Run();

 private:
  absl::Status CheckFlags();
  absl::Status Open();
  absl::Status OpenLog(const witness::ListedLog& log,
                       mirror::Mirror::Parts* parts);
  absl::Status Listen();
  void Say(const std::vector<std::string>& vkeys);
  void AwaitStop();

  const Flags& flags_;
  Invocation& run_;
  const std::unique_ptr<telemetry::Diagnostics> diagnostics_;
  std::vector<std::string> vkeys_;
  witness::HttpServerOptions submit_;
  std::unique_ptr<witness::FileCosignedStore> pending_;
  std::unique_ptr<witness::FileCosignedStore> cosigned_;
  std::unique_ptr<mirror::Tickets> tickets_;
  std::vector<Served> served_;
  web::PrefixHandler readers_;
  std::unique_ptr<mirror::Mirror> mirror_;
  std::unique_ptr<mirror::MirrorHandler> handler_;
  std::unique_ptr<witness::HttpServer> submit_server_;
  std::unique_ptr<web::Server> read_server_;

  base::Mutex mutex_;
  base::CondVar changed_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

absl::Status MirrorServer::CheckFlags() {
  if (!daemon::SplitAddress(flags_.submit, &submit_.host, &submit_.port)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--submit: want HOST:PORT, not \"", flags_.submit, "\""));
  }
  if (!flags_.prefix.empty() &&
      (flags_.prefix[0] != '/' || absl::EndsWith(flags_.prefix, "/"))) {
    return absl::InvalidArgumentError(
        "--prefix: want a slash at its beginning and none at its end");
  }
  submit_.threads = flags_.threads;
  submit_.max_body_bytes = flags_.max_body_mb << 20;
  return absl::OkStatus();
}

absl::Status MirrorServer::Open() {
  mirror::Mirror::Parts parts;
  ASSIGN_OR_RETURN(const std::string list, ReadFile(flags_.logs));
  auto logs = witness::ParseLogList(list);
  if (!logs.ok()) return base::Annotate(logs.status(), flags_.logs);
  ASSIGN_OR_RETURN(parts.signers, daemon::ReadNoteSigners(flags_.keys));
  for (const auto& signer : parts.signers) vkeys_.push_back(signer.vkey());
  ASSIGN_OR_RETURN(
      pending_, witness::FileCosignedStore::Open(flags_.folder + "/pending"));
  ASSIGN_OR_RETURN(
      cosigned_, witness::FileCosignedStore::Open(flags_.folder + "/cosigned"));
  ASSIGN_OR_RETURN(crypto::SecretString key,
                   TicketKey(flags_.folder + "/ticket.key", run_.around.rng));
  tickets_ = std::make_unique<mirror::Tickets>(std::move(key), run_.around.rng);
  for (const witness::ListedLog& log : *logs) {
    RETURN_IF_ERROR(OpenLog(log, &parts));
  }
  parts.pending = pending_.get();
  parts.cosigned = cosigned_.get();
  parts.tickets = tickets_.get();
  parts.clock = run_.around.clock;
  parts.diagnostics = diagnostics_.get();
  ASSIGN_OR_RETURN(mirror_, mirror::Mirror::Create(std::move(parts)));
  return absl::OkStatus();
}

absl::Status MirrorServer::OpenLog(const witness::ListedLog& log,
                                   mirror::Mirror::Parts* parts) {
  const std::string name =
      base::HexEncode(crypto::AsBytes(crypto::Sha256(log.origin)));
  Served served;
  ASSIGN_OR_RETURN(
      served.files,
      OpenFiles(absl::StrCat(flags_.folder, "/logs/", name), flags_.rocksdb));
  served.resources =
      std::make_unique<mirror::FileResources>(served.files.get());
  served.reader =
      std::make_unique<client::ResourceLogReader>(served.resources.get());
  served.handler = std::make_unique<web::ReaderHandler>(served.reader.get(),
                                                        diagnostics_.get());
  readers_.Add(name, served.handler.get());
  parts->logs.push_back({log, served.files.get()});
  served_.push_back(std::move(served));
  return absl::OkStatus();
}

absl::Status MirrorServer::Listen() {
  mirror::MirrorHandler::Options options;
  options.prefix = flags_.prefix;
  options.per_client = {flags_.client_per_second, flags_.client_burst};
  handler_ = std::make_unique<mirror::MirrorHandler>(options, mirror_.get(),
                                                     run_.around.clock);
  web::ServerOptions read;
  read.listen = {flags_.serve};
  ASSIGN_OR_RETURN(read_server_,
                   web::Server::Start(read, &readers_, run_.around.clock,
                                      diagnostics_.get()));
  ASSIGN_OR_RETURN(submit_server_,
                   witness::HttpServer::Start(submit_, handler_.get()));
  return absl::OkStatus();
}

void MirrorServer::Say(const std::vector<std::string>& vkeys) {
  Output out = run_.MakeOutput();
  const std::string submit =
      absl::StrCat(absl::StrContains(submit_.host, ":")
                       ? absl::StrCat("[", submit_.host, "]")
                       : submit_.host,
                   ":", submit_server_->port(), flags_.prefix);
  const std::string& serve = read_server_->addresses().front();
  if (out.json()) {
    out.JsonLine({{"cosigning_as", vkeys},
                  {"uploads", submit},
                  {"serving", serve},
                  {"logs", served_.size()}});
  } else {
    for (const std::string& vkey : vkeys) {
      out.Line(absl::StrCat("cosigning as ", vkey));
    }
    out.Line(absl::StrCat("taking uploads on ", submit));
    out.Line(absl::StrCat("serving HTTP on ", serve));
  }
  out.Flush();
}

void MirrorServer::AwaitStop() {
  base::MutexLock lock(&mutex_);
  while (!stopped_) changed_.Wait(&mutex_);
}

absl::StatusOr<int> MirrorServer::Run() {
  RETURN_IF_ERROR(CheckFlags());
  StopOnSignal stop;
  RETURN_IF_ERROR(Open());
  RETURN_IF_ERROR(Listen());
  stop.Start([this] {
    base::MutexLock lock(&mutex_);
    stopped_ = true;
    changed_.NotifyAll();
  });
  Say(vkeys_);
  AwaitStop();
  submit_server_->Shutdown();
  read_server_->Shutdown(absl::Seconds(2));
  return kExitOk;
}

void AddLimits(CLI::App* server, Flags* flags) {
  server
      ->add_option("--threads", flags->threads,
                   "Uploads that are read at once; others wait")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  server
      ->add_option("--max-body-mb", flags->max_body_mb,
                   "Longest upload, unpacked, MiB; each thread may hold one")
      ->check(CLI::Range(17, 1024))
      ->capture_default_str();
  server
      ->add_option("--client-per-second", flags->client_per_second,
                   "Calls a second of one address; 0: no limit (behind a "
                   "proxy, which is one address)")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  server
      ->add_option("--client-burst", flags->client_burst,
                   "Those calls of one address at once")
      ->check(CLI::Range(1.0, 1e9))
      ->capture_default_str();
}

}  // namespace

void AddMirrorServer(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* server = app->add_subcommand(
      "mirror-server",
      "Be a C2SP mirror: hold logs that upload, and cosign what is held");
  server->footer(
      "Entries are proven against the log's signed checkpoint package by "
      "package. The mirror\ncosigns once all of them are on disk and served "
      "below /<hex SHA-256 of the origin>/.\nNever restore its folder from a "
      "backup. Put a proxy in front for HTTPS.\n\nExamples:\n"
      "  sightline keygen witness --name mirror.example.com --out mirror.key\n"
      "  sightline mirror-server /srv/mirror --logs logs.txt --key mirror.key");
  server
      ->add_option("folder", flags->folder,
                   "What is held; made when it is not there")
      ->required()
      ->type_name("DIR");
  server
      ->add_option("--logs", flags->logs,
                   "Log list: the logs to hold (logs/v0)")
      ->required()
      ->type_name("FILE");
  server
      ->add_option("--key", flags->keys,
                   "Private cosigner key of this mirror, and no witness's; "
                   "several while keys change")
      ->required()
      ->type_name("FILE");
  server
      ->add_option("--submit", flags->submit,
                   "Where logs upload; port 0 takes a free one")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  server->add_option("--serve", flags->serve, "Where everybody reads")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  server
      ->add_option("--prefix", flags->prefix,
                   "Path in front of add-checkpoint and add-entries")
      ->type_name("PATH");
  server->add_flag("--rocksdb", flags->rocksdb,
                   "Keep new logs in RocksDB folders, in few large files");
  AddLimits(server, flags.get());
  SetAction(server, run,
            [flags, run] { return MirrorServer(*flags, *run).Run(); });
}

}  // namespace sightline::cli
