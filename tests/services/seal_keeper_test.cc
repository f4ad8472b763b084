// SealKeeper: seals that have ended are opened, once, by whom the log can name.
#include "services/seal_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/status_matchers.h"
#include "proto/sightline/v1/log_service.grpc.pb.h"
#include "statement/entry_codec.h"
#include "statement/statement_codec.h"
#include "tests/services/calls.h"
#include "tests/services/sealed_log.h"

namespace sightline::tests {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SealKeeperTest : public SealedLogTest {
 protected:
  void SetUp() override {
    Start();
    keeper_party_ = parties().MakeParty("keeper:test");
    ASSERT_OK(log_->Enrol(keeper_party_));
    keeper_ = MakeKeeper();
  }
  void TearDown() override { keeper_.reset(); }

  services::SealKeeperOptions OptionsOf(const Party& party) const {
    services::SealKeeperOptions options;
    options.submitter = party.id;
    options.key = party.keys[0];
    return options;
  }
  std::unique_ptr<services::SealKeeper> MakeKeeper() {
    return Make(OptionsOf(keeper_party_));
  }
  std::unique_ptr<services::SealKeeper> Make(
      services::SealKeeperOptions options) {
    auto keeper = services::SealKeeper::Create(std::move(options), &log_->log(),
                                               &log_->clock(), &diagnostics_);
    EXPECT_OK(keeper);
    return *std::move(keeper);
  }

  void AdvanceTo(int64_t after_start_ms) {
    log_->clock().Set(kTestTimeMs + after_start_ms);
  }

  v1::Statement StatementAt(uint64_t index) {
    v1::Statement out;
    EXPECT_OK(log_->store().ReadEntries(
        index, index + 1, [&](uint64_t, absl::string_view bytes) {
          const auto entry = statement::ParseEntry(bytes);
          EXPECT_OK(entry);
          out = *statement::ParseStatement(entry->statement().payload());
          return true;
        }));
    return out;
  }

  Party keeper_party_;
  telemetry::RecordedDiagnostics diagnostics_;
  std::unique_ptr<services::SealKeeper> keeper_;
};

TEST_F(SealKeeperTest, OpensWhatHasEndedAndSignsIt) {
  AdvanceTo(kSealMs - 1);
  EXPECT_THAT(keeper_->RunOnce(), IsOkAndHolds(0u));
  AdvanceTo(kSealMs);
  const uint64_t index = size();
  EXPECT_THAT(keeper_->RunOnce(), IsOkAndHolds(1u));
  const v1::Statement statement = StatementAt(index);
  EXPECT_EQ(statement.header().submitter(), "keeper:test");
  ASSERT_EQ(statement.unsealing().openings_size(), 2);
  EXPECT_EQ(statement.unsealing().openings(0).SerializeAsString(),
            request_.openings[0].SerializeAsString());
  EXPECT_THAT(Audit(), IsEmpty());
}

TEST_F(SealKeeperTest, OpensOnceAlsoAfterARestart) {
  AdvanceTo(kSealMs);
  EXPECT_THAT(keeper_->RunOnce(), IsOkAndHolds(1u));
  const uint64_t after = size();
  EXPECT_THAT(keeper_->RunOnce(), IsOkAndHolds(0u));
  keeper_.reset();
  ASSERT_OK(log_->Restart());
  keeper_ = MakeKeeper();
  EXPECT_THAT(keeper_->RunOnce(), IsOkAndHolds(0u));
  EXPECT_EQ(size(), after);
}

TEST_F(SealKeeperTest, WaitsForTheEndOfARenewal) {
  ASSERT_OK(log_->Submit(parties().agency(),
                         Renewal("narrative", kTestTimeMs + 2 * kSealMs)));
  AdvanceTo(kSealMs);
  uint64_t index = size();
  EXPECT_THAT(keeper_->RunOnce(), IsOkAndHolds(1u));
  ASSERT_EQ(StatementAt(index).unsealing().openings_size(), 1);
  EXPECT_EQ(StatementAt(index).unsealing().openings(0).path(), "case_number");
  AdvanceTo(2 * kSealMs - 1);
  EXPECT_THAT(keeper_->RunOnce(), IsOkAndHolds(0u));
  AdvanceTo(2 * kSealMs);
  index = size();
  EXPECT_THAT(keeper_->RunOnce(), IsOkAndHolds(1u));
  EXPECT_EQ(StatementAt(index).unsealing().openings(0).path(), "narrative");
  EXPECT_THAT(Audit(), IsEmpty());
}

TEST_F(SealKeeperTest, LeavesAloneWhatItsSubmitterHasOpened) {
  ASSERT_OK(log_->Submit(parties().agency(),
                         Unsealing(parties().agency(), "case_number")));
  AdvanceTo(kSealMs);
  const uint64_t index = size();
  EXPECT_THAT(keeper_->RunOnce(), IsOkAndHolds(1u));
  ASSERT_EQ(StatementAt(index).unsealing().openings_size(), 1);
  EXPECT_EQ(StatementAt(index).unsealing().openings(0).path(), "narrative");
}

TEST_F(SealKeeperTest, DoesNotOpenWhatWasErased) {
  ASSERT_OK(
      log_->Submit(parties().registrar(), Erasure(parties().registrar())));
  AdvanceTo(kSealMs);
  const uint64_t before = size();
  EXPECT_THAT(keeper_->RunOnce(), IsOkAndHolds(0u));
  EXPECT_EQ(size(), before);
}

TEST_F(SealKeeperTest, AKeeperWhoIsNotEnrolledOpensNothing) {
  const Party stranger = parties().MakeParty("keeper:nobody");
  keeper_ = Make(OptionsOf(stranger));
  AdvanceTo(kSealMs);
  const uint64_t before = size();
  EXPECT_THAT(keeper_->RunOnce(), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_EQ(size(), before);
}

TEST_F(SealKeeperTest, OpensNothingWithoutAKey) {
  keeper_ = Make({});
  AdvanceTo(kSealMs);
  const uint64_t before = size();
  EXPECT_THAT(keeper_->RunOnce(), IsOkAndHolds(0u));
  EXPECT_EQ(size(), before);
}

TEST_F(SealKeeperTest, TakesTurnsWhenThereAreMoreSealsThanItKnows) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK(log_->Submit(parties().agency(),
                           parties().Request(parties().agency())));
  }
  services::SealKeeperOptions options = OptionsOf(keeper_party_);
  options.max_seals = 2;  // the fields of one request
  keeper_ = Make(std::move(options));
  AdvanceTo(kSealMs);
  for (int round = 0; round < 4; ++round) {
    EXPECT_THAT(keeper_->RunOnce(), IsOkAndHolds(1u));
  }
  const uint64_t after = size();
  for (int round = 0; round < 6; ++round) {
    EXPECT_THAT(keeper_->RunOnce(), IsOkAndHolds(0u));
  }
  EXPECT_EQ(size(), after);
  EXPECT_THAT(Audit(), IsEmpty());
}

TEST_F(SealKeeperTest, WorksOnAThreadOfItsOwn) {
  services::SealKeeperOptions options = OptionsOf(keeper_party_);
  options.interval = absl::Milliseconds(1);
  keeper_ = Make(std::move(options));
  const uint64_t before = size();
  keeper_->Start();
  AdvanceTo(kSealMs);
  v1::LogService::Stub stub(log_->Channel());
  v1::GetCheckpointRequest request;
  request.set_min_tree_size(before + 1);
  EXPECT_OK(Call(&stub, &v1::LogService::Stub::GetCheckpoint, request));
  keeper_->Shutdown();
  EXPECT_THAT(diagnostics_.lines(),
              Contains(absl::StrCat("info unsealed index=", target_.index(),
                                    " fields=2")));
}

TEST(SealKeeperOptions, AKeyNeedsAKeeper) {
  services::SealKeeperOptions options;
  options.submitter = "ori:CA0194200";
  options.key = crypto::PrivateKey::FromSeed(std::string(32, 'k')).value();
  EXPECT_THAT(options.Validate(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("want \"keeper:<name>\"")));
}

}  // namespace
}  // namespace sightline::tests
