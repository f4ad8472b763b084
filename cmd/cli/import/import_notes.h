// What an import has to tell of the rows of its file.
//
// Threads: thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace sightline::cli {

// A row that could not be taken.
struct RowFault {
  uint64_t line = 0;
  std::string reason;

  friend bool operator==(const RowFault&, const RowFault&) = default;
  friend std::ostream& operator<<(std::ostream& out, const RowFault& fault) {
    return out << "line " << fault.line << ": " << fault.reason;
  }
};

// Something about rows that were taken: what the file leaves open, and what was
// made of it.
struct Remark {
  std::string text;
  std::vector<uint64_t> lines;

  friend bool operator==(const Remark&, const Remark&) = default;
};

struct ImportNotes {
  uint64_t rows = 0;  // those that the file has, without the header
  std::vector<RowFault> unusable;
  std::vector<Remark> remarks;  // each text once, in the order they came up

  void Refuse(uint64_t line, absl::string_view reason) {
    unusable.push_back({line, std::string(reason)});
  }

  void Add(uint64_t line, absl::string_view text) {
    for (Remark& remark : remarks) {
      if (remark.text != text) continue;
      remark.lines.push_back(line);
      return;
    }
    remarks.push_back({std::string(text), {line}});
  }
};

}  // namespace sightline::cli
