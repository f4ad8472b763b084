// Sequencer and publisher together, on stores that fail: what was acknowledged is
// never lost, and wrong bytes are never vouched for.
#include <gtest/gtest.h>

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
#include "publish/publisher.h"
#include "publish/receipt.h"
#include "publish/recovery.h"
#include "sequencer/entry_encoder.h"
#include "sequencer/sequencer.h"
#include "storage/fault_injecting_log_store.h"
#include "storage/memory_log_store.h"

namespace sightline::publish {
namespace {

using ::sightline::admission::AdmittedEntryMaker;
using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

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
    auto sequencer = sequencer::Sequencer::Create({}, &store_, &gate_,
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

  void Append(size_t count) {
    std::vector<std::future<Placed>> futures;
    for (size_t i = 0; i < count; ++i) {
      futures.push_back(Submit(absl::StrCat("entry ", next_++)));
    }
    for (auto& future : futures) ASSERT_OK(future.get());
  }

  // Everything that the store holds proves itself.
  void Audit() {
    ASSERT_OK(CheckRightEdge(store_, keys_));
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

// Each durable step fails, persisted or not, around a tile boundary; the log then
// starts again, is audited, and takes the same batch and another one.
TEST_F(PipelineTest, AnyFailedCommitIsSurvived) {
  Append(250);
  for (int step = 0; step < 12; ++step) {
    const bool persisted = step % 2 == 1;
    const bool same_again = step % 4 < 2;
    store_.FailCommit(1, persisted ? storage::CommitFault::kPersisted
                                   : storage::CommitFault::kNotPersisted);
    const uint64_t before = store_.ReadTreeState()->tree_size;
    const std::string text = absl::StrCat("step ", step);
    EXPECT_THAT(Submit(text).get().status(),
                StatusIs(absl::StatusCode::kInternal));
    EXPECT_EQ(publisher_->current()->tree_size, before);
    Start();
    EXPECT_EQ(publisher_->current()->tree_size, before + (persisted ? 1 : 0));
    if (same_again) {
      const Placed placed = Submit(text).get();
      ASSERT_OK(placed);
      EXPECT_EQ(placed->index, before);
      EXPECT_EQ(placed->duplicate, persisted);
    } else {
      Append(1);
    }
    Audit();
  }
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
