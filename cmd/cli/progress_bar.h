// How far a long run has come, on one line of a terminal.
//
// Debian packages no library for it. Says nothing where standard error is no
// terminal, or with --json; the line is gone when the bar is.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "absl/strings/string_view.h"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

class ProgressBar {
 public:
  // `unit` is what is counted: "entries".
  ProgressBar(const Invocation& run, absl::string_view unit);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void Show(uint64_t done, uint64_t total);

 private:
  std::ostream* const err_;  // null: nothing is shown
  const std::string unit_;
  std::string shown_;
};

}  // namespace sightline::cli
