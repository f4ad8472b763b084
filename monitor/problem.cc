#include "monitor/problem.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace sightline::monitor {
namespace {

struct KindWords {
  absl::string_view name;
  absl::string_view text;
};

// In the order of ProblemKind.
constexpr KindWords kWords[] = {
    {"checkpoint_malformed", "checkpoint"},
    {"checkpoint_signature", "checkpoint signature"},
    {"root_hash", "root hash"},
    {"tile_missing", "missing tile"},
    {"tile_hash", "hash in a tile"},
    {"tile_mid", "stored node in a tile"},
    {"tile_extra", "beyond the tree"},
    {"entry_missing", "missing entry"},
    {"entry_hash", "not the entry that was signed"},
    {"entry_extra", "entry beyond the tree"},
    {"entry_malformed", "malformed entry"},
    {"statement_malformed", "malformed statement"},
    {"admission_time", "admission time"},
    {"feed_ordinal", "feed ordinal"},
    {"feed_link", "feed link"},
    {"not_authorised", "not authorised"},
    {"signature", "signature"},
    {"registry_rule", "registry rule"},
    {"link", "link"},
    {"verdict", "policy findings"},
    {"duplicate", "duplicate statement"},
    {"opened_early", "opened before its renewed end"},
    {"store_record", "stored record"},
};
static_assert(std::size(kWords) == kProblemKinds);

const KindWords& WordsOf(ProblemKind kind) {
  return kWords[static_cast<size_t>(kind)];
}

}  // namespace

absl::string_view ProblemKindText(ProblemKind kind) {
  return WordsOf(kind).text;
}

absl::string_view ProblemKindName(ProblemKind kind) {
  return WordsOf(kind).name;
}

std::string ProblemText(const Problem& problem) {
  std::string text;
  if (problem.index.has_value()) {
    absl::StrAppend(&text, "entry ", *problem.index, ": ");
  }
  if (!problem.where.empty()) absl::StrAppend(&text, problem.where, ": ");
  absl::StrAppend(&text, ProblemKindText(problem.kind));
  if (!problem.got.empty()) absl::StrAppend(&text, ": got ", problem.got);
  if (!problem.want.empty()) {
    absl::StrAppend(&text, problem.got.empty() ? ": want " : ", want ",
                    problem.want);
  }
  return text;
}

void ProblemLog::Add(Problem problem) {
  base::MutexLock lock(&mutex_);
  uint64_t& count = counts_[static_cast<size_t>(problem.kind)];
  if (count++ < max_kept_) kept_.push_back(std::move(problem));
}

uint64_t ProblemLog::count() const {
  const std::array<uint64_t, kProblemKinds> all = counts();
  return std::accumulate(all.begin(), all.end(), uint64_t{0});
}

std::array<uint64_t, kProblemKinds> ProblemLog::counts() const {
  base::MutexLock lock(&mutex_);
  return counts_;
}

std::vector<Problem> ProblemLog::Drain() {
  base::MutexLock lock(&mutex_);
  counts_ = {};
  return std::exchange(kept_, {});
}

std::vector<Problem> ProblemLog::Sorted() const {
  std::vector<Problem> sorted;
  {
    base::MutexLock lock(&mutex_);
    sorted = kept_;
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const Problem& a, const Problem& b) {
              return std::tie(a.index, a.kind, a.where, a.got) <
                     std::tie(b.index, b.kind, b.where, b.got);
            });
  return sorted;
}

}  // namespace sightline::monitor
