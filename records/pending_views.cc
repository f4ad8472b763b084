#include "records/pending_views.h"

#include "absl/strings/match.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace sightline::records {

std::string SerialiseView(const google::protobuf::MessageLite& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&out);
  out.Trim();
  return bytes;
}

absl::StatusOr<std::optional<std::string>> PendingViews::Get(
    const std::string& key) const {
  const auto found = pending_.find(key);
  if (found != pending_.end()) return found->second;
  return snapshot_->Get(key);
}

absl::StatusOr<std::optional<uint64_t>> PendingViews::ReadNumber(
    const std::string& key) const {
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, Get(key));
  if (!bytes.has_value()) return std::optional<uint64_t>();
  if (bytes->size() != 8) {
    return absl::DataLossError("a stored number is not 8 bytes long");
  }
  return std::optional<uint64_t>(base::ReadU64(*bytes));
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>>
PendingViews::Under(const std::string& prefix) const {
  std::map<std::string, std::string> pairs;
  RETURN_IF_ERROR(
      snapshot_->Scan(prefix, storage::AfterPrefix(prefix),
                      [&](absl::string_view key, absl::string_view value) {
                        pairs.emplace(std::string(key), std::string(value));
                        return true;
                      }));
  for (auto it = pending_.lower_bound(prefix);
       it != pending_.end() && absl::StartsWith(it->first, prefix); ++it) {
    if (it->second.has_value()) {
      pairs.insert_or_assign(it->first, *it->second);
    } else {
      pairs.erase(it->first);
    }
  }
  return std::vector<std::pair<std::string, std::string>>(pairs.begin(),
                                                          pairs.end());
}

storage::ViewBatch PendingViews::ToBatch() const {
  storage::ViewBatch batch;
  for (const auto& [key, value] : pending_) {
    if (value.has_value()) {
      batch.Put(key, *value);
    } else {
      batch.Delete(key);
    }
  }
  return batch;
}

}  // namespace sightline::records
