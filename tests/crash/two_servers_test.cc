// Two servers never write one log: the second says what to do and ends, and the
// first does not notice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "base/status_matchers.h"
#include "client/log_client.h"
#include "monitor/check_options.h"
#include "tests/crash/acknowledged.h"
#include "tests/crash/folder_audit.h"
#include "tests/crash/log_folder.h"
#include "tests/crash/server_process.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TwoServersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder_.data_dir());
    ASSERT_OK_AND_ASSIGN(first_, folder_.Start(folder_.Sightlined()));
    ASSERT_OK_AND_ASSIGN(const std::string address, first_->AwaitListening());
    ASSERT_OK_AND_ASSIGN(
        client_, folder_.Connect(address, folder_.parties().registrar()));
    Enrol("party:before");
  }

  void Enrol(const std::string& party) {
    const TestParties& parties = folder_.parties();
    const auto answer = client_->Submit(
        parties.Enrolment(parties.MakeParty(party)).ToRequest());
    ASSERT_OK(answer);
    EXPECT_OK(acknowledged_.Add(acknowledged_.size(), *answer));
  }

  absl::StatusOr<std::unique_ptr<ServerProcess>> StartSecond() const {
    return ServerProcess::Start(folder_.Sightlined(),
                                folder_.path() + "/stderr-2");
  }

  LogFolder folder_;
  Acknowledged acknowledged_;
  std::unique_ptr<ServerProcess> first_;
  std::unique_ptr<client::LogClient> client_;
};

TEST_F(TwoServersTest, TheSecondEndsAndTheFirstGoesOn) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_AND_ASSIGN(const auto second, StartSecond());
    EXPECT_EQ(second->Wait(), "exit code 1");
    EXPECT_THAT(second->Stderr(),
                AllOf(HasSubstr(folder_.data_dir()),
                      HasSubstr("in use by another process; stop that one")));
    Enrol("party:meanwhile-" + std::to_string(i));
  }
  EXPECT_OK(acknowledged_.CheckStillThere(*client_));
  client_.reset();
  EXPECT_OK(first_->Stop());
  EXPECT_OK(AuditFolder(folder_.data_dir(), folder_.parties(),
                        monitor::CheckDepth::kSignatures));
}

TEST_F(TwoServersTest, OnceTheFirstHasEndedAnotherTakesOver) {
  first_->Kill();
  EXPECT_EQ(first_->Wait(), "killed by signal 9");
  ASSERT_OK_AND_ASSIGN(const auto second, StartSecond());
  ASSERT_OK_AND_ASSIGN(const std::string address, second->AwaitListening());
  ASSERT_OK_AND_ASSIGN(client_,
                       folder_.Connect(address, folder_.parties().registrar()));
  EXPECT_OK(acknowledged_.CheckStillThere(*client_));
  Enrol("party:after");
  client_.reset();
  EXPECT_OK(second->Stop());
}

}  // namespace
}  // namespace sightline::tests
