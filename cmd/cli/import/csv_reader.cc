#include "cmd/cli/import/csv_reader.h"

#include <csv.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace sightline::cli {
namespace {

constexpr absl::string_view kByteOrderMark = "\xef\xbb\xbf";

// libcsv, fed line by line, so that a row knows where it begins and a row that
// is not CSV spoils no other.
class Parser {
 public:
  Parser() { Start(); }
  ~Parser() { csv_free(&parser_); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  // Forgets a row that was begun.
  void Restart() {
    csv_free(&parser_);
    Start();
  }

  // False when it is not CSV.
  bool Feed(absl::string_view line) {
    return csv_parse(&parser_, line.data(), line.size(), &OnField, &OnRow,
                     this) == line.size();
  }
  bool Finish() { return csv_fini(&parser_, &OnField, &OnRow, this) == 0; }

  // A row is complete; its fields stay until the next one begins.
  bool complete() const { return complete_; }
  const std::vector<std::string>& fields() const { return fields_; }
  void Next() {
    fields_.clear();
    complete_ = false;
  }

 private:
  void Start() {
    // Cannot fail: it allocates nothing yet.
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    Next();
  }
  static void OnField(void* data, size_t size, void* self) {
    static_cast<Parser*>(self)->fields_.emplace_back(
        static_cast<const char*>(data), size);
  }
  static void OnRow(int, void* self) {
    static_cast<Parser*>(self)->complete_ = true;
  }

  csv_parser parser_;
  std::vector<std::string> fields_;
  bool complete_ = false;
};

absl::Status ReadHeader(absl::Span<const absl::string_view> required,
                        const std::vector<std::string>& fields,
                        CsvRow::Columns* columns) {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!columns->emplace(fields[i], i).second) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the header names the column \"", fields[i], "\" twice"));
    }
  }
  for (absl::string_view column : required) {
    if (columns->contains(column)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("the header has no column \"", column, "\""));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadCsv(
    std::istream& in, absl::Span<const absl::string_view> required_columns,
    absl::FunctionRef<void(const CsvRow& row)> visit,
    absl::FunctionRef<void(uint64_t line, absl::string_view fault)> on_fault) {
  Parser parser;
  CsvRow::Columns columns;
  uint64_t line_number = 0;
  uint64_t row_line = 0;  // 0: between rows
  size_t row_bytes = 0;
  bool has_header = false;
  absl::Status header;
  const auto fail_row = [&](absl::string_view fault) {
    on_fault(row_line, fault);
    parser.Restart();
    row_line = 0;
  };
  const auto finish_row = [&] {
    if (!has_header) {
      has_header = true;
      header = ReadHeader(required_columns, parser.fields(), &columns);
    } else if (parser.fields().size() != columns.size()) {
      on_fault(row_line, absl::StrCat(parser.fields().size(), " fields, want ",
                                      columns.size()));
    } else {
      visit(CsvRow(row_line, &columns, &parser.fields()));
    }
    parser.Next();
    row_line = 0;
  };

  std::string text;
  while (header.ok() && std::getline(in, text)) {
    ++line_number;
    absl::string_view line = text;
    if (line_number == 1) absl::ConsumePrefix(&line, kByteOrderMark);
    absl::ConsumeSuffix(&line, "\r");
    if (row_line == 0) {
      if (line.empty()) continue;
      row_line = line_number;
      row_bytes = 0;
    }
    row_bytes += line.size() + 1;
    if (row_bytes > kMaxRowBytes) {
      fail_row(absl::StrCat("longer than ", kMaxRowBytes, " bytes"));
    } else if (!parser.Feed(line) || parser.complete() || !parser.Feed("\n")) {
      // Complete within a line: a carriage return that ends no line.
      fail_row("not CSV");
    } else if (parser.complete()) {
      finish_row();
    }
  }
  if (in.bad()) return absl::InternalError("cannot be read");
  if (header.ok() && row_line != 0) fail_row("ends within a quoted field");
  if (!has_header) return absl::InvalidArgumentError("no header");
  return header;
}

}  // namespace sightline::cli
