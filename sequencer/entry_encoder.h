// Turns an admitted entry and its place into leaf data.
//
// Source:  docs/formats.md "Entry v1".
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "admission/admitted_entry.h"

namespace sightline::sequencer {

// Where an entry stands in its submitter's feed.
struct FeedPosition {
  uint64_t ordinal = 1;         // 1, 2, 3 ...
  uint64_t previous_index = 0;  // of ordinal - 1; meaningless for ordinal 1
};

class EntryEncoder {
 public:
  virtual ~EntryEncoder() = default;

  // Appends the leaf data to `*out`.
  virtual void Append(int64_t admitted_unix_ms,
                      const admission::AdmittedEntry& entry,
                      const FeedPosition& position, std::string* out) const = 0;
};

// sightline.v1.Entry.
class StatementEntryEncoder final : public EntryEncoder {
 public:
  void Append(int64_t admitted_unix_ms, const admission::AdmittedEntry& entry,
              const FeedPosition& position, std::string* out) const override;
};

// The statement bytes alone are the leaf data: a bare tlog, for load tools made for
// other logs.
class RawEntryEncoder final : public EntryEncoder {
 public:
  void Append(int64_t admitted_unix_ms, const admission::AdmittedEntry& entry,
              const FeedPosition& position, std::string* out) const override;
};

}  // namespace sightline::sequencer
