// What a submitter reports of a month beside what the log holds of it.
//
// Source:  proto ReconcileRow; docs/records.md "Reconciliation".
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/string_view.h"
#include "proto/sightline/v1/record.pb.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::records {

// Channel, legal process, outcome (0: all).
using ClassKey = std::tuple<int, int, int>;

struct ClassCount {
  int64_t logged = 0;
  int64_t answered = 0;  // of outcome 0
};
using ClassCounts = std::map<ClassKey, ClassCount>;

// One submitter's month.
struct MonthBooks {
  std::string submitter;
  uint32_t month = 0;
  const v1::PeriodReport* report = nullptr;  // the newest; null: none
  uint64_t report_index = 0;
  ClassCounts logged;
};

// By class. A class that the log has and the report has not is there by outcome
// when the report tells outcomes of such requests, else all outcomes together.
std::vector<v1::ReconcileRow> ReconcileMonth(const MonthBooks& books);

// There is a report, and it says something else than the log.
bool Disagrees(const v1::ReconcileRow& row);

// Whose books a request is in: its agency's, and those of the platform that it
// is addressed to.
std::vector<std::string> BooksOf(const v1::RequestRow& row);

// Adds `sign` for `row` to `counts`, a month's of one of BooksOf.
void Count(const v1::RequestRow& row, int64_t sign, ClassCounts* counts);

}  // namespace sightline::records
