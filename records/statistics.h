// Requests, counted.
//
// Source:  proto Statistics; docs/records.md "Counts".
// Units:   months are year * 100 + month, of admission, UTC.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "proto/sightline/v1/record.pb.h"

namespace sightline::records {

// What one request adds. Does not depend on what moment the row is of.
v1::Statistics StatisticsOf(const v1::RequestRow& row);

void Add(const v1::Statistics& more, v1::Statistics* sum);
// REQUIRES: `less` was added before.
void Subtract(const v1::Statistics& less, v1::Statistics* sum);

// The pages of a count with conditions, each of which holds a part of a group: the
// groups, by key.
std::vector<v1::StatisticsRow> MergeByKey(
    const std::vector<v1::StatisticsRow>& parts);

uint32_t MonthOf(int64_t unix_ms);
bool IsMonth(uint32_t month);

// Which groups a request is counted in, but for those that it has no key for.
std::vector<std::pair<v1::StatisticsGrouping, std::string>> GroupsOf(
    const v1::RequestRow& row);

}  // namespace sightline::records
