// What the policies say of an entry: the verdict that the log writes into it, and
// that an auditor makes again.
//
// Source:  docs/statements.md "Findings".
// Shapes:  a request is judged as it is admitted. One that was sealed as a whole is
//          judged in the entry of the unsealing that brings it, by what the log held
//          when it was sealed; its claimed time counts as that of its admission, as
//          the true one is not public. What seals something, and is no request,
//          is judged by its seals alone, by the policy of its request.
// Threads: pure; any thread, while nobody changes the registry.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/policy_trail.h"
#include "statement/registry.h"

namespace sightline::statement {

struct Verdict {
  std::optional<v1::PolicyRef> policy;  // in force; absent when none was
  std::vector<v1::Finding> findings;

  // As AppendEntry takes it.
  std::string Encoded() const;
};

// Of `statement` as entry `index`, admitted at `admitted_unix_ms`. Empty when no
// policies govern statements of its kind. `trail` is where its trail ends
// (FollowTrail).
Verdict JudgeStatement(const Registry& registry, uint64_t index,
                       int64_t admitted_unix_ms, const v1::Statement& statement,
                       const TrailEnd& trail);

}  // namespace sightline::statement
