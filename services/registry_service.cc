#include "services/registry_service.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "services/beyond_tree.h"
#include "services/grpc_status.h"
#include "services/registry_page_token.h"
#include "statement/registry.h"
#include "statement/submitter_id.h"
#include "statement/violations.h"

namespace sightline::services {
namespace {

constexpr uint32_t kUsualPageSize = 100;
constexpr uint32_t kMaxPageSize = 1000;

absl::Status Fault(absl::string_view field, absl::string_view description) {
  statement::Violations violations;
  violations.Add(field, description);
  return violations.ToStatus();
}

// The registry may be ahead of what is published: never ask it for "newest".
absl::StatusOr<uint64_t> ResolveSize(absl::string_view field, uint64_t asked,
                                     const LogInstance& log) {
  const uint64_t published = log.publisher().current()->tree_size;
  if (asked == 0) return published;
  if (asked <= published) return asked;
  return BeyondTree(field, "size", asked, published);
}

void FillKey(const statement::KeyPeriod& period, v1::KeyPeriod* out) {
  out->set_key_id(std::string(crypto::AsBytes(period.key.key_id())));
  out->set_spki_der(std::string(period.key.spki_der()));
  out->set_first_index(period.first_index);
  out->set_end_index(period.end_index);
  if (period.disputed_from_index.has_value()) {
    out->set_disputed_from_index(*period.disputed_from_index);
  }
}

void FillSubmitter(const statement::Submitter& submitter, v1::Submitter* out) {
  out->set_submitter(submitter.id);
  out->set_kind(submitter.kind);
  out->set_name(submitter.name);
  out->set_agency_type(submitter.agency_type);
  out->set_state(submitter.state);
  out->set_county_fips(submitter.county_fips);
  out->mutable_units()->Assign(submitter.units.begin(), submitter.units.end());
  out->mutable_aliases()->Assign(submitter.aliases.begin(),
                                 submitter.aliases.end());
  out->set_status(submitter.status);
  out->set_verification(submitter.verification);
  for (const statement::KeyPeriod& period : submitter.keys) {
    FillKey(period, out->add_keys());
  }
  out->set_provisional(submitter.provisional);
  out->set_enrolled_index(submitter.enrolled_index);
  out->mutable_source_indices()->Assign(submitter.source_indices.begin(),
                                        submitter.source_indices.end());
}

absl::Status GetSubmitter(LogInstance* log,
                          const v1::GetSubmitterRequest& request,
                          v1::GetSubmitterResponse* response) {
  ASSIGN_OR_RETURN(const uint64_t size,
                   ResolveSize("tree_size", request.tree_size(), *log));
  if (!statement::IsSubmitterId(request.submitter())) {
    return Fault("submitter", "not a submitter id");
  }
  absl::StatusOr<statement::Submitter> found;
  log->admission().ReadRegistry([&](const statement::Registry& registry) {
    found = registry.FindSubmitter(request.submitter(), size);
  });
  if (!found.ok()) return found.status();
  FillSubmitter(*found, response->mutable_submitter());
  response->set_tree_size(size);
  return absl::OkStatus();
}

absl::StatusOr<uint32_t> PageSize(uint32_t asked) {
  if (asked == 0) return kUsualPageSize;
  if (asked <= kMaxPageSize) return asked;
  return Fault("page_size",
               absl::StrCat(asked, ", want at most ", kMaxPageSize));
}

// Where a page begins: at the tree that was asked for, or where the token says.
absl::StatusOr<RegistryPageToken> PageStart(
    LogInstance* log, const v1::ListSubmittersRequest& request) {
  RegistryPageToken start;
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(start, DecodeRegistryPageToken(request.page_token()));
    if (request.tree_size() != 0 && request.tree_size() != start.tree_size) {
      return Fault("page_token", "of a listing of another tree size");
    }
  } else {
    start.tree_size = request.tree_size();
  }
  ASSIGN_OR_RETURN(
      start.tree_size,
      ResolveSize(request.page_token().empty() ? "tree_size" : "page_token",
                  start.tree_size, *log));
  return start;
}

absl::Status ListSubmitters(LogInstance* log,
                            const v1::ListSubmittersRequest& request,
                            v1::ListSubmittersResponse* response) {
  ASSIGN_OR_RETURN(const uint32_t page_size, PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const RegistryPageToken start, PageStart(log, request));
  const statement::SubmitterFilter filter = {request.kind(), request.state(),
                                             request.name_contains()};
  std::vector<statement::Submitter> found;
  log->admission().ReadRegistry([&](const statement::Registry& registry) {
    // One more tells whether there is another page.
    found = registry.ListSubmitters(start.tree_size, filter, start.after_id,
                                    page_size + 1);
  });
  const bool more = found.size() > page_size;
  if (more) {
    found.pop_back();
    response->set_next_page_token(
        EncodeRegistryPageToken({start.tree_size, found.back().id}));
  }
  for (const statement::Submitter& submitter : found) {
    FillSubmitter(submitter, response->add_submitters());
  }
  response->set_tree_size(start.tree_size);
  return absl::OkStatus();
}

absl::Status GetKey(LogInstance* log, const v1::GetKeyRequest& request,
                    v1::GetKeyResponse* response) {
  ASSIGN_OR_RETURN(const uint64_t size,
                   ResolveSize("tree_size", request.tree_size(), *log));
  if (request.key_id().size() != crypto::kDigestSize) {
    return Fault("key_id",
                 absl::StrCat(request.key_id().size(), " bytes, want 32"));
  }
  absl::StatusOr<statement::SubmitterKey> found;
  log->admission().ReadRegistry([&](const statement::Registry& registry) {
    found = registry.FindKey(request.key_id(), size);
  });
  if (!found.ok()) return found.status();
  response->set_submitter(found->submitter);
  FillKey(found->period, response->mutable_key());
  response->set_tree_size(size);
  return absl::OkStatus();
}

absl::Status ListPolicies(LogInstance* log,
                          const v1::ListPoliciesRequest& request,
                          v1::ListPoliciesResponse* response) {
  ASSIGN_OR_RETURN(const uint64_t size,
                   ResolveSize("tree_size", request.tree_size(), *log));
  log->admission().ReadRegistry([&](const statement::Registry& registry) {
    for (const statement::PolicyEntry& entry : registry.Policies(size)) {
      v1::Policy* const policy = response->add_policies();
      *policy->mutable_policy() = *entry.policy;
      policy->set_index(entry.index);
    }
  });
  response->set_tree_size(size);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* Answer(UnaryCall* call, const absl::Status& status) {
  call->Finish(ToGrpcStatus(status));
  return call;
}

}  // namespace

grpc::ServerUnaryReactor* RegistryService::GetSubmitter(
    grpc::CallbackServerContext*, const v1::GetSubmitterRequest* request,
    v1::GetSubmitterResponse* response) {
  return Answer(calls_->Begin(),
                services::GetSubmitter(log_, *request, response));
}

grpc::ServerUnaryReactor* RegistryService::ListSubmitters(
    grpc::CallbackServerContext*, const v1::ListSubmittersRequest* request,
    v1::ListSubmittersResponse* response) {
  return Answer(calls_->Begin(),
                services::ListSubmitters(log_, *request, response));
}

grpc::ServerUnaryReactor* RegistryService::GetKey(
    grpc::CallbackServerContext*, const v1::GetKeyRequest* request,
    v1::GetKeyResponse* response) {
  return Answer(calls_->Begin(), services::GetKey(log_, *request, response));
}

grpc::ServerUnaryReactor* RegistryService::ListPolicies(
    grpc::CallbackServerContext*, const v1::ListPoliciesRequest* request,
    v1::ListPoliciesResponse* response) {
  return Answer(calls_->Begin(),
                services::ListPolicies(log_, *request, response));
}

}  // namespace sightline::services
