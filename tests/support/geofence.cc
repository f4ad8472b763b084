#include "tests/support/geofence.h"

#include <cstdint>
#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "statement/timestamps.h"

namespace sightline::tests {
namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr uint32_t kFirstYear = 2018;
constexpr size_t kYears = 3;

v1::PeriodReport ReportOf(uint32_t year, uint64_t count) {
  v1::PeriodReport report;
  report.set_month(year * 100 + 12);
  v1::ClassTotal& total = *report.add_totals();
  total.set_channel(v1::CHANNEL_LEGAL_PROCESS);
  total.set_legal_process(v1::LEGAL_PROCESS_GEOFENCE_OR_REVERSE_WARRANT);
  total.set_count(count);
  return report;
}

}  // namespace

absl::StatusOr<std::vector<v1::PeriodReport>> GeofenceReportsOfCalifornia(
    const std::string& path) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = absl::StrSplit(line, ',');
    if (fields.size() != 1 + kYears || fields[0] != "California") continue;
    std::vector<v1::PeriodReport> reports;
    for (uint32_t i = 0; i < kYears; ++i) {
      uint64_t count = 0;
      if (!absl::SimpleAtoi(fields[i + 1], &count)) {
        return absl::InvalidArgumentError(absl::StrCat(path, ": ", line));
      }
      reports.push_back(ReportOf(kFirstYear + i, count));
    }
    return reports;
  }
  return absl::NotFoundError(absl::StrCat(path, ": no row of California"));
}

bool IsClearlyGeofence(const v1::FootageRequest& request) {
  if (request.data_categories_size() != 1 ||
      request.data_categories(0) != v1::DATA_CATEGORY_DEVICE_LOCATION ||
      !request.has_footage_window()) {
    return false;
  }
  const int64_t span = statement::ToUnixMs(request.footage_window().end()) -
                       statement::ToUnixMs(request.footage_window().begin());
  return span <= kDayMs;
}

}  // namespace sightline::tests
