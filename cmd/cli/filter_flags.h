// Which entries: the options that tail and export share.
//
// Errors:  kInvalidArgument, naming the option.
// Threads: one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/sightline/v1/log_service.pb.h"

namespace sightline::cli {

struct FilterFlags {
  uint64_t from = 0;
  std::vector<std::string> kinds;
  std::vector<std::string> submitters;
  std::string since;
  std::string until;
};

void AddFilterOptions(CLI::App* command, FilterFlags* flags);

absl::StatusOr<v1::EntryFilter> ToFilter(const FilterFlags& flags);

// "2026-05-30", "2026-05-30T18:00:00Z" or "2026-05-30 18:00 UTC"; a day begins at
// midnight UTC.
absl::StatusOr<int64_t> ParseTimeMs(absl::string_view text);

}  // namespace sightline::cli
