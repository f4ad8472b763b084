// Diagnostics as lines on standard error or any stream, by spdlog.
//
// Shapes:  kText: 2026-11-24T09:12:01.250Z info serving address=127.0.0.1:8443
//          kJson: {"time":"...","level":"info","event":"serving",...}
//          Values are quoted and escaped, so an event is one line whatever is
//          in it.
// Units:   times are UTC.
// Threads: thread-safe; a line is written whole.
#pragma once

#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "telemetry/diagnostics.h"

namespace sightline::telemetry {

enum class LineFormat { kText, kJson };

absl::StatusOr<LineFormat> ParseLineFormat(absl::string_view name);
absl::StatusOr<Level> ParseLevel(absl::string_view name);

struct LineOptions {
  LineFormat format = LineFormat::kText;
  Level least = Level::kInfo;  // lines below are dropped
};

// What one line says, without its newline.
std::string FormatLine(LineFormat format, int64_t now_unix_ms, Level level,
                       absl::string_view event,
                       std::initializer_list<Field> fields);

// `clock` outlives the result.
std::unique_ptr<Diagnostics> DiagnosticsOnStderr(const LineOptions& options,
                                                 const base::Clock* clock);
// `out` too.
std::unique_ptr<Diagnostics> DiagnosticsOnStream(const LineOptions& options,
                                                 const base::Clock* clock,
                                                 std::ostream* out);

}  // namespace sightline::telemetry
