// One measured row: what was reached, beside the limit measured in the same run.
//
// Printed as one JSON line, which tools/bench turns into a table.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace sightline::bench {

struct Row {
  std::string what;   // as in the table of bars
  std::string bar;    // "at least 0.5"
  std::string unit;   // "entries/s"
  double result = 0;  // medians
  double limit = 0;
  double ratio = 0;  // as the bar is stated
  bool met = false;
  std::string limit_is;  // what the limit is
};

inline double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

// `values` sorted or not; q in [0, 1].
inline double Quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  if (values.empty()) return 0;
  const size_t i = static_cast<size_t>(q * static_cast<double>(values.size()));
  return values[std::min(i, values.size() - 1)];
}

inline void Print(const Row& row) {
  std::printf(
      "{\"what\": \"%s\", \"bar\": \"%s\", \"unit\": \"%s\", \"result\": "
      "%.6g, \"limit\": %.6g, \"ratio\": %.4g, \"met\": %s, \"limit_is\": "
      "\"%s\"}\n",
      row.what.c_str(), row.bar.c_str(), row.unit.c_str(), row.result,
      row.limit, row.ratio, row.met ? "true" : "false", row.limit_is.c_str());
  std::fflush(stdout);
}

// Something worth knowing that has no bar.
inline void PrintNote(const std::string& note) {
  std::printf("{\"note\": \"%s\"}\n", note.c_str());
  std::fflush(stdout);
}

}  // namespace sightline::bench
