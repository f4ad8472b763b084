// What the real public records say, read from the files alone: the truth that answers
// of a log are compared with. Shares no code with the importer and none with
// records/. Tests only.
//
// Units:   times in Unix milliseconds.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cmd/cli/import/plain_table.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::tests {

// One notice of an electronic warrant or an emergency.
struct Notice {
  uint64_t line = 0;  // of the file
  std::string source;
  uint64_t row = 0;
  std::string agency;  // "ori:...", or "prov:..." without an ORI
  std::string county;  // of the agency by the other file; "": it does not say
  int64_t submitted = 0;
  int year = 0;  // of it, in UTC
  // What was asked for, the day after the last one excluded.
  std::optional<std::pair<int64_t, int64_t>> period;
  bool is_of_one_day = false;
  bool asks_location_alone = false;
  bool is_emergency = false;
  v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;
  std::string offence;
  std::string platform;  // the only provider, where it has a name; "" else
  // Why the person is told later, the first ground of the statute; unspecified: is not.
  v1::SealGround delay = v1::SEAL_GROUND_UNSPECIFIED;
};

// In the order of the file.
std::vector<Notice> ReadNotices(const cli::Table& notices,
                                const cli::Table& agencies);

// Five digits each, of agencies whose ORI no other name has.
std::map<std::string, std::string> CountiesByOri(const cli::Table& agencies);

// Residents by county, five digits.
std::map<std::string, uint64_t> ReadPopulation(const cli::Table& counties);

// Of a time in UTC, or in California's time, where the last evening of a year
// belongs to the next.
int UtcYear(const std::string& time);

}  // namespace sightline::tests
