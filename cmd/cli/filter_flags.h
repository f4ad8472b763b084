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

}  // namespace sightline::cli
