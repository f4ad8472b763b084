// The yearly report of one agency as tables, and tables as CSV and as a page.
//
// Source:  docs/records.md "Yearly report": the dimensions of San Francisco
//          Administrative Code 19B and of Regulation (EU) 2023/1543 article 28,
//          as far as the log holds them.
// Threads: pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "proto/sightline/v1/record.pb.h"

namespace sightline::cli {

struct ReportTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // as wide as columns
};

// `requests`: every one of the agency and the year, in any order.
std::vector<ReportTable> MakeReport(absl::Span<const v1::RequestRow> requests);

// One line for each cell: table, row (the first column), column, value.
std::string ReportCsv(absl::Span<const ReportTable> tables);

// A page that needs nothing else. `heading` and `notes` are plain text.
std::string ReportHtml(absl::string_view heading,
                       absl::Span<const std::string> notes,
                       absl::Span<const ReportTable> tables);

}  // namespace sightline::cli
