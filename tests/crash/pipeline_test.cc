// Sequencer and publisher together, on stores that fail: what was acknowledged is
// never lost, and wrong bytes are never vouched for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "admission/admitted_entry_maker.h"
#include "admission/gate.h"
#include "base/mutex.h"
#include "base/status_matchers.h"
#include "checkpoint/log_keys.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/vkey.h"
#include "crypto/signer.h"
#include "merkle/proof.h"
#include "monitor/check_log.h"
#include "monitor/check_options.h"
#include "monitor/check_report.h"
#include "publish/publisher.h"
#include "publish/receipt.h"
#include "publish/recovery.h"
#include "sequencer/entry_encoder.h"
#include "sequencer/sequencer.h"
#include "storage/fault_injecting_log_store.h"
#include "storage/memory_log_store.h"
#include "storage/store_log_reader.h"

namespace sightline::publish {
namespace {

using ::sightline::admission::AdmittedEntryMaker;
using ::sightline::base::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::string_view kOrigin = "example.com/test-log";

checkpoint::NoteSigner LogKey() {
  return checkpoint::NoteSigner::Create(
             kOrigin, checkpoint::KeyType::kEd25519,
             crypto::PrivateKey::FromSeed(std::string(32, 'L')).value())
      .value();
}

class PipelineTest : public ::testing::Test {
 protected:
  using Placed = absl::StatusOr<sequencer::Placement>;

  void SetUp() override {
    ASSERT_OK(keys_.Add(LogKey().vkey()));
    Start();
  }
  void TearDown() override { Stop(); }

  void Stop() {
    if (sequencer_ != nullptr) sequencer_->Shutdown();
    if (publisher_ != nullptr) publisher_->Shutdown();
    sequencer_.reset();
    publisher_.reset();
  }

  void Start() {
    Stop();
    store_.Reopen();
    ASSERT_OK(CheckRightEdge(store_, keys_));
    std::vector<checkpoint::NoteSigner> signers;
    signers.push_back(LogKey());
    auto publisher = Publisher::Create(
        {}, &store_, std::string(kOrigin), std::move(signers),
        [](const checkpoint::NoteSigner&, uint64_t) { return true; });
    ASSERT_OK(publisher);
    publisher_ = *std::move(publisher);
    sequencer::Options options;
    options.enough = options.max_batch;  // for batches of a chosen size
    auto sequencer = sequencer::Sequencer::Create(options, &store_, &gate_,
                                                  &encoder_, publisher_.get());
    ASSERT_OK(sequencer);
    sequencer_ = *std::move(sequencer);
  }

  std::future<Placed> Submit(const std::string& text) {
    auto promise = std::make_shared<std::promise<Placed>>();
    std::future<Placed> future = promise->get_future();
    admission::AdmittedEntry entry = AdmittedEntryMaker::Make("a", text);
    const absl::Status status = sequencer_->Submit(
        std::move(entry),
        [promise](Placed placed) { promise->set_value(std::move(placed)); });
    if (!status.ok()) promise->set_value(status);
    return future;
  }

  // So many, none of which was submitted before.
  std::vector<std::string> Texts(size_t count) {
    std::vector<std::string> out;
    while (out.size() < count) out.push_back(absl::StrCat("entry ", next_++));
    return out;
  }

  // The announcement holds the batch back until all are waiting.
  std::vector<Placed> SubmitAsOneBatch(const std::vector<std::string>& texts) {
    auto announcement = sequencer_->Announce();
    std::vector<std::future<Placed>> futures;
    for (const std::string& text : texts) futures.push_back(Submit(text));
    announcement.reset();
    std::vector<Placed> out;
    for (auto& future : futures) out.push_back(future.get());
    return out;
  }

  void Append(size_t count) {
    std::vector<std::future<Placed>> futures;
    for (size_t i = 0; i < count; ++i) {
      futures.push_back(Submit(absl::StrCat("entry ", next_++)));
    }
    for (auto& future : futures) ASSERT_OK(future.get());
  }

  // Everything that the store holds proves itself, and nothing lies beyond it.
  void Audit() {
    ASSERT_OK(CheckRightEdge(store_, keys_));
    storage::StoreLogReader reader(&store_);
    monitor::CheckSources sources;
    ASSERT_OK_AND_ASSIGN(sources.checkpoint, reader.ReadCheckpoint());
    sources.entries = &reader;
    sources.tiles = &reader;
    sources.stored_tiles = &store_;
    monitor::CheckOptions options;
    options.depth = monitor::CheckDepth::kHashes;  // entries are plain texts
    options.threads = 1;
    options.at_rest = true;
    ASSERT_OK_AND_ASSIGN(const monitor::CheckReport report,
                         monitor::CheckLog(sources, &keys_, options));
    EXPECT_THAT(report.problems, IsEmpty());
    const uint64_t size = store_.ReadTreeState()->tree_size;
    for (uint64_t i = 0; i < size; ++i) {
      ASSERT_OK(ReceiptFromStore(store_, i, size)) << i;
    }
  }

  storage::MemoryLogStore memory_;
  storage::FaultInjectingLogStore store_{&memory_};
  admission::OpenGate gate_;
  sequencer::RawEntryEncoder encoder_;
  checkpoint::LogKeySet keys_{kOrigin};
  int next_ = 0;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<sequencer::Sequencer> sequencer_;
};

TEST_F(PipelineTest, AReceiptVerifiesAndIsTheSameFromTheStore) {
  for (int round = 0; round < 3; ++round) {
    std::vector<std::future<Placed>> futures;
    for (int i = 0; i < 100; ++i) {
      futures.push_back(Submit(absl::StrCat("entry ", next_++)));
    }
    for (auto& future : futures) {
      const Placed placed = future.get();
      ASSERT_OK(placed);
      const Receipt receipt = ReceiptFromBatch(*placed->batch, placed->index);
      ASSERT_OK_AND_ASSIGN(const auto opened,
                           keys_.OpenCheckpoint(receipt.checkpoint));
      EXPECT_OK(merkle::VerifyInclusion(
          receipt.index, opened.checkpoint.tree_size,
          merkle::LeafHash(receipt.entry), receipt.inclusion_proof,
          opened.checkpoint.root_hash));
      ASSERT_OK_AND_ASSIGN(const Receipt stored,
                           ReceiptFromStore(store_, placed->index,
                                            publisher_->current()->tree_size));
      EXPECT_EQ(stored.entry, receipt.entry);
      EXPECT_EQ(stored.checkpoint, receipt.checkpoint);
      EXPECT_EQ(stored.inclusion_proof, receipt.inclusion_proof);
    }
    Start();
  }
}

TEST_F(PipelineTest, WhatIsTakenUpAgainGoesOnFromThePublishedTree) {
  Append(300);
  const std::string note = publisher_->current()->checkpoint;
  Start();
  EXPECT_EQ(publisher_->current()->tree_size, 300u);
  EXPECT_EQ(publisher_->current()->checkpoint, note);
  Append(1);
  EXPECT_EQ(publisher_->current()->tree_size, 301u);
  Audit();
}

TEST_F(PipelineTest, AReceiptBeyondThePublishedTreeIsNotGiven) {
  Append(3);
  EXPECT_THAT(ReceiptFromStore(store_, 3, 3).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
}

// A commit of `batch` entries fails when the tree has `size`: around a tile
// boundary, and over it. What failed is sent again, or something else is.
struct FailedCommit {
  uint64_t size;
  size_t batch;
  bool persisted;
  bool same_again;
};

std::vector<FailedCommit> FailedCommits() {
  std::vector<FailedCommit> out;
  for (const uint64_t size : {254, 255, 256, 511}) {
    for (const size_t batch : {1, 3, 300}) {
      for (const bool persisted : {false, true}) {
        for (const bool same_again : {false, true}) {
          out.push_back({size, batch, persisted, same_again});
        }
      }
    }
  }
  return out;
}

std::string NameOf(const ::testing::TestParamInfo<FailedCommit>& info) {
  return absl::StrCat(info.param.batch, "At", info.param.size,
                      info.param.persisted ? "Persisted" : "Lost",
                      info.param.same_again ? "SameAgain" : "ThenOthers");
}

class FailedCommitTest : public PipelineTest,
                         public ::testing::WithParamInterface<FailedCommit> {};

INSTANTIATE_TEST_SUITE_P(Pipeline, FailedCommitTest,
                         ::testing::ValuesIn(FailedCommits()), NameOf);

// The log starts again, is audited, takes the next batch, and is audited.
TEST_P(FailedCommitTest, IsSurvived) {
  const FailedCommit& param = GetParam();
  Append(param.size);
  const std::vector<std::string> texts = Texts(param.batch);
  store_.FailCommit(1, param.persisted ? storage::CommitFault::kPersisted
                                       : storage::CommitFault::kNotPersisted);
  for (const Placed& placed : SubmitAsOneBatch(texts)) {
    EXPECT_THAT(placed, StatusIs(absl::StatusCode::kInternal));
  }
  EXPECT_EQ(publisher_->current()->tree_size, param.size);
  Start();
  const uint64_t kept = param.persisted ? param.batch : 0;
  ASSERT_EQ(publisher_->current()->tree_size, param.size + kept);
  Audit();
  const std::vector<Placed> answers =
      SubmitAsOneBatch(param.same_again ? texts : Texts(param.batch));
  const bool duplicates = param.same_again && param.persisted;
  const uint64_t first = param.size + (duplicates ? 0 : kept);
  for (size_t i = 0; i < answers.size(); ++i) {
    ASSERT_OK(answers[i]);
    EXPECT_EQ(answers[i]->index, first + i);
    EXPECT_EQ(answers[i]->duplicate, duplicates);
  }
  EXPECT_EQ(publisher_->current()->tree_size,
            param.size + kept + (duplicates ? 0 : param.batch));
  Audit();
}

TEST_F(PipelineTest, BytesThatReadBackWrongAreNeverVouchedFor) {
  Append(5);
  const std::string published = publisher_->current()->checkpoint;
  store_.DamageEntry(5);
  EXPECT_THAT(Submit("bad").get().status(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("entry 5")));
  EXPECT_EQ(publisher_->current()->checkpoint, published);
  EXPECT_FALSE(publisher_->health().ok());
  // For good: nothing more is signed.
  EXPECT_FALSE(Submit("good").get().ok());
  EXPECT_EQ(publisher_->current()->checkpoint, published);
  EXPECT_THAT(CheckRightEdge(store_, keys_),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(PipelineTest, StartUpFindsACheckpointOfAnotherKey) {
  Append(5);
  checkpoint::LogKeySet others(kOrigin);
  ASSERT_OK(
      others.Add(checkpoint::NoteSigner::Create(
                     kOrigin, checkpoint::KeyType::kEd25519,
                     crypto::PrivateKey::FromSeed(std::string(32, 'X')).value())
                     ->vkey()));
  EXPECT_THAT(CheckRightEdge(store_, others),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(PipelineTest, AWatcherIsWokenOnceItsSizeIsPublished) {
  std::promise<void> woken;
  ASSERT_OK(publisher_->Watch(2, [&woken] { woken.set_value(); }));
  std::future<void> future = woken.get_future();
  Append(1);
  Append(1);
  future.get();
  EXPECT_GE(publisher_->current()->tree_size, 2u);
  bool at_once = false;
  ASSERT_OK(publisher_->Watch(1, [&at_once] { at_once = true; }));
  EXPECT_TRUE(at_once);
}

TEST_F(PipelineTest, AWatcherThatLeftIsNotWokenAndShutdownWakesTheRest) {
  bool left = false;
  bool stayed = false;
  ASSERT_OK_AND_ASSIGN(const uint64_t handle,
                       publisher_->Watch(100, [&left] { left = true; }));
  ASSERT_OK(publisher_->Watch(100, [&stayed] { stayed = true; }));
  publisher_->StopWatching(handle);
  Stop();
  EXPECT_FALSE(left);
  EXPECT_TRUE(stayed);
}

TEST_F(PipelineTest, WithoutAKeyThatCountsNothingIsWritten) {
  Stop();
  std::vector<checkpoint::NoteSigner> signers;
  signers.push_back(LogKey());
  publisher_ = *Publisher::Create(
      {}, &store_, std::string(kOrigin), std::move(signers),
      [](const checkpoint::NoteSigner&, uint64_t size) { return size < 2; });
  sequencer_ = *sequencer::Sequencer::Create({}, &store_, &gate_, &encoder_,
                                             publisher_.get());
  EXPECT_OK(Submit("one").get());
  EXPECT_THAT(Submit("two").get().status(),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(store_.ReadTreeState()->tree_size, 1u);
}

}  // namespace
}  // namespace sightline::publish
