// The part of LogClient that reads the registry and proves what it reads.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/connection.h"
#include "client/evidence.h"
#include "client/log_client.h"
#include "client/registry_check.h"
#include "statement/submitter_id.h"

namespace sightline::client {
namespace {

// Entries this close together are fetched as one run.
constexpr uint64_t kMaxGap = 64;
constexpr uint64_t kMaxRun = 1000;

}  // namespace

absl::StatusOr<std::map<uint64_t, std::string>> LogClient::FetchEntries(
    absl::Span<const uint64_t> indices) {
  EntryMap out;
  size_t i = 0;
  while (i < indices.size()) {
    size_t end = i + 1;
    while (end < indices.size() && indices[end] - indices[end - 1] <= kMaxGap &&
           indices[end] - indices[i] < kMaxRun) {
      ++end;
    }
    const uint64_t begin = indices[i];
    ASSIGN_OR_RETURN(const EntryRun run,
                     ListEntries(begin, static_cast<uint32_t>(indices[end - 1] -
                                                              begin + 1)));
    for (; i < end && indices[i] < run.next_index(); ++i) {
      out[indices[i]] = std::string(run.entries()[indices[i] - begin].bytes);
    }
    if (run.next_index() == begin) {
      return Unverified(absl::StrCat("entry ", begin, " is withheld"));
    }
  }
  return out;
}

absl::Status LogClient::CheckTreeSize(uint64_t asked, uint64_t answered) {
  RETURN_IF_ERROR(CheckAnswered(asked == 0 || answered == asked, "registry"));
  const TreePtr known = newest();
  if (known != nullptr && answered <= known->size) return absl::OkStatus();
  ASSIGN_OR_RETURN(const TreePtr tree, GetCheckpoint());
  return answered <= tree->size ? absl::OkStatus()
                                : Unverified(absl::StrCat(
                                      "registry: as of tree size ", answered,
                                      ", but the log has signed ", tree->size));
}

absl::Status LogClient::CheckSubmitters(
    absl::Span<const v1::Submitter> submitters, uint64_t tree_size) {
  std::vector<uint64_t> indices = {0};
  for (const v1::Submitter& submitter : submitters) {
    for (uint64_t index : submitter.source_indices()) {
      if (index >= tree_size) {
        return Unverified(absl::StrCat("registry: entry ", index,
                                       " is beyond tree size ", tree_size));
      }
      indices.push_back(index);
    }
  }
  std::sort(indices.begin(), indices.end());
  indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
  ASSIGN_OR_RETURN(const EntryMap entries, FetchEntries(indices));
  ASSIGN_OR_RETURN(const statement::Registry registry, Replay(entries));
  for (const v1::Submitter& submitter : submitters) {
    RETURN_IF_ERROR(CheckSubmitter(registry, submitter, tree_size));
  }
  return absl::OkStatus();
}

absl::StatusOr<SubmitterAnswer> LogClient::GetSubmitter(
    const std::string& submitter, uint64_t tree_size) {
  v1::GetSubmitterRequest request;
  request.set_submitter(submitter);
  request.set_tree_size(tree_size);
  ASSIGN_OR_RETURN(v1::GetSubmitterResponse response,
                   connection_->Call(connection_->registry(),
                                     &v1::RegistryService::Stub::GetSubmitter,
                                     "GetSubmitter", request));
  RETURN_IF_ERROR(CheckAnswered(response.submitter().submitter() == submitter,
                                "GetSubmitter"));
  RETURN_IF_ERROR(CheckTreeSize(tree_size, response.tree_size()));
  RETURN_IF_ERROR(
      CheckSubmitters({&response.submitter(), 1}, response.tree_size()));
  return SubmitterAnswer{std::move(*response.mutable_submitter()),
                         response.tree_size()};
}

absl::StatusOr<SubmitterPage> LogClient::ListSubmitters(
    const v1::ListSubmittersRequest& request) {
  ASSIGN_OR_RETURN(v1::ListSubmittersResponse response,
                   connection_->Call(connection_->registry(),
                                     &v1::RegistryService::Stub::ListSubmitters,
                                     "ListSubmitters", request));
  RETURN_IF_ERROR(CheckTreeSize(request.tree_size(), response.tree_size()));
  SubmitterPage out;
  out.submitters.assign(response.submitters().begin(),
                        response.submitters().end());
  out.next_page_token = response.next_page_token();
  out.tree_size = response.tree_size();
  RETURN_IF_ERROR(CheckSubmitters(out.submitters, out.tree_size));
  return out;
}

absl::StatusOr<KeyAnswer> LogClient::GetKey(const crypto::Digest& key_id,
                                            uint64_t tree_size) {
  v1::GetKeyRequest request;
  request.set_key_id(std::string(crypto::AsBytes(key_id)));
  request.set_tree_size(tree_size);
  ASSIGN_OR_RETURN(
      v1::GetKeyResponse response,
      connection_->Call(connection_->registry(),
                        &v1::RegistryService::Stub::GetKey, "GetKey", request));
  RETURN_IF_ERROR(
      CheckAnswered(response.key().key_id() == request.key_id(), "GetKey"));
  RETURN_IF_ERROR(CheckTreeSize(tree_size, response.tree_size()));
  std::vector<uint64_t> indices = {0};
  if (response.submitter() != statement::kRegistrar) {
    ASSIGN_OR_RETURN(const SubmitterAnswer owner,
                     GetSubmitter(response.submitter(), response.tree_size()));
    indices.insert(indices.end(), owner.submitter.source_indices().begin(),
                   owner.submitter.source_indices().end());
  }
  ASSIGN_OR_RETURN(const EntryMap entries, FetchEntries(indices));
  ASSIGN_OR_RETURN(const statement::Registry registry, Replay(entries));
  RETURN_IF_ERROR(CheckKey(registry, response.submitter(), response.key(),
                           response.tree_size()));
  return KeyAnswer{response.submitter(), std::move(*response.mutable_key()),
                   response.tree_size()};
}

absl::StatusOr<PolicyList> LogClient::ListPolicies(uint64_t tree_size) {
  v1::ListPoliciesRequest request;
  request.set_tree_size(tree_size);
  ASSIGN_OR_RETURN(v1::ListPoliciesResponse response,
                   connection_->Call(connection_->registry(),
                                     &v1::RegistryService::Stub::ListPolicies,
                                     "ListPolicies", request));
  RETURN_IF_ERROR(CheckTreeSize(tree_size, response.tree_size()));
  std::vector<uint64_t> indices = {0};
  for (const v1::Policy& policy : response.policies()) {
    if (policy.index() <= indices.back() ||
        policy.index() >= response.tree_size()) {
      return Unverified("ListPolicies: indices do not ascend in the tree");
    }
    indices.push_back(policy.index());
  }
  ASSIGN_OR_RETURN(const EntryMap entries, FetchEntries(indices));
  ASSIGN_OR_RETURN(const statement::Registry registry, Replay(entries));
  PolicyList out;
  out.tree_size = response.tree_size();
  for (v1::Policy& policy : *response.mutable_policies()) {
    RETURN_IF_ERROR(CheckPolicy(registry, policy, response.tree_size()));
    out.policies.push_back(std::move(policy));
  }
  return out;
}

}  // namespace sightline::client
