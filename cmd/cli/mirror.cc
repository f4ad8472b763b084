#include "cmd/cli/mirror.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note.h"
#include "client/backoff.h"
#include "client/folder_resources.h"
#include "client/resource_log_reader.h"
#include "client/resources.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/open_resources.h"
#include "cmd/cli/progress_bar.h"
#include "cmd/cli/settings.h"
#include "cmd/cli/stop_on_signal.h"
#include "mirror/file_resources.h"
#include "monitor/tile_export.h"
#include "storage/rocksdb_log_files.h"
#include "telemetry/diagnostics.h"
#include "tiles/entry_source.h"
#include "web/reader_handler.h"
#include "web/server.h"
#include "web/tls_files.h"

namespace sightline::cli {
namespace {

struct Flags {
  Settings settings;
  std::string from;
  std::string folder;
  std::string serve;
  web::TlsFiles serve_tls;  // "": in the clear
  bool rocksdb = false;
  bool follow = false;
  double poll_seconds = 5;
};

absl::StatusOr<uint64_t> SizeOf(const std::string& note_bytes) {
  ASSIGN_OR_RETURN(const checkpoint::Note note,
                   checkpoint::ParseNote(note_bytes));
  ASSIGN_OR_RETURN(const checkpoint::Checkpoint tree,
                   checkpoint::ParseCheckpoint(note.text));
  return tree.tree_size;
}

class Mirror {
 public:
  Mirror(const Flags& flags, Invocation& run)
      : flags_(flags), run_(run), bar_(run, "entries") {}

  absl::StatusOr<int> Run();

 private:
  absl::Status Open(const Settings& settings);
  absl::Status Serve();
  // Brings the copy to what the log shows now.
  absl::Status Update();
  absl::Status Follow();
  void Report(const monitor::TileExportReport& report, absl::Duration took);

  const Flags& flags_;
  Invocation& run_;
  ProgressBar bar_;
  std::unique_ptr<checkpoint::LogKeySet> keys_;
  std::unique_ptr<client::Resources> resources_;
  std::unique_ptr<client::ResourceLogReader> source_;
  std::unique_ptr<storage::RocksDbLogFiles> database_;  // or null: plain files
  monitor::TileExportOptions options_;
  std::unique_ptr<monitor::TileExporter> exporter_;
  std::string note_;  // of the last update
  client::Pause pause_;

  std::unique_ptr<client::Resources> copy_resources_;
  std::unique_ptr<client::ResourceLogReader> copy_;
  std::unique_ptr<web::ReaderHandler> handler_;
  std::unique_ptr<web::Server> server_;
};

absl::Status Mirror::Open(const Settings& settings) {
  ASSIGN_OR_RETURN(checkpoint::LogKeySet keys, TrustedKeys(settings));
  keys_ = std::make_unique<checkpoint::LogKeySet>(std::move(keys));
  ASSIGN_OR_RETURN(resources_, OpenResources(flags_.from, settings.ca, run_));
  source_ = std::make_unique<client::ResourceLogReader>(resources_.get());
  if (flags_.rocksdb ||
      storage::RocksDbLogFiles::IsRocksDbFolder(flags_.folder)) {
    ASSIGN_OR_RETURN(database_, storage::RocksDbLogFiles::Open(flags_.folder));
    options_.files = database_.get();
  } else {
    options_.folder = flags_.folder;
  }
  options_.trusted = keys_.get();
  options_.shown = source_.get();
  options_.progress = [this](uint64_t done, uint64_t total) {
    bar_.Show(done, total);
  };
  ASSIGN_OR_RETURN(exporter_, monitor::TileExporter::Open(options_));
  return absl::OkStatus();
}

absl::Status Mirror::Serve() {
  if (database_ != nullptr) {
    copy_resources_ = std::make_unique<mirror::FileResources>(database_.get());
  } else {
    copy_resources_ = std::make_unique<client::FolderResources>(flags_.folder);
  }
  copy_ = std::make_unique<client::ResourceLogReader>(copy_resources_.get());
  handler_ = std::make_unique<web::ReaderHandler>(copy_.get(),
                                                  telemetry::NoDiagnostics());
  web::ServerOptions options;
  const bool tls = !flags_.serve_tls.certificate.empty();
  (tls ? options.tls_listen : options.listen) = {flags_.serve};
  if (tls) options.tls = flags_.serve_tls;
  ASSIGN_OR_RETURN(
      server_, web::Server::Start(options, handler_.get(), run_.around.clock,
                                  telemetry::NoDiagnostics()));
  Output out = run_.MakeOutput();
  if (out.json()) {
    out.JsonLine({{"serving", server_->addresses().front()}});
  } else {
    out.Line(absl::StrCat("serving ", tls ? "HTTPS" : "HTTP", " on ",
                          server_->addresses().front()));
  }
  out.Flush();
  return absl::OkStatus();
}

void Mirror::Report(const monitor::TileExportReport& report,
                    absl::Duration took) {
  Output out = run_.MakeOutput();
  const double seconds = absl::ToDoubleSeconds(took);
  if (out.json()) {
    out.JsonLine({{"origin", report.checkpoint.origin},
                  {"tree_size", report.checkpoint.tree_size},
                  {"entries_kept", report.entries_kept},
                  {"files_written", report.files_written},
                  {"bytes_written", report.bytes_written},
                  {"seconds", seconds}});
  } else {
    out.Line(
        absl::StrFormat("%s: %d entries proven, %d of them were there; "
                        "%d files written, %.1f s",
                        report.checkpoint.origin, report.checkpoint.tree_size,
                        report.entries_kept, report.files_written, seconds));
  }
  out.Flush();
}

absl::Status Mirror::Update() {
  ASSIGN_OR_RETURN(const std::string note, source_->ReadCheckpoint());
  if (note == note_) return absl::OkStatus();
  ASSIGN_OR_RETURN(const uint64_t size, SizeOf(note));
  tiles::BundleEntrySource entries(source_.get(), size);
  const absl::Time start = absl::Now();
  ASSIGN_OR_RETURN(const monitor::TileExportReport report,
                   exporter_->Update(note, &entries));
  note_ = note;
  Report(report, absl::Now() - start);
  return absl::OkStatus();
}

absl::Status Mirror::Follow() {
  client::Backoff backoff(absl::Seconds(flags_.poll_seconds), absl::Minutes(5),
                          run_.around.rng);
  for (;;) {
    const absl::Status status = Update();
    // A copy of a fork is no copy: it stays at what it has.
    if (absl::IsDataLoss(status) || absl::IsFailedPrecondition(status) ||
        absl::IsInternal(status)) {
      return status;
    }
    absl::Duration wait = absl::Seconds(flags_.poll_seconds);
    if (status.ok()) {
      backoff.Reset();
    } else {
      wait = backoff.Next();
      run_.MakeOutput().Note(absl::StrCat(
          status.message(), "; trying again in ", absl::FormatDuration(wait)));
    }
    if (!pause_.Wait(wait)) return absl::OkStatus();
  }
}

absl::StatusOr<int> Mirror::Run() {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags_.settings, run_));
  std::optional<StopOnSignal> stop;
  if (flags_.follow) stop.emplace();
  RETURN_IF_ERROR(Open(settings));
  if (!flags_.serve.empty()) RETURN_IF_ERROR(Serve());
  if (!flags_.follow) {
    RETURN_IF_ERROR(Update());
  } else {
    stop->Start([this] { pause_.Cancel(); });
    RETURN_IF_ERROR(Follow());
  }
  if (server_ != nullptr) server_->Shutdown(absl::Seconds(2));
  return kExitOk;
}

}  // namespace

void AddMirror(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* mirror = app->add_subcommand(
      "mirror",
      "Copy a log into static files or a RocksDB folder, every entry and tile "
      "proven; resumes");
  mirror->footer(
      "Each entry is hashed up to the signed checkpoint, each tile compared "
      "with what the log\nshows, and the checkpoint with the one the copy had "
      "before. Whatever stops it, the copy's\ncheckpoint promises no more than "
      "is there.\n\nExamples:\n"
      "  sightline mirror https://log.example.com /srv/mirror --vkey "
      "log.example.com+...\n"
      "  sightline mirror https://log.example.com /srv/mirror --follow --serve "
      "0.0.0.0:8080");
  mirror
      ->add_option("log", flags->from,
                   "http:// or https:// address or folder of the log's files")
      ->required()
      ->type_name("URL|DIR");
  mirror
      ->add_option("folder", flags->folder,
                   "Where the copy is made; what is there already is kept")
      ->required()
      ->type_name("DIR");
  mirror->add_flag("--rocksdb", flags->rocksdb,
                   "Keep the copy in a RocksDB folder, in few large files "
                   "(goes on with one by itself)");
  CLI::Option* const follow = mirror->add_flag(
      "--follow,-f", flags->follow, "Stay and copy what the log adds");
  mirror
      ->add_option("--poll-seconds", flags->poll_seconds,
                   "How often the log is looked at")
      ->check(CLI::Range(0.05, 3600.0))
      ->capture_default_str();
  CLI::Option* const serve =
      mirror
          ->add_option("--serve", flags->serve,
                       "With --follow: serve the copy over HTTP here")
          ->type_name("HOST:PORT")
          ->needs(follow);
  CLI::Option* const certificate =
      mirror
          ->add_option("--serve-cert", flags->serve_tls.certificate,
                       "Serve over TLS with this certificate (PEM; read again "
                       "when it changes)")
          ->type_name("FILE")
          ->needs(serve);
  CLI::Option* const key =
      mirror
          ->add_option("--serve-key", flags->serve_tls.private_key,
                       "Its private key (PEM)")
          ->type_name("FILE")
          ->needs(certificate);
  certificate->needs(key);
  AddTrustOptions(mirror, &flags->settings);
  AddAuthorityOption(mirror, &flags->settings);
  SetAction(mirror, run, [flags, run] { return Mirror(*flags, *run).Run(); });
}

}  // namespace sightline::cli
