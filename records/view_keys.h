// Keys of the views.
//
// Source:  docs/formats-storage.md "Views".
// Shapes:  a letter for the view, then its parts: numbers big-endian, so that
//          their order is that of the bytes; texts end with a zero byte, which no
//          id and no path holds.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace sightline::records {

enum class View : char {
  kCursor = 'k',
  kRequest = 'r',       // index -> RequestFacts
  kTimeline = 't',      // request index, event index -> TimelineEvent
  kRoot = 'l',          // event index -> request index
  kSubmitter = 'u',     // id -> SubmitterFacts
  kPolicy = 'p',        // id, version -> PolicyFacts
  kDayStart = 'w',      // day -> index of the first entry admitted then
  kByAgency = 'a',      // submitter, index
  kByCustodian = 'c',   // platform, index
  kByState = 's',       // state, index
  kByCounty = 'y',      // county, index
  kByWholeState = 'Y',  // state, index: requests whose area is a whole state
  kByOffence = 'f',     // code, index
  kByChannel = 'h',     // channel, index
  kByDay = 'd',         // day (0: too many), index -> hint
  kViolations = 'v',    // index
  kEmergencies = 'e',   // index
  kAssemblies = 'b',    // index
  kCompelled = 'x',     // index
  kUnanswered = 'o',    // index -> hint
  kSeals = 'z',         // end, index, path -> SealRow
  kSealsBy = 'Z',       // submitter, end, index, path -> SealRow
  kSealEnd = 'S',       // index, path -> end
  kFeed = 'F',          // submitter, ordinal -> FeedRow
  kFeedHead = 'H',      // submitter -> ordinal
  kChanges = 'g',       // index -> TimelineEvent
  kReports = 'm',       // month, submitter, counterparty -> index, PeriodReport
  kReported = 'Q',      // the same of a pair, counterparty before submitter
  kBooks = 'q',         // month, submitter, counterparty, class -> counts
  kStatistics = 'n',    // grouping, key, month -> Statistics
  kSealedMonth = 'M',   // month -> SealedMonth
};

class Key {
 public:
  explicit Key(View view) : bytes_(1, static_cast<char>(view)) {}

  Key& Number(uint64_t value);
  Key& Small(uint32_t value);
  Key& Text(absl::string_view value);

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// How the keys of books and reports begin.
Key BookKey(View view, uint32_t month, absl::string_view submitter,
            absl::string_view counterparty);

// Takes the parts of a key apart again, in order. REQUIRES: a key of our own.
class KeyReader {
 public:
  explicit KeyReader(absl::string_view key) : rest_(key.substr(1)) {}

  uint64_t Number();
  uint32_t Small();
  absl::string_view Text();

 private:
  absl::string_view rest_;
};

// The index that the keys of lists end with.
uint64_t LastNumber(absl::string_view key);

}  // namespace sightline::records
