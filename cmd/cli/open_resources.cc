#include "cmd/cli/open_resources.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/folder_resources.h"
#include "client/http_resources.h"

namespace sightline::cli {

absl::StatusOr<std::unique_ptr<client::Resources>> OpenResources(
    const std::string& where, const Invocation& run) {
  if (absl::StrContains(where, "://")) {
    return client::HttpResources::Create(where, {}, run.around.rng);
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
