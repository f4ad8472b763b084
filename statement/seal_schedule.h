// When seals end: which are due to be opened, from the entries alone.
//
// A seal ends at its sealed_until, or at the latest of its renewals. An unsealing
// or an erasure takes it off; what is never to be public has no end.
//
// Source:  docs/statements.md "Seals that end".
// Units:   Unix milliseconds UTC.
// Threads: thread-compatible.
// Memory:  max_seals seals, or those of one entry. Once it is full, later entries
//          are another schedule's: of those before full_from() it knows everything
//          still.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "proto/sightline/v1/statement.pb.h"

namespace sightline::statement {

// What of one entry ended at one time.
struct EndedSeal {
  uint64_t index = 0;
  int64_t ended_unix_ms = 0;
  std::vector<std::string> paths;  // ascending
};

class SealSchedule {
 public:
  explicit SealSchedule(size_t max_seals) : max_seals_(max_seals) {}

  // Takes the entries in, ascending, each once; from any index on.
  void Next(uint64_t index, const v1::Statement& statement);

  // What has ended by `now_unix_ms` and is sealed still, oldest end first; at most
  // `max` of them. The list of what is overdue, too.
  std::vector<EndedSeal> EndedBy(int64_t now_unix_ms, size_t max) const;

  // When the next of them ends.
  std::optional<int64_t> next_end_unix_ms() const;

  // The first entry whose seals found no room; nothing while there is room.
  std::optional<uint64_t> full_from() const { return full_from_; }

  size_t size() const { return ends_.size(); }

 private:
  using Field = std::pair<uint64_t, std::string>;  // entry, path

  void PutAll(uint64_t index, const v1::Statement& statement);
  void Put(const Field& field, int64_t end);
  void Remove(const Field& field);
  void Renew(const v1::SealRenewal& renewal);
  void Erase(uint64_t index);

  size_t max_seals_;
  std::map<Field, int64_t> ends_;
  std::set<std::tuple<int64_t, uint64_t, std::string>> by_end_;
  std::optional<uint64_t> full_from_;
};

}  // namespace sightline::statement
