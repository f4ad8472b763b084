#include "statement/verdict.h"

#include "statement/entry_codec.h"
#include "statement/policy.h"
#include "statement/timestamps.h"
#include "statement/whole_seal.h"

namespace sightline::statement {

namespace {

const v1::PolicyVersion* Behind(const Registry& registry, uint64_t index,
                                const TrailEnd& trail) {
  if (trail.policy.has_value()) {
    return registry.FindPolicy(trail.policy->policy_id(),
                               trail.policy->version(), index);
  }
  if (!trail.face_index.has_value()) return nullptr;
  return registry.PolicyInForce(v1::CHANNEL_LEGAL_PROCESS, trail.face_unix_ms,
                                *trail.face_index);
}

}  // namespace

std::string Verdict::Encoded() const {
  return EncodeVerdict(policy.has_value() ? &*policy : nullptr, findings);
}

Verdict JudgeStatement(const Registry& registry, uint64_t index,
                       int64_t admitted_unix_ms, const v1::Statement& statement,
                       const TrailEnd& trail) {
  if (BringsStatement(statement)) {
    const auto brought = ReadBrought(statement);
    if (!brought.ok()) return {};
    return JudgeStatement(registry, brought->face_index,
                          ToUnixMs(brought->statement.header().claimed_time()),
                          brought->statement, TrailEnd());
  }
  Verdict out;
  if (IsGovernedBySeals(statement)) {
    const v1::PolicyVersion* const policy = Behind(registry, index, trail);
    if (policy == nullptr) return out;
    out.policy = policy->policy();
    out.findings = EvaluateSeals(statement, *policy);
    return out;
  }
  if (!IsGoverned(statement)) return out;
  const PolicyView policies =
      registry.PoliciesFor(statement, admitted_unix_ms, index);
  if (policies.in_force != nullptr) out.policy = policies.in_force->policy();
  out.findings = Evaluate(statement, admitted_unix_ms, policies);
  return out;
}

}  // namespace sightline::statement
