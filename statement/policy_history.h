// Every version of every policy that the log's entries have laid down.
//
// Source:  docs/statements.md "Registry", "Findings"; proto PolicyVersion.
// Shapes:  "before" an index means: what entries below it say. Versions of a policy
//          follow each other without a gap.
// Threads: thread-compatible: any number of readers while nobody calls Apply.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::statement {

struct PolicyEntry {
  const v1::PolicyVersion* policy = nullptr;  // owned by the registry
  uint64_t index = 0;                         // the entry that says so
};

class PolicyHistory {
 public:
  // Whether `policy` may be entry `index`: the next version of its policy.
  // kAlreadyExists, kInvalidArgument.
  absl::Status CheckNext(uint64_t index, const v1::PolicyVersion& policy) const;

  void Apply(uint64_t index, const v1::PolicyVersion& policy);

  // In the order of their entries. Pointers stay valid until Apply.
  std::vector<PolicyEntry> Before(uint64_t index) const;

  // nullptr when there is none.
  const v1::PolicyVersion* Find(absl::string_view policy_id, uint32_t version,
                                uint64_t before) const;
  // The policy that governs `channel` at `unix_ms`: of those in force the one
  // logged last. nullptr when there is none.
  const v1::PolicyVersion* InForce(v1::Channel channel, int64_t unix_ms,
                                   uint64_t before) const;

 private:
  struct Record {
    std::unique_ptr<const v1::PolicyVersion> policy;
    uint64_t index = 0;
  };

  std::vector<Record> records_;
};

}  // namespace sightline::statement
