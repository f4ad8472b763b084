#include "cmd/host_port.h"

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace sightline::daemon {

bool SplitAddress(const std::string& text, std::string* host, int* port) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  if (!absl::SimpleAtoi(text.substr(colon + 1), port) || *port < 0 ||
      *port > 65535) {
    return false;
  }
  absl::string_view name = absl::string_view(text).substr(0, colon);
  if (absl::ConsumePrefix(&name, "[") != absl::ConsumeSuffix(&name, "]")) {
    return false;
  }
  *host = std::string(name);
  return !host->empty();
}

}  // namespace sightline::daemon
