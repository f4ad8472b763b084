#include "witness/panel.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "checkpoint/note.h"

namespace sightline::witness {
namespace {

using Kind = Opinion::Kind;

// Another request about the same tree would get the same answer.
bool Settles(Kind kind) {
  return kind == Kind::kCosigned || kind == Kind::kAhead ||
         kind == Kind::kInconsistent;
}

// Whether those who may still cosign could make up the quorum.
bool Hopeless(const checkpoint::Policy& policy,
              const std::vector<Opinion>& opinions) {
  std::vector<size_t> hope;
  for (size_t i = 0; i < opinions.size(); ++i) {
    if (opinions[i].kind == Kind::kAhead ||
        opinions[i].kind == Kind::kInconsistent) {
      continue;
    }
    hope.push_back(i);
  }
  return !policy.CheckQuorum(hope).ok();
}

std::string Describe(const checkpoint::Policy& policy,
                     const std::vector<Opinion>& opinions) {
  std::vector<std::string> all;
  for (size_t i = 0; i < opinions.size(); ++i) {
    std::string one = absl::StrCat(policy.witnesses()[i].name, " ",
                                   KindName(opinions[i].kind));
    if (!opinions[i].why.empty()) {
      absl::StrAppend(&one, " (", opinions[i].why, ")");
    }
    all.push_back(std::move(one));
  }
  return absl::StrJoin(all, ", ");
}

}  // namespace

std::vector<size_t> WhoIs(Kind kind, const std::vector<Opinion>& opinions) {
  std::vector<size_t> who;
  for (size_t i = 0; i < opinions.size(); ++i) {
    if (opinions[i].kind == kind) who.push_back(i);
  }
  return who;
}

Panel::Panel(const Options& options, checkpoint::Policy policy,
             const base::Clock* clock, telemetry::Diagnostics* diagnostics)
    : options_(options),
      policy_(std::move(policy)),
      clock_(clock),
      diagnostics_(diagnostics) {}

absl::StatusOr<std::unique_ptr<Panel>> Panel::Create(
    const Options& options, checkpoint::Policy policy, Transport* transport,
    const ConsistencySource* proofs, const base::Clock* clock,
    telemetry::Diagnostics* diagnostics) {
  std::unique_ptr<Panel> panel(
      new Panel(options, std::move(policy), clock, diagnostics));
  panel->transport_ = transport;
  std::vector<size_t> askable;
  const auto& witnesses = panel->policy_.witnesses();
  for (size_t i = 0; i < witnesses.size(); ++i) {
    if (!witnesses[i].verifier.has_value() || witnesses[i].url.empty()) {
      continue;
    }
    askable.push_back(i);
    panel->members_.push_back(std::make_unique<Member>(
        Member{i,
               std::make_unique<RemoteWitness>(
                   *witnesses[i].verifier, witnesses[i].url, transport, proofs),
               Backoff(options.backoff),
               {}}));
  }
  const absl::Status reachable = panel->policy_.CheckQuorum(askable);
  if (!reachable.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the witnesses that can be asked (a URL and an Ed25519 cosignature "
        "key) do not make up the quorum: ",
        reachable.message()));
  }
  {
    base::MutexLock lock(&panel->mutex_);
    panel->opinions_.resize(witnesses.size());
    panel->settled_.resize(witnesses.size(), true);
    panel->in_flight_.resize(witnesses.size(), false);
  }
  for (auto& member : panel->members_) {
    member->thread =
        std::thread([p = panel.get(), m = member.get()] { p->Serve(m); });
  }
  return panel;
}

Panel::~Panel() { Shutdown(); }

void Panel::Shutdown() {
  {
    base::MutexLock lock(&mutex_);
    closing_ = true;
    changed_.NotifyAll();
  }
  transport_->Shutdown();
  for (auto& member : members_) {
    if (member->thread.joinable()) member->thread.join();
  }
}

// --- One witness's thread -------------------------------------------------------

void Panel::Serve(Member* member) {
  SignedTree tree;
  uint64_t round = 0;
  while (AwaitWork(member, &tree, &round)) {
    Opinion opinion = member->witness->Ask(tree, options_.request_timeout);
    Take(member, round, std::move(opinion));
  }
}

// False: shutting down.
bool Panel::AwaitWork(Member* member, SignedTree* tree, uint64_t* round) {
  base::MutexLock lock(&mutex_);
  while (!closing_) {
    if (!asking_ || settled_[member->index]) {
      changed_.Wait(&mutex_);
      continue;
    }
    const int64_t wait_ms = member->backoff.WaitMs(clock_->NowUnixMs());
    if (wait_ms > 0) {
      changed_.WaitFor(&mutex_, absl::Milliseconds(wait_ms));
      continue;
    }
    *tree = tree_;
    *round = round_;
    in_flight_[member->index] = true;
    return true;
  }
  return false;
}

void Panel::Take(Member* member, uint64_t round, Opinion opinion) {
  const int64_t now = clock_->NowUnixMs();
  const std::string& name = policy_.witnesses()[member->index].name;
  if (opinion.kind == Kind::kCosigned || opinion.kind == Kind::kAhead) {
    member->backoff.Succeeded();
  } else {
    member->backoff.Failed(now, int64_t{1000} * opinion.retry_after_s);
    diagnostics_->Warning("witness_did_not_cosign",
                          {{"witness", name},
                           {"verdict", KindName(opinion.kind)},
                           {"why", opinion.why}});
  }
  base::MutexLock lock(&mutex_);
  in_flight_[member->index] = false;
  changed_.NotifyAll();
  if (round != round_) return;  // about an older tree; asked anew
  settled_[member->index] = Settles(opinion.kind);
  opinions_[member->index] = std::move(opinion);
}

// --- A round --------------------------------------------------------------------

std::vector<Opinion> Panel::Ask(
    const SignedTree& tree, absl::Duration limit,
    const std::function<bool(const std::vector<Opinion>&)>& enough) {
  base::MutexLock only(&one_round_);
  const int64_t due = clock_->NowUnixMs() + absl::ToInt64Milliseconds(limit);
  base::MutexLock lock(&mutex_);
  ++round_;
  tree_ = tree;
  asking_ = true;
  for (const auto& member : members_) settled_[member->index] = false;
  std::fill(opinions_.begin(), opinions_.end(), Opinion());
  changed_.NotifyAll();
  bool content = enough(opinions_);
  while (!content && !closing_ && clock_->NowUnixMs() < due) {
    WaitUntil(due);
    content = enough(opinions_);
  }
  const int64_t linger = std::min(
      due, clock_->NowUnixMs() + absl::ToInt64Milliseconds(options_.linger));
  while (content && !closing_ && AnyBeingAsked() &&
         clock_->NowUnixMs() < linger) {
    WaitUntil(linger);
  }
  asking_ = false;
  return opinions_;
}

void Panel::WaitUntil(int64_t due_unix_ms) {
  const int64_t wait_ms =
      std::clamp<int64_t>(due_unix_ms - clock_->NowUnixMs(), 1, 1000);
  changed_.WaitFor(&mutex_, absl::Milliseconds(wait_ms));
}

bool Panel::AnyBeingAsked() const {
  return std::find(in_flight_.begin(), in_flight_.end(), true) !=
         in_flight_.end();
}

absl::StatusOr<CosignedTree> Panel::Cosign(const SignedTree& tree,
                                           absl::Duration limit) {
  const auto quorum = [this](const std::vector<Opinion>& opinions) {
    return policy_.CheckQuorum(WhoIs(Kind::kCosigned, opinions)).ok();
  };
  const std::vector<Opinion> opinions =
      Ask(tree, limit, [&](const std::vector<Opinion>& so_far) {
        return quorum(so_far) || Hopeless(policy_, so_far);
      });
  if (quorum(opinions)) return Assemble(tree, opinions);
  const std::string message =
      absl::StrCat("the tree of ", tree.tree_size,
                   " entries has no quorum: ", Describe(policy_, opinions));
  if (Hopeless(policy_, opinions)) {
    return absl::FailedPreconditionError(message);
  }
  return absl::UnavailableError(message);
}

CosignedTree Panel::Assemble(const SignedTree& tree,
                             const std::vector<Opinion>& opinions) const {
  std::vector<checkpoint::SignatureLine> lines;
  for (const size_t i : WhoIs(Kind::kCosigned, opinions)) {
    lines.push_back(opinions[i].line);
  }
  CosignedTree out;
  out.tree_size = tree.tree_size;
  out.root_hash = tree.root_hash;
  out.note = absl::StrCat(tree.note, checkpoint::FormatSignatureLines(lines));
  return out;
}

}  // namespace sightline::witness
