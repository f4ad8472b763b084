// Of a policy that parses: all witnesses together reach every quorum, and no
// witness reaches none but the quorum "none". (The text is not canonical, so
// there is no way back to compare.)
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "checkpoint/policy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto policy = ::sightline::checkpoint::Policy::Parse(text);
  if (!policy.ok()) return 0;
  std::vector<size_t> all;
  for (size_t i = 0; i < policy->witnesses().size(); ++i) all.push_back(i);
  if (!policy->CheckQuorum(all).ok()) std::abort();
  const bool by_nobody = policy->CheckQuorum({}).ok();
  if (by_nobody && !absl::StrContains(text, "none")) std::abort();
  return 0;
}
