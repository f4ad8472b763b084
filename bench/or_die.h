// For programs that can only go on or give up: the value, or the end.
//
// Errors:  prints what failed and why, and exits with status 1.
// Threads: any thread.
#pragma once

#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sightline::bench {

inline void OrDie(const absl::Status& status, const char* what) {
  if (status.ok()) return;
  std::cerr << what << ": " << status << "\n";
  std::exit(1);
}

template <typename T>
T OrDie(absl::StatusOr<T> value, const char* what) {
  OrDie(value.status(), what);
  return *std::move(value);
}

}  // namespace sightline::bench
