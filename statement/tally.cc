#include "statement/tally.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "crypto/sha256.h"
#include "merkle/proof.h"
#include "statement/counts.h"

namespace sightline::statement {
namespace {

constexpr absl::string_view kDomain("sightline/tally/v1", 19);  // with the NUL
constexpr TallyAnswer kAnswers[] = {
    TallyAnswer::kShared, TallyAnswer::kDeclined, TallyAnswer::kNoAction,
    TallyAnswer::kOptedOut};

bool IsResidents(TallyAnswer answer) {
  return std::find(std::begin(kAnswers), std::end(kAnswers), answer) !=
         std::end(kAnswers);
}

void Count(TallyAnswer answer, TallyCounts* counts) {
  switch (answer) {
    case TallyAnswer::kShared:
      ++counts->shared;
      break;
    case TallyAnswer::kDeclined:
      ++counts->declined;
      break;
    case TallyAnswer::kNoAction:
      ++counts->no_action;
      break;
    case TallyAnswer::kOptedOut:
      ++counts->opted_out;
      break;
    case TallyAnswer::kPadding:
      break;
  }
}

// Faults, of which the first dozen are told.
class Faults {
 public:
  void Add(std::string fault) {
    if (++count_ <= kTold) told_.push_back(std::move(fault));
  }
  absl::Status ToStatus() const {
    if (count_ == 0) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        "tally: ", absl::StrJoin(told_, "; "),
        count_ > kTold ? absl::StrCat("; and ", count_ - kTold, " more") : ""));
  }

 private:
  static constexpr size_t kTold = 12;
  size_t count_ = 0;
  std::vector<std::string> told_;
};

void CheckToken(const std::string& token, size_t i,
                absl::flat_hash_set<absl::string_view>* seen, Faults* faults) {
  if (token.empty() || token.size() > kMaxTallyTokenBytes) {
    faults->Add(absl::StrCat("answer ", i, ": token of ", token.size(),
                             " bytes, want 1 to ", kMaxTallyTokenBytes));
  } else if (!seen->insert(token).second) {
    faults->Add(absl::StrCat("answer ", i, ": token given before"));
  }
}

absl::Status CheckAnswers(absl::Span<const ResidentAnswer> answers) {
  Faults faults;
  if (answers.empty() || answers.size() > kMaxTallyAnswers) {
    faults.Add(
        absl::StrCat(answers.size(), " answers, want 1 to ", kMaxTallyAnswers));
    return faults.ToStatus();
  }
  absl::flat_hash_set<absl::string_view> seen;
  for (size_t i = 0; i < answers.size(); ++i) {
    CheckToken(answers[i].token, i, &seen, &faults);
    if (!IsResidents(answers[i].answer)) {
      faults.Add(absl::StrCat("answer ", i, ": no answer of a resident"));
    }
  }
  return faults.ToStatus();
}

std::vector<merkle::Hash> HashesOf(absl::Span<const TallyLeaf> leaves) {
  std::vector<merkle::Hash> out;
  out.reserve(leaves.size());
  for (const TallyLeaf& leaf : leaves) out.push_back(TallyLeafHash(leaf));
  return out;
}

// Orders leaves by their hashes; gives the hashes in that order.
std::vector<merkle::Hash> SortByHash(std::vector<TallyLeaf>* leaves) {
  std::vector<std::pair<merkle::Hash, size_t>> order;
  for (const merkle::Hash& hash : HashesOf(*leaves)) {
    order.emplace_back(hash, order.size());
  }
  std::sort(order.begin(), order.end());
  std::vector<TallyLeaf> sorted;
  std::vector<merkle::Hash> hashes;
  for (const auto& [hash, at] : order) {
    sorted.push_back(std::move((*leaves)[at]));
    hashes.push_back(hash);
  }
  *leaves = std::move(sorted);
  return hashes;
}

// RFC 6962's tree row by row: pairs are hashed, an odd last one goes up.
std::vector<std::vector<merkle::Hash>> Levels(std::vector<merkle::Hash> row) {
  std::vector<std::vector<merkle::Hash>> out;
  out.push_back(std::move(row));
  while (out.back().size() > 1) {
    const std::vector<merkle::Hash>& below = out.back();
    std::vector<merkle::Hash> above;
    for (size_t i = 0; i + 1 < below.size(); i += 2) {
      above.push_back(merkle::NodeHash(below[i], below[i + 1]));
    }
    if (below.size() % 2 == 1) above.push_back(below.back());
    out.push_back(std::move(above));
  }
  return out;
}

void CheckLeaves(absl::Span<const TallyLeaf> leaves,
                 absl::Span<const merkle::Hash> hashes, Faults* faults) {
  absl::flat_hash_set<absl::string_view> seen;
  for (size_t i = 0; i < leaves.size(); ++i) {
    const TallyLeaf& leaf = leaves[i];
    if (leaf.answer == TallyAnswer::kPadding) {
      if (!leaf.token.empty()) {
        faults->Add(absl::StrCat("leaf ", i, ": padding with a token"));
      }
    } else if (IsResidents(leaf.answer)) {
      CheckToken(leaf.token, i, &seen, faults);
    } else {
      faults->Add(absl::StrCat("leaf ", i, ": unknown answer ",
                               static_cast<int>(leaf.answer)));
    }
    if (i > 0 && !(hashes[i - 1] < hashes[i])) {
      faults->Add(absl::StrCat("leaf ", i, ": not in the order of hashes"));
    }
  }
}

// What the hash takes for one length must have it.
absl::Status CheckSizes(absl::Span<const TallyLeaf> leaves) {
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (leaves[i].salt.size() == kTallySaltSize &&
        leaves[i].token.size() <= kMaxTallyTokenBytes) {
      continue;
    }
    return absl::InvalidArgumentError(
        absl::StrCat("tally: leaf ", i, ": salt or token of a wrong size"));
  }
  return absl::OkStatus();
}

void CheckBucket(absl::string_view name, uint64_t count,
                 v1::CountBucket published, Faults* faults) {
  if (published == v1::COUNT_BUCKET_UNSPECIFIED) return;
  const v1::CountBucket got = BucketOf(count);
  if (got == published) return;
  faults->Add(absl::StrCat(name, ": published as ",
                           v1::CountBucket_Name(published), ", counted as ",
                           v1::CountBucket_Name(got)));
}

void CheckCounts(const TallyCounts& counts, const v1::FootageResponse& response,
                 Faults* faults) {
  CheckBucket("shared", counts.shared, response.shared(), faults);
  CheckBucket("declined", counts.declined, response.declined(), faults);
  CheckBucket("no_action", counts.no_action, response.no_action(), faults);
  CheckBucket("opted_out", counts.opted_out, response.opted_out(), faults);
  const uint64_t asked = counts.total() - counts.opted_out;
  if (asked > RangeOf(response.notified()).max) {
    faults->Add(absl::StrCat("notified: published as ",
                             v1::CountBucket_Name(response.notified()),
                             ", but more have answered"));
  }
}

}  // namespace

absl::string_view TallyAnswerName(TallyAnswer answer) {
  switch (answer) {
    case TallyAnswer::kPadding:
      return "padding";
    case TallyAnswer::kShared:
      return "shared";
    case TallyAnswer::kDeclined:
      return "declined";
    case TallyAnswer::kNoAction:
      return "no_action";
    case TallyAnswer::kOptedOut:
      return "opted_out";
  }
  return "unknown";
}

absl::StatusOr<TallyAnswer> ParseTallyAnswer(absl::string_view name) {
  for (const TallyAnswer answer : kAnswers) {
    if (TallyAnswerName(answer) == name) return answer;
  }
  return absl::InvalidArgumentError(
      "want shared, declined, no_action or opted_out");
}

merkle::Hash TallyLeafHash(const TallyLeaf& leaf) {
  std::string data(kDomain);
  absl::StrAppend(&data, leaf.salt);
  data.push_back(static_cast<char>(leaf.answer));
  base::AppendU16(static_cast<uint16_t>(leaf.token.size()), &data);
  absl::StrAppend(&data, leaf.token);
  return merkle::LeafHash(data);
}

uint64_t TallySize(const TallyCounts& counts) {
  CountRange range{0, 0};
  for (const uint64_t count :
       {counts.shared, counts.declined, counts.no_action, counts.opted_out}) {
    range = Sum(range, RangeOf(BucketOf(count)));
  }
  if (range.max != std::numeric_limits<uint64_t>::max()) return range.max;
  uint64_t size = 1;
  while (size < counts.total()) size *= 2;
  return size;
}

absl::StatusOr<Tally> Tally::Build(absl::Span<const ResidentAnswer> answers,
                                   crypto::Rng& rng) {
  const absl::Status valid = CheckAnswers(answers);
  if (!valid.ok()) return valid;
  Tally out;
  for (const ResidentAnswer& answer : answers) {
    Count(answer.answer, &out.counts_);
    out.leaves_.push_back(
        {rng.Bytes(kTallySaltSize), answer.token, answer.answer});
  }
  const uint64_t size = TallySize(out.counts_);
  while (out.leaves_.size() < size) {
    out.leaves_.push_back(
        {rng.Bytes(kTallySaltSize), "", TallyAnswer::kPadding});
  }
  out.levels_ = Levels(SortByHash(&out.leaves_));
  return out;
}

absl::StatusOr<Tally> Tally::FromLeaves(std::vector<TallyLeaf> leaves) {
  const absl::Status sizes = CheckSizes(leaves);
  if (!sizes.ok()) return sizes;
  Tally out;
  for (const TallyLeaf& leaf : leaves) Count(leaf.answer, &out.counts_);
  Faults faults;
  std::vector<merkle::Hash> hashes = HashesOf(leaves);
  CheckLeaves(leaves, hashes, &faults);
  if (out.counts_.total() == 0) {
    faults.Add("no answer of a resident");
  } else if (leaves.size() != TallySize(out.counts_)) {
    faults.Add(absl::StrCat(leaves.size(), " leaves, want ",
                            TallySize(out.counts_), " for these answers"));
  }
  const absl::Status status = faults.ToStatus();
  if (!status.ok()) return status;
  out.leaves_ = std::move(leaves);
  out.levels_ = Levels(std::move(hashes));
  return out;
}

TallyReceipt Tally::ReceiptAt(uint64_t index) const {
  TallyReceipt out{leaves_[index], index, size(), {}};
  for (const std::vector<merkle::Hash>& row : levels_) {
    const uint64_t sibling = index ^ 1;
    if (row.size() > 1 && sibling < row.size()) {
      out.proof.push_back(row[sibling]);
    }
    index /= 2;
  }
  return out;
}

void Tally::FillIn(v1::FootageResponse* response) const {
  response->set_tally_root(std::string(crypto::AsBytes(root())));
  response->set_tally_size(size());
  response->set_shared(BucketOf(counts_.shared));
  response->set_declined(BucketOf(counts_.declined));
  response->set_no_action(BucketOf(counts_.no_action));
  response->set_opted_out(BucketOf(counts_.opted_out));
}

absl::Status VerifyTallyReceipt(const TallyReceipt& receipt,
                                const v1::FootageResponse& response) {
  Faults faults;
  if (receipt.leaf.salt.size() != kTallySaltSize) {
    faults.Add(absl::StrCat("salt of ", receipt.leaf.salt.size(),
                            " bytes, want ", kTallySaltSize));
  }
  if (receipt.leaf.token.empty() ||
      receipt.leaf.token.size() > kMaxTallyTokenBytes) {
    faults.Add(absl::StrCat("token of ", receipt.leaf.token.size(),
                            " bytes, want 1 to ", kMaxTallyTokenBytes));
  }
  if (!IsResidents(receipt.leaf.answer)) {
    faults.Add("no answer of a resident");
  }
  const auto root = crypto::DigestFromBytes(response.tally_root());
  if (!root.ok()) faults.Add("the response has no tally root");
  if (receipt.size != response.tally_size()) {
    faults.Add(absl::StrCat("size ", receipt.size, ", the response says ",
                            response.tally_size()));
  }
  if (const absl::Status status = faults.ToStatus(); !status.ok()) {
    return status;
  }
  return merkle::VerifyInclusion(receipt.index, receipt.size,
                                 TallyLeafHash(receipt.leaf), receipt.proof,
                                 *root);
}

absl::StatusOr<TallyCounts> VerifyOpenedTally(
    absl::Span<const TallyLeaf> leaves, const v1::FootageResponse& response) {
  if (leaves.empty() || leaves.size() != response.tally_size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("tally: ", leaves.size(), " leaves, the response says ",
                     response.tally_size()));
  }
  const absl::Status sizes = CheckSizes(leaves);
  if (!sizes.ok()) return sizes;
  Faults faults;
  std::vector<merkle::Hash> hashes = HashesOf(leaves);
  CheckLeaves(leaves, hashes, &faults);
  const merkle::Hash root = Levels(std::move(hashes)).back().front();
  if (crypto::AsBytes(root) != response.tally_root()) {
    faults.Add("the leaves do not give the tally root of the response");
  }
  TallyCounts counts;
  for (const TallyLeaf& leaf : leaves) Count(leaf.answer, &counts);
  CheckCounts(counts, response, &faults);
  const absl::Status status = faults.ToStatus();
  if (!status.ok()) return status;
  return counts;
}

}  // namespace sightline::statement
