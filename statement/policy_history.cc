#include "statement/policy_history.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "statement/timestamps.h"

namespace sightline::statement {

absl::Status PolicyHistory::CheckNext(uint64_t index,
                                      const v1::PolicyVersion& policy) const {
  const v1::PolicyRef& ref = policy.policy();
  uint32_t newest = 0;
  for (const Record& record : records_) {
    const v1::PolicyRef& other = record.policy->policy();
    if (record.index >= index || other.policy_id() != ref.policy_id()) continue;
    newest = std::max(newest, other.version());
    if (other.version() == ref.version()) {
      return absl::AlreadyExistsError(
          absl::StrCat("policy ", ref.policy_id(), " version ", ref.version(),
                       " is there already, by entry ", record.index));
    }
  }
  if (ref.version() == newest + 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("policy ", ref.policy_id(), " version ", ref.version(),
                   ": want ", newest + 1, ", the next"));
}

void PolicyHistory::Apply(uint64_t index, const v1::PolicyVersion& policy) {
  records_.push_back(
      {std::make_unique<const v1::PolicyVersion>(policy), index});
}

std::vector<PolicyEntry> PolicyHistory::Before(uint64_t index) const {
  std::vector<PolicyEntry> out;
  for (const Record& record : records_) {
    if (record.index < index)
      out.push_back({record.policy.get(), record.index});
  }
  return out;
}

const v1::PolicyVersion* PolicyHistory::Find(absl::string_view policy_id,
                                             uint32_t version,
                                             uint64_t before) const {
  for (const Record& record : records_) {
    const v1::PolicyRef& ref = record.policy->policy();
    if (record.index < before && ref.version() == version &&
        ref.policy_id() == policy_id) {
      return record.policy.get();
    }
  }
  return nullptr;
}

const v1::PolicyVersion* PolicyHistory::InForce(v1::Channel channel,
                                                int64_t unix_ms,
                                                uint64_t before) const {
  for (auto it = records_.rbegin(); it != records_.rend(); ++it) {
    const v1::PolicyVersion& policy = *it->policy;
    const auto& channels = policy.channels();
    if (it->index < before && ToUnixMs(policy.in_force_from()) <= unix_ms &&
        (!policy.has_in_force_until() ||
         unix_ms < ToUnixMs(policy.in_force_until())) &&
        std::find(channels.begin(), channels.end(), channel) !=
            channels.end()) {
      return &policy;
    }
  }
  return nullptr;
}

}  // namespace sightline::statement
