#include "storage/view_store.h"

#include "absl/strings/str_cat.h"

namespace sightline::storage {

absl::Status CheckViewBatch(const ViewBatch& batch) {
  for (const ViewBatch::Change& change : batch.changes()) {
    const std::string& key = change.first;
    if (key.empty() || key.size() > kMaxViewKeyBytes || key[0] == '\xff') {
      return absl::InvalidArgumentError(
          absl::StrCat("view key of ", key.size(), " bytes, want 1 to ",
                       kMaxViewKeyBytes, " that do not begin with 0xff"));
    }
  }
  return absl::OkStatus();
}

std::string AfterPrefix(absl::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) {
    end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  }
  return end;
}

}  // namespace sightline::storage
