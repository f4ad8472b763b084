#include "statement/verdict.h"

#include "statement/entry_codec.h"
#include "statement/policy.h"
#include "statement/timestamps.h"
#include "statement/whole_seal.h"

namespace sightline::statement {

std::string Verdict::Encoded() const {
  return EncodeVerdict(policy.has_value() ? &*policy : nullptr, findings);
}

Verdict JudgeStatement(const Registry& registry, uint64_t index,
                       int64_t admitted_unix_ms,
                       const v1::Statement& statement) {
  if (BringsStatement(statement)) {
    const auto brought = ReadBrought(statement);
    if (!brought.ok()) return {};
    return JudgeStatement(registry, brought->face_index,
                          ToUnixMs(brought->statement.header().claimed_time()),
                          brought->statement);
  }
  Verdict out;
  if (!IsGoverned(statement)) return out;
  const PolicyView policies =
      registry.PoliciesFor(statement, admitted_unix_ms, index);
  if (policies.in_force != nullptr) out.policy = policies.in_force->policy();
  out.findings = Evaluate(statement, admitted_unix_ms, policies);
  return out;
}

}  // namespace sightline::statement
