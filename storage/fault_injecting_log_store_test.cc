#include "storage/fault_injecting_log_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/status_matchers.h"
#include "storage/log_store_contract.h"
#include "storage/memory_log_store.h"
#include "storage/test_log.h"

namespace sightline::storage {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

class FaultyUnderTest final : public StoreUnderTest {
 public:
  LogStore* store() override { return &faulty_; }
  absl::Status Reopen() override {
    faulty_.Reopen();
    return absl::OkStatus();
  }

 private:
  MemoryLogStore memory_;
  FaultInjectingLogStore faulty_{&memory_};
};

// Without faults it is a store as any other.
INSTANTIATE_TEST_SUITE_P(
    FaultInjecting, LogStoreContract,
    ::testing::Values(Engine{
        "Healthy", [] { return std::make_unique<FaultyUnderTest>(); }}),
    EngineName);

class FaultInjecting : public ::testing::Test {
 protected:
  MemoryLogStore memory_;
  FaultInjectingLogStore faulty_{&memory_};
  TestLog log_;
};

TEST_F(FaultInjecting, FailsTheCommitThatWasNamed) {
  faulty_.FailCommit(2, CommitFault::kNotPersisted);
  ASSERT_OK(faulty_.Commit(log_.Make(3)));
  log_.Adopt();
  EXPECT_THAT(faulty_.Commit(log_.Make(3)),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_OK(CheckStore(memory_, log_));
  EXPECT_THAT(faulty_.Commit(log_.Make(3)),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  faulty_.Reopen();
  EXPECT_OK(faulty_.Commit(log_.Make(3)));
  EXPECT_EQ(faulty_.commits(), 4);
}

TEST_F(FaultInjecting, PersistsWhatItSaysFailed) {
  faulty_.FailCommit(1, CommitFault::kPersisted);
  EXPECT_FALSE(faulty_.Commit(log_.Make(3)).ok());
  log_.Adopt();
  EXPECT_OK(CheckStore(memory_, log_));
}

TEST_F(FaultInjecting, GoesOnAfterAFullDisk) {
  faulty_.FailCommit(1, CommitFault::kNotPersisted,
                     absl::ResourceExhaustedError("injected: full"));
  EXPECT_THAT(faulty_.Commit(log_.Make(3)),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_OK(faulty_.Commit(log_.Make(3)));
}

TEST_F(FaultInjecting, DamagesWhatIsReadAndNothingElse) {
  ASSERT_OK(faulty_.Commit(log_.Make(300)));
  log_.Adopt();
  const auto differs = [&](const std::string& what) {
    EXPECT_THAT(CheckStore(faulty_, log_),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(what)));
    faulty_.RepairAll();
    EXPECT_OK(CheckStore(faulty_, log_));
  };
  faulty_.DamageEntry(7);
  differs("entry 7");
  faulty_.DamageTile(0, 1, 3);
  differs("tile 1");
  faulty_.DamageCheckpoints();
  differs("checkpoint");
  faulty_.DamageTreeState();
  differs("tree state");
  EXPECT_OK(CheckStore(memory_, log_));
}

TEST_F(FaultInjecting, FailsReads) {
  faulty_.FailReads(absl::UnavailableError("injected: away"));
  EXPECT_THAT(CheckStore(faulty_, log_),
              StatusIs(absl::StatusCode::kUnavailable));
  faulty_.FailReads(absl::OkStatus());
  EXPECT_OK(CheckStore(faulty_, log_));
}

}  // namespace
}  // namespace sightline::storage
