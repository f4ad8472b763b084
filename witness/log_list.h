// The logs that a witness cosigns for: whose key, how often they may ask.
//
// Source:  transparency-dev/witness-network "Log-list format".
// Shapes:  "logs/v0\n", optionally "revision <n>\n"; then records, separated by
//          empty lines, of lines "<keyword> <value>":
//            vkey <vkey>        required
//            origin <origin>    else the key's name
//            qpd <n>            queries per day; 0 or absent: no limit of its own
//            contact <text>, bastion <url>|none    read and kept for nobody
//          Lines that begin with # are comments. At most 1 MiB, 1,000 records.
//          Records of one origin are one log with several keys; their limits
//          must agree.
// Errors:  kInvalidArgument, naming the line.
// Threads: pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "checkpoint/verifier.h"

namespace sightline::witness {

inline constexpr size_t kMaxLogListSize = 1 << 20;
inline constexpr size_t kMaxListedLogs = 1000;

struct ListedLog {
  std::string origin;
  std::vector<checkpoint::Verifier> keys;  // any of them; at least one
  uint64_t queries_per_day = 0;            // 0: no limit
};

absl::StatusOr<std::vector<ListedLog>> ParseLogList(absl::string_view text);

}  // namespace sightline::witness
