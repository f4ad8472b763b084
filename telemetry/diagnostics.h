// Diagnostic lines: what an operator reads when something is wrong.
//
// Shapes:  one line an event: time, level, the event's name, then its fields.
//          Names are snake_case and never change for one kind of event, so
//          that they can be counted and alerted on.
// Errors:  none: diagnostics never make a caller fail.
// Threads: implementations are thread-safe.
//
// No personal data, no secrets, no statement contents: indices, sizes, ids of
// submitters and codes only.
//
// Example:
//   diagnostics->Info("serving", {{"address", "127.0.0.1:8443"},
//                                 {"tree_size", 17}});
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace sightline::telemetry {

enum class Level { kDebug, kInfo, kWarning, kError };

// "debug", "info", "warning", "error".
absl::string_view LevelName(Level level);

struct Field {
  Field(absl::string_view key, absl::string_view value)
      : key(key), value(value) {}
  Field(absl::string_view key, const char* value) : key(key), value(value) {}
  Field(absl::string_view key, const std::string& value)
      : key(key), value(value) {}
  Field(absl::string_view key, bool value)
      : key(key), value(value ? "true" : "false"), bare(true) {}
  template <typename Number,
            std::enable_if_t<std::is_arithmetic_v<Number>, int> = 0>
  Field(absl::string_view key, Number value)
      : key(key), value(absl::StrCat(value)), bare(true) {}

  std::string key;
  std::string value;
  bool bare = false;  // a number or a truth value: written without quotes
};

class Diagnostics {
 public:
  virtual ~Diagnostics() = default;

  virtual void Write(Level level, absl::string_view event,
                     std::initializer_list<Field> fields) = 0;

  void Debug(absl::string_view event, std::initializer_list<Field> fields) {
    Write(Level::kDebug, event, fields);
  }
  void Info(absl::string_view event, std::initializer_list<Field> fields) {
    Write(Level::kInfo, event, fields);
  }
  void Warning(absl::string_view event, std::initializer_list<Field> fields) {
    Write(Level::kWarning, event, fields);
  }
  void Error(absl::string_view event, std::initializer_list<Field> fields) {
    Write(Level::kError, event, fields);
  }
};

// Says nothing. Lives for ever.
Diagnostics* NoDiagnostics();

}  // namespace sightline::telemetry
