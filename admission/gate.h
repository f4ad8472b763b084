// What the sequencer asks admission at the moment an entry gets its index.
//
// Admission runs on many threads, before the index is known; between the two the
// registry may have changed (a key revoked, a submitter suspended). The sequencer
// therefore checks again what was admitted under an older registry, and tells the
// gate about every control entry before it begins the next batch. So who may write
// entry i is decided by the entries before i, exactly as an auditor replays it.
//
// Threads: version() from any thread; the rest from the sequencer thread alone.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "admission/admitted_entry.h"

namespace sightline::admission {

class Gate {
 public:
  virtual ~Gate() = default;

  // Grows with every integrated control entry.
  virtual uint64_t version() const = 0;

  // Whether `entry` may still become leaf `index`, admitted at
  // `admitted_unix_ms`; brings its verdict up to date. Called for every control
  // entry, for entries whose registry_version() is not version(), and for governed
  // ones whose time had to be moved.
  virtual absl::Status Recheck(uint64_t index, int64_t admitted_unix_ms,
                               AdmittedEntry* entry) = 0;

  // A control entry is durable as leaf `index` with these bytes.
  virtual absl::Status Integrated(uint64_t index, absl::string_view entry) = 0;
};

// A gate that lets everything pass, for logs without a registry (benchmarks, tests).
class OpenGate final : public Gate {
 public:
  uint64_t version() const override { return 0; }
  absl::Status Recheck(uint64_t, int64_t, AdmittedEntry*) override {
    return absl::OkStatus();
  }
  absl::Status Integrated(uint64_t, absl::string_view) override {
    return absl::OkStatus();
  }
};

}  // namespace sightline::admission
