// What submitters log, month by month, to hold their period reports against.
//
// Source:  docs/monitor.md "Rules"; the same numbers as records/reconcile.h, of all
//          outcomes together.
// Threads: thread-compatible. Entries come in the order of the log, from the first.
// Memory:  at most kMaxCounts counts; the oldest month is forgotten first, and
//          nothing is said of a month that was.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "nlohmann/json.hpp"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::monitor {

class ReportBooks {
 public:
  static constexpr size_t kMaxCounts = 500'000;

  explicit ReportBooks(size_t max_counts = kMaxCounts)
      : max_counts_(max_counts) {}

  // A footage request that was admitted at this time.
  void OnRequest(const v1::Statement& statement, int64_t admitted_unix_ms);

  // In words, class by class, where a period report says another number than was
  // logged until now. Totals of single outcomes are not looked at.
  std::vector<std::string> Differences(const v1::Statement& report) const;

  // Says nothing of what was until the month of the next request is over.
  void ForgetAll();

  nlohmann::json Save() const;
  // nlohmann::json::exception: not what Save gave.
  void Load(const nlohmann::json& saved);

  size_t counts() const { return counts_.size(); }

 private:
  // Month, submitter, counterparty ("": all), channel, process.
  using Count = std::tuple<uint32_t, std::string, std::string, int, int>;

  void Add(const Count& count);

  size_t max_counts_;
  std::map<Count, uint64_t> counts_;
  static constexpr uint32_t kAll = UINT32_MAX;

  uint32_t forgotten_ = 0;  // this month and those before; or kAll
};

}  // namespace sightline::monitor
