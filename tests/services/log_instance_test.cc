// How a log starts, and on what it refuses to.
#include "services/log_instance.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "storage/fault_injecting_log_store.h"
#include "storage/memory_log_store.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr auto kRefused = absl::StatusCode::kFailedPrecondition;

class LogInstanceTest : public ::testing::Test {
 protected:
  // Makes the store hold 303 entries.
  void Fill() {
    TestLogOptions options;
    options.store = &store_;
    ASSERT_OK_AND_ASSIGN(const auto log, TestLog::Start(std::move(options)));
    ASSERT_OK(log->Append(300));
  }

  absl::Status Open(const v1::SignedStatement* genesis) {
    services::LogParts parts;
    parts.store = &faulty_;
    parts.clock = &clock_;
    parts.signers.push_back(parties_.LogSigner());
    parts.genesis = genesis;
    return Open(std::move(parts));
  }
  absl::Status Open(services::LogParts parts) {
    auto log = services::LogInstance::Open({}, std::move(parts));
    if (!log.ok()) return log.status();
    origin_ = (*log)->origin();
    size_ = (*log)->publisher().current()->tree_size;
    return (*log)->health();
  }

  const TestParties parties_;
  base::FakeClock clock_{kTestTimeMs};
  storage::MemoryLogStore store_;
  storage::FaultInjectingLogStore faulty_{&store_};
  std::string origin_;
  uint64_t size_ = 0;
};

TEST_F(LogInstanceTest, BeginsWithItsGenesis) {
  ASSERT_OK(Open(&parties_.genesis()));
  EXPECT_EQ(origin_, kTestOrigin);
  EXPECT_EQ(size_, 1u);
}

TEST_F(LogInstanceTest, AnEmptyStoreNeedsAGenesis) {
  EXPECT_THAT(Open(nullptr), StatusIs(kRefused, HasSubstr("genesis")));
}

TEST_F(LogInstanceTest, AGenesisNeedsItsSignatures) {
  v1::SignedStatement genesis = parties_.genesis();
  genesis.mutable_signatures()->RemoveLast();
  EXPECT_FALSE(Open(&genesis).ok());
  EXPECT_EQ(store_.ReadTreeState()->tree_size, 0u);
}

TEST_F(LogInstanceTest, AnotherStatementIsNoGenesis) {
  const v1::SignedStatement other =
      parties_.PlainRequest(parties_.agency()).statement;
  EXPECT_THAT(Open(&other), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(LogInstanceTest, GoesOnWhereItStopped) {
  Fill();
  ASSERT_OK(Open(nullptr));
  EXPECT_EQ(origin_, kTestOrigin);
  EXPECT_EQ(size_, 303u);
  EXPECT_OK(Open(&parties_.genesis()));
}

TEST_F(LogInstanceTest, TheGenesisOfAnotherLogIsRefused) {
  Fill();
  const TestParties others("log.example.com/other");
  EXPECT_THAT(Open(&others.genesis()),
              StatusIs(kRefused, HasSubstr("not that of the log")));
}

TEST_F(LogInstanceTest, ALogKeyMustCount) {
  const TestParties others("log.example.com/other");
  services::LogParts parts;
  parts.store = &store_;
  parts.clock = &clock_;
  parts.signers.push_back(others.LogSigner());
  parts.genesis = &parties_.genesis();
  EXPECT_THAT(Open(std::move(parts)),
              StatusIs(kRefused, HasSubstr("none of the 1 log keys")));
}

TEST_F(LogInstanceTest, DamageAtTheRightEdgeIsFound) {
  Fill();
  faulty_.DamageEntry(302);
  EXPECT_THAT(Open(nullptr), StatusIs(kDataLoss, HasSubstr("302")));
  faulty_.RepairAll();
  faulty_.DamageTile(0, 1, 40);
  EXPECT_THAT(Open(nullptr), StatusIs(kDataLoss));
  faulty_.RepairAll();
  faulty_.DamageCheckpoints();
  EXPECT_THAT(Open(nullptr), StatusIs(kDataLoss));
  faulty_.RepairAll();
  faulty_.DamageTreeState();
  EXPECT_FALSE(Open(nullptr).ok());
  faulty_.RepairAll();
  EXPECT_OK(Open(nullptr));
}

TEST_F(LogInstanceTest, ADamagedControlEntryDecidesNothing) {
  Fill();
  for (const uint64_t index : {0, 1, 2}) {
    faulty_.DamageEntry(index);
    EXPECT_THAT(Open(nullptr), StatusIs(kDataLoss, HasSubstr("control entry")));
    faulty_.RepairAll();
  }
}

TEST_F(LogInstanceTest, AnUnknownOutcomeMakesItUnhealthy) {
  Fill();
  TestLogOptions options;
  options.store = &faulty_;
  ASSERT_OK_AND_ASSIGN(const auto log, TestLog::Start(std::move(options)));
  EXPECT_OK(log->log().health());
  faulty_.FailCommit(1, storage::CommitFault::kPersisted);
  EXPECT_FALSE(log->Append(1).ok());
  EXPECT_FALSE(log->log().health().ok());
  faulty_.Reopen();
  ASSERT_OK(log->Restart());
  EXPECT_OK(log->Append(1));
}

}  // namespace
}  // namespace sightline::tests
