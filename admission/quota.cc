#include "admission/quota.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "proto/google/rpc/error_details.pb.h"

namespace sightline::admission {
namespace {

template <typename Detail>
void Attach(absl::string_view name, const Detail& detail,
            absl::Status* status) {
  status->SetPayload(absl::StrCat("type.googleapis.com/google.rpc.", name),
                     absl::Cord(detail.SerializeAsString()));
}

absl::Status Exceeded(absl::string_view submitter, const QuotaOptions& options,
                      double missing) {
  absl::Status status = absl::ResourceExhaustedError(
      absl::StrCat("more than ", options.statements_per_second,
                   " statements a second by ", submitter));
  google::rpc::QuotaFailure failure;
  auto* violation = failure.add_violations();
  violation->set_subject(std::string(submitter));
  violation->set_description(std::string(status.message()));
  Attach("QuotaFailure", failure, &status);
  google::rpc::RetryInfo retry;
  const double seconds = missing / options.statements_per_second;
  retry.mutable_retry_delay()->set_seconds(static_cast<int64_t>(seconds));
  retry.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>((seconds - std::floor(seconds)) * 1e9));
  Attach("RetryInfo", retry, &status);
  return status;
}

}  // namespace

double Quota::Refilled(const Bucket& bucket, int64_t now_ms) const {
  const double passed_ms =
      static_cast<double>(std::max<int64_t>(0, now_ms - bucket.filled_unix_ms));
  return std::min(
      options_.burst,
      bucket.tokens + passed_ms / 1000.0 * options_.statements_per_second);
}

absl::Status Quota::Take(absl::string_view submitter) {
  if (options_.statements_per_second <= 0) return absl::OkStatus();
  const int64_t now_ms = clock_->NowUnixMs();
  base::MutexLock lock(&mutex_);
  auto it = buckets_.find(submitter);
  if (it == buckets_.end()) {
    if (buckets_.size() >= options_.max_submitters) DropFull(now_ms);
    if (buckets_.size() >= options_.max_submitters) {
      return absl::UnavailableError("too many submitters at once; try again");
    }
    it = buckets_.emplace(submitter, Bucket{options_.burst, now_ms}).first;
  }
  Bucket& bucket = it->second;
  bucket.tokens = Refilled(bucket, now_ms);
  bucket.filled_unix_ms = now_ms;
  if (bucket.tokens < 1) {
    return Exceeded(submitter, options_, 1 - bucket.tokens);
  }
  bucket.tokens -= 1;
  return absl::OkStatus();
}

void Quota::DropFull(int64_t now_ms) {
  for (auto it = buckets_.begin(); it != buckets_.end();) {
    if (Refilled(it->second, now_ms) >= options_.burst) {
      buckets_.erase(it++);
    } else {
      ++it;
    }
  }
}

}  // namespace sightline::admission
