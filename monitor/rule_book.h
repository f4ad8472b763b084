// Which rules speak of what happens in a log, and what is still to come: answers,
// reviews of emergencies, ends of seals, words of agencies.
//
// Source:  docs/monitor.md.
// Units:   Unix milliseconds UTC. Deadlines count from admission, the log's time.
// Threads: thread-compatible.
// Memory:  O(agencies), and what is open: at most kMaxOpen requests, reviews and
//          seals each, and kMaxAnswered requests that are not; the oldest
//          forgotten first. Of reports, report_books.h.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "monitor/alert.h"
#include "monitor/entry_check.h"
#include "monitor/monitor_config.h"
#include "monitor/problem.h"
#include "monitor/report_books.h"
#include "statement/registry.h"

namespace sightline::monitor {

class RuleBook {
 public:
  static constexpr size_t kMaxOpen = 1'000'000;
  static constexpr size_t kMaxAnswered = 10'000;

  // Rules on entries are silent about those before `alerts_from`; what was due
  // before `since_unix_ms` is not told of them either.
  RuleBook(std::vector<Rule> rules, uint64_t alerts_from, int64_t since_unix_ms)
      : rules_(std::move(rules)),
        alerts_from_(alerts_from),
        since_unix_ms_(since_unix_ms) {}

  // Takes an entry that LiveCheck has taken.
  void OnEntry(const CheckedEntry& entry, const statement::Registry& registry,
               int64_t now_unix_ms, std::vector<Alert>* alerts);
  // What has become due.
  void OnTime(int64_t now_unix_ms, std::vector<Alert>* alerts);
  // Under every rule of a kind.
  void OnProblem(const Problem& problem, int64_t now_unix_ms,
                 std::vector<Alert>* alerts) const;
  // `subject` tells one trouble from another.
  void OnTrouble(RuleKind kind, absl::string_view subject,
                 const std::string& text, const std::string& evidence,
                 int64_t now_unix_ms, std::vector<Alert>* alerts) const;

  // What is open, as text to go on from. Load: kInvalidArgument: not that.
  std::string Save() const;
  absl::Status Load(absl::string_view text);

  size_t open_requests() const { return requests_.size(); }
  size_t open_reviews() const { return reviews_.size(); }
  size_t open_seals() const { return seals_.size(); }

 private:
  struct Place {
    std::string county;
    std::string state;
    uint64_t s2_cell = 0;
  };
  struct OpenRequest {
    std::string submitter;
    Place place;
    int64_t admitted = 0;
    int64_t deadline = 0;  // the policy's; 0: none
  };
  using OpenRequests = std::map<uint64_t, OpenRequest>;  // by index
  struct OpenSeal {
    std::string submitter;
    int64_t until = 0;
  };
  struct Agency {
    int64_t last = 0;
    uint64_t index = 0;  // of what it said last
  };

  static Place PlaceOf(const v1::CoarseArea& area);
  bool Fits(const Rule& rule, absl::string_view submitter,
            const Place& place) const;
  bool Matches(const Rule& rule, const CheckedEntry& entry) const;
  // Whether footage was given before this, the request that `entry` answers,
  // was logged. Null: it is not, or the request is not known any more.
  const OpenRequest* GivenBefore(const CheckedEntry& entry) const;
  void OnAnswer(const CheckedEntry& entry, int64_t now,
                std::vector<Alert>* alerts) const;
  void Follow(const CheckedEntry& entry, const statement::Registry& registry);
  void OnReport(const CheckedEntry& entry, int64_t now,
                std::vector<Alert>* alerts) const;
  // What the registry says of a submitter after `entry`, which speaks of it.
  void FollowStatus(const std::string& submitter, const CheckedEntry& entry,
                    const statement::Registry& registry);
  void FollowRequest(const CheckedEntry& entry,
                     const statement::Registry& registry);
  void FollowAnswers(const v1::Statement& statement);
  void Close(uint64_t request);
  void FollowSeals(const CheckedEntry& entry);
  // Of an entry that is, or brings, what a rule asks for.
  void RaiseFitting(const CheckedEntry& entry, int64_t now,
                    std::vector<Alert>* alerts) const;
  void Raise(const Rule& rule, absl::string_view subject, std::string text,
             int64_t now, std::vector<Alert>* alerts, Alert more) const;
  // `what` they are, and which word of others they `lack`.
  void OnRequestsDue(const Rule& rule, const OpenRequests& open,
                     absl::string_view what, absl::string_view lack,
                     int64_t now, std::vector<Alert>* alerts);
  void OnSealsDue(const Rule& rule, int64_t now, std::vector<Alert>* alerts);
  void OnSilence(const Rule& rule, int64_t now, std::vector<Alert>* alerts);
  // Whether this is the first time.
  bool First(const std::string& id) { return told_.insert(id).second; }
  bool Silenced(uint64_t index, int64_t due) const {
    return index < alerts_from_ && due < since_unix_ms_;
  }

  const std::vector<Rule> rules_;
  const uint64_t alerts_from_;
  const int64_t since_unix_ms_;
  OpenRequests requests_;
  OpenRequests answered_;  // or withdrawn: the newest of them
  OpenRequests reviews_;   // emergencies without one
  std::map<std::pair<uint64_t, std::string>, OpenSeal> seals_;
  std::map<std::string, Agency> agencies_;  // that may speak
  ReportBooks books_;
  // Ids of alerts about what is open.
  std::set<std::string> told_;
};

}  // namespace sightline::monitor
