// The tally tree of one footage response: a leaf for each resident's answer, so
// that a resident can show that their own was counted as they gave it, and
// nobody learns from it how anybody else answered.
//
// Source:  docs/formats.md "Tally leaf"; the tree is that of RFC 6962 s2.1.
// Shapes:  leaves stand in the order of their hashes, so that a place tells
//          nothing, and no leaf is there twice. Padding leaves, which nobody has
//          a token for, bring the size to one that follows from the buckets of
//          the response alone (a power of two where a bucket is open).
// Units:   a salt is 32 random bytes; a token is 1 to 200 bytes that platform
//          and resident both know. 1 to kMaxTallyAnswers answers.
// Errors:  kInvalidArgument, naming every fault, without quoting tokens.
// Threads: pure but for the Rng; any thread.
// Cost:    building and opening hash every leaf twice; a receipt O(log size).
//
// What the platform keeps (Tally::leaves) tells who answered what: it is opened
// to an auditor only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "crypto/random.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::statement {

inline constexpr size_t kTallySaltSize = 32;
inline constexpr size_t kMaxTallyTokenBytes = 200;
inline constexpr size_t kMaxTallyAnswers = size_t{1} << 20;

// The byte in the leaf.
enum class TallyAnswer : uint8_t {
  kPadding = 0,
  kShared = 1,
  kDeclined = 2,
  kNoAction = 3,
  kOptedOut = 4,
};

// "shared", "declined", "no_action", "opted_out"; "padding".
absl::string_view TallyAnswerName(TallyAnswer answer);
// Of a resident: not padding.
absl::StatusOr<TallyAnswer> ParseTallyAnswer(absl::string_view name);

struct ResidentAnswer {
  std::string token;
  TallyAnswer answer = TallyAnswer::kNoAction;
};

struct TallyLeaf {
  std::string salt;
  std::string token;  // "" of padding
  TallyAnswer answer = TallyAnswer::kPadding;
};

merkle::Hash TallyLeafHash(const TallyLeaf& leaf);

struct TallyCounts {
  uint64_t shared = 0;
  uint64_t declined = 0;
  uint64_t no_action = 0;
  uint64_t opted_out = 0;

  uint64_t total() const { return shared + declined + no_action + opted_out; }
};

// How many leaves the tree of so many answers has. REQUIRES: total() > 0.
uint64_t TallySize(const TallyCounts& counts);

// What a resident keeps. Says who they are and what they answered to whoever
// sees it, and nothing of others.
struct TallyReceipt {
  TallyLeaf leaf;
  uint64_t index = 0;  // in the tally tree
  uint64_t size = 0;   // of the tally tree
  std::vector<merkle::Hash> proof;
};

class Tally {
 public:
  static absl::StatusOr<Tally> Build(absl::Span<const ResidentAnswer> answers,
                                     crypto::Rng& rng);
  // The tree that Build made, from its leaves in the order of the tree.
  static absl::StatusOr<Tally> FromLeaves(std::vector<TallyLeaf> leaves);

  const merkle::Hash& root() const { return levels_.back().front(); }
  uint64_t size() const { return leaves_.size(); }
  const TallyCounts& counts() const { return counts_; }
  // In the order of the tree. Secret.
  const std::vector<TallyLeaf>& leaves() const { return leaves_; }

  // REQUIRES: index < size(), and the leaf there is no padding.
  TallyReceipt ReceiptAt(uint64_t index) const;

  // Writes root, size and buckets.
  void FillIn(v1::FootageResponse* response) const;

 private:
  std::vector<TallyLeaf> leaves_;
  TallyCounts counts_;
  // Hashes from the leaves up; the last of an odd row goes up as it is.
  std::vector<std::vector<merkle::Hash>> levels_;
};

// Checks that the answer in `receipt` was counted in `response`.
absl::Status VerifyTallyReceipt(const TallyReceipt& receipt,
                                const v1::FootageResponse& response);

// Checks leaves that a platform has opened, in the order of the tree: that they
// are the tree of `response`, that each resident is there once, and that the
// counts are those that its buckets tell. Gives the counts.
absl::StatusOr<TallyCounts> VerifyOpenedTally(
    absl::Span<const TallyLeaf> leaves, const v1::FootageResponse& response);

}  // namespace sightline::statement
