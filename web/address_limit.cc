#include "web/address_limit.h"

namespace sightline::web {
namespace {

constexpr absl::string_view kMappedPrefix("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
constexpr size_t kPrefixBytes = 8;

}  // namespace

std::string AddressLimit::KeyOf(absl::string_view address) {
  if (address.size() != 16) return std::string(address);
  if (address.substr(0, kMappedPrefix.size()) == kMappedPrefix) {
    return std::string(address.substr(kMappedPrefix.size()));
  }
  return std::string(address.substr(0, kPrefixBytes));
}

bool AddressLimit::Take(const std::string& key) {
  if (most_ == 0) return true;
  base::MutexLock lock(&mutex_);
  size_t& held = held_[key];
  if (held >= most_) return false;
  ++held;
  return true;
}

void AddressLimit::GiveBack(const std::string& key) {
  if (most_ == 0) return;
  base::MutexLock lock(&mutex_);
  const auto it = held_.find(key);
  if (it != held_.end() && --it->second == 0) held_.erase(it);
}

}  // namespace sightline::web
