// A whole log, with its server, on a disk that is full or does not sync: those who
// submit get an error and no receipt, the log stops or goes on as documented, and
// on a healthy disk everything that was acknowledged is there.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "base/mutex.h"
#include "base/status_matchers.h"
#include "monitor/check_options.h"
#include "proto/sightline/v1/submission_service.grpc.pb.h"
#include "services/log_instance.h"
#include "storage/fault_file_system.h"
#include "storage/rocksdb_options.h"
#include "tests/crash/folder_audit.h"
#include "tests/services/calls.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {
namespace {

using ::rocksdb::IOStatus;
using ::sightline::base::StatusIs;
using ::sightline::storage::Step;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Stub = v1::SubmissionService::Stub;
using Answer = absl::StatusOr<v1::SubmitResponse>;

bool IsWal(const std::string& path) { return absl::EndsWith(path, ".log"); }

struct Submitted {
  v1::SubmitRequest request;
  Answer answer;
};

class DiskFaultTest : public ::testing::Test {
 protected:
  void SetUp() override {
    TestLogOptions options;
    options.on_disk = true;
    options.store_options.env = disk_.env();
    options.store_options.reserve_bytes = 0;
    // So small that files are written, merged and removed all the time.
    options.store_options.write_buffer_bytes = size_t{64} << 10;
    options.store_options.index_run_entries = 64;
    ASSERT_OK_AND_ASSIGN(log_, TestLog::Start(std::move(options)));
    Connect();
    SubmitMany(20);
    ASSERT_EQ(acknowledged(), 20u);
  }

  void Connect() {
    stub_ = std::make_unique<Stub>(log_->Channel(&log_->parties().agency()));
  }

  Answer SubmitOne() {
    const TestParties& parties = log_->parties();
    const v1::SubmitRequest request =
        parties.Request(parties.agency()).ToRequest();
    Answer answer = Call(stub_.get(), &Stub::Submit, request);
    base::MutexLock lock(&mutex_);
    submitted_.push_back({request, answer});
    return answer;
  }

  // Four at a time.
  void SubmitMany(int each_of_four) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([this, each_of_four] {
        for (int k = 0; k < each_of_four / 4; ++k) SubmitOne().IgnoreError();
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  size_t acknowledged() {
    base::MutexLock lock(&mutex_);
    size_t count = 0;
    for (const Submitted& one : submitted_) count += one.answer.ok() ? 1 : 0;
    return count;
  }

  uint64_t tree_size() { return log_->log().publisher().current()->tree_size; }

  // Loses power, starts on a healthy disk, and submits everything again: what was
  // acknowledged has the same receipt, the rest gets one.
  void RestartAndCheck(const std::function<size_t(size_t)>& keep) {
    log_->Close();
    disk_.Crash(keep);
    EXPECT_OK(Audit());
    ASSERT_OK(log_->Restart());
    Connect();
    ASSERT_OK(log_->log().health());
    base::MutexLock lock(&mutex_);
    for (Submitted& one : submitted_) {
      const Answer again = Call(stub_.get(), &Stub::Submit, one.request);
      ASSERT_OK(again);
      // From here on it is acknowledged, too.
      if (!one.answer.ok()) one.answer = again;
      EXPECT_EQ(again->receipt().SerializeAsString(),
                one.answer->receipt().SerializeAsString());
    }
    // Genesis, two enrolments, and each statement once.
    EXPECT_EQ(tree_size(), 3 + submitted_.size());
    log_->Close();
    EXPECT_OK(Audit());
  }

  absl::Status Audit() const {
    return AuditFolder(log_->store_folder(), log_->parties(),
                       monitor::CheckDepth::kSignatures);
  }

  storage::FaultFileSystem disk_;
  std::unique_ptr<TestLog> log_;
  std::unique_ptr<Stub> stub_;
  base::Mutex mutex_;
  std::vector<Submitted> submitted_ ABSL_GUARDED_BY(mutex_);
};

size_t KeepNone(size_t) { return 0; }
size_t KeepHalf(size_t count) { return count / 2; }
size_t KeepAll(size_t count) { return count; }

TEST_F(DiskFaultTest, ADiskThatIsSeenToBeFullRefusesAndGoesOnWhenThereIsRoom) {
  const uint64_t before = tree_size();
  disk_.SetFreeBytes(100);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(SubmitOne(),
                StatusIs(absl::StatusCode::kUnavailable,
                         AllOf(HasSubstr("full"),
                               Not(HasSubstr(log_->store_folder())))));
  }
  EXPECT_EQ(tree_size(), before);
  EXPECT_OK(log_->log().health());
  EXPECT_THAT(log_->log().sequencer().refusing(),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr(log_->store_folder())));
  disk_.SetFreeBytes(std::nullopt);
  EXPECT_OK(SubmitOne());
  EXPECT_EQ(tree_size(), before + 1);
  RestartAndCheck(KeepNone);
}

TEST_F(DiskFaultTest, AWriteThatFindsNoRoomStopsTheLog) {
  const uint64_t before = tree_size();
  disk_.FailIf([](int, Step step, const std::string& path) {
    return step == Step::kAppend && IsWal(path)
               ? IOStatus::NoSpace("injected: full")
               : IOStatus::OK();
  });
  EXPECT_THAT(SubmitOne(), StatusIs(absl::StatusCode::kInternal));
  EXPECT_FALSE(log_->log().health().ok());
  // Room alone does not start it again: what was written is not known.
  disk_.FailIf([](int, Step, const std::string&) { return IOStatus::OK(); });
  EXPECT_FALSE(SubmitOne().ok());
  EXPECT_EQ(tree_size(), before);
  RestartAndCheck(KeepHalf);
}

// Whatever the disk has kept of the write.
TEST_F(DiskFaultTest, AFailedSyncStopsTheLog) {
  for (const auto& keep : {KeepNone, KeepHalf, KeepAll}) {
    const uint64_t before = tree_size();
    disk_.FailIf([](int, Step step, const std::string& path) {
      return step == Step::kSync && IsWal(path)
                 ? IOStatus::IOError("injected: sync")
                 : IOStatus::OK();
    });
    EXPECT_THAT(SubmitOne(), StatusIs(absl::StatusCode::kInternal));
    EXPECT_FALSE(SubmitOne().ok());
    EXPECT_FALSE(log_->log().health().ok());
    EXPECT_EQ(tree_size(), before);
    ASSERT_NO_FATAL_FAILURE(RestartAndCheck(keep));
    ASSERT_OK(log_->Restart());
    Connect();
  }
}

// Many submit while the disk goes away, at one step of many.
TEST_F(DiskFaultTest, OfManyAtOnceNoneIsAcknowledgedInVain) {
  for (const int step : {1, 2, 7, 40, 110}) {
    SCOPED_TRACE(step);
    disk_.FailFrom(step, IOStatus::IOError("injected: gone"));
    SubmitMany(80);
    EXPECT_FALSE(log_->log().health().ok());
    ASSERT_NO_FATAL_FAILURE(
        RestartAndCheck(step % 2 == 0 ? KeepNone : KeepAll));
    ASSERT_OK(log_->Restart());
    Connect();
  }
}

}  // namespace
}  // namespace sightline::tests
