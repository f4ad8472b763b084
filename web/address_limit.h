// How many connections each client address holds.
//
// Shapes:  an IPv4 address counts for itself, an IPv6 address with its /64, which
//          is what one customer is given. An IPv4 address mapped into IPv6 is the
//          IPv4 one.
// Threads: thread-safe.
// Memory:  one small map entry per address with a connection.
#pragma once

#include <cstddef>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"

namespace sightline::web {

class AddressLimit {
 public:
  // `most` connections of one address; 0: no limit.
  explicit AddressLimit(size_t most) : most_(most) {}

  // What connections of one client share. `address` is 4 or 16 bytes.
  static std::string KeyOf(absl::string_view address);

  // Whether there is room for one more, which is then counted.
  bool Take(const std::string& key) ABSL_LOCKS_EXCLUDED(mutex_);
  void GiveBack(const std::string& key) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  const size_t most_;
  base::Mutex mutex_;
  absl::flat_hash_map<std::string, size_t> held_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::web
