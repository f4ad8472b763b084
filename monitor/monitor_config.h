// What a monitor looks for, whom it compares with and where it tells: a YAML file.
//
// Source:  docs/monitor.md.
// Errors:  kInvalidArgument, naming every fault with its line.
// Threads: values and pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace sightline::monitor {

enum class RuleKind {
  kRequest,            // a footage request
  kAssembly,           // one that is declared as related to an assembly
  kEmergency,          // an emergency demand
  kOverBroad,          // wider than its policy, or than the rule, allows
  kFinding,            // one with a finding of the policy
  kOverdue,            // one without an answer in time
  kReviewOverdue,      // an emergency demand without a review in time
  kGivenBeforeLogged,  // an answer: footage was given before it was asked here
  kSealOverdue,        // a seal that has ended, with nothing said about it
  kReportDisagrees,    // totals of a month that are not those of the log
  kSilent,             // an agency that has said nothing for long
  kUnsound,            // an entry that breaks the log's rules
  kInconsistent,  // checkpoints that are not signed, cosigned or consistent
  kSplitView,     // two signed histories
};
inline constexpr size_t kRuleKinds =
    static_cast<size_t>(RuleKind::kSplitView) + 1;

// "request", "over-broad" ...
absl::string_view RuleKindName(RuleKind kind);

struct Rule {
  std::string name;
  RuleKind kind = RuleKind::kRequest;
  // All that are given must hold; of several in a list, one.
  std::vector<std::string> submitters;
  std::vector<std::string> states;  // "CA"
  std::vector<std::string>
      counties;                    // "06037"; the first two digits: a state's
  std::vector<uint64_t> s2_cells;  // an area within or around one of them
  std::vector<std::string> findings;  // rule ids; kFinding alone
  // kOverdue, kReviewOverdue: else the policy's deadline. kSilent: must be
  // given. kSealOverdue: grace.
  std::optional<absl::Duration> after;
  // kOverBroad, beside the policy's findings; 0: not looked at.
  uint64_t max_area_square_metres = 0;
  absl::Duration max_window;
};

struct Peer {
  std::string name;
  std::string at;  // http:// or https:// URL, or folder
  std::string
      ca_file;  // of https; "": the certificates that the machine trusts
};

struct WebhookConfig {
  std::string url;      // http:// or https://; "": none
  std::string ca_file;  // "": the certificates that the machine trusts
  size_t max_queue = 1000;
  absl::Duration timeout = absl::Seconds(10);
};

struct AtomConfig {
  std::string file;  // "": none
  size_t max_entries = 100;
  std::string title = "Sightline monitor";
};

struct MonitorConfig {
  // Those of kUnsound, kInconsistent and kSplitView are there in any case.
  std::vector<Rule> rules;
  std::vector<Peer> witnesses;  // monitoring prefixes
  std::vector<Peer> mirrors;
  absl::Duration peer_interval = absl::Minutes(1);
  // How long a peer may have a checkpoint that the log does not show, or does
  // not prove to be of its history.
  absl::Duration peer_ahead_after = absl::Minutes(10);
  bool to_output = true;
  WebhookConfig webhook;
  AtomConfig atom;
};

// The configuration of an empty file.
MonitorConfig DefaultMonitorConfig();

absl::StatusOr<MonitorConfig> ParseMonitorConfig(const std::string& yaml);

}  // namespace sightline::monitor
