#include "services/call_limit.h"

#include "absl/strings/str_cat.h"
#include "services/grpc_status.h"

namespace sightline::services {

absl::Status CallLimit::Enter(absl::string_view caller) {
  base::MutexLock lock(&mutex_);
  if (calls_ >= max_calls_) {
    return absl::UnavailableError(
        absl::StrCat("more than ", max_calls_, " calls of this kind at once"));
  }
  if (max_per_caller_ > 0) {
    size_t& own = by_caller_[caller];
    if (own >= max_per_caller_) {
      return OverQuota(caller, absl::StrCat("more than ", max_per_caller_,
                                            " calls of this kind at once"));
    }
    ++own;
  }
  ++calls_;
  return absl::OkStatus();
}

void CallLimit::Leave(absl::string_view caller) {
  base::MutexLock lock(&mutex_);
  --calls_;
  const auto own = by_caller_.find(caller);
  if (own != by_caller_.end() && --own->second == 0) by_caller_.erase(own);
}

}  // namespace sightline::services
