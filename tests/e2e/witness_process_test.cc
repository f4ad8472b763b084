// sightline-witness as strangers meet it: a process, over HTTP, killed at will.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "base/status_matchers.h"
#include "checkpoint/add_checkpoint.h"
#include "checkpoint/note.h"
#include "checkpoint/test_vectors.h"
#include "crypto/key_file.h"
#include "crypto/sha256.h"
#include "tests/crash/server_process.h"
#include "witness/http_transport.h"
#include "witness/test_log.h"

namespace sightline::tests {
namespace {

using ::testing::HasSubstr;
using witness::Reply;
using witness::TestLog;

class WitnessProcess : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = absl::StrCat(::testing::TempDir(), "/witness.XXXXXX");
    folder_ = mkdtemp(name.data());
    std::ofstream(File("logs"))
        << "logs/v0\n\nvkey " << checkpoint::kLogVkey << "\n";
    ASSERT_OK(crypto::WriteSecretFile(
        File("key"), checkpoint::WitnessSigner().PrivateText()->view()));
    Start();
  }
  void TearDown() override {
    process_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string File(const char* name) const {
    return absl::StrCat(folder_, "/", name);
  }

  std::vector<std::string> Command() const {
    return {getenv("SIGHTLINE_WITNESS"),
            "--data-dir",
            File("state"),
            "--logs",
            File("logs"),
            "--key",
            File("key"),
            "--listen",
            "127.0.0.1:0",
            "--client-per-second",
            "0"};
  }

  void Start() {
    process_ = std::move(ServerProcess::Start(Command(), File("err"))).value();
    const auto address = process_->AwaitListening();
    ASSERT_OK(address);
    base::MutexLock lock(&mutex_);
    url_ = absl::StrCat("http://", *address);
  }

  absl::StatusOr<Reply> AddCheckpoint(witness::Transport* transport,
                                      const std::string& body) {
    std::string url;
    {
      base::MutexLock lock(&mutex_);
      url = absl::StrCat(url_, "/add-checkpoint");
    }
    return transport->Post(url, body, absl::Seconds(20));
  }

  // Asks like a client that knows nothing.
  uint64_t CosignedSize(const TestLog& log) {
    const auto reply = AddCheckpoint(transport_.get(), log.Request(0, 1));
    if (!reply.ok() || reply->status != 409) return 0;
    return checkpoint::ParseSizeAnswer(reply->body).value();
  }

  std::string folder_;
  std::unique_ptr<ServerProcess> process_;
  std::unique_ptr<witness::Transport> transport_ = witness::MakeHttpTransport();
  base::Mutex mutex_;
  std::string url_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(WitnessProcess, LetsALogFindItsWay) {
  const TestLog log;
  const auto first = AddCheckpoint(transport_.get(), log.Request(0, 5));
  ASSERT_OK(first);
  ASSERT_EQ(first->status, 200) << first->body;
  const auto lost = AddCheckpoint(transport_.get(), log.Request(0, 9));
  ASSERT_OK(lost);
  EXPECT_EQ(lost->status, 409);
  EXPECT_EQ(lost->content_type, "text/x.tlog.size");
  EXPECT_EQ(lost->body, "5\n");
  const auto found = AddCheckpoint(transport_.get(), log.Request(5, 9));
  ASSERT_OK(found);
  EXPECT_EQ(found->status, 200);
  const auto lines = checkpoint::ParseSignatureLines(found->body);
  ASSERT_OK(lines);
  const std::string note = log.NoteOf(9);
  EXPECT_OK(checkpoint::WitnessSigner().verifier().Verify(
      note.substr(0, note.find("\n\n") + 1), lines->at(0).signature));
}

TEST_F(WitnessProcess, StopsWhenAskedAndRemembers) {
  const TestLog log;
  ASSERT_OK(AddCheckpoint(transport_.get(), log.Request(0, 5)));
  ASSERT_OK(process_->Stop());
  Start();
  EXPECT_EQ(CosignedSize(log), 5u);
}

TEST_F(WitnessProcess, TwoOnOneFolderIsOneTooMany) {
  auto second =
      std::move(ServerProcess::Start(Command(), File("err2"))).value();
  const auto address = second->AwaitListening();
  ASSERT_FALSE(address.ok());
  EXPECT_THAT(std::string(address.status().message()),
              HasSubstr("in use by another process"));
}

// Forks of one log ask at once, and the process is killed again and again. Of
// no size are there ever two roots with a cosignature, and nothing that was
// cosigned is forgotten.
TEST_F(WitnessProcess, KilledAtAnyMomentItNeverGoesBack) {
  constexpr uint64_t kSize = 400;
  base::Mutex mutex;
  std::map<uint64_t, crypto::Digest> cosigned;
  std::atomic<bool> done{false};
  std::atomic<int> twice{0};
  std::atomic<uint64_t> largest{0};
  std::vector<std::thread> forks;
  for (int i = 0; i < 3; ++i) {
    forks.emplace_back([&, i] {
      const TestLog log(kSize, absl::StrCat("fork", i, "/"), 1);
      const auto transport = witness::MakeHttpTransport();
      uint64_t old = 0;
      while (!done) {
        const uint64_t size = std::min(kSize, old + 1);
        const auto reply =
            AddCheckpoint(transport.get(), log.Request(old, size));
        if (!reply.ok()) {
          std::this_thread::yield();
          continue;
        }
        if (reply->status == 409) {
          const auto known = checkpoint::ParseSizeAnswer(reply->body);
          if (known.ok()) old = *known;
        }
        if (reply->status != 200) continue;
        old = size;
        base::MutexLock lock(&mutex);
        const auto [it, first] = cosigned.emplace(size, log.Root(size));
        if (!first && it->second != log.Root(size)) ++twice;
        largest = std::max<uint64_t>(largest, size);
      }
    });
  }
  const TestLog any(2);
  for (int kill = 0; kill < 8; ++kill) {
    // Killed once it has got on by a few trees more, whenever that is.
    const uint64_t target = std::min<uint64_t>(kSize, largest + 3 + kill);
    while (largest < target) std::this_thread::yield();
    process_->Kill();
    process_->Wait();
    const uint64_t acknowledged = largest;
    Start();
    EXPECT_GE(CosignedSize(any), acknowledged);
  }
  done = true;
  for (std::thread& fork : forks) fork.join();
  EXPECT_EQ(twice, 0);
  EXPECT_GE(cosigned.size(), 20u);
}

}  // namespace
}  // namespace sightline::tests
