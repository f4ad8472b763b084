#include "sequencer/sequencer.h"

#include <gtest/gtest.h>

#include <future>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "admission/admitted_entry_maker.h"
#include "base/mutex.h"
#include "base/status_matchers.h"
#include "merkle/reference_tree.h"
#include "statement/violations.h"
#include "storage/fault_injecting_log_store.h"
#include "storage/memory_log_store.h"

namespace sightline::sequencer {
namespace {

using ::sightline::admission::AdmittedEntryMaker;
using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Signs with a readable note, and tells everybody at once. Can hold the sequencer
// at the moment of signing, so that a test decides what the next batch is.
class FakeSink final : public BatchSink {
 public:
  absl::StatusOr<std::string> Sign(uint64_t tree_size,
                                   const crypto::Digest&) override {
    base::MutexLock lock(&mutex_);
    ++signing_;
    changed_.NotifyAll();
    while (held_) changed_.Wait(&mutex_);
    if (!sign_status_.ok()) return sign_status_;
    return absl::StrCat("note of ", tree_size);
  }
  void Publish(std::shared_ptr<IntegratedBatch> batch) override {
    std::vector<Waiting> waiting = std::move(batch->waiting);
    batches.push_back(batch);
    for (Waiting& one : waiting) {
      one.done(Placement{one.index, one.duplicate,
                         batch->Holds(one.index) ? batch : nullptr});
    }
  }

  void Hold() {
    base::MutexLock lock(&mutex_);
    held_ = true;
  }
  void AwaitSigning(int times) {
    base::MutexLock lock(&mutex_);
    while (signing_ < times) changed_.Wait(&mutex_);
  }
  void LetGo() {
    base::MutexLock lock(&mutex_);
    held_ = false;
    changed_.NotifyAll();
  }
  void RefuseToSign(absl::Status status) {
    base::MutexLock lock(&mutex_);
    sign_status_ = std::move(status);
  }

  std::vector<std::shared_ptr<const IntegratedBatch>> batches;

 private:
  base::Mutex mutex_;
  base::CondVar changed_;
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  int signing_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status sign_status_ ABSL_GUARDED_BY(mutex_);
};

// Writes position and time beside the statement, as text.
class TextEncoder final : public EntryEncoder {
 public:
  void Append(int64_t admitted_unix_ms, const admission::AdmittedEntry& entry,
              const FeedPosition& position, std::string* out) const override {
    absl::StrAppend(
        out, entry.feed(), " ", position.ordinal, " after ",
        position.ordinal == 1 ? "-" : absl::StrCat(position.previous_index),
        " at ", admitted_unix_ms, ": ", entry.signed_statement(),
        entry.verdict());
  }
};

class FakeGate final : public admission::Gate {
 public:
  uint64_t version() const override { return version_; }
  absl::Status Recheck(uint64_t index, int64_t admitted_unix_ms,
                       admission::AdmittedEntry* entry) override {
    rechecked.push_back(index);
    AdmittedEntryMaker::SetVerdict(
        absl::StrCat(" judged at ", admitted_unix_ms), entry);
    return entry->signed_statement() == refuse
               ? absl::PermissionDeniedError("suspended meanwhile")
               : absl::OkStatus();
  }
  absl::Status Integrated(uint64_t index, absl::string_view) override {
    integrated.push_back(index);
    ++version_;
    return absl::OkStatus();
  }

  std::string refuse;
  std::vector<uint64_t> rechecked;
  std::vector<uint64_t> integrated;

 private:
  uint64_t version_ = 0;
};

class SequencerTest : public ::testing::Test {
 protected:
  using Result = absl::StatusOr<Placement>;

  void SetUp() override { Start(); }
  void TearDown() override {
    sink_.LetGo();
    sequencer_.reset();
  }

  void Start(Options options = {}) {
    sequencer_.reset();
    store_.Reopen();
    auto sequencer =
        Sequencer::Create(options, &store_, &gate_, &encoder_, &sink_);
    ASSERT_OK(sequencer);
    sequencer_ = *std::move(sequencer);
  }

  std::future<Result> Submit(admission::AdmittedEntry entry) {
    auto promise = std::make_shared<std::promise<Result>>();
    std::future<Result> future = promise->get_future();
    const absl::Status status = sequencer_->Submit(
        std::move(entry),
        [promise](Result result) { promise->set_value(std::move(result)); });
    if (!status.ok()) promise->set_value(status);
    return future;
  }
  std::future<Result> Submit(const std::string& feed, const std::string& text,
                             bool control = false) {
    return Submit(AdmittedEntryMaker::Make(feed, text, control, now_ms_));
  }

  // Submits all of them as one batch.
  std::vector<std::future<Result>> SubmitTogether(
      std::vector<admission::AdmittedEntry> entries) {
    sink_.Hold();
    std::future<Result> first = Submit("hold", absl::StrCat("hold", ++holds_));
    sink_.AwaitSigning(++signed_);
    std::vector<std::future<Result>> futures;
    for (auto& entry : entries) futures.push_back(Submit(std::move(entry)));
    sink_.LetGo();
    EXPECT_OK(first.get());
    ++signed_;
    return futures;
  }

  std::vector<std::string> Entries() {
    std::vector<std::string> out;
    EXPECT_OK(store_.ReadEntries(0, store_.ReadTreeState()->tree_size,
                                 [&out](uint64_t, absl::string_view entry) {
                                   out.emplace_back(entry);
                                   return true;
                                 }));
    return out;
  }

  storage::MemoryLogStore memory_;
  storage::FaultInjectingLogStore store_{&memory_};
  FakeGate gate_;
  TextEncoder encoder_;
  FakeSink sink_;
  int64_t now_ms_ = 1000;
  int holds_ = 0;
  int signed_ = 0;
  std::unique_ptr<Sequencer> sequencer_;
};

TEST_F(SequencerTest, ALoneEntryIsABatchOfOne) {
  const Result placed = Submit("a", "x").get();
  ASSERT_OK(placed);
  EXPECT_EQ(placed->index, 0u);
  EXPECT_FALSE(placed->duplicate);
  ASSERT_EQ(sink_.batches.size(), 1u);
  EXPECT_EQ(placed->batch->Entry(0), "a 1 after - at 1000: x");
  EXPECT_THAT(Entries(), ElementsAre("a 1 after - at 1000: x"));
}

TEST_F(SequencerTest, WhatWaitsBecomesOneBatch) {
  std::vector<admission::AdmittedEntry> entries;
  for (int i = 0; i < 10; ++i) {
    entries.push_back(AdmittedEntryMaker::Make("a", absl::StrCat("e", i)));
  }
  auto futures = SubmitTogether(std::move(entries));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(futures[i].get()->index, i + 1u);
  EXPECT_EQ(sink_.batches.size(), 2u);
}

// Without the announcement the first would be a batch of its own.
TEST_F(SequencerTest, ASmallBatchWaitsForWhatIsAnnounced) {
  auto announcement = sequencer_->Announce();
  std::vector<std::future<Result>> futures;
  for (int i = 0; i < 10; ++i) futures.push_back(Submit("a", absl::StrCat(i)));
  announcement = nullptr;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(futures[i].get()->index, i);
  EXPECT_EQ(sink_.batches.size(), 1u);
}

TEST_F(SequencerTest, EveryAnnouncementHoldsASmallBatch) {
  auto first = sequencer_->Announce();
  auto second = sequencer_->Announce();
  auto a = Submit("a", "x");
  first = nullptr;
  auto b = Submit("b", "y");
  second = nullptr;
  EXPECT_OK(a.get());
  EXPECT_OK(b.get());
  EXPECT_EQ(sink_.batches.size(), 1u);
}

// In these, an answer comes while the announcement stands.
TEST_F(SequencerTest, ABatchThatIsLargeEnoughWaitsForNobody) {
  Options options;
  options.enough = 3;
  Start(options);
  const auto announcement = sequencer_->Announce();
  std::vector<std::future<Result>> futures;
  for (int i = 0; i < 3; ++i) futures.push_back(Submit("a", absl::StrCat(i)));
  for (auto& future : futures) EXPECT_OK(future.get());
}

TEST_F(SequencerTest, NobodyWaitsBehindAFullQueue) {
  Options options;
  options.max_waiting = 2;
  Start(options);
  const auto announcement = sequencer_->Announce();
  auto a = Submit("a", "x");
  auto b = Submit("a", "y");
  EXPECT_OK(a.get());
  EXPECT_OK(b.get());
}

TEST_F(SequencerTest, NobodyWaitsWhileManyBytesDo) {
  Options options;
  options.max_waiting_bytes = 4000;
  Start(options);
  const auto announcement = sequencer_->Announce();
  EXPECT_OK(Submit("a", std::string(3000, 'x')).get());
}

TEST_F(SequencerTest, AShutdownWaitsForNoAnnouncement) {
  const auto announcement = sequencer_->Announce();
  auto a = Submit("a", "x");
  sequencer_->Shutdown();
  EXPECT_OK(a.get());
}

TEST_F(SequencerTest, FeedsAreNumberedAndLinkedBackwards) {
  for (const auto& [feed, text] :
       std::vector<std::pair<std::string, std::string>>{
           {"a", "1"}, {"b", "2"}, {"a", "3"}, {"a", "4"}, {"b", "5"}}) {
    ASSERT_OK(Submit(feed, text).get());
  }
  EXPECT_THAT(Entries(),
              ElementsAre("a 1 after - at 1000: 1", "b 1 after - at 1000: 2",
                          "a 2 after 0 at 1000: 3", "a 3 after 2 at 1000: 4",
                          "b 2 after 1 at 1000: 5"));
}

TEST_F(SequencerTest, FeedsGoOnAfterARestartAndBeyondTheCache) {
  Options options;
  options.max_feeds_cached = 2;
  Start(options);
  for (int round = 0; round < 3; ++round) {
    for (int feed = 0; feed < 5; ++feed) {
      ASSERT_OK(
          Submit(absl::StrCat("f", feed), absl::StrCat(round, feed)).get());
    }
    Start(options);
  }
  EXPECT_EQ(Entries()[12], "f2 3 after 7 at 1000: 22");
}

TEST_F(SequencerTest, TheSameStatementAgainIsADuplicate) {
  ASSERT_OK(Submit("a", "x").get());
  const Result again = Submit("a", "x").get();
  ASSERT_OK(again);
  EXPECT_TRUE(again->duplicate);
  EXPECT_EQ(again->index, 0u);
  EXPECT_EQ(again->batch, nullptr);
  Start();
  EXPECT_TRUE(Submit("a", "x").get()->duplicate);
  EXPECT_EQ(Entries().size(), 1u);
}

TEST_F(SequencerTest, TwinsInOneBatchShareAnIndex) {
  std::vector<admission::AdmittedEntry> entries;
  entries.push_back(AdmittedEntryMaker::Make("a", "x"));
  entries.push_back(AdmittedEntryMaker::Make("a", "y"));
  entries.push_back(AdmittedEntryMaker::Make("a", "x"));
  auto futures = SubmitTogether(std::move(entries));
  EXPECT_EQ(futures[0].get()->index, 1u);
  EXPECT_EQ(futures[1].get()->index, 2u);
  const Result twin = futures[2].get();
  EXPECT_EQ(twin->index, 1u);
  EXPECT_TRUE(twin->duplicate);
  EXPECT_NE(twin->batch, nullptr);
}

TEST_F(SequencerTest, AControlEntryEndsItsBatch) {
  std::vector<admission::AdmittedEntry> entries;
  entries.push_back(AdmittedEntryMaker::Make("a", "x"));
  entries.push_back(AdmittedEntryMaker::Make("r", "enrol", /*control=*/true));
  entries.push_back(AdmittedEntryMaker::Make("b", "y"));
  auto futures = SubmitTogether(std::move(entries));
  for (auto& future : futures) ASSERT_OK(future.get());
  ASSERT_EQ(sink_.batches.size(), 3u);
  EXPECT_EQ(sink_.batches[1]->size(), 2u);
  EXPECT_THAT(gate_.integrated, ElementsAre(2));
  // The control entry itself, and the one admitted under the older registry.
  EXPECT_THAT(gate_.rechecked, ElementsAre(2, 3));
  EXPECT_THAT(store_.ReadControlIndices(4).value(), ElementsAre(2));
}

TEST_F(SequencerTest, WhatTheGateRefusesLeavesNoTrace) {
  ASSERT_OK(Submit("r", "enrol", true).get());
  gate_.refuse = "no";
  std::vector<admission::AdmittedEntry> entries;
  entries.push_back(AdmittedEntryMaker::Make("a", "no"));
  entries.push_back(AdmittedEntryMaker::Make("b", "yes"));
  ++signed_;
  auto futures = SubmitTogether(std::move(entries));
  EXPECT_THAT(futures[0].get().status(),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(futures[1].get()->index, 2u);
  EXPECT_THAT(store_.ReadFeedHead("a").status(),
              StatusIs(absl::StatusCode::kNotFound));
  gate_.refuse = "";
  EXPECT_EQ(Submit("a", "no").get()->index, 3u);
  EXPECT_EQ(Entries()[3], "a 1 after - at 1000: no judged at 1000");
}

TEST_F(SequencerTest, TimeNeverGoesBack) {
  ASSERT_OK(Submit("a", "x").get());
  now_ms_ = 10;
  ASSERT_OK(Submit("a", "y").get());
  Start();
  ASSERT_OK(Submit("a", "z").get());
  now_ms_ = 2000;
  ASSERT_OK(Submit("a", "w").get());
  EXPECT_THAT(Entries(),
              ElementsAre("a 1 after - at 1000: x", "a 2 after 0 at 1000: y",
                          "a 3 after 1 at 1000: z", "a 4 after 2 at 2000: w"));
}

TEST_F(SequencerTest, AGovernedEntryIsJudgedAgainAtTheTimeItGets) {
  ASSERT_OK(Submit("a", "x").get());
  for (const int64_t claimed : {999, 1000}) {
    admission::AdmittedEntry entry = AdmittedEntryMaker::Make(
        "a", absl::StrCat("g", claimed), /*control=*/false, claimed);
    AdmittedEntryMaker::SetGoverned(&entry);
    ASSERT_OK(Submit(std::move(entry)).get());
  }
  EXPECT_THAT(Entries(), ElementsAre("a 1 after - at 1000: x",
                                     "a 2 after 0 at 1000: g999 judged at 1000",
                                     "a 3 after 1 at 1000: g1000"));
}

TEST_F(SequencerTest, AFullQueueRefusesAndLosesNothing) {
  Options options;
  options.max_waiting = 2;
  Start(options);
  sink_.Hold();
  auto first = Submit("a", "0");
  sink_.AwaitSigning(1);
  auto second = Submit("a", "1");
  auto third = Submit("a", "2");
  EXPECT_THAT(Submit("a", "3").get().status(),
              StatusIs(absl::StatusCode::kUnavailable));
  sink_.LetGo();
  EXPECT_OK(first.get());
  EXPECT_OK(second.get());
  EXPECT_OK(third.get());
  EXPECT_OK(Submit("a", "3").get());
}

TEST_F(SequencerTest, AnEntryTooLargeForABundleIsRefused) {
  const Result refused = Submit("a", std::string(65536, 'x')).get();
  EXPECT_THAT(refused.status(), StatusIs(absl::StatusCode::kInvalidArgument));
  const auto named = statement::ViolationsFromStatus(refused.status());
  ASSERT_EQ(named.size(), 1u);
  EXPECT_EQ(named[0].field, "statement");
  EXPECT_EQ(Submit("a", "small").get()->index, 0u);
  EXPECT_EQ(Entries()[0], "a 1 after - at 1000: small");
}

TEST_F(SequencerTest, AFullDiskRefusesTheBatchAndGoesOn) {
  store_.FailCommit(1, storage::CommitFault::kNotPersisted,
                    absl::ResourceExhaustedError("disk full: 7 at /srv/log"));
  EXPECT_THAT(Submit("a", "x").get().status(),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("full"), Not(HasSubstr("/srv")))));
  EXPECT_OK(sequencer_->health());
  EXPECT_THAT(sequencer_->refusing(),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "disk full: 7 at /srv/log"));
  EXPECT_EQ(Submit("a", "x").get()->index, 0u);
  EXPECT_OK(sequencer_->refusing());
}

TEST_F(SequencerTest, WhyItStoppedIsForTheOperatorAlone) {
  store_.FailCommit(1, storage::CommitFault::kNotPersisted,
                    absl::UnavailableError("While appending to /srv/log"));
  for (const char* const text : {"x", "y"}) {
    EXPECT_THAT(Submit("a", text).get().status(),
                StatusIs(absl::StatusCode::kInternal, Not(HasSubstr("/srv"))));
  }
  EXPECT_THAT(sequencer_->health(),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("/srv/log")));
}

TEST_F(SequencerTest, AnUnknownOutcomeStopsTheLog) {
  for (const bool persisted : {false, true}) {
    store_.FailCommit(1, persisted ? storage::CommitFault::kPersisted
                                   : storage::CommitFault::kNotPersisted);
    const std::string text = absl::StrCat("x", persisted);
    EXPECT_THAT(Submit("a", text).get().status(),
                StatusIs(absl::StatusCode::kInternal));
    EXPECT_THAT(Submit("a", "y").get().status(),
                StatusIs(absl::StatusCode::kInternal));
    EXPECT_FALSE(sequencer_->health().ok());
    Start();
    EXPECT_EQ(Submit("a", text).get()->duplicate, persisted);
  }
  EXPECT_EQ(Entries().size(), 2u);
}

TEST_F(SequencerTest, WithoutASignatureNothingIsWritten) {
  sink_.RefuseToSign(absl::FailedPreconditionError("no key"));
  EXPECT_THAT(Submit("a", "x").get().status(),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(store_.ReadTreeState()->tree_size, 0u);
  sink_.RefuseToSign(absl::OkStatus());
  EXPECT_EQ(Submit("a", "x").get()->index, 0u);
}

TEST_F(SequencerTest, ShutdownFinishesWhatItAccepted) {
  sink_.Hold();
  auto first = Submit("a", "0");
  sink_.AwaitSigning(1);
  std::vector<std::future<Result>> futures;
  for (int i = 1; i < 100; ++i) futures.push_back(Submit("a", absl::StrCat(i)));
  sink_.LetGo();
  sequencer_->Shutdown();
  for (auto& future : futures) EXPECT_OK(future.get());
  EXPECT_THAT(Submit("a", "late").get().status(),
              StatusIs(absl::StatusCode::kUnavailable));
}

// The tree after any split into batches is the tree of its leaves.
TEST_F(SequencerTest, TheTreeIsThatOfItsLeaves) {
  std::mt19937 random(20201116);
  int next = 0;
  std::vector<merkle::Hash> leaves;
  while (next < 600) {
    std::vector<admission::AdmittedEntry> entries;
    for (unsigned n = random() % 90; n > 0; --n) {
      entries.push_back(AdmittedEntryMaker::Make(
          absl::StrCat("f", random() % 7), absl::StrCat(next++)));
    }
    for (auto& future : SubmitTogether(std::move(entries))) {
      ASSERT_OK(future.get());
    }
    if (random() % 3 == 0) Start();
  }
  for (const std::string& entry : Entries()) {
    leaves.push_back(merkle::LeafHash(entry));
  }
  EXPECT_EQ(store_.ReadTreeState()->root_hash,
            merkle::ReferenceTree(leaves).Root(leaves.size()));
}

TEST_F(SequencerTest, ErasesThePayloadOfAnEarlierEntryInTheSameWrite) {
  admission::AdmittedEntry sealed =
      AdmittedEntryMaker::Make("feed", "sealed", false, now_ms_);
  AdmittedEntryMaker::SetSealedPayload("ciphertext", &sealed);
  ASSERT_OK(Submit(std::move(sealed)).get());
  EXPECT_THAT(store_.ReadSealedPayload(0), IsOkAndHolds("ciphertext"));
  admission::AdmittedEntry erasure =
      AdmittedEntryMaker::Make("feed", "erasure", false, now_ms_);
  AdmittedEntryMaker::SetErases(0, &erasure);
  ASSERT_OK(Submit(std::move(erasure)).get());
  EXPECT_THAT(store_.ReadSealedPayload(0),
              StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace sightline::sequencer
