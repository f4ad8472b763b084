#include "telemetry/diagnostics.h"

namespace sightline::telemetry {
namespace {

class Silence final : public Diagnostics {
 public:
  void Write(Level, absl::string_view, std::initializer_list<Field>) override {}
};

}  // namespace

absl::string_view LevelName(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "unknown";
}

Diagnostics* NoDiagnostics() {
  static Silence silence;
  return &silence;
}

}  // namespace sightline::telemetry
