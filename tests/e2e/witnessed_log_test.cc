// sightlined and three sightline-witness, as processes: the quorum is two.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/bytes.h"
#include "base/fake_clock.h"
#include "base/status_macros.h"
#include "base/status_matchers.h"
#include "checkpoint/add_checkpoint.h"
#include "checkpoint/evidence_file.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/policy.h"
#include "client/http_resources.h"
#include "client/log_client.h"
#include "client/options.h"
#include "crypto/key_file.h"
#include "crypto/random.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"
#include "monitor/alert.h"
#include "monitor/log_monitor.h"
#include "monitor/monitor_config.h"
#include "monitor/monitor_folder.h"
#include "monitor/stream_feed.h"
#include "tests/crash/log_folder.h"
#include "tests/crash/server_process.h"
#include "tests/e2e/witness_daemon.h"
#include "tests/support/test_parties.h"
#include "witness/http_transport.h"

namespace sightline::tests {
namespace {

using ::sightline::base::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr absl::Duration kLong = absl::Seconds(30);

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

absl::StatusOr<witness::Reply> Ask(const WitnessDaemon& witness,
                                   uint64_t old_size,
                                   const std::vector<crypto::Digest>& proof,
                                   const std::string& note) {
  return witness::MakeHttpTransport()->Post(
      witness.url() + "/add-checkpoint",
      checkpoint::FormatAddCheckpoint(old_size, proof, note), kLong);
}

class WitnessedLog : public ::testing::Test {
 protected:
  void SetUp() override {
    policy_ = absl::StrCat("log ", folder_.parties().vkey(), "\n");
    for (int i = 0; i < 3; ++i) {
      const auto key = *checkpoint::NoteSigner::Create(
          absl::StrCat("w", i, ".example"), checkpoint::KeyType::kCosignature,
          *crypto::PrivateKey::FromSeed(
              std::string(32, static_cast<char>(100 + i))));
      witnesses_.push_back(
          std::make_unique<WitnessDaemon>(key, folder_.parties().vkey()));
      ASSERT_OK(witnesses_.back()->Start());
      absl::StrAppend(&policy_, "witness W", i, " ", key.vkey(), " ",
                      witnesses_.back()->url(), "\n");
    }
    absl::StrAppend(&policy_, "group G 2 W0 W1 W2\nquorum G\n");
    ASSERT_OK(crypto::WriteSecretFile(folder_.path() + "/policy", policy_));
  }

  checkpoint::Policy Policy() const {
    return std::move(checkpoint::Policy::Parse(policy_)).value();
  }

  // sightlined in `folder`, with or without witnesses, and a client of the agency,
  // which the registrars enrol.
  absl::Status Start(const LogFolder& folder, bool witnessed = true) {
    client_.reset();
    server_.reset();
    std::vector<std::string> command = folder.Sightlined();
    if (witnessed) {
      command.push_back("--witness-policy=" + folder_.path() + "/policy");
      command.push_back("--witness-round-seconds=2");
    }
    ASSIGN_OR_RETURN(server_, folder.Start(command));
    ASSIGN_OR_RETURN(address_, server_->AwaitListening());
    const TestParties& parties = folder.parties();
    ASSIGN_OR_RETURN(const auto registrar,
                     folder.Connect(address_, parties.registrar()));
    const absl::Status enrolled =
        registrar->Administer(parties.Enrolment(parties.agency()).statement)
            .status();
    // It is by an earlier start of that folder.
    if (!absl::IsAlreadyExists(enrolled)) RETURN_IF_ERROR(enrolled);
    ASSIGN_OR_RETURN(client_, folder.Connect(address_, parties.agency()));
    return absl::OkStatus();
  }

  absl::Status Submit(v1::WaitFor wait_for) {
    v1::SubmitRequest request =
        folder_.parties().PlainRequest(folder_.parties().agency()).ToRequest();
    request.set_wait_for(wait_for);
    const auto result = client_->Submit(request);
    if (!result.ok()) return result.status();
    if (wait_for != v1::WAIT_FOR_COSIGNED) return absl::OkStatus();
    return Policy().OpenCheckpoint(result->receipt.tree->note).status();
  }

  // What a monitor tells that follows the server of `folder` by its stream and
  // looks at the witnesses.
  absl::StatusOr<std::vector<monitor::Alert>> Monitor(const LogFolder& folder) {
    const auto connect = [&](const std::string& remembered) {
      client::Options options;
      options.remembered_checkpoint = remembered;
      return folder.Connect(address_, folder.parties().agency(), options);
    };
    ASSIGN_OR_RETURN(const auto feed, monitor::StreamFeed::Create(connect, ""));
    ASSIGN_OR_RETURN(const auto state,
                     monitor::MonitorFolder::Open(folder_.path() + "/monitor"));
    const base::FakeClock clock(absl::ToUnixMillis(absl::Now()));
    monitor::LogMonitor::Options options;
    options.config = monitor::DefaultMonitorConfig();
    options.config.peer_interval = absl::ZeroDuration();  // at each step
    options.vkeys = {folder.parties().vkey()};
    ASSIGN_OR_RETURN(options.keys, client::LogKeysFromVkeys(options.vkeys));
    std::vector<monitor::Alert> alerts;
    monitor::LogMonitor::Parts parts;
    parts.feed = feed.get();
    parts.folder = state.get();
    parts.clock = &clock;
    parts.rng = crypto::Rng::Real();
    parts.output = [&](const monitor::Alert& a) { alerts.push_back(a); };
    std::vector<std::unique_ptr<client::HttpResources>> resources;
    RETURN_IF_ERROR(AddPeers(&resources, &parts.peers));
    ASSIGN_OR_RETURN(
        const auto follower,
        monitor::LogMonitor::Create(std::move(options), std::move(parts)));
    while (follower->size() < client_->newest()->size) {
      RETURN_IF_ERROR(follower->RunOnce(kLong));
    }
    return alerts;
  }

  absl::Status AddPeers(
      std::vector<std::unique_ptr<client::HttpResources>>* resources,
      std::vector<monitor::PeerView>* peers) const {
    const std::string path = absl::StrCat(
        base::HexEncode(
            crypto::AsBytes(crypto::Sha256(folder_.parties().origin()))),
        "/checkpoint");
    for (const auto& witness : witnesses_) {
      ASSIGN_OR_RETURN(auto at, client::HttpResources::Create(
                                    witness->url(), {}, crypto::Rng::Real()));
      client::HttpResources* const reader = at.get();
      peers->push_back({witness->url(), [reader, path] {
                          return reader->Get(path, 64 << 10);
                        }});
      resources->push_back(std::move(at));
    }
    return absl::OkStatus();
  }

  LogFolder folder_;
  std::string policy_;
  std::string address_;  // of server_
  std::vector<std::unique_ptr<WitnessDaemon>> witnesses_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<client::LogClient> client_;
};

TEST_F(WitnessedLog, TwoOfThreeSufficeAndOneIsTooFew) {
  ASSERT_OK(Start(folder_));
  ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  witnesses_[0]->Kill();
  ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  const auto served = client_->GetCheckpoint();
  ASSERT_OK(served);
  EXPECT_OK(Policy().OpenCheckpoint((*served)->note));
  witnesses_[1]->Kill();
  EXPECT_OK(Submit(v1::WAIT_FOR_INTEGRATED));
  const auto stayed = client_->GetCheckpoint();
  ASSERT_OK(stayed);
  EXPECT_EQ((*stayed)->size, (*served)->size);
  ASSERT_OK(witnesses_[1]->Start());
  const auto caught_up = client_->GetCheckpoint((*served)->size + 1, kLong);
  ASSERT_OK(caught_up);
  EXPECT_OK(Policy().OpenCheckpoint((*caught_up)->note));
}

TEST_F(WitnessedLog, AnOldBackupIsNotStarted) {
  ASSERT_OK(Start(folder_));
  ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  ASSERT_OK(server_->Stop());
  const std::string backup = folder_.path() + "/backup";
  std::filesystem::copy(folder_.data_dir(), backup,
                        std::filesystem::copy_options::recursive);
  ASSERT_OK(Start(folder_));
  ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  ASSERT_OK(server_->Stop());
  std::filesystem::rename(folder_.data_dir(), folder_.path() + "/newest");
  std::filesystem::rename(backup, folder_.data_dir());
  EXPECT_THAT(
      Start(folder_),
      StatusIs(absl::StatusCode::kUnavailable,
               AllOf(HasSubstr("exit code 1"), HasSubstr("rollback guard"),
                     HasSubstr("old backup was restored"))));
  // The newest folder still goes on.
  std::filesystem::rename(folder_.data_dir(), backup);
  std::filesystem::rename(folder_.path() + "/newest", folder_.data_dir());
  ASSERT_OK(Start(folder_));
  EXPECT_OK(Submit(v1::WAIT_FOR_COSIGNED));
}

// Shows a tree to a witness, with the proofs of the log that has it, until it is
// cosigned: a witness may be in the midst of cosigning an older one.
absl::Status BringUpTo(const client::TreePtr& tree,
                       const WitnessDaemon& witness, client::LogClient* log) {
  uint64_t known = 0;
  for (;;) {
    std::vector<crypto::Digest> proof;
    if (known > 0 && known < tree->size) {
      ASSIGN_OR_RETURN(const auto consistency,
                       log->ProveConsistency(known, tree->size));
      proof = consistency.hashes;
    }
    ASSIGN_OR_RETURN(const witness::Reply reply,
                     Ask(witness, known, proof, tree->note));
    if (reply.status == 200) return absl::OkStatus();
    const auto size = checkpoint::ParseSizeAnswer(reply.body);
    // It has grown since, or else it is not about to take this tree.
    if (reply.status != 409 || !size.ok() || *size <= known) {
      return absl::InternalError(reply.body);
    }
    known = *size;
  }
}

// Two data folders, one key: what the second signs is cosigned by nobody, a
// monitor that is shown it convicts the log, and with witnesses it does not even
// start.
TEST_F(WitnessedLog, AForkIsRefusedByEveryWitnessAndProvenByTheMonitor) {
  ASSERT_OK(Start(folder_));
  for (int i = 0; i < 3; ++i) ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  witnesses_[2]->Kill();
  ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  ASSERT_OK(witnesses_[2]->Start());
  const client::TreePtr honest = client_->newest();
  // Whoever did not hear of the last tree hears of it now.
  for (const auto& witness : witnesses_) {
    ASSERT_OK(BringUpTo(honest, *witness, client_.get()));
  }
  ASSERT_OK(server_->Stop());
  const LogFolder fork;
  ASSERT_OK(Start(fork, /*witnessed=*/false));
  ASSERT_OK(Submit(v1::WAIT_FOR_INTEGRATED));
  while (client_->newest()->size < honest->size + 2) {
    ASSERT_OK(Submit(v1::WAIT_FOR_INTEGRATED));
  }
  const client::TreePtr forked = client_->newest();
  for (const auto& witness : witnesses_) {
    ASSERT_OK_AND_ASSIGN(const auto first, Ask(*witness, 0, {}, forked->note));
    ASSERT_EQ(first.status, 409);
    ASSERT_OK_AND_ASSIGN(const uint64_t known,
                         checkpoint::ParseSizeAnswer(first.body));
    ASSERT_EQ(known, honest->size);
    ASSERT_OK_AND_ASSIGN(const auto proof,
                         client_->ProveConsistency(known, forked->size));
    ASSERT_OK_AND_ASSIGN(const auto grown,
                         Ask(*witness, known, proof.hashes, forked->note));
    EXPECT_EQ(grown.status, 422) << grown.body;
  }

  ASSERT_OK_AND_ASSIGN(const auto alerts, Monitor(fork));
  // Three witnesses, one contradiction.
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].kind, "split-view");
  ASSERT_OK_AND_ASSIGN(const auto evidence, checkpoint::ParseEvidenceFile(
                                                ReadAll(alerts[0].evidence)));
  EXPECT_EQ(evidence.vkeys, std::vector<std::string>{folder_.parties().vkey()});
  ASSERT_OK_AND_ASSIGN(const auto conviction,
                       checkpoint::VerifyEvidence(evidence));
  EXPECT_EQ(conviction.older.tree_size, honest->size);
  EXPECT_EQ(conviction.older.root_hash, honest->root);
  EXPECT_EQ(conviction.newer.root_hash, forked->root);

  ASSERT_OK(server_->Stop());
  EXPECT_THAT(Start(fork), StatusIs(absl::StatusCode::kUnavailable,
                                    AllOf(HasSubstr("rollback guard"),
                                          HasSubstr("the log has forked"))));
}

}  // namespace
}  // namespace sightline::tests
