#include "monitor/policy_trails.h"

#include <algorithm>

namespace sightline::monitor {

const PolicyTrails::Known* PolicyTrails::Find(uint64_t index) const {
  const auto found = std::lower_bound(
      known_.begin(), known_.end(), index,
      [](const Known& known, uint64_t wanted) { return known.index < wanted; });
  return found != known_.end() && found->index == index ? &*found : nullptr;
}

// A log has few versions of policies.
int PolicyTrails::PlaceOf(const v1::PolicyRef& policy) {
  const auto found = std::find_if(
      policies_.begin(), policies_.end(), [&](const v1::PolicyRef& other) {
        return other.policy_id() == policy.policy_id() &&
               other.version() == policy.version();
      });
  if (found != policies_.end()) {
    return static_cast<int>(found - policies_.begin());
  }
  policies_.push_back(policy);
  return static_cast<int>(policies_.size()) - 1;
}

void PolicyTrails::Add(const Known& known) {
  known_.push_back(known);
  if (known_.size() <= max_entries_) return;
  floor_ = known_.front().index + 1;
  known_.pop_front();
}

std::optional<statement::TrailEnd> PolicyTrails::EndOf(
    const v1::Statement& statement) const {
  const std::optional<uint64_t> target = statement::TrailOf(statement);
  if (!target.has_value()) return statement::TrailEnd();
  if (!floor_.has_value() || *target < *floor_) return std::nullopt;
  const Known* const known = Find(*target);
  statement::TrailEnd end;
  if (known == nullptr || known->steps >= statement::kMaxTrail) return end;
  if (known->end == kUnknown) return std::nullopt;
  if (known->end == kFace) {
    end.face_index = known->face_index;
    end.face_unix_ms = known->face_unix_ms;
  } else {
    end.policy = policies_[static_cast<size_t>(known->end)];
  }
  return end;
}

void PolicyTrails::Next(const CheckedEntry& entry) {
  if (!floor_.has_value()) floor_ = entry.index;
  Known known;
  const auto own = statement::EndAt(entry.index, entry.entry, entry.statement);
  if (own.has_value() && own->policy.has_value()) {
    known.end = PlaceOf(*own->policy);
  } else if (own.has_value()) {
    known.end = kFace;
    known.face_index = *own->face_index;
    known.face_unix_ms = own->face_unix_ms;
  } else {
    const auto target = statement::TrailOf(entry.statement);
    // What points forward has been reported, and leads nowhere.
    if (!target.has_value() || *target >= entry.index) return;
    if (*target >= *floor_) {
      const Known* const before = Find(*target);
      if (before == nullptr) return;
      known = *before;
    }
    ++known.steps;
  }
  known.index = entry.index;
  Add(known);
}

}  // namespace sightline::monitor
