#include "cmd/cli/open_resources.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/folder_resources.h"
#include "client/http_resources.h"
#include "mirror/file_resources.h"
#include "storage/rocksdb_log_files.h"

namespace sightline::cli {
namespace {

// As it is now: whoever writes it goes on.
class RocksDbResources final : public client::Resources {
 public:
  explicit RocksDbResources(std::unique_ptr<storage::RocksDbLogFiles> files)
      : files_(std::move(files)), resources_(files_.get()) {}

  absl::StatusOr<std::string> Get(absl::string_view path,
                                  size_t most_bytes) override {
    return resources_.Get(path, most_bytes);
  }

 private:
  const std::unique_ptr<storage::RocksDbLogFiles> files_;
  mirror::FileResources resources_;
};

absl::StatusOr<std::unique_ptr<client::Resources>> OpenRocksDb(
    const std::string& folder) {
  storage::LogFilesOptions options;
  options.read_only = true;
  auto files = storage::RocksDbLogFiles::Open(folder, options);
  if (files.ok()) {
    return std::make_unique<RocksDbResources>(*std::move(files));
  }
  return absl::IsFailedPrecondition(files.status())
             ? base::Annotate(files.status(),
                              "a server's folder is named with --data-dir")
             : files.status();
}

}  // namespace

absl::StatusOr<std::unique_ptr<client::Resources>> OpenResources(
    const std::string& where, const std::string& ca_file,
    const Invocation& run) {
  if (absl::StrContains(where, "://")) {
    client::HttpOptions options;
    options.ca_file = ca_file;
    return client::HttpResources::Create(where, options, run.around.rng);
  }
  if (storage::RocksDbLogFiles::IsRocksDbFolder(where)) {
    return OpenRocksDb(where);
  }
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(where + "/checkpoint", ignored)) {
    return absl::NotFoundError(absl::StrCat(
        "no file ", where,
        "/checkpoint; a server's folder is named with --data-dir"));
  }
  return std::make_unique<client::FolderResources>(where);
}

}  // namespace sightline::cli
