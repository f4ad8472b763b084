// What a monitor has to tell: one thing that happened, under one rule.
//
// Shapes:  as JSON, one object on one line: id, time, rule, kind, text, and where
//          they apply index, submitter, evidence.
// Threads: values and pure functions.
//
// The same thing under the same rule has the same id, in every run: whoever gets
// an alert twice, after a crash, can tell.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::monitor {

struct Alert {
  std::string id;
  int64_t time_unix_ms = 0;  // when the monitor noticed
  std::string rule;          // its name
  std::string kind;          // what it looks for: "request", "split-view" ...
  std::string text;          // for people, one line
  std::optional<uint64_t> index = std::nullopt;  // the entry it is about
  std::string submitter = "";
  std::string evidence = "";  // name of a file that proves it

  friend bool operator==(const Alert&, const Alert&) = default;
};

// The id of what happened to `subject` ("entry 17") under a rule.
std::string AlertId(absl::string_view rule, absl::string_view kind,
                    absl::string_view subject);

std::string AlertToJson(const Alert& alert);
// kInvalidArgument: not what AlertToJson wrote.
absl::StatusOr<Alert> AlertFromJson(absl::string_view json);

// "2026-05-30T18:00:00.123Z".
std::string TimeText(int64_t unix_ms);

}  // namespace sightline::monitor
