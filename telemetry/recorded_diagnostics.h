// Diagnostics that a test looks at. Tests only.
//
// Threads: thread-safe.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "telemetry/diagnostics.h"

namespace sightline::telemetry {

class RecordedDiagnostics final : public Diagnostics {
 public:
  void Write(Level level, absl::string_view event,
             std::initializer_list<Field> fields) override {
    std::string line = absl::StrCat(LevelName(level), " ", event);
    for (const Field& field : fields) {
      absl::StrAppend(&line, " ", field.key, "=", field.value);
    }
    base::MutexLock lock(&mutex_);
    lines_.push_back(std::move(line));
  }

  // "info serving address=127.0.0.1:1 tree_size=17", in order.
  std::vector<std::string> lines() const {
    base::MutexLock lock(&mutex_);
    return lines_;
  }

 private:
  mutable base::Mutex mutex_;
  std::vector<std::string> lines_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::telemetry
