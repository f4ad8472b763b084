#include "records/row_loader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "records/pending_views.h"
#include "records/request_row.h"
#include "records/view_keys.h"

namespace sightline::records {
namespace {

template <typename Message>
absl::StatusOr<std::optional<Message>> Read(
    const storage::ViewSnapshot& snapshot, const std::string& key) {
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, snapshot.Get(key));
  if (!bytes.has_value()) return std::optional<Message>();
  ASSIGN_OR_RETURN(Message message, ParseView<Message>(*bytes));
  return std::optional<Message>(std::move(message));
}

}  // namespace

absl::StatusOr<v1::RequestFacts> RowLoader::Facts(uint64_t index) const {
  ASSIGN_OR_RETURN(auto facts,
                   Read<v1::RequestFacts>(
                       *snapshot_, Key(View::kRequest).Number(index).bytes()));
  if (!facts.has_value()) {
    return absl::NotFoundError(
        absl::StrCat("entry ", index, " is no footage request"));
  }
  return *std::move(facts);
}

absl::StatusOr<v1::RequestRow> RowLoader::Row(v1::RequestFacts facts) {
  RequestParts parts;
  parts.facts = std::move(facts);
  ASSIGN_OR_RETURN(parts.agency, Submitter(parts.facts.submitter()));
  if (parts.facts.has_policy()) {
    ASSIGN_OR_RETURN(parts.policy, Policy(parts.facts.policy()));
  }
  const std::string prefix =
      Key(View::kTimeline).Number(parts.facts.index()).bytes();
  absl::Status parsed;
  RETURN_IF_ERROR(
      snapshot_->Scan(prefix, storage::AfterPrefix(prefix),
                      [&](absl::string_view, absl::string_view value) {
                        auto event = ParseView<v1::TimelineEvent>(value);
                        parsed = event.status();
                        if (parsed.ok())
                          parts.events.push_back(*std::move(event));
                        return parsed.ok();
                      }));
  RETURN_IF_ERROR(parsed);
  return MakeRequestRow(parts, as_of_unix_ms_);
}

absl::StatusOr<const v1::SubmitterFacts*> RowLoader::Submitter(
    const std::string& id) {
  auto found = submitters_.find(id);
  if (found == submitters_.end()) {
    ASSIGN_OR_RETURN(auto facts,
                     Read<v1::SubmitterFacts>(
                         *snapshot_, Key(View::kSubmitter).Text(id).bytes()));
    found = submitters_.emplace(id, std::move(facts)).first;
  }
  return found->second.has_value() ? &*found->second : nullptr;
}

absl::StatusOr<const v1::PolicyFacts*> RowLoader::Policy(
    const v1::PolicyRef& policy) {
  const std::string key = Key(View::kPolicy)
                              .Text(policy.policy_id())
                              .Small(policy.version())
                              .bytes();
  auto found = policies_.find(key);
  if (found == policies_.end()) {
    ASSIGN_OR_RETURN(auto facts, Read<v1::PolicyFacts>(*snapshot_, key));
    found = policies_.emplace(key, std::move(facts)).first;
  }
  return found->second.has_value() ? &*found->second : nullptr;
}

}  // namespace sightline::records
