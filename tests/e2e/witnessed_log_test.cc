// sightlined and three sightline-witness, as processes: the quorum is two.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "checkpoint/add_checkpoint.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/policy.h"
#include "client/log_client.h"
#include "crypto/key_file.h"
#include "crypto/signer.h"
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
    ASSIGN_OR_RETURN(const std::string address, server_->AwaitListening());
    const TestParties& parties = folder.parties();
    ASSIGN_OR_RETURN(const auto registrar,
                     folder.Connect(address, parties.registrar()));
    const absl::Status enrolled =
        registrar->Administer(parties.Enrolment(parties.agency()).statement)
            .status();
    // It is by an earlier start of that folder.
    if (!absl::IsAlreadyExists(enrolled)) RETURN_IF_ERROR(enrolled);
    ASSIGN_OR_RETURN(client_, folder.Connect(address, parties.agency()));
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

  LogFolder folder_;
  std::string policy_;
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

// Two data folders, one key: what the second signs is cosigned by nobody, and
// with witnesses it does not even start.
TEST_F(WitnessedLog, AForkIsRefusedByEveryWitness) {
  ASSERT_OK(Start(folder_));
  for (int i = 0; i < 3; ++i) ASSERT_OK(Submit(v1::WAIT_FOR_COSIGNED));
  const uint64_t size = client_->newest()->size;
  ASSERT_OK(server_->Stop());
  // Whoever did not hear of the last tree hears of it now.
  const auto transport = witness::MakeHttpTransport();
  const auto ask = [&](const WitnessDaemon& witness, uint64_t old_size,
                       const std::vector<crypto::Digest>& proof,
                       const std::string& note) {
    return transport->Post(
        witness.url() + "/add-checkpoint",
        checkpoint::FormatAddCheckpoint(old_size, proof, note), kLong);
  };
  const LogFolder fork;
  ASSERT_OK(Start(fork, /*witnessed=*/false));
  ASSERT_OK(Submit(v1::WAIT_FOR_INTEGRATED));
  while (client_->newest()->size < size + 2) {
    ASSERT_OK(Submit(v1::WAIT_FOR_INTEGRATED));
  }
  const client::TreePtr forked = client_->newest();
  for (const auto& witness : witnesses_) {
    const auto first = ask(*witness, 0, {}, forked->note);
    ASSERT_OK(first);
    ASSERT_EQ(first->status, 409);
    const auto known = checkpoint::ParseSizeAnswer(first->body);
    ASSERT_OK(known);
    ASSERT_GT(*known, 0u);
    const auto proof = client_->ProveConsistency(*known, forked->size);
    ASSERT_OK(proof);
    const auto grown = ask(*witness, *known, proof->hashes, forked->note);
    ASSERT_OK(grown);
    EXPECT_EQ(grown->status, 422) << grown->body;
  }
  ASSERT_OK(server_->Stop());
  EXPECT_THAT(Start(fork), StatusIs(absl::StatusCode::kUnavailable,
                                    AllOf(HasSubstr("rollback guard"),
                                          HasSubstr("the log has forked"))));
}

}  // namespace
}  // namespace sightline::tests
