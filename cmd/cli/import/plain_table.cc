#include "cmd/cli/import/plain_table.h"

#include <cctype>
#include <fstream>

namespace sightline::cli {
namespace {

std::vector<std::string> SplitLine(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

}  // namespace

Table ReadTable(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  const std::vector<std::string> header = SplitLine(line);
  Table table;
  while (std::getline(in, line)) {
    const std::vector<std::string> fields = SplitLine(line);
    auto& row = table.emplace_back();
    for (size_t i = 0; i < header.size(); ++i) row[header[i]] = fields[i];
  }
  return table;
}

std::string Words(const std::string& name) {
  std::string words;
  bool gap = false;
  for (const unsigned char c : name) {
    if (c >= 0x80 || !std::isalnum(c)) {
      gap = true;
      continue;
    }
    if (gap && !words.empty()) words += ' ';
    gap = false;
    words += static_cast<char>(std::tolower(c));
  }
  return words;
}

}  // namespace sightline::cli
