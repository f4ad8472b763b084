#include "storage/log_store_contract.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status_matchers.h"
#include "crypto/sha256.h"
#include "tiles/pinned_bytes.h"

namespace sightline::storage {
namespace {

using ::sightline::base::IsOk;
using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kAnyEntry = [](uint64_t, absl::string_view) { return true; };

// A batch that a test may spoil: spans are of its own vectors.
struct OwnBatch {
  explicit OwnBatch(const Batch& from)
      : batch(from),
        ends(from.entry_ends.begin(), from.entry_ends.end()),
        leaf_hashes(from.leaf_hashes.begin(), from.leaf_hashes.end()),
        entries(from.entries) {
    batch.entry_ends = ends;
    batch.leaf_hashes = leaf_hashes;
    batch.entries = entries;
  }

  Batch batch;
  std::vector<uint32_t> ends;
  std::vector<crypto::Digest> leaf_hashes;
  std::string entries;
  std::vector<uint64_t> control;
  std::vector<SealedPayload> sealed;
  std::vector<uint64_t> erased;
};

}  // namespace

void LogStoreContract::CommitNext(size_t n) {
  ASSERT_OK(store().Commit(log_.Make(n)));
  log_.Adopt();
}

TEST_P(LogStoreContract, StartsEmpty) {
  EXPECT_THAT(store().ReadTreeState(), IsOkAndHolds(TreeState()));
  EXPECT_OK(CheckStore(store(), log_));
  EXPECT_OK(store().ReadEntries(0, 0, kAnyEntry));
  EXPECT_THAT(store().ReadEntries(0, 1, kAnyEntry),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(store().StoredTile(0, 0), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store().ReadNewestCheckpoint(),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store().ReadCheckpointCovering(0),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store().ReadFeedHead("feed-0"),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(LogStoreContract, HoldsBatchesThatMeetBundleBoundaries) {
  for (const size_t n : {1, 254, 1, 1, 255, 257, 256, 255, 512, 3}) {
    CommitNext(n);
    ASSERT_OK(CheckStore(store(), log_)) << "after " << log_.size();
  }
}

TEST_P(LogStoreContract, HoldsBatchesOfOne) {
  for (int i = 0; i < 300; ++i) CommitNext(1);
  EXPECT_OK(CheckStore(store(), log_));
}

TEST_P(LogStoreContract, RemembersWhereItsBatchesEnded) {
  for (const size_t n : {3, 200, 60, 300}) CommitNext(n);  // 3, 203, 263, 563
  const auto end = [&](uint64_t index) { return store().ReadBatchEnd(index); };
  EXPECT_THAT(end(0), IsOkAndHolds(3u));
  EXPECT_THAT(end(2), IsOkAndHolds(3u));
  EXPECT_THAT(end(3), IsOkAndHolds(203u));
  EXPECT_THAT(end(203), IsOkAndHolds(256u));  // the batch goes on
  EXPECT_THAT(end(256), IsOkAndHolds(263u));
  EXPECT_THAT(end(300), IsOkAndHolds(512u));
  EXPECT_THAT(end(562), IsOkAndHolds(563u));
  EXPECT_THAT(end(563), StatusIs(absl::StatusCode::kOutOfRange));
}

TEST_P(LogStoreContract, HoldsEntriesOfTheLargestSize) {
  TestLog log(1, /*fixed_entry_bytes=*/65535);
  ASSERT_OK(store().Commit(log.Make(3)));
  log.Adopt();
  EXPECT_OK(CheckStore(store(), log));
}

TEST_P(LogStoreContract, HoldsOneLargeBatch) {
  CommitNext(2500);
  EXPECT_OK(CheckStore(store(), log_));
}

TEST_P(LogStoreContract, RefusesAnotherTreeSize) {
  CommitNext(10);
  TestLog behind, ahead = log_;
  EXPECT_THAT(store().Commit(behind.Make(5)),
              StatusIs(absl::StatusCode::kAborted));
  ahead.Make(5);
  ahead.Adopt();
  EXPECT_THAT(store().Commit(ahead.Make(5)),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_OK(CheckStore(store(), log_));
  // A lost compare-and-set is no failure: the next one may succeed.
  CommitNext(5);
  EXPECT_OK(CheckStore(store(), log_));
}

TEST_P(LogStoreContract, RefusesABatchThatContradictsItself) {
  CommitNext(3);
  const auto refused = [&](absl::string_view why, auto spoil) {
    OwnBatch own(log_.Make(4));
    spoil(own);
    EXPECT_THAT(store().Commit(own.batch),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr(std::string(why))));
  };
  refused("no entries", [](OwnBatch& own) {
    own.batch.entry_ends = {};
    own.batch.entries = "";
  });
  refused("leaf hashes",
          [](OwnBatch& own) { own.batch.leaf_hashes.remove_suffix(1); });
  refused("identity hashes",
          [](OwnBatch& own) { own.batch.identity_hashes.remove_suffix(1); });
  refused("tree size", [](OwnBatch& own) { ++own.batch.state.tree_size; });
  refused("no checkpoint", [](OwnBatch& own) { own.batch.checkpoint = ""; });
  refused("malformed entry", [](OwnBatch& own) { ++own.ends[1]; });
  refused("malformed entry", [](OwnBatch& own) { own.ends[1] = own.ends[0]; });
  refused("malformed entry", [](OwnBatch& own) { own.ends[3] = 1u << 31; });
  refused("malformed entry", [](OwnBatch& own) { ++own.entries[1]; });
  refused("bytes after", [](OwnBatch& own) {
    own.entries += "x";
    own.batch.entries = own.entries;
  });
  refused("control index", [](OwnBatch& own) {
    own.control = {2};
    own.batch.control_indices = own.control;
  });
  refused("sealed payload", [](OwnBatch& own) {
    own.sealed = {{7, "ciphertext"}};
    own.batch.sealed = own.sealed;
  });
  refused("erases the payload", [](OwnBatch& own) {
    own.erased = {own.batch.expected_tree_size};
    own.batch.erased = own.erased;
  });
  EXPECT_OK(CheckStore(store(), log_));
  CommitNext(4);
  EXPECT_OK(CheckStore(store(), log_));
}

TEST_P(LogStoreContract, ReadsRangesAcrossBundleBoundaries) {
  for (const size_t n : {100, 155, 1, 1, 254, 3}) CommitNext(n);
  const std::vector<uint64_t> edges = {0,   1,   99,  100, 101, 254, 255, 256,
                                       257, 258, 400, 510, 511, 512, 513, 514};
  for (const uint64_t begin : edges) {
    for (const uint64_t end : edges) {
      if (begin > end) continue;
      uint64_t next = begin;
      ASSERT_OK(store().ReadEntries(
          begin, end, [&](uint64_t index, absl::string_view entry) {
            EXPECT_EQ(index, next++);
            EXPECT_EQ(entry, log_.Entry(index));
            return true;
          }));
      ASSERT_EQ(next, end) << "from " << begin;
    }
  }
}

TEST_P(LogStoreContract, StopsReadingWhenTheVisitorHasEnough) {
  CommitNext(600);
  for (const uint64_t last : {10, 255, 256, 599}) {
    uint64_t seen = 0;
    EXPECT_OK(
        store().ReadEntries(10, 600, [&](uint64_t index, absl::string_view) {
          seen = index;
          return index < last;
        }));
    EXPECT_EQ(seen, last);
  }
}

TEST_P(LogStoreContract, RefusesRangesBeyondTheTree) {
  CommitNext(300);
  EXPECT_THAT(store().ReadEntries(299, 301, kAnyEntry),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(store().ReadEntries(5, 4, kAnyEntry),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(store().ReadEntries(UINT64_MAX - 1, UINT64_MAX, kAnyEntry),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST_P(LogStoreContract, FindsHashesInTheOrderAsked) {
  CommitNext(200);
  CommitNext(200);
  const std::vector<crypto::Digest> asked = {
      log_.IdentityHash(399), log_.IdentityHash(400), log_.IdentityHash(0),
      log_.LeafHash(0), log_.IdentityHash(0)};
  std::vector<std::optional<uint64_t>> found(7, 1);
  ASSERT_OK(store().FindByIdentity(asked, &found));
  EXPECT_THAT(found, ElementsAre(399, std::nullopt, 0, std::nullopt, 0));
  ASSERT_OK(store().FindByIdentity({}, &found));
  EXPECT_THAT(found, IsEmpty());
  EXPECT_THAT(store().FindByLeafHash(log_.LeafHash(399)), IsOkAndHolds(399));
  EXPECT_THAT(store().FindByLeafHash(log_.LeafHash(400)),
              IsOkAndHolds(std::nullopt));
  EXPECT_THAT(store().FindByLeafHash(log_.IdentityHash(3)),
              IsOkAndHolds(std::nullopt));
}

TEST_P(LogStoreContract, FindsTheSmallestPublishedTreeOfAnEntry) {
  CommitNext(1);
  CommitNext(9);
  CommitNext(300);
  EXPECT_THAT(store().ReadCheckpointCovering(0),
              IsOkAndHolds(log_.Checkpoint(1)));
  EXPECT_THAT(store().ReadCheckpointCovering(1),
              IsOkAndHolds(log_.Checkpoint(10)));
  EXPECT_THAT(store().ReadCheckpointCovering(9),
              IsOkAndHolds(log_.Checkpoint(10)));
  EXPECT_THAT(store().ReadCheckpointCovering(10),
              IsOkAndHolds(log_.Checkpoint(310)));
  EXPECT_THAT(store().ReadCheckpointCovering(310),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store().ReadCheckpointCovering(UINT64_MAX),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(LogStoreContract, ListsControlIndicesBelowATreeSize) {
  CommitNext(10);
  CommitNext(10);
  EXPECT_THAT(store().ReadControlIndices(0), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(store().ReadControlIndices(7), IsOkAndHolds(ElementsAre(0)));
  EXPECT_THAT(store().ReadControlIndices(8), IsOkAndHolds(ElementsAre(0, 7)));
  EXPECT_THAT(store().ReadControlIndices(20),
              IsOkAndHolds(ElementsAre(0, 7, 14)));
}

TEST_P(LogStoreContract, KeepsFeedsApartByTheirWholeName) {
  CommitNext(30);
  EXPECT_OK(store().ReadFeedHead("feed-1"));
  EXPECT_THAT(store().ReadFeedHead("feed-"),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store().ReadFeedHead(""), StatusIs(absl::StatusCode::kNotFound));
  std::vector<std::string> names;
  ASSERT_OK(store().ReadFeedHeads(
      [&](const FeedHead& head) { names.push_back(head.feed); }));
  EXPECT_EQ(names.size(), 11u);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

TEST_P(LogStoreContract, AnswersNotFoundForWhatIsNotThere) {
  CommitNext(300);
  EXPECT_THAT(store().StoredTile(0, 2), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store().StoredTile(2, 0), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store().ReadSealedPayload(1),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store().ReadSealedPayload(1000),
              StatusIs(absl::StatusCode::kNotFound));
}

// Entries 2, 7, 12 ... have sealed payloads.
TEST_P(LogStoreContract, ErasesAPayloadWithTheBatchThatSaysSo) {
  CommitNext(10);
  Batch batch = log_.Make(5);
  const std::vector<uint64_t> erased = {2, 3};  // 3 has none
  batch.erased = erased;
  ASSERT_OK(store().Commit(batch));
  log_.Adopt();
  const auto only_two_is_gone = [this] {
    EXPECT_THAT(store().ReadSealedPayload(2),
                StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(store().ReadSealedPayload(7),
                IsOkAndHolds(log_.SealedCiphertext(7)));
    EXPECT_THAT(store().ReadSealedPayload(12),
                IsOkAndHolds(log_.SealedCiphertext(12)));
  };
  only_two_is_gone();
  ASSERT_OK(under_test_->Reopen());
  EXPECT_OK(store().PurgeErased());
  only_two_is_gone();
  EXPECT_OK(store().PurgeErased());  // nothing is left to do
  CommitNext(3);
  ASSERT_OK(under_test_->Reopen());
  only_two_is_gone();
}

TEST_P(LogStoreContract, ReplacesPayloadsInOrder) {
  CommitNext(13);
  std::vector<uint64_t> indices;
  ASSERT_OK(store().ReplaceSealedPayloads(
      [&](uint64_t index,
          absl::string_view old) -> absl::StatusOr<std::string> {
        EXPECT_EQ(old, log_.SealedCiphertext(index));
        indices.push_back(index);
        return index == 7 ? std::string(old) : absl::StrCat("new ", index);
      }));
  EXPECT_EQ(indices, (std::vector<uint64_t>{2, 7, 12}));
  EXPECT_OK(store().PurgeErased());
  ASSERT_OK(under_test_->Reopen());
  EXPECT_THAT(store().ReadSealedPayload(2), IsOkAndHolds("new 2"));
  EXPECT_THAT(store().ReadSealedPayload(7),
              IsOkAndHolds(log_.SealedCiphertext(7)));
  EXPECT_THAT(store().ReadSealedPayload(12), IsOkAndHolds("new 12"));
}

TEST_P(LogStoreContract, StopsReplacingAtAnError) {
  CommitNext(13);
  EXPECT_THAT(
      store().ReplaceSealedPayloads(
          [](uint64_t index, absl::string_view) -> absl::StatusOr<std::string> {
            if (index == 7) return absl::DataLossError("no key");
            return std::string("new");
          }),
      StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(store().ReadSealedPayload(7),
              IsOkAndHolds(log_.SealedCiphertext(7)));
  CommitNext(1);
}

TEST_P(LogStoreContract, LeavesATileAloneThatSomebodyHolds) {
  CommitNext(100);
  ASSERT_OK_AND_ASSIGN(const tiles::PinnedBytes held, store().StoredTile(0, 0));
  const std::string before(held.bytes());
  CommitNext(400);
  EXPECT_EQ(held.bytes(), before);
  EXPECT_OK(CheckStore(store(), log_));
}

TEST_P(LogStoreContract, KeepsEverythingWhenOpenedAgain) {
  for (const size_t n : {1, 300, 17, 256, 40}) {
    CommitNext(n);
    ASSERT_OK(under_test_->Reopen());
    ASSERT_OK(CheckStore(store(), log_)) << "at " << log_.size();
  }
  ASSERT_OK(under_test_->Settle());
  ASSERT_OK(under_test_->Reopen());
  EXPECT_OK(CheckStore(store(), log_));
  CommitNext(100);
  EXPECT_OK(CheckStore(store(), log_));
}

TEST_P(LogStoreContract, LetsOneOfTwoWritersWin) {
  for (int round = 0; round < 20; ++round) {
    TestLog other = log_;
    const Batch ours = log_.Make(3), theirs = other.Make(3);
    absl::Status our_status, their_status;
    std::thread writer([&] { their_status = store().Commit(theirs); });
    our_status = store().Commit(ours);
    writer.join();
    ASSERT_NE(our_status.ok(), their_status.ok());
    EXPECT_THAT(our_status.ok() ? their_status : our_status,
                StatusIs(absl::StatusCode::kAborted));
    log_.Adopt();
  }
  EXPECT_OK(CheckStore(store(), log_));
}

namespace {

// Asks for the newest of everything, over and over.
absl::Status ReadNewest(const LogStore& store, const TestLog& log) {
  ASSIGN_OR_RETURN(const TreeState state, store.ReadTreeState());
  if (state.tree_size == 0) return absl::OkStatus();
  const uint64_t last = state.tree_size - 1;
  bool same = true;
  RETURN_IF_ERROR(store.ReadEntries(
      last - last % 300, last, [&](uint64_t index, absl::string_view entry) {
        return same = entry == log.Entry(index);
      }));
  std::vector<std::optional<uint64_t>> found;
  const crypto::Digest asked[] = {log.IdentityHash(last / 2),
                                  log.IdentityHash(last / 3)};
  RETURN_IF_ERROR(store.FindByIdentity(asked, &found));
  same = same && found[0] == last / 2 && found[1] == last / 3;
  ASSIGN_OR_RETURN(const std::optional<uint64_t> leaf,
                   store.FindByLeafHash(log.LeafHash(last / 4)));
  same = same && leaf == last / 4;
  RETURN_IF_ERROR(store.StoredTile(0, last / 256).status());
  RETURN_IF_ERROR(store.ReadCheckpointCovering(last / 2).status());
  RETURN_IF_ERROR(store.ReadFeedHead(TestLog::FeedOf(last / 2)).status());
  return same ? absl::OkStatus() : absl::DataLossError("read something else");
}

}  // namespace

TEST_P(LogStoreContract, AnswersReadersDuringCommits) {
  const TestLog log;
  std::atomic<bool> done{false};
  std::vector<absl::Status> statuses(2);
  std::vector<std::thread> readers;
  for (absl::Status& status : statuses) {
    readers.emplace_back([&] {
      do {
        status = ReadNewest(store(), log);
      } while (status.ok() && !done);
    });
  }
  for (int i = 0; i < 120; ++i) CommitNext(1 + i % 40);
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_THAT(statuses[0], IsOk());
  EXPECT_THAT(statuses[1], IsOk());
  EXPECT_OK(CheckStore(store(), log_));
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LogStoreContract);

}  // namespace sightline::storage
