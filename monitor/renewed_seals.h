// Whether keepers heed renewals: the ends that renewals have set, for as long as
// they run, and the unsealings by a keeper that came before them.
//
// That a seal has ended by what its own entry says is checked where links are
// (statement/links.h); a renewal is another entry, which only those know who have
// read everything in between.
//
// Source:  docs/statements.md "Seals that end".
// Units:   Unix milliseconds UTC, by the log's clock.
// Threads: thread-compatible; entries come in order of index.
// Memory:  the seals that a renewal has prolonged into the future, at most
//          `max_seals`; beyond that the one that ends first is let go, and opening
//          it early is not noticed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "monitor/entry_check.h"
#include "monitor/problem.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::monitor {

// A field of an entry, sealed until then by the renewal in another entry.
struct RenewedSeal {
  uint64_t index = 0;
  std::string path;
  int64_t until_unix_ms = 0;
  uint64_t renewal_index = 0;

  friend bool operator==(const RenewedSeal&, const RenewedSeal&) = default;
};

class RenewedSeals {
 public:
  static constexpr size_t kMaxSeals = size_t{1} << 18;

  explicit RenewedSeals(size_t max_seals = kMaxSeals) : max_seals_(max_seals) {}

  // Takes an entry that is valid and was said by who may say it.
  void Next(const CheckedEntry& entry, ProblemLog* problems);

  // Goes on from what another one had: List(). REQUIRES: nothing has been taken.
  void Resume(const std::vector<RenewedSeal>& seals);

  // By entry and path.
  std::vector<RenewedSeal> List() const;

 private:
  using Field = std::pair<uint64_t, std::string>;  // entry, path
  struct End {
    int64_t until_unix_ms = 0;
    uint64_t renewal_index = 0;
  };

  void Renew(uint64_t renewal_index, const v1::SealRenewal& renewal);
  void Open(const CheckedEntry& entry, ProblemLog* problems);
  void Erase(uint64_t index);
  void Put(const Field& field, const End& end);
  void Remove(std::map<Field, End>::iterator it);
  // Drops those that have ended by then.
  void DropEnded(int64_t now_unix_ms);

  size_t max_seals_;
  std::map<Field, End> ends_;
  std::set<std::tuple<int64_t, uint64_t, std::string>> by_end_;
};

}  // namespace sightline::monitor
