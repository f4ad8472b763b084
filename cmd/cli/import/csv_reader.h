// Rows of a CSV file by the names of their columns, with the line each begins on.
//
// Source:  RFC 4180, read strictly (a quote within an unquoted field is a fault);
//          LF or CRLF; the first row names the columns. Spaces around unquoted
//          fields do not count.
// Units:   lines count from 1, as editors do; a quoted field may span several.
// Errors:  kInvalidArgument: no header, or one that lacks a required column or
//          names one twice. kInternal: the stream cannot be read. A row that is
//          not CSV, too long, or of another number of fields is a fault of that
//          row, and reading goes on with the next line.
// Threads: pure but for the stream.
// Memory:  one row, at most kMaxRowBytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace sightline::cli {

inline constexpr size_t kMaxRowBytes = 1 << 20;

// Valid during the visit only.
class CsvRow {
 public:
  using Columns = absl::flat_hash_map<std::string, size_t>;

  CsvRow(uint64_t line, const Columns* columns,
         const std::vector<std::string>* fields)
      : line_(line), columns_(columns), fields_(fields) {}

  uint64_t line() const { return line_; }

  // "" when the file has no such column.
  absl::string_view operator[](absl::string_view column) const {
    const auto it = columns_->find(column);
    return it == columns_->end() ? absl::string_view()
                                 : absl::string_view((*fields_)[it->second]);
  }

 private:
  uint64_t line_;
  const Columns* columns_;
  const std::vector<std::string>* fields_;
};

absl::Status ReadCsv(
    std::istream& in, absl::Span<const absl::string_view> required_columns,
    absl::FunctionRef<void(const CsvRow& row)> visit,
    absl::FunctionRef<void(uint64_t line, absl::string_view fault)> on_fault);

}  // namespace sightline::cli
