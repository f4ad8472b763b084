#include "services/entry_filter.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"
#include "statement/kinds.h"
#include "statement/submitter_id.h"
#include "statement/timestamps.h"
#include "statement/violations.h"
#include "statement/whole_seal.h"

namespace sightline::services {
namespace {

constexpr int kMaxKinds = 32;
constexpr int kMaxSubmitters = 256;

// The first millisecond that is not before `time`.
int64_t CeilMs(const google::protobuf::Timestamp& time, absl::string_view field,
               statement::Violations* violations) {
  if (!statement::IsValidTimestamp(time)) {
    violations->Add(field, "not a valid timestamp");
    return 0;
  }
  return time.seconds() * 1000 + (time.nanos() + 999'999) / 1'000'000;
}

void CheckSizes(const v1::EntryFilter& filter,
                statement::Violations* violations) {
  if (filter.kinds_size() > kMaxKinds) {
    violations->Add("filter.kinds", absl::StrCat(filter.kinds_size(),
                                                 ", want at most ", kMaxKinds));
  }
  if (filter.submitters_size() > kMaxSubmitters) {
    violations->Add("filter.submitters",
                    absl::StrCat(filter.submitters_size(), ", want at most ",
                                 kMaxSubmitters));
  }
}

}  // namespace

absl::StatusOr<EntryFilter> EntryFilter::Create(const v1::EntryFilter& filter) {
  EntryFilter out;
  statement::Violations violations;
  CheckSizes(filter, &violations);
  for (int i = 0; i < filter.kinds_size() && i < kMaxKinds; ++i) {
    const int kind = filter.kinds(i);
    if (statement::KindName(filter.kinds(i)) == "unknown") {
      violations.Add(absl::StrCat("filter.kinds[", i, "]"),
                     absl::StrCat(kind, " is no kind of statement"));
    }
    out.kinds_.insert(kind);
  }
  for (int i = 0; i < filter.submitters_size() && i < kMaxSubmitters; ++i) {
    if (!statement::IsSubmitterId(filter.submitters(i)) &&
        filter.submitters(i) != statement::kSealedSubmitter) {
      violations.Add(absl::StrCat("filter.submitters[", i, "]"),
                     "not a submitter id");
    }
    out.submitters_.insert(filter.submitters(i));
  }
  if (filter.has_admitted_from()) {
    out.admitted_from_ms_ =
        CeilMs(filter.admitted_from(), "filter.admitted_from", &violations);
  }
  if (filter.has_admitted_before()) {
    out.admitted_before_ms_ =
        CeilMs(filter.admitted_before(), "filter.admitted_before", &violations);
  }
  if (!violations.empty()) return violations.ToStatus();
  out.takes_everything_ =
      filter.kinds().empty() && filter.submitters().empty() &&
      !filter.has_admitted_from() && !filter.has_admitted_before();
  return out;
}

bool EntryFilter::Takes(const statement::EntryPeek& entry) const {
  return entry.admitted_unix_ms >= admitted_from_ms_ &&
         entry.admitted_unix_ms < admitted_before_ms_ &&
         (kinds_.empty() || kinds_.contains(entry.kind)) &&
         (submitters_.empty() || submitters_.contains(entry.submitter) ||
          submitters_.contains(entry.feed));
}

}  // namespace sightline::services
