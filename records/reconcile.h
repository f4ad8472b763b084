// What submitters report of a month beside what the log holds of it.
//
// A book is a month of a submitter: of all its requests (no counterparty), or of
// those with one counterparty. A pair is an agency and a platform, as requests name
// the platform that they are addressed to; it has a book from either side.
//
// Source:  proto ReconcileRow; docs/records.md "Reconciliation".
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "proto/sightline/v1/record.pb.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::records {

struct Book {
  uint32_t month = 0;
  std::string submitter;
  std::string counterparty;  // "": all

  friend bool operator<(const Book& a, const Book& b) {
    return std::tie(a.month, a.submitter, a.counterparty) <
           std::tie(b.month, b.submitter, b.counterparty);
  }
};

// The same month and pair from the other side. REQUIRES: a counterparty.
Book OtherSide(const Book& book);

// Channel, legal process, outcome (0: all).
using ClassKey = std::tuple<int, int, int>;

struct ClassCount {
  int64_t logged = 0;
  int64_t answered = 0;  // of outcome 0
};
using ClassCounts = std::map<ClassKey, ClassCount>;

// The newest report about a book; none when `report` is null.
struct BookReport {
  const v1::PeriodReport* report = nullptr;
  uint64_t index = 0;
};

struct MonthBooks {
  Book book;
  BookReport own;
  BookReport others;  // about OtherSide(book)
  ClassCounts logged;
};

// By class. A class that the log has and a report has not is there by outcome when
// that report tells outcomes of such requests, else all outcomes together.
std::vector<v1::ReconcileRow> ReconcileMonth(const MonthBooks& books);

// There is a report, of one side or the other, and it says something else than the
// log.
bool Disagrees(const v1::ReconcileRow& row);

// Which books a request is in: its agency's and those of the platform that it is
// addressed to, all together and as a pair.
std::vector<Book> BooksOf(const v1::RequestRow& row);

// Adds `sign` for `row` to `counts`, of one of BooksOf.
void Count(const v1::RequestRow& row, int64_t sign, ClassCounts* counts);

}  // namespace sightline::records
