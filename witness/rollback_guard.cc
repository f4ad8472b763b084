#include "witness/rollback_guard.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "checkpoint/policy.h"

namespace sightline::witness {
namespace {

using Kind = Opinion::Kind;

constexpr char kWhatToDo[] =
    "Nothing was signed. Do not start this folder again as it is: stop every "
    "other server of this log, then restore a copy that holds everything that "
    "was published (newer backup, mirror), or begin a log with a new origin "
    "and say so (docs/operations.md, \"Rollback guard\")";

std::vector<size_t> Silent(const std::vector<Opinion>& opinions) {
  std::vector<size_t> silent = WhoIs(Kind::kUnreachable, opinions);
  for (const size_t i : WhoIs(Kind::kRefused, opinions)) silent.push_back(i);
  return silent;
}

// Whatever quorum cosigned the largest tree, one of it has spoken. A policy
// without a quorum wants everybody's word, as far as it is to be had.
bool EnoughSpoke(const checkpoint::Policy& policy,
                 const std::vector<Opinion>& opinions) {
  const std::vector<size_t> silent = Silent(opinions);
  if (policy.CheckQuorum({}).ok()) return silent.empty();
  return !policy.CheckQuorum(silent).ok();
}

absl::Status Refuse(absl::string_view what) {
  return absl::FailedPreconditionError(
      absl::StrCat("rollback guard: ", what, ". ", kWhatToDo));
}

}  // namespace

absl::Status CheckNotBehind(Panel* panel, const SignedTree& tree,
                            absl::Duration limit) {
  const checkpoint::Policy& policy = panel->policy();
  const std::vector<Opinion> opinions =
      panel->Ask(tree, limit, [&policy](const std::vector<Opinion>& so_far) {
        return !WhoIs(Kind::kAhead, so_far).empty() ||
               !WhoIs(Kind::kInconsistent, so_far).empty() ||
               EnoughSpoke(policy, so_far);
      });
  for (const size_t i : WhoIs(Kind::kAhead, opinions)) {
    return Refuse(absl::StrCat(
        "the data folder holds ", tree.tree_size, " entries, but witness ",
        policy.witnesses()[i].name, " has cosigned ", opinions[i].witness_size,
        " of this log: an old backup was restored, or another server writes "
        "the same log"));
  }
  for (const size_t i : WhoIs(Kind::kInconsistent, opinions)) {
    return Refuse(absl::StrCat(
        "witness ", policy.witnesses()[i].name, " has cosigned a tree of ",
        opinions[i].witness_size, " entries that the ", tree.tree_size,
        " entries in the data folder do not continue: the log has forked (",
        opinions[i].why, ")"));
  }
  if (EnoughSpoke(policy, opinions) || policy.CheckQuorum({}).ok()) {
    return absl::OkStatus();
  }
  std::string who;
  for (const size_t i : Silent(opinions)) {
    absl::StrAppend(
        &who, who.empty() ? "" : ", ", policy.witnesses()[i].name, " (",
        opinions[i].why.empty() ? "no answer" : opinions[i].why, ")");
  }
  return absl::UnavailableError(absl::StrCat(
      "rollback guard: cannot tell whether the data folder is the newest: ",
      who,
      "; together they could have cosigned a larger tree. Start again "
      "when enough of them answer"));
}

}  // namespace sightline::witness
