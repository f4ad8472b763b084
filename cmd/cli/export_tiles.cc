#include "cmd/cli/export_tiles.h"

#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/log_keys.h"
#include "client/tree_tracker.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/output.h"
#include "cmd/cli/progress_bar.h"
#include "crypto/sha256.h"
#include "monitor/check_server.h"
#include "monitor/tile_export.h"
#include "storage/rocksdb_log_store.h"
#include "storage/store_log_reader.h"

namespace sightline::cli {
namespace {

absl::StatusOr<monitor::TileExportReport> FromFolder(
    const std::string& data_dir, const Settings& settings,
    monitor::TileExportOptions options) {
  storage::RocksDbOptions store_options;
  store_options.create_if_missing = false;
  store_options.read_only = true;
  ASSIGN_OR_RETURN(const auto store,
                   storage::RocksDbLogStore::Open(data_dir, store_options));
  std::optional<checkpoint::LogKeySet> trusted;
  if (!settings.vkeys.empty()) {
    ASSIGN_OR_RETURN(trusted, TrustedKeys(settings));
    options.trusted = &*trusted;
  }
  ASSIGN_OR_RETURN(const std::string checkpoint, store->ReadNewestCheckpoint());
  storage::StoreLogReader reader(store.get());
  return monitor::ExportTiles(checkpoint, &reader, options);
}

absl::StatusOr<monitor::TileExportReport> FromServer(
    const Settings& settings, const Invocation& run,
    monitor::TileExportOptions options) {
  ASSIGN_OR_RETURN(const checkpoint::LogKeySet trusted, TrustedKeys(settings));
  options.trusted = &trusted;
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  ASSIGN_OR_RETURN(const client::TreePtr tree, session->log().GetCheckpoint());
  monitor::ServerEntrySource entries(&session->log());
  return monitor::ExportTiles(tree->note, &entries, options);
}

void Show(const monitor::TileExportReport& report, const std::string& folder,
          Output& out) {
  const checkpoint::Checkpoint& checkpoint = report.checkpoint;
  const std::string root =
      base::HexEncode(crypto::AsBytes(checkpoint.root_hash));
  if (out.json()) {
    out.Document({{"folder", folder},
                  {"origin", checkpoint.origin},
                  {"tree_size", checkpoint.tree_size},
                  {"root_hash", root},
                  {"entries_kept", report.entries_kept},
                  {"files_written", report.files_written},
                  {"bytes_written", report.bytes_written}});
    return;
  }
  out.Line(absl::StrCat(folder, ": ", checkpoint.origin, ", ",
                        checkpoint.tree_size, " entries"));
  out.Field("root hash", root);
  out.Field("written",
            absl::StrFormat("%d files, %.1f MB", report.files_written,
                            static_cast<double>(report.bytes_written) / 1e6));
  out.Field("kept", absl::StrCat(report.entries_kept, " entries"));
}

}  // namespace

absl::StatusOr<int> ExportTileFiles(const std::string& folder,
                                    const std::string& data_dir,
                                    const Settings& settings, Invocation& run) {
  ProgressBar bar(run, "entries");
  monitor::TileExportOptions options;
  options.folder = folder;
  options.progress = [&bar](uint64_t done, uint64_t total) {
    bar.Show(done, total);
  };
  const auto report = data_dir.empty()
                          ? FromServer(settings, run, options)
                          : FromFolder(data_dir, settings, options);
  RETURN_IF_ERROR(report.status());
  Output out = run.MakeOutput();
  Show(*report, folder, out);
  return kExitOk;
}

}  // namespace sightline::cli
