#include "monitor/log_monitor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "client/evidence.h"
#include "crypto/sha256.h"
#include "monitor/atom_file.h"
#include "monitor/tile_feed.h"

namespace sightline::monitor {
namespace {

constexpr size_t kEvidenceNameBytes = 8;
constexpr absl::string_view kSplitPrefix = "split ";

std::string HexOf(const merkle::Hash& hash) {
  return base::HexEncode(crypto::AsBytes(hash));
}

// The roots that the first `size` leaves have in two histories. However far one
// of the trees has grown, and whoever shows which: the same split.
std::string SplitKey(uint64_t size, const merkle::Hash& a,
                     const merkle::Hash& b) {
  const auto& [first, second] = std::minmax(a, b);
  return absl::StrCat(kSplitPrefix, size, " ", HexOf(first), " ",
                      HexOf(second));
}

// Who may have signed two notes: each key, then each two.
std::vector<std::vector<std::string>> AccusedKeys(
    const std::vector<std::string>& vkeys) {
  std::vector<std::vector<std::string>> out;
  for (const std::string& vkey : vkeys) out.push_back({vkey});
  for (size_t i = 0; i < vkeys.size(); ++i) {
    for (size_t j = 0; j < i; ++j) out.push_back({vkeys[j], vkeys[i]});
  }
  return out;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LogMonitor>> LogMonitor::Create(Options options,
                                                               Parts parts) {
  std::unique_ptr<LogMonitor> monitor(
      new LogMonitor(std::move(options), std::move(parts)));
  RETURN_IF_ERROR(monitor->Load());
  return monitor;
}

absl::Status LogMonitor::Load() {
  LiveState live;
  MonitorMemory memory;
  RETURN_IF_ERROR(parts_.folder->Load(&live, &memory));
  const std::string& origin = options_.keys.origin();
  if (memory.origin.empty()) {
    memory.origin = origin;
    memory.alerts_from = options_.alerts_from;
    memory.since_unix_ms = parts_.clock->NowUnixMs();
  }
  if (memory.origin != origin) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the folder is of the log ", memory.origin, ", not ", origin));
  }
  ASSIGN_OR_RETURN(check_, LiveCheck::Resume({}, std::move(live)));
  book_ = std::make_unique<RuleBook>(options_.config.rules, memory.alerts_from,
                                     memory.since_unix_ms);
  if (!memory.open.empty()) RETURN_IF_ERROR(book_->Load(memory.open));
  told_ = {memory.told.begin(), memory.told.end()};
  LoadDoubts(memory.unproven);
  if (!memory.note.empty()) {
    ASSIGN_OR_RETURN(newest_, Open(memory.note));
  }
  if (parts_.webhook != nullptr && memory_.origin.empty()) {
    for (const Alert& alert : memory.undelivered) parts_.webhook->Send(alert);
  }
  memory_ = std::move(memory);
  taken_ = {};
  return absl::OkStatus();
}

// Of the peers that there are now, by keys that are trusted now.
void LogMonitor::LoadDoubts(const std::vector<UnprovenTree>& unproven) {
  doubts_.clear();
  for (const UnprovenTree& one : unproven) {
    const bool there = std::any_of(
        parts_.peers.begin(), parts_.peers.end(),
        [&](const PeerView& peer) { return peer.name == one.peer; });
    auto tree = Open(one.note);
    if (!there || !tree.ok()) continue;
    doubts_[one.peer] = {*std::move(tree), one.since_unix_ms};
  }
}

absl::StatusOr<LogMonitor::Tree> LogMonitor::Open(
    const std::string& note) const {
  ASSIGN_OR_RETURN(const checkpoint::OpenedCheckpoint opened,
                   options_.keys.OpenCheckpoint(note));
  return Tree{opened.checkpoint.tree_size, opened.checkpoint.root_hash, note};
}

// --- Following ------------------------------------------------------------------

absl::Status LogMonitor::RunOnce(absl::Duration patience) {
  const absl::Status followed = Follow(patience);
  const int64_t now = parts_.clock->NowUnixMs();
  if (!parts_.peers.empty() &&
      (peers_unix_ms_ == 0 ||
       now - peers_unix_ms_ >=
           absl::ToInt64Milliseconds(options_.config.peer_interval))) {
    peers_unix_ms_ = now;
    CheckPeers();
  }
  book_->OnTime(now, &alerts_);
  const bool urgent = !alerts_.empty();
  GiveOut();
  RETURN_IF_ERROR(SaveNowAndThen(urgent));
  return followed;
}

absl::Status LogMonitor::Follow(absl::Duration patience) {
  const uint64_t before = check_->size();
  const auto step = parts_.feed->Next(
      before, patience, [this](uint64_t index, absl::string_view bytes) {
        return Take(index, bytes);
      });
  changed_ = changed_ || check_->size() > before;
  if (!step.ok()) return FeedFailed(step.status());
  Over("feed");
  return step->has_value() ? TakeNote(**step) : absl::OkStatus();
}

absl::Status LogMonitor::Take(uint64_t index, absl::string_view bytes) {
  if (index != check_->size()) {
    return absl::InternalError(
        absl::StrCat("entry ", index, ", want ", check_->size()));
  }
  CheckedEntry entry;
  std::vector<Problem> problems;
  RETURN_IF_ERROR(check_->Take(
      bytes, [this](uint64_t i) { return parts_.feed->ReadEntry(i); }, &entry,
      &problems));
  const int64_t now = parts_.clock->NowUnixMs();
  for (const Problem& problem : problems) {
    book_->OnProblem(problem, now, &alerts_);
  }
  book_->OnEntry(entry, check_->registry(), now, &alerts_);
  return absl::OkStatus();
}

absl::Status LogMonitor::FeedFailed(const absl::Status& why) {
  RETURN_IF_ERROR(Forget());
  if (!absl::IsDataLoss(why)) return why;
  const auto pair = client::EvidenceOf(why);
  if (pair.has_value()) {
    const auto older = Open(pair->older);
    const auto newer = Open(pair->newer);
    if (older.ok() && newer.ok()) {
      Compare(*older, *newer, FromLog(), "the log shows the other")
          .IgnoreError();
    }
  }
  Trouble(RuleKind::kInconsistent, "feed",
          absl::StrCat("the log shows what does not hold: ", why.message()));
  return why;
}

// Goes back to the state that is kept: that of the last step that was proven.
absl::Status LogMonitor::Forget() {
  if (parts_.feed->proves()) return absl::OkStatus();
  alerts_.clear();
  check_->TakeNew();
  return Load();
}

void LogMonitor::CheckQuorum(const checkpoint::OpenedCheckpoint& opened) {
  if (options_.policy == nullptr) return;
  const absl::Status quorum = options_.policy->CheckCosigned(opened.note);
  if (quorum.ok()) return Over("quorum");
  Trouble(
      RuleKind::kInconsistent, "quorum",
      absl::StrCat("the checkpoint of size ", opened.checkpoint.tree_size,
                   " is not cosigned as the policy wants: ", quorum.message()));
}

absl::Status LogMonitor::TakeNote(const LogFeed::Step& step) {
  const auto opened = options_.keys.OpenCheckpoint(step.note);
  if (!opened.ok()) {
    RETURN_IF_ERROR(Forget());
    Trouble(RuleKind::kInconsistent, "signature",
            absl::StrCat("the log shows a checkpoint that it has not signed: ",
                         opened.status().message()));
    return absl::OkStatus();
  }
  Over("signature");
  const Tree tree{opened->checkpoint.tree_size, opened->checkpoint.root_hash,
                  step.note};
  const bool whole = tree.size == check_->size();
  const bool leads_there = whole && check_->range().Root() == tree.root;
  const bool behind = tree.size < check_->size();
  if (behind || (whole ? !leads_there : !step.proven)) {
    // Not what we know, or what was visited now is not this tree's.
    RETURN_IF_ERROR(Forget());
    const absl::Status consistent =
        newest_.has_value()
            ? Compare(*newest_, tree, FromLog(), "the log shows the other")
            : absl::OkStatus();
    if (!absl::IsDataLoss(consistent)) {
      Trouble(RuleKind::kInconsistent, "tree",
              behind
                  ? absl::StrCat("the log went back from ", check_->size(),
                                 " entries to ", tree.size)
                  : absl::StrCat("the entries that the log shows do not lead "
                                 "to its checkpoint of size ",
                                 tree.size));
    }
    return absl::OkStatus();
  }
  Over("tree");
  CheckQuorum(*opened);
  if (!newest_.has_value() || tree.size > newest_->size ||
      (tree.size == newest_->size && tree.note != newest_->note)) {
    newest_ = tree;
    memory_.note = tree.note;
    changed_ = true;
  }
  // The next step must find all of this one kept (Forget).
  return !step.proven && changed_ ? Save() : absl::OkStatus();
}

// --- Two trees ------------------------------------------------------------------

LogMonitor::PrefixReader LogMonitor::FromLog() const {
  return [this](uint64_t size, const Tree& newer) {
    return parts_.feed->ReadPrefix(size, newer.note);
  };
}

absl::Status LogMonitor::Compare(const Tree& a, const Tree& b,
                                 const PrefixReader& read,
                                 const std::string& shows) {
  const Tree& older = a.size <= b.size ? a : b;
  const Tree& newer = a.size <= b.size ? b : a;
  if (older.size == 0) return absl::OkStatus();
  if (older.size == newer.size) {
    if (older.root == newer.root) return absl::OkStatus();
    return Convict({{}, older.note, newer.note, {}},
                   SplitKey(older.size, older.root, newer.root), shows);
  }
  absl::StatusOr<LogFeed::Prefix> answer = read(older.size, newer);
  // Whatever it says, it convicts nobody.
  if (!answer.ok()) {
    return absl::UnavailableError(
        absl::StrCat("no proof between sizes ", older.size, " and ", newer.size,
                     ": ", answer.status().message()));
  }
  LogFeed::Prefix prefix = *std::move(answer);
  ASSIGN_OR_RETURN(const Tree shown, Open(prefix.newer));
  if (shown.size < older.size) {
    return absl::UnavailableError(
        absl::StrCat("shows only ", shown.size, " entries now"));
  }
  merkle::Hash root = shown.root;
  if (shown.size > older.size) {
    const auto proven = checkpoint::PrefixRoot(prefix.proof, older.size,
                                               shown.size, shown.root);
    if (!proven.ok()) {
      return absl::UnavailableError(
          absl::StrCat("no sound proof between sizes ", older.size, " and ",
                       shown.size, ": ", proven.status().message()));
    }
    root = *proven;
  } else {
    prefix.proof = {};
  }
  if (root != older.root) {
    return Convict({{}, older.note, prefix.newer, std::move(prefix.proof)},
                   SplitKey(older.size, older.root, root), shows);
  }
  if (shown.size == newer.size && shown.root == newer.root) {
    return absl::OkStatus();
  }
  return CompareWithShown(newer, prefix);
}

// The log has proven something of another tree than `newer`: whether that is of
// the same history.
absl::Status LogMonitor::CompareWithShown(const Tree& newer,
                                          const LogFeed::Prefix& prefix) {
  if (prefix.later.empty()) {
    return absl::UnavailableError("proves something of another tree");
  }
  ASSIGN_OR_RETURN(const Tree later, Open(prefix.later));
  if (later.size < newer.size) {
    return absl::UnavailableError(
        absl::StrCat("shows only ", later.size, " entries now"));
  }
  merkle::Hash root = later.root;
  checkpoint::PrefixProof proof;
  if (later.size > newer.size) {
    proof = prefix.asked;
    const auto proven =
        checkpoint::PrefixRoot(proof, newer.size, later.size, later.root);
    if (!proven.ok()) {
      return absl::UnavailableError(
          absl::StrCat("no sound proof between sizes ", newer.size, " and ",
                       later.size, ": ", proven.status().message()));
    }
    root = *proven;
  }
  if (root == newer.root) return absl::OkStatus();
  return Convict({{}, newer.note, prefix.later, std::move(proof)},
                 SplitKey(newer.size, newer.root, root),
                 "the log shows the other to who knows nothing of it");
}

// Told already; or so often that no further file says more.
bool LogMonitor::EnoughOfSplits(const std::string& key) const {
  if (told_.count(key) > 0) return true;
  const auto splits =
      std::count_if(told_.begin(), told_.end(), [](const std::string& told) {
        return absl::StartsWith(told, kSplitPrefix);
      });
  return static_cast<size_t>(splits) >= kMaxSplits;
}

absl::Status LogMonitor::Convict(const checkpoint::EvidenceFile& found,
                                 const std::string& key,
                                 const std::string& shows) {
  if (EnoughOfSplits(key)) {
    return absl::DataLossError("the log has signed two histories");
  }
  checkpoint::EvidenceFile evidence = found;
  absl::Status why = absl::UnavailableError("no key of the log signed both");
  for (const auto& vkeys : AccusedKeys(options_.vkeys)) {
    evidence.vkeys = vkeys;
    const auto conviction = checkpoint::VerifyEvidence(evidence);
    if (!conviction.ok()) {
      // What one key says of both tells most.
      if (vkeys.size() == 1) why = conviction.status();
      continue;
    }
    const std::string text = checkpoint::FormatEvidenceFile(evidence);
    const std::string name = base::HexEncode(
        crypto::AsBytes(crypto::Sha256(text)).substr(0, kEvidenceNameBytes));
    ASSIGN_OR_RETURN(const std::string file,
                     parts_.folder->KeepEvidence(name, text));
    const checkpoint::Checkpoint& older = conviction->older;
    const checkpoint::Checkpoint& newer = conviction->newer;
    const std::string what = absl::StrCat(
        "the log has signed two histories; ", shows, ": size ", older.tree_size,
        " root ", HexOf(older.root_hash), " and size ", newer.tree_size,
        " root ", HexOf(newer.root_hash));
    Trouble(RuleKind::kSplitView, key, what, file);
    return absl::DataLossError(what);
  }
  return absl::UnavailableError(why.message());
}

// --- Peers ----------------------------------------------------------------------

void LogMonitor::CheckPeers() {
  std::vector<PeerTree> shown;
  for (const PeerView& peer : parts_.peers) {
    std::optional<Tree> tree = AskPeer(peer);
    if (tree.has_value()) shown.push_back({&peer, *std::move(tree)});
  }
  // With the log first: an alert that names it says more.
  if (newest_.has_value()) {
    for (const PeerTree& one : shown) CheckPeer(*one.peer, one.tree);
  }
  ComparePeers(shown);
}

std::optional<LogMonitor::Tree> LogMonitor::AskPeer(const PeerView& peer) {
  const auto note = peer.read();
  if (!note.ok()) {
    parts_.note(absl::StrCat(peer.name, ": ", note.status().message()));
    return std::nullopt;
  }
  const auto tree = Open(*note);
  const std::string unsigned_key = absl::StrCat("unsigned ", peer.name);
  if (!tree.ok()) {
    Trouble(RuleKind::kInconsistent, unsigned_key,
            absl::StrCat(peer.name,
                         " shows a checkpoint that the log has not signed: ",
                         tree.status().message()));
    return std::nullopt;
  }
  Over(unsigned_key);
  return *tree;
}

// One of each size stands for all that agree with it: whoever does not, convicts
// the log together with it. Of different sizes nobody here has a proof.
void LogMonitor::ComparePeers(const std::vector<PeerTree>& shown) {
  std::map<uint64_t, const PeerTree*> first;  // by tree size
  for (const PeerTree& one : shown) {
    const PeerTree& other = *first.emplace(one.tree.size, &one).first->second;
    const absl::Status consistent =
        Compare(other.tree, one.tree, FromLog(),
                absl::StrCat(other.peer->name, " shows one and ",
                             one.peer->name, " the other"));
    if (consistent.ok() || absl::IsDataLoss(consistent)) continue;
    parts_.note(absl::StrCat(other.peer->name, " and ", one.peer->name, ": ",
                             consistent.message()));
  }
}

void LogMonitor::CheckPeer(const PeerView& peer, const Tree& tree) {
  const absl::Status consistent = CompareWithPeer(peer, tree);
  if (!consistent.ok() && !absl::IsDataLoss(consistent)) {
    return Doubt(peer, tree, consistent);
  }
  Settle(peer);
}

void LogMonitor::Settle(const PeerView& peer) {
  if (doubts_.erase(peer.name) > 0) changed_ = true;
  Over(absl::StrCat("ahead ", peer.name));
}

absl::Status LogMonitor::CompareWithPeer(const PeerView& peer,
                                         const Tree& tree) {
  const std::string shows = absl::StrCat(peer.name, " shows the other");
  if (tree.size <= newest_->size) {
    const absl::Status consistent = Compare(*newest_, tree, FromLog(), shows);
    if (!consistent.ok() && !absl::IsDataLoss(consistent)) {
      parts_.note(absl::StrCat(peer.name, ": ", consistent.message()));
    }
    return consistent;
  }
  if (peer.tiles != nullptr) {
    const PrefixReader read =
        [&peer](uint64_t size,
                const Tree& newer) -> absl::StatusOr<LogFeed::Prefix> {
      ASSIGN_OR_RETURN(checkpoint::PrefixProof proof,
                       PrefixFromTiles(peer.tiles, size, newer.size));
      return LogFeed::Prefix{newer.note, std::move(proof)};
    };
    const absl::Status consistent = Compare(*newest_, tree, read, shows);
    if (absl::IsDataLoss(consistent)) return consistent;
    if (!consistent.ok()) {
      parts_.note(absl::StrCat(peer.name, ": ", consistent.message()));
    }
  }
  return absl::UnavailableError(absl::StrCat("the log has shown no more than ",
                                             newest_->size, " entries"));
}

// Not provable, but not right either when it lasts: the log hides a tree that it
// has signed, or what proves that it has only grown from it.
void LogMonitor::Doubt(const PeerView& peer, const Tree& tree,
                       const absl::Status& why) {
  const int64_t now = parts_.clock->NowUnixMs();
  const auto known = doubts_.find(peer.name);
  // What cannot be proven of the same tree has just been tried.
  if (known != doubts_.end() && known->second.tree.root != tree.root &&
      DoubtIsOver(peer, known->second)) {
    Settle(peer);
  }
  const auto [place, is_new] =
      doubts_.try_emplace(peer.name, PeerDoubt{tree, now});
  changed_ = changed_ || is_new;
  const PeerDoubt& doubt = place->second;
  if (now - doubt.since <
      absl::ToInt64Milliseconds(options_.config.peer_ahead_after)) {
    return;
  }
  Trouble(
      RuleKind::kSplitView, absl::StrCat("ahead ", peer.name),
      absl::StrCat(peer.name, " has had a checkpoint of ", doubt.tree.size,
                   " entries since ", TimeText(doubt.since),
                   ", and the log does not prove that it is of its history: ",
                   why.message()));
}

// A peer may know more than a busy log has shown whenever we look: what counts is
// whether the log comes to show what the peer had.
bool LogMonitor::DoubtIsOver(const PeerView& peer, const PeerDoubt& doubt) {
  if (doubt.tree.size > newest_->size) return false;
  return Compare(*newest_, doubt.tree, FromLog(),
                 absl::StrCat(peer.name, " showed the other"))
      .ok();
}

// --- Telling and keeping --------------------------------------------------------

void LogMonitor::Trouble(RuleKind kind, const std::string& key,
                         const std::string& text, const std::string& evidence) {
  if (told_.size() >= kMaxTold) told_.erase(told_.begin());
  if (!told_.insert(key).second) return;
  book_->OnTrouble(kind, absl::StrCat(key, " ", check_->size()), text, evidence,
                   parts_.clock->NowUnixMs(), &alerts_);
}

void LogMonitor::GiveOut() {
  if (alerts_.empty()) return;
  for (const Alert& alert : alerts_) {
    if (options_.config.to_output) parts_.output(alert);
    if (parts_.webhook != nullptr) parts_.webhook->Send(alert);
    memory_.recent.push_back(alert);
  }
  alerts_.clear();
  changed_ = true;
  const AtomConfig& atom = options_.config.atom;
  if (memory_.recent.size() > atom.max_entries) {
    memory_.recent.erase(
        memory_.recent.begin(),
        memory_.recent.end() - static_cast<ptrdiff_t>(atom.max_entries));
  }
  if (atom.file.empty()) return;
  const absl::Status written = WriteAtomFile(
      atom.file, FormatAtom(atom.title, memory_.origin, memory_.recent));
  if (!written.ok()) parts_.note(written.message());
}

absl::Status LogMonitor::Save() {
  GiveOut();  // what is kept has been told
  LiveCheck::Taken taken = check_->TakeNew();
  for (auto& control : taken.control) {
    taken_.control.push_back(std::move(control));
  }
  taken_.identities.insert(taken_.identities.end(), taken.identities.begin(),
                           taken.identities.end());
  memory_.open = book_->Save();
  memory_.told = {told_.begin(), told_.end()};
  memory_.unproven.clear();
  for (const auto& [peer, doubt] : doubts_) {
    memory_.unproven.push_back({peer, doubt.tree.note, doubt.since});
  }
  memory_.undelivered.clear();
  if (parts_.webhook != nullptr) {
    memory_.undelivered = parts_.webhook->Waiting();
  }
  RETURN_IF_ERROR(parts_.folder->Save(*check_, taken_, memory_));
  taken_ = {};
  changed_ = false;
  saved_unix_ms_ = parts_.clock->NowUnixMs();
  return absl::OkStatus();
}

// Once for each reason, and again when it comes back.
void LogMonitor::TellOfWebhook() {
  if (parts_.webhook == nullptr) return;
  const absl::Status failure = parts_.webhook->last_failure();
  const std::string why(failure.message());
  if (why == webhook_failure_) return;
  webhook_failure_ = why;
  if (!why.empty()) parts_.note(absl::StrCat("alerts wait: ", why));
}

absl::Status LogMonitor::SaveNowAndThen(bool now) {
  TellOfWebhook();
  if (!changed_) return absl::OkStatus();
  const int64_t since = parts_.clock->NowUnixMs() - saved_unix_ms_;
  if (!now && since < absl::ToInt64Milliseconds(options_.save_interval)) {
    return absl::OkStatus();
  }
  return Save();
}

absl::Status LogMonitor::Run() {
  client::Backoff backoff(absl::Seconds(1), options_.longest_pause, parts_.rng);
  for (;;) {
    const absl::Status status = RunOnce(options_.tick);
    if (pause_.cancelled()) return Save();
    if (absl::IsInternal(status) || absl::IsFailedPrecondition(status)) {
      return status;
    }
    if (status.ok()) {
      backoff.Reset();
      continue;
    }
    const absl::Duration wait = backoff.Next();
    parts_.note(absl::StrCat(status.message(), "; trying again in ",
                             absl::FormatDuration(wait)));
    if (!pause_.Wait(wait)) return Save();
  }
}

void LogMonitor::Stop() {
  pause_.Cancel();
  parts_.feed->Stop();
}

}  // namespace sightline::monitor
