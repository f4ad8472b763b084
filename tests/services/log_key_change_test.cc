// The log's key changes while the log runs and restarts, at the smallest tree size
// that is possible.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "checkpoint/log_keys.h"
#include "checkpoint/note_signer.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"
#include "monitor/check_log.h"
#include "monitor/check_options.h"
#include "monitor/check_report.h"
#include "monitor/problem.h"
#include "proto/sightline/v1/statement.pb.h"
#include "services/log_instance.h"
#include "storage/log_store.h"
#include "storage/store_log_reader.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {
namespace {

using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

checkpoint::NoteSigner NewKey() {
  const crypto::Digest seed = crypto::Sha256("the log's next key");
  return *checkpoint::NoteSigner::Create(
      kTestOrigin, checkpoint::KeyType::kEd25519,
      *crypto::PrivateKey::FromSeed(crypto::AsBytes(seed)));
}

class LogKeyChangeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    TestLogOptions options;
    options.on_disk = true;
    options.more_signers.push_back(NewKey());
    ASSERT_OK_AND_ASSIGN(log_, TestLog::Start(std::move(options)));
    ASSERT_OK(log_->Append(10));
  }

  uint64_t size() const { return log_->log().publisher().current()->tree_size; }

  // The new key begins at one size, the old one ends at another.
  absl::Status Change(uint64_t first_size, uint64_t end_size) {
    const TestParties& parties = log_->parties();
    v1::Statement statement =
        parties.Example(v1::STATEMENT_KIND_LOG_KEY_CHANGE, parties.registrar(),
                        /*openings=*/nullptr);
    v1::LogKeyChange& change = *statement.mutable_log_key_change();
    change.clear_log_keys();
    v1::LogKey* key = change.add_log_keys();
    key->set_vkey(NewKey().vkey());
    key->set_first_size(first_size);
    key = change.add_log_keys();
    key->set_vkey(parties.vkey());
    key->set_end_size(end_size);
    return log_
        ->Submit(parties.registrar(),
                 parties.Sign(statement, parties.registrar()))
        .status();
  }

  // Which of the two keys vouch for the newest checkpoint.
  std::vector<std::string> SignedBy() {
    std::vector<std::string> names;
    for (const auto& [name, vkey] :
         {std::pair<std::string, std::string>{"old", log_->parties().vkey()},
          {"new", NewKey().vkey()}}) {
      checkpoint::LogKeySet keys{kTestOrigin};
      EXPECT_OK(keys.Add(vkey));
      if (keys.OpenCheckpoint(log_->log().publisher().current()->checkpoint)
              .ok()) {
        names.push_back(name);
      }
    }
    return names;
  }

  // What an auditor finds who trusts the keys that the log itself names.
  std::vector<monitor::Problem> Audit() {
    storage::StoreLogReader reader(&log_->store());
    monitor::CheckSources sources;
    sources.checkpoint = *log_->store().ReadNewestCheckpoint();
    sources.entries = &reader;
    sources.tiles = &reader;
    sources.stored_tiles = &log_->store();
    monitor::CheckOptions options;
    options.at_rest = true;
    const auto report = monitor::CheckLog(sources, nullptr, options);
    EXPECT_OK(report);
    return report.ok() ? report->problems : std::vector<monitor::Problem>();
  }

  std::unique_ptr<TestLog> log_;
};

TEST_F(LogKeyChangeTest, ARestartRightAfterTheChangeGoesOn) {
  const uint64_t index = size();
  ASSERT_OK(Change(index + 2, index + 2));
  ASSERT_EQ(size(), index + 1);
  EXPECT_THAT(SignedBy(), ElementsAre("old"));
  EXPECT_THAT(Audit(), IsEmpty());
  ASSERT_OK(log_->Restart());
  EXPECT_THAT(SignedBy(), ElementsAre("old"));
  ASSERT_OK(log_->Append(1));
  ASSERT_EQ(size(), index + 2);
  EXPECT_THAT(SignedBy(), ElementsAre("new"));
  EXPECT_THAT(Audit(), IsEmpty());
  ASSERT_OK(log_->Restart());
  ASSERT_OK(log_->Append(300));
  EXPECT_THAT(SignedBy(), ElementsAre("new"));
  EXPECT_THAT(Audit(), IsEmpty());
}

TEST_F(LogKeyChangeTest, BothKeysSignWhileBothCount) {
  const uint64_t index = size();
  ASSERT_OK(Change(index + 2, index + 4));
  ASSERT_OK(log_->Restart());
  ASSERT_OK(log_->Append(1));
  EXPECT_THAT(SignedBy(), ElementsAre("old", "new"));
  ASSERT_OK(log_->Restart());
  ASSERT_OK(log_->Append(1));
  ASSERT_OK(log_->Append(1));
  EXPECT_THAT(SignedBy(), ElementsAre("new"));
  ASSERT_OK(log_->Restart());
  EXPECT_THAT(Audit(), IsEmpty());
}

TEST_F(LogKeyChangeTest, TheTreeThatHoldsTheChangeIsTooEarly) {
  const uint64_t index = size();
  EXPECT_THAT(Change(index + 1, index + 1),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr(absl::StrCat("want at least ", index + 2))));
  EXPECT_EQ(size(), index);
  ASSERT_OK(log_->Restart());
  ASSERT_OK(log_->Append(1));
  EXPECT_THAT(SignedBy(), ElementsAre("old"));
}

TEST_F(LogKeyChangeTest, WithoutTheNewKeyTheLogSaysSo) {
  const uint64_t index = size();
  ASSERT_OK(Change(index + 2, index + 2));
  log_->Stop();
  services::LogParts parts;
  base::FakeClock clock(kTestTimeMs);
  parts.store = &log_->store();
  parts.clock = &clock;
  parts.signers.push_back(log_->parties().LogSigner());
  EXPECT_THAT(
      services::LogInstance::Open({}, std::move(parts)).status(),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr(absl::StrCat("counts for tree size ", index + 2))));
}

}  // namespace
}  // namespace sightline::tests
