// Views with changes that are not written yet: what applying a batch of entries
// reads from and writes to.
//
// Errors:  those of the store; kDataLoss: a stored value does not parse.
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "google/protobuf/message_lite.h"
#include "storage/view_store.h"

namespace sightline::records {

// kDataLoss when `bytes` are no `Message`.
template <typename Message>
absl::StatusOr<Message> ParseView(absl::string_view bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("a stored view does not parse");
  }
  return message;
}

// Equal messages have equal bytes.
std::string SerialiseView(const google::protobuf::MessageLite& message);

class PendingViews {
 public:
  // `snapshot` outlives this.
  explicit PendingViews(const storage::ViewSnapshot* snapshot)
      : snapshot_(snapshot) {}

  absl::StatusOr<std::optional<std::string>> Get(const std::string& key) const;
  template <typename Message>
  absl::StatusOr<std::optional<Message>> Read(const std::string& key) const {
    ASSIGN_OR_RETURN(const std::optional<std::string> bytes, Get(key));
    if (!bytes.has_value()) return std::optional<Message>();
    ASSIGN_OR_RETURN(Message message, ParseView<Message>(*bytes));
    return std::optional<Message>(std::move(message));
  }
  absl::StatusOr<std::optional<uint64_t>> ReadNumber(
      const std::string& key) const;

  // Every pair whose key begins with `prefix`, ascending.
  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> Under(
      const std::string& prefix) const;

  void Put(const std::string& key, std::string value) {
    pending_.insert_or_assign(key, std::move(value));
  }
  void Delete(const std::string& key) {
    pending_.insert_or_assign(key, std::nullopt);
  }

  storage::ViewBatch ToBatch() const;

 private:
  const storage::ViewSnapshot* const snapshot_;
  std::map<std::string, std::optional<std::string>> pending_;
};

}  // namespace sightline::records
