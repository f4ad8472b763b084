// Kills the server, again and again, while clients stream statements into it, and
// holds the log to everything that it has acknowledged.
//
// A round: start on the folder as the last kill left it; read every acknowledged
// entry back; submit the last round's statements again, answered or not; stream new
// ones; SIGKILL after a random number of answers, at once or at the next write to
// the folder; audit the folder. Moments are chosen by counts, never by time.
//
// The seed is printed. Another one:
//   bazel test //tests/crash:sigkill_test --test_env=SIGHTLINE_TEST_SEED=7
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "base/status_matchers.h"
#include "client/log_client.h"
#include "client/options.h"
#include "client/submit_stream.h"
#include "monitor/check_options.h"
#include "proto/sightline/v1/submission_service.pb.h"
#include "tests/crash/acknowledged.h"
#include "tests/crash/file_watch.h"
#include "tests/crash/folder_audit.h"
#include "tests/crash/log_folder.h"
#include "tests/crash/server_process.h"

namespace sightline::tests {
namespace {

using ::sightline::monitor::CheckDepth;

uint64_t Seed() {
  const char* const given = std::getenv("SIGHTLINE_TEST_SEED");
  return given == nullptr ? 20'260'202 : std::strtoull(given, nullptr, 10);
}

struct Numbered {
  size_t number = 0;
  v1::SubmitRequest request;
  bool by_registrar = false;
};

// What the streams of one load have been answered so far.
class Answers {
 public:
  // `acknowledged` outlives it. `streams` will call StreamEnded.
  Answers(Acknowledged* acknowledged, size_t streams)
      : acknowledged_(acknowledged), streams_(streams) {}
  ~Answers() { close(all_ended_fd_); }
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;

  void Add(size_t statement, const absl::StatusOr<client::SubmitResult>& answer)
      ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::Status status = answer.status();
    if (status.ok()) status = acknowledged_->Add(statement, *answer);
    base::MutexLock lock(&mutex_);
    if (status.ok()) ++acknowledged_now_;
    // A server that dies answers nothing; whatever it does say must be right.
    if (!status.ok() && !absl::IsUnavailable(status) && wrong_.ok()) {
      wrong_ = status;
    }
    changed_.NotifyAll();
  }

  void StreamEnded() ABSL_LOCKS_EXCLUDED(mutex_) {
    base::MutexLock lock(&mutex_);
    if (--streams_ > 0) return;
    eventfd_write(all_ended_fd_, 1);
    changed_.NotifyAll();
  }

  // Waits for so many acknowledgements, or for the end of every stream.
  void Await(size_t count) ABSL_LOCKS_EXCLUDED(mutex_) {
    base::MutexLock lock(&mutex_);
    while (acknowledged_now_ < count && streams_ > 0) changed_.Wait(&mutex_);
  }

  // Readable once every stream has ended.
  int all_ended_fd() const { return all_ended_fd_; }

  size_t acknowledged_now() const ABSL_LOCKS_EXCLUDED(mutex_) {
    base::MutexLock lock(&mutex_);
    return acknowledged_now_;
  }
  absl::Status wrong() const ABSL_LOCKS_EXCLUDED(mutex_) {
    base::MutexLock lock(&mutex_);
    return wrong_;
  }

 private:
  Acknowledged* const acknowledged_;
  const int all_ended_fd_ = eventfd(0, EFD_CLOEXEC);
  mutable base::Mutex mutex_;
  base::CondVar changed_;
  size_t streams_ ABSL_GUARDED_BY(mutex_);
  size_t acknowledged_now_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status wrong_ ABSL_GUARDED_BY(mutex_);
};

struct Server {
  std::string name;
  std::vector<std::string> (LogFolder::*command)() const;
  int rounds = 0;
};

class SigkillTest : public ::testing::TestWithParam<Server> {
 protected:
  // Two of the agency and one of the registrars, each with a connection.
  static constexpr size_t kStreams = 3;

  SigkillTest() : random_(Seed()) {
    std::cout << "seed " << Seed() << "\n";
    std::filesystem::create_directory(folder_.data_dir());
  }

  size_t Random(size_t least, size_t most) {
    return std::uniform_int_distribution<size_t>(least, most)(random_);
  }

  std::vector<std::string> Command() const {
    return (folder_.*GetParam().command)();
  }

  void StartServer() {
    ASSERT_OK_AND_ASSIGN(server_, folder_.Start(Command()));
    ASSERT_OK_AND_ASSIGN(const std::string address, server_->AwaitListening());
    clients_.clear();
    for (size_t i = 0; i < kStreams; ++i) {
      client::Options options;
      options.submit_window = size_t{1} << Random(0, 8);
      options.remembered_checkpoint = remembered_;
      const Party& as =
          i == 0 ? folder_.parties().registrar() : folder_.parties().agency();
      ASSERT_OK_AND_ASSIGN(auto client, folder_.Connect(address, as, options));
      clients_.push_back(std::move(client));
    }
  }

  // A client that is not calling does not look at its connection, and the server
  // would wait for it.
  void StopServer() {
    clients_.clear();
    EXPECT_OK(server_->Stop());
  }

  // What the next clients hold the log to: the newest tree that any has seen.
  void RememberTree() {
    uint64_t size = 0;
    for (const auto& client : clients_) {
      const client::TreePtr tree = client->newest();
      if (tree == nullptr || tree->size <= size) continue;
      size = tree->size;
      remembered_ = tree->note;
    }
  }

  void MakeStatements(size_t count) {
    const TestParties& parties = folder_.parties();
    for (size_t i = 0; i < count; ++i) {
      Numbered one;
      one.number = statements_.size();
      if (one.number == 0) {
        one.request = parties.Enrolment(parties.agency()).ToRequest();
        one.by_registrar = true;
      } else if (one.number % 50 == 0) {
        const Party party =
            parties.MakeParty(absl::StrCat("party:crash-", one.number));
        one.request = parties.Enrolment(party).ToRequest();
        one.by_registrar = true;
      } else if (one.number % 7 == 0) {
        one.request = parties.Request(parties.agency()).ToRequest();  // sealed
      } else {
        one.request = parties.PlainRequest(parties.agency()).ToRequest();
      }
      statements_.push_back(std::move(one));
    }
  }

  // Those of `numbers` that the client of stream `stream` submits.
  std::vector<const Numbered*> ShareOf(size_t stream,
                                       absl::Span<const size_t> numbers) const {
    std::vector<const Numbered*> share;
    for (const size_t number : numbers) {
      const Numbered& one = statements_[number];
      const size_t owner = one.by_registrar ? 0 : 1 + number % 2;
      if (owner == stream) share.push_back(&one);
    }
    return share;
  }

  static void RunStream(client::LogClient& log,
                        const std::vector<const Numbered*>& share,
                        Answers* answers) {
    const std::unique_ptr<client::SubmitStream> stream = log.OpenSubmitStream();
    for (const Numbered* one : share) {
      const absl::Status sent = stream->Submit(
          one->request, [answers, number = one->number](
                            absl::StatusOr<client::SubmitResult> answer) {
            answers->Add(number, answer);
          });
      if (!sent.ok()) break;
    }
    stream->Finish().IgnoreError();  // a dead server's; answers were told
    answers->StreamEnded();
  }

  std::vector<std::thread> StartStreams(absl::Span<const size_t> numbers,
                                        Answers* answers) {
    std::vector<std::thread> threads;
    for (size_t i = 0; i < kStreams; ++i) {
      threads.emplace_back([this, i, share = ShareOf(i, numbers), answers] {
        RunStream(*clients_[i], share, answers);
      });
    }
    return threads;
  }

  static std::vector<size_t> Range(size_t begin, size_t end) {
    std::vector<size_t> numbers;
    for (size_t i = begin; i < end; ++i) numbers.push_back(i);
    return numbers;
  }

  // All are answered, and as before when they were answered before.
  void SubmitAll(const std::vector<size_t>& numbers) {
    Answers answers(&acknowledged_, kStreams);
    for (std::thread& thread : StartStreams(numbers, &answers)) thread.join();
    EXPECT_OK(answers.wrong());
    EXPECT_EQ(answers.acknowledged_now(), numbers.size());
  }

  // Once more what the last round has submitted, and some of what is older.
  void SubmitAgain(size_t last_round_begin) {
    std::vector<size_t> numbers = Range(last_round_begin, statements_.size());
    for (int i = 0; i < 20 && last_round_begin > 0; ++i) {
      numbers.push_back(Random(0, last_round_begin - 1));
    }
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    SubmitAll(numbers);
  }

  // Streams statements [begin, all) and kills the server under them.
  void StreamAndKill(size_t begin) {
    const size_t kill_after = Random(0, statements_.size() - begin);
    const size_t writes = Random(0, 3);  // 0: at once
    FileWatch watch(folder_.data_dir());
    Answers answers(&acknowledged_, kStreams);
    std::vector<std::thread> streams =
        StartStreams(Range(begin, statements_.size()), &answers);
    answers.Await(kill_after);
    watch.Skip();
    if (writes > 0) watch.AwaitChanges(writes, answers.all_ended_fd());
    server_->Kill();
    for (std::thread& stream : streams) stream.join();
    EXPECT_EQ(server_->Wait(), "killed by signal 9") << server_->Stderr();
    EXPECT_OK(answers.wrong());
    unanswered_ += statements_.size() - begin - answers.acknowledged_now();
  }

  // The server comes as far as the `changes`-th change of its folder. False when
  // it was listening before.
  bool KillWhileStarting(size_t changes) {
    FileWatch watch(folder_.data_dir());
    auto server = folder_.Start(Command());
    EXPECT_OK(server);
    const bool in_time = watch.AwaitChanges(changes, (*server)->output_fd());
    (*server)->Kill();
    EXPECT_EQ((*server)->Wait(), "killed by signal 9") << (*server)->Stderr();
    return in_time;
  }

  void Audit(CheckDepth depth) {
    EXPECT_OK(AuditFolder(folder_.data_dir(), folder_.parties(), depth));
  }

  void Round(int round) {
    const size_t last_round_begin = begin_;
    begin_ = statements_.size();
    if (round % 3 == 2 && KillWhileStarting(Random(1, 30))) ++killed_starting_;
    StartServer();
    if (HasFatalFailure()) return;
    EXPECT_OK(acknowledged_.CheckStillThere(*clients_[1]));
    SubmitAgain(last_round_begin);
    MakeStatements(Random(20, 300));
    StreamAndKill(begin_);
    RememberTree();
    Audit(round % 10 == 9 ? CheckDepth::kSignatures : CheckDepth::kHashes);
  }

  LogFolder folder_;
  std::mt19937_64 random_;
  std::vector<Numbered> statements_;
  size_t begin_ = 0;  // the newest round's
  Acknowledged acknowledged_;
  std::string remembered_;
  size_t unanswered_ = 0;
  size_t killed_starting_ = 0;
  std::unique_ptr<ServerProcess> server_;
  std::vector<std::unique_ptr<client::LogClient>> clients_;
};

TEST_P(SigkillTest, NothingAcknowledgedIsEverLost) {
  StartServer();
  ASSERT_FALSE(HasFatalFailure());
  MakeStatements(1);  // the agency's enrolment, before anything of it
  SubmitAll({0});
  server_->Kill();
  for (int round = 0; round < GetParam().rounds; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    Round(round);
    ASSERT_FALSE(HasFailure());
  }
  StartServer();
  ASSERT_FALSE(HasFatalFailure());
  SubmitAll(Range(0, statements_.size()));
  EXPECT_OK(acknowledged_.CheckStillThere(*clients_[1]));
  // Each statement once, after the genesis entry.
  ASSERT_OK_AND_ASSIGN(const client::TreePtr tree,
                       clients_[1]->GetCheckpoint());
  EXPECT_EQ(tree->size, 1 + statements_.size());
  StopServer();
  Audit(CheckDepth::kSignatures);
  // The kills came where they were meant to.
  EXPECT_GT(unanswered_, statements_.size() / 10);
  std::cout << GetParam().rounds << " rounds, " << statements_.size()
            << " statements, " << unanswered_
            << " of them unanswered at a kill, " << killed_starting_
            << " kills while starting\n";
}

TEST_P(SigkillTest, AFolderThatWasBeingMadeIsTakenUp) {
  bool in_time = true;
  for (size_t changes = 1; in_time; changes += 4) {
    SCOPED_TRACE(absl::StrCat("killed at change ", changes));
    std::filesystem::remove_all(folder_.data_dir());
    std::filesystem::create_directory(folder_.data_dir());
    in_time = KillWhileStarting(changes);
    StartServer();
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_OK_AND_ASSIGN(const client::TreePtr tree,
                         clients_[1]->GetCheckpoint());
    EXPECT_EQ(tree->size, 1u);
    StopServer();
    Audit(CheckDepth::kSignatures);
    ASSERT_LT(changes, 1000u);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Servers, SigkillTest,
    ::testing::Values(Server{"Sightlined", &LogFolder::Sightlined, 50},
                      Server{"SmallBuffers", &LogFolder::CrashServer, 25}),
    [](const ::testing::TestParamInfo<Server>& info) {
      return info.param.name;
    });

}  // namespace
}  // namespace sightline::tests
