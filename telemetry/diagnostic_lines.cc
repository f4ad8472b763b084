#include "telemetry/diagnostic_lines.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "spdlog/logger.h"
#include "spdlog/sinks/ostream_sink.h"
#include "spdlog/sinks/stdout_sinks.h"

namespace sightline::telemetry {
namespace {

std::string TimeText(int64_t unix_ms) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(unix_ms),
                          absl::UTCTimeZone());
}

// A JSON string: control characters, quotes and backslashes escaped. Bytes that
// are not ASCII pass as they are, as UTF-8.
std::string Quoted(absl::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      absl::StrAppend(&out, "\\", absl::string_view(&c, 1));
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      absl::StrAppend(
          &out, "\\u00",
          absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
  return out;
}

bool NeedsQuotes(absl::string_view value) {
  return value.empty() || !std::all_of(value.begin(), value.end(), [](char c) {
           return c > 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '=';
         });
}

spdlog::level::level_enum SpdlogLevel(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

class Lines final : public Diagnostics {
 public:
  Lines(const LineOptions& options, const base::Clock* clock,
        spdlog::sink_ptr sink)
      : options_(options), clock_(clock), logger_("", std::move(sink)) {
    logger_.set_pattern("%v");
    logger_.set_level(SpdlogLevel(options.least));
    logger_.flush_on(spdlog::level::debug);
  }

  void Write(Level level, absl::string_view event,
             std::initializer_list<Field> fields) override {
    if (level < options_.least) return;
    const std::string line =
        FormatLine(options_.format, clock_->NowUnixMs(), level, event, fields);
    logger_.log(SpdlogLevel(level),
                spdlog::string_view_t(line.data(), line.size()));
  }

 private:
  const LineOptions options_;
  const base::Clock* const clock_;
  spdlog::logger logger_;
};

}  // namespace

absl::StatusOr<LineFormat> ParseLineFormat(absl::string_view name) {
  if (name == "text") return LineFormat::kText;
  if (name == "json") return LineFormat::kJson;
  return absl::InvalidArgumentError(
      absl::StrCat("line format ", Quoted(name), ", want text or json"));
}

absl::StatusOr<Level> ParseLevel(absl::string_view name) {
  for (const Level level :
       {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError}) {
    if (name == LevelName(level)) return level;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "level ", Quoted(name), ", want debug, info, warning or error"));
}

std::string FormatLine(LineFormat format, int64_t now_unix_ms, Level level,
                       absl::string_view event,
                       std::initializer_list<Field> fields) {
  std::string line;
  if (format == LineFormat::kText) {
    line =
        absl::StrCat(TimeText(now_unix_ms), " ", LevelName(level), " ", event);
    for (const Field& field : fields) {
      absl::StrAppend(&line, " ", field.key, "=",
                      !field.bare && NeedsQuotes(field.value)
                          ? Quoted(field.value)
                          : field.value);
    }
    return line;
  }
  line = absl::StrCat("{\"time\":\"", TimeText(now_unix_ms), "\",\"level\":\"",
                      LevelName(level), "\",\"event\":", Quoted(event));
  for (const Field& field : fields) {
    absl::StrAppend(&line, ",", Quoted(field.key), ":",
                    field.bare ? field.value : Quoted(field.value));
  }
  line.push_back('}');
  return line;
}

std::unique_ptr<Diagnostics> DiagnosticsOnStderr(const LineOptions& options,
                                                 const base::Clock* clock) {
  return std::make_unique<Lines>(
      options, clock, std::make_shared<spdlog::sinks::stderr_sink_mt>());
}

std::unique_ptr<Diagnostics> DiagnosticsOnStream(const LineOptions& options,
                                                 const base::Clock* clock,
                                                 std::ostream* out) {
  return std::make_unique<Lines>(
      options, clock, std::make_shared<spdlog::sinks::ostream_sink_mt>(*out));
}

}  // namespace sightline::telemetry
