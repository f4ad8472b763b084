// A log that forks, three sightline-witness processes that refuse the fork, and a
// monitor that is shown it: the evidence holds before anybody.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "checkpoint/add_checkpoint.h"
#include "checkpoint/evidence_file.h"
#include "checkpoint/note_signer.h"
#include "client/http_resources.h"
#include "crypto/random.h"
#include "crypto/sha256.h"
#include "monitor/log_maker.h"
#include "monitor/log_monitor.h"
#include "monitor/monitor_config.h"
#include "monitor/monitor_folder.h"
#include "monitor/tile_feed.h"
#include "tests/e2e/witness_daemon.h"
#include "tiles/log_tile_source.h"
#include "tiles/memory_tiles.h"
#include "tiles/proof_builder.h"
#include "witness/http_transport.h"

namespace sightline::tests {
namespace {

using monitor::LogMaker;
using ::testing::HasSubstr;

constexpr absl::string_view kAgency = "ori:CA0194200";

// A log of `size` entries; forks part from each other at entry 2.
tiles::MemoryTiles LogOf(uint64_t size, bool forked) {
  LogMaker log;
  log.Enrol(kAgency);
  if (forked) log.set_step_ms(1234);
  while (log.size() < size) log.Request(kAgency);
  return log.Build();
}

class SplitViewTest : public ::testing::Test {
 protected:
  SplitViewTest() {
    std::string name = absl::StrCat(::testing::TempDir(), "/split.XXXXXX");
    folder_ = mkdtemp(name.data());
    for (int i = 0; i < 3; ++i) {
      const auto key = *checkpoint::NoteSigner::Create(
          absl::StrCat("witness.example/w", i),
          checkpoint::KeyType::kCosignature,
          LogMaker::Key(absl::StrCat("witness ", i)));
      witnesses_.push_back(
          std::make_unique<WitnessDaemon>(key, LogMaker::Signer("log").vkey()));
      EXPECT_OK(witnesses_.back()->Start());
    }
  }
  ~SplitViewTest() override {
    witnesses_.clear();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  // What a witness answers to a log's tree, with the proof that this log has.
  int Ask(const WitnessDaemon& witness, uint64_t old_size,
          tiles::MemoryTiles* log, uint64_t size) {
    const tiles::LogTileSource source(log, size);
    std::vector<crypto::Digest> proof;
    if (old_size > 0 && old_size < size) {
      proof = *tiles::ProofBuilder(&source).ConsistencyProof(old_size, size);
    }
    const auto reply =
        transport_->Post(witness.url() + "/add-checkpoint",
                         checkpoint::FormatAddCheckpoint(
                             old_size, proof, *log->ReadCheckpoint()),
                         absl::Seconds(30));
    EXPECT_OK(reply);
    return reply.ok() ? reply->status : 0;
  }

  std::string folder_;
  std::unique_ptr<witness::Transport> transport_ = witness::MakeHttpTransport();
  std::vector<std::unique_ptr<WitnessDaemon>> witnesses_;
};

TEST_F(SplitViewTest, IsRefusedByEveryWitnessAndProvenByTheMonitor) {
  tiles::MemoryTiles honest = LogOf(20, false);
  tiles::MemoryTiles beside = LogOf(20, true);
  tiles::MemoryTiles beyond = LogOf(33, true);
  for (const auto& witness : witnesses_) {
    EXPECT_EQ(Ask(*witness, 0, &honest, 20), 200);
    EXPECT_EQ(Ask(*witness, 20, &beside, 20), 409);
    EXPECT_EQ(Ask(*witness, 20, &beyond, 33), 422);
    EXPECT_EQ(Ask(*witness, 0, &beyond, 33), 409);
  }

  // The monitor is shown the fork, and asks the witnesses.
  for (tiles::MemoryTiles* fork : {&beside, &beyond}) {
    std::filesystem::remove_all(folder_ + "/state");
    ASSERT_OK_AND_ASSIGN(const auto state,
                         monitor::MonitorFolder::Open(folder_ + "/state"));
    const base::FakeClock clock(LogMaker::kStartUnixMs + 3'600'000);
    monitor::TileFeed feed(fork);
    monitor::LogMonitor::Options options;
    options.config = monitor::DefaultMonitorConfig();
    options.vkeys = {LogMaker::Signer("log").vkey()};
    options.keys = LogMaker::TrustedKeys();
    monitor::LogMonitor::Parts parts;
    parts.feed = &feed;
    parts.folder = state.get();
    parts.clock = &clock;
    parts.rng = crypto::Rng::Real();
    std::vector<std::unique_ptr<client::HttpResources>> resources;
    const std::string path = absl::StrCat(
        base::HexEncode(crypto::AsBytes(crypto::Sha256(LogMaker::kOrigin))),
        "/checkpoint");
    for (const auto& witness : witnesses_) {
      ASSERT_OK_AND_ASSIGN(auto at,
                           client::HttpResources::Create(witness->url(), {},
                                                         crypto::Rng::Real()));
      client::HttpResources* const reader = at.get();
      parts.peers.push_back({witness->url(), [reader, path] {
                               return reader->Get(path, 64 << 10);
                             }});
      resources.push_back(std::move(at));
    }
    std::vector<monitor::Alert> alerts;
    parts.output = [&](const monitor::Alert& alert) {
      alerts.push_back(alert);
    };
    ASSERT_OK_AND_ASSIGN(
        const auto log_monitor,
        monitor::LogMonitor::Create(std::move(options), std::move(parts)));
    ASSERT_OK(log_monitor->RunOnce(absl::ZeroDuration()));
    // Three witnesses, one contradiction.
    ASSERT_EQ(alerts.size(), 1u);
    EXPECT_EQ(alerts[0].kind, "split-view");
    std::ifstream in(alerts[0].evidence, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)),
                           std::istreambuf_iterator<char>());
    ASSERT_OK_AND_ASSIGN(const auto evidence,
                         checkpoint::ParseEvidenceFile(text));
    ASSERT_OK_AND_ASSIGN(const auto conviction,
                         checkpoint::VerifyEvidence(evidence));
    EXPECT_EQ(conviction.older.tree_size, 20u);
    EXPECT_THAT(text, HasSubstr("witness.example/w"));  // who was shown it
  }
}

}  // namespace
}  // namespace sightline::tests
