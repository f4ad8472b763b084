// Follows a log, checks everything that it shows, and tells what its rules look
// for: the engine of `sightline monitor`.
//
// Source:  docs/monitor.md.
// Errors:  a Status says that the monitor could not go on for now (the log cannot
//          be reached) or at all (kInternal: its folder); what is wrong with the log
//          is an alert.
// Threads: one; Stop from any.
// Memory:  what live_check.h and rule_book.h say, two checkpoints of each peer,
//          and the last kMaxTold troubles; of two histories the monitor
//          tells kMaxSplits times and keeps as many files.
// Durable: alerts are given out before the state that has them is kept, so a crash
//          may repeat some, with the same ids, and loses none.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "checkpoint/evidence_file.h"
#include "checkpoint/log_keys.h"
#include "checkpoint/policy.h"
#include "client/backoff.h"
#include "crypto/random.h"
#include "merkle/hash.h"
#include "monitor/alert.h"
#include "monitor/live_check.h"
#include "monitor/log_feed.h"
#include "monitor/monitor_config.h"
#include "monitor/monitor_folder.h"
#include "monitor/rule_book.h"
#include "monitor/webhook.h"
#include "tiles/log_reader.h"

namespace sightline::monitor {

// Who else knows checkpoints of the log.
struct PeerView {
  std::string name;
  // Reads the newest signed note that it has.
  std::function<absl::StatusOr<std::string>()> read;
  tiles::LogReader* tiles = nullptr;  // of a mirror; null: a witness
};

class LogMonitor {
 public:
  static constexpr size_t kMaxTold = 1000;
  static constexpr size_t kMaxSplits = 100;

  struct Options {
    MonitorConfig config;
    std::vector<std::string> vkeys;  // of the log; evidence names one or two
    checkpoint::LogKeySet keys = checkpoint::LogKeySet("");
    const checkpoint::Policy* policy = nullptr;  // null: no quorum is asked for
    // When the folder is new: rules are silent about entries before it.
    uint64_t alerts_from = 0;
    absl::Duration tick = absl::Seconds(1);
    absl::Duration save_interval = absl::Seconds(1);
    absl::Duration longest_pause = absl::Minutes(1);
  };

  // All outlive the monitor. `webhook` may be null.
  struct Parts {
    LogFeed* feed = nullptr;
    MonitorFolder* folder = nullptr;
    const base::Clock* clock = nullptr;
    crypto::Rng* rng = nullptr;
    Webhook* webhook = nullptr;
    std::vector<PeerView> peers;
    std::function<void(const Alert&)> output = [](const Alert&) {};
    // What is no alert: unreachable peers, retries.
    std::function<void(absl::string_view)> note = [](absl::string_view) {};
  };

  // kFailedPrecondition: the folder is another log's.
  static absl::StatusOr<std::unique_ptr<LogMonitor>> Create(Options options,
                                                            Parts parts);

  // One step: what is new, what the peers show if it is time, what is due.
  absl::Status RunOnce(absl::Duration patience);
  // Keeps what is known, whenever the last time was.
  absl::Status Keep() { return Save(); }
  // Until Stop; returns what no waiting mends.
  absl::Status Run();
  void Stop();

  uint64_t size() const { return check_->size(); }
  // Whether something that was told of the log's checkpoints is not over; two
  // histories never are.
  bool in_trouble() const { return !told_.empty(); }
  // Of the newest verified tree; "" before.
  const std::string& note() const { return memory_.note; }

 private:
  struct Tree {
    uint64_t size = 0;
    merkle::Hash root{};
    std::string note;
  };
  struct PeerTree {
    const PeerView* peer = nullptr;  // one of parts_
    Tree tree;
  };
  // A tree that a peer has, and that is not proven to be of the log's history.
  struct PeerDoubt {
    Tree tree;
    int64_t since = 0;
  };
  // Reads how the first leaves lie in a newer tree.
  using PrefixReader =
      std::function<absl::StatusOr<LogFeed::Prefix>(uint64_t, const Tree&)>;

  LogMonitor(Options options, Parts parts)
      : options_(std::move(options)), parts_(std::move(parts)) {}

  absl::Status Load();
  void LoadDoubts(const std::vector<UnprovenTree>& unproven);
  absl::Status Forget();
  absl::Status Follow(absl::Duration patience);
  absl::Status Take(uint64_t index, absl::string_view bytes);
  absl::Status TakeNote(const LogFeed::Step& step);
  absl::Status FeedFailed(const absl::Status& why);
  void CheckQuorum(const checkpoint::OpenedCheckpoint& opened);

  absl::StatusOr<Tree> Open(const std::string& note) const;
  PrefixReader FromLog() const;
  // OK: consistent. kDataLoss: the log is convicted, and it has been told.
  // Others: it cannot be said.
  // `shows`: who shows which history, for the alert.
  absl::Status Compare(const Tree& a, const Tree& b, const PrefixReader& read,
                       const std::string& shows);
  absl::Status CompareWithShown(const Tree& newer,
                                const LogFeed::Prefix& prefix);
  // `key`: of the split, for telling of it once.
  absl::Status Convict(const checkpoint::EvidenceFile& evidence,
                       const std::string& key, const std::string& shows);
  bool EnoughOfSplits(const std::string& key) const;
  void CheckPeers();
  // Nothing: it cannot be reached, or shows what the log has not signed.
  std::optional<Tree> AskPeer(const PeerView& peer);
  // With each other, whatever the log shows.
  void ComparePeers(const std::vector<PeerTree>& shown);
  void CheckPeer(const PeerView& peer, const Tree& tree);
  // Compare, with kUnavailable also for a tree that is ahead of the log.
  absl::Status CompareWithPeer(const PeerView& peer, const Tree& tree);
  void Settle(const PeerView& peer);
  void Doubt(const PeerView& peer, const Tree& tree, const absl::Status& why);
  bool DoubtIsOver(const PeerView& peer, const PeerDoubt& doubt);

  // Tells of trouble once, until it is over.
  void Trouble(RuleKind kind, const std::string& key, const std::string& text,
               const std::string& evidence = "");
  void Over(const std::string& key) { told_.erase(key); }
  void GiveOut();
  absl::Status Save();
  void TellOfWebhook();
  absl::Status SaveNowAndThen(bool now);

  const Options options_;
  const Parts parts_;
  std::unique_ptr<LiveCheck> check_;
  std::unique_ptr<RuleBook> book_;
  LiveCheck::Taken taken_;  // since the last save
  MonitorMemory memory_;
  std::optional<Tree> newest_;
  std::set<std::string> told_;
  std::vector<Alert> alerts_;    // not given out yet
  bool changed_ = false;         // since the last save
  std::string webhook_failure_;  // that was told of last
  int64_t saved_unix_ms_ = 0;
  int64_t peers_unix_ms_ = 0;  // when they were asked last; 0: never
  std::map<std::string, PeerDoubt> doubts_;  // by peer
  client::Pause pause_;
};

}  // namespace sightline::monitor
