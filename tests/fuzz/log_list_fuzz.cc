// Of a log list that parses, every log has a key and is listed once. (The text is
// not canonical, so there is no way back to compare.)
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "witness/log_list.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto logs = ::sightline::witness::ParseLogList(text);
  if (!logs.ok()) return 0;
  std::set<std::string> origins;
  for (const auto& log : *logs) {
    if (log.keys.empty()) std::abort();
    if (!origins.insert(log.origin).second) std::abort();
  }
  return 0;
}
