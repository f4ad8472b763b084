#include "statement/seal_schedule.h"

#include "statement/timestamps.h"

namespace sightline::statement {

void SealSchedule::Next(uint64_t index, const v1::Statement& statement) {
  PutAll(index, statement);
  if (statement.has_unsealing()) {
    const uint64_t target = statement.unsealing().target().index();
    for (const v1::SealOpening& opening : statement.unsealing().openings()) {
      Remove({target, opening.path()});
    }
  } else if (statement.has_seal_renewal()) {
    Renew(statement.seal_renewal());
  } else if (statement.has_erasure()) {
    Erase(statement.erasure().target().index());
  }
}

void SealSchedule::PutAll(uint64_t index, const v1::Statement& statement) {
  const auto& sealed = statement.header().sealed();
  if (sealed.empty() || full_from_.has_value()) return;
  // All of an entry or nothing; one entry always has room.
  if (!ends_.empty() &&
      ends_.size() + static_cast<size_t>(sealed.size()) > max_seals_) {
    full_from_ = index;
    return;
  }
  for (const v1::SealedField& field : sealed) {
    if (!field.has_sealed_until()) continue;
    Put({index, field.path()}, ToUnixMs(field.sealed_until()));
  }
}

void SealSchedule::Put(const Field& field, int64_t end) {
  // A path is sealed once.
  if (!ends_.emplace(field, end).second) return;
  by_end_.emplace(end, field.first, field.second);
}

void SealSchedule::Remove(const Field& field) {
  const auto it = ends_.find(field);
  if (it == ends_.end()) return;
  by_end_.erase({it->second, field.first, field.second});
  ends_.erase(it);
}

// A renewal prolongs; one that ends earlier than the seal does not shorten it.
void SealSchedule::Renew(const v1::SealRenewal& renewal) {
  const int64_t end = ToUnixMs(renewal.sealed_until());
  for (const std::string& path : renewal.paths()) {
    const Field field(renewal.target().index(), path);
    const auto it = ends_.find(field);
    if (it == ends_.end() || it->second >= end) continue;
    Remove(field);
    Put(field, end);
  }
}

void SealSchedule::Erase(uint64_t index) {
  auto it = ends_.lower_bound({index, ""});
  while (it != ends_.end() && it->first.first == index) {
    by_end_.erase({it->second, index, it->first.second});
    it = ends_.erase(it);
  }
}

std::vector<EndedSeal> SealSchedule::EndedBy(int64_t now_unix_ms,
                                             size_t max) const {
  std::vector<EndedSeal> out;
  for (const auto& [end, index, path] : by_end_) {
    if (end > now_unix_ms) break;
    if (out.empty() || out.back().index != index ||
        out.back().ended_unix_ms != end) {
      if (out.size() == max) break;
      out.push_back({index, end, {}});
    }
    out.back().paths.push_back(path);
  }
  return out;
}

std::optional<int64_t> SealSchedule::next_end_unix_ms() const {
  if (by_end_.empty()) return std::nullopt;
  return std::get<0>(*by_end_.begin());
}

}  // namespace sightline::statement
