// A monitor of a log that is followed by its stream.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "checkpoint/evidence_file.h"
#include "checkpoint/note.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/policy.h"
#include "client/fake_log.h"
#include "client/log_client.h"
#include "crypto/random.h"
#include "monitor/alert.h"
#include "monitor/log_maker.h"
#include "monitor/log_monitor.h"
#include "monitor/monitor_config.h"
#include "monitor/monitor_folder.h"
#include "monitor/stream_feed.h"
#include "proto/sightline/v1/log_service.pb.h"

namespace sightline::monitor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

checkpoint::NoteSigner Witness() {
  return *checkpoint::NoteSigner::Create("witness.example/w1",
                                         checkpoint::KeyType::kCosignature,
                                         LogMaker::Key("witness"));
}

// The fake log signs with a key of its own, which a quorum does not look at.
checkpoint::Policy QuorumOfOne() {
  return *checkpoint::Policy::Parse(
      absl::StrCat("log ", LogMaker::Signer("log").vkey(), "\nwitness w1 ",
                   Witness().vkey(), "\nquorum w1\n"));
}

std::string Cosigned(const std::string& note_bytes) {
  checkpoint::Note note = *checkpoint::ParseNote(note_bytes);
  note.signatures.push_back(*Witness().Cosign(note.text, 1'600'000'000));
  return *checkpoint::FormatNote(note);
}

class StreamMonitorTest : public ::testing::Test {
 protected:
  StreamMonitorTest() {
    std::string name = absl::StrCat(::testing::TempDir(), "/monitor.XXXXXX");
    folder_ = mkdtemp(name.data());
  }
  ~StreamMonitorTest() override {
    monitor_.reset();
    feed_.reset();
    state_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  absl::Status Start() {
    auto feed = StreamFeed::Create(
        [this, first = true](const std::string& remembered) mutable {
          client::FakeLog& shown =
              first || to_others_ == nullptr ? log_ : *to_others_;
          first = false;
          client::Options options;
          options.remembered_checkpoint = remembered;
          return client::LogClient::Create(shown.channel(), log_.log_keys(),
                                           options);
        },
        "");
    if (!feed.ok()) return feed.status();
    feed_ = *std::move(feed);
    auto state = MonitorFolder::Open(folder_ + "/state");
    if (!state.ok()) return state.status();
    state_ = *std::move(state);
    LogMonitor::Options options;
    options.config = DefaultMonitorConfig();
    options.keys = log_.log_keys();
    options.vkeys = {log_.vkey()};
    if (peers_.empty()) options.policy = &policy_;
    LogMonitor::Parts parts;
    parts.feed = feed_.get();
    parts.folder = state_.get();
    parts.clock = &clock_;
    parts.rng = crypto::Rng::Real();
    parts.peers = peers_;
    parts.output = [this](const Alert& alert) {
      // The fake log asks for no signatures of submitters.
      if (alert.kind == "unsound") return;
      alerts_.push_back(alert.text);
      if (!alert.evidence.empty()) evidence_ = alert.evidence;
    };
    auto monitor = LogMonitor::Create(std::move(options), std::move(parts));
    if (!monitor.ok()) return monitor.status();
    monitor_ = *std::move(monitor);
    return absl::OkStatus();
  }

  // Lets the log grow by an entry and the monitor take it; what it tells.
  std::vector<std::string> Grow() {
    log_.Fill(1);
    alerts_.clear();
    while (monitor_->size() < log_.size()) {
      const absl::Status looked = monitor_->RunOnce(absl::Seconds(10));
      EXPECT_OK(looked);
      if (!looked.ok()) break;
    }
    return alerts_;
  }

  std::string folder_;
  client::FakeLog log_;
  // What the log shows to everybody but the monitor's stream.
  client::FakeLog* to_others_ = nullptr;
  std::vector<PeerView> peers_;
  std::string evidence_;
  const checkpoint::Policy policy_ = QuorumOfOne();
  base::FakeClock clock_{client::FakeLog::kStartUnixMs};
  std::unique_ptr<StreamFeed> feed_;
  std::unique_ptr<MonitorFolder> state_;
  std::unique_ptr<LogMonitor> monitor_;
  std::vector<std::string> alerts_;
};

TEST_F(StreamMonitorTest, TellsOfAMissingQuorumUntilItIsThere) {
  ASSERT_OK(Start());
  EXPECT_THAT(Grow(), ElementsAre(HasSubstr("not cosigned as the policy")));
  EXPECT_THAT(Grow(), IsEmpty());  // still the same trouble
  EXPECT_TRUE(monitor_->in_trouble());
  log_.Tamper<v1::StreamEntriesResponse>([](v1::StreamEntriesResponse* answer) {
    answer->mutable_run()->set_checkpoint(Cosigned(answer->run().checkpoint()));
  });
  EXPECT_THAT(Grow(), IsEmpty());
  EXPECT_FALSE(monitor_->in_trouble());
  log_.TellTheTruth();
  EXPECT_THAT(Grow(), ElementsAre(HasSubstr("not cosigned as the policy")));
}

// Whoever asks anew is shown the history that the witness has cosigned, and a sound
// proof of it; only the monitor's own stream is of another.
class SplitStreamTest : public StreamMonitorTest,
                        public ::testing::WithParamInterface<uint64_t> {};

TEST_P(SplitStreamTest, ConvictsALogThatShowsTheMonitorAlone) {
  client::FakeLog others;
  others.Fill(4 + GetParam(), "others");
  to_others_ = &others;
  peers_.push_back({"w1", [&others] { return others.Note(5); }, nullptr});
  ASSERT_OK(Start());
  log_.Fill(7, "the monitor alone");
  EXPECT_THAT(Grow(), ElementsAre(HasSubstr("signed two histories")));
  ASSERT_NE(evidence_, "");
  std::ifstream in(evidence_, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)),
                         std::istreambuf_iterator<char>());
  ASSERT_OK_AND_ASSIGN(const auto evidence,
                       checkpoint::ParseEvidenceFile(text));
  EXPECT_OK(checkpoint::VerifyEvidence(evidence));
  EXPECT_EQ(evidence.older, log_.Note(9));
  EXPECT_EQ(evidence.newer, others.Note(others.size()));
}

// The others' tree is as large as the monitor's, or larger.
INSTANTIATE_TEST_SUITE_P(Sizes, SplitStreamTest, ::testing::Values(4, 30));

TEST_F(StreamMonitorTest, IsQuietWhenAllAreShownOneHistory) {
  peers_.push_back({"w1", [this] { return log_.Note(5); }, nullptr});
  ASSERT_OK(Start());
  log_.Fill(7);
  EXPECT_THAT(Grow(), IsEmpty());
  EXPECT_FALSE(monitor_->in_trouble());
}

}  // namespace
}  // namespace sightline::monitor
