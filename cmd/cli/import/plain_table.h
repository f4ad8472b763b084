// A second, simple reader of CSV files, to tally them without the code under
// test. Tests only.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace sightline::cli {

using Table = std::vector<std::map<std::string, std::string>>;

// Fields by the names in the first row. Knows quotes, not line breaks in fields.
Table ReadTable(const std::string& path);

// The runs of ASCII letters and digits in a name, in lower case, with a space
// between them.
std::string Words(const std::string& name);

}  // namespace sightline::cli
