#include "client/log_client.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/status_matchers.h"
#include "client/evidence.h"
#include "client/fake_log.h"
#include "client/rpc_status.h"
#include "merkle/hash.h"
#include "statement/dsse.h"
#include "statement/policy.h"

namespace sightline::client {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

Options QuickOptions() {
  Options options;
  options.first_backoff = absl::Milliseconds(1);
  options.max_backoff = absl::Milliseconds(2);
  return options;
}

std::unique_ptr<LogClient> ClientOf(FakeLog& log,
                                    const Options& options = QuickOptions()) {
  auto client = LogClient::Create(log.channel(), log.log_keys(), options);
  EXPECT_OK(client.status());
  return *std::move(client);
}

v1::SubmitRequest Submission(const FakeLog& log, uint64_t n) {
  v1::SubmitRequest request;
  *request.mutable_statement() = log.Request(n, "submitted");
  return request;
}

crypto::PrivateKey AgencyKey(uint8_t seed = 60) {
  return *crypto::PrivateKey::FromSeed(std::string(32, seed));
}

v1::SignedStatement Enrolment(const FakeLog& log) {
  v1::Statement statement = log.ControlStatement();
  statement.mutable_header()->set_statement_id("enrolment-no-001");
  v1::Enrolment* enrolment = statement.mutable_enrolment();
  enrolment->set_submitter("ori:CA0194200");
  enrolment->set_kind(v1::SUBMITTER_KIND_AGENCY);
  enrolment->set_name("Los Angeles Police Department");
  enrolment->set_agency_type(v1::AGENCY_TYPE_POLICE);
  enrolment->set_state("CA");
  enrolment->add_keys()->set_spki_der(
      std::string(AgencyKey().public_key().spki_der()));
  enrolment->mutable_joined()->set_seconds(1590861600);
  enrolment->set_verification(v1::IDENTITY_VERIFICATION_OUT_OF_BAND);
  return log.Registrars(statement);
}

v1::SignedStatement Suspension(const FakeLog& log) {
  v1::Statement statement = log.ControlStatement();
  statement.mutable_header()->set_statement_id("suspension-no-01");
  v1::StatusChange* change = statement.mutable_status_change();
  change->set_submitter("ori:CA0194200");
  change->set_status(v1::SUBMITTER_STATUS_SUSPENDED);
  change->mutable_effective()->set_seconds(1590861600);
  change->set_reason("test");
  return log.Registrars(statement);
}

v1::SignedStatement Policy(const FakeLog& log) {
  v1::Statement statement = log.ControlStatement();
  statement.mutable_header()->set_statement_id("policy-number-01");
  *statement.mutable_policy_version() = statement::DefaultPolicies().front();
  return log.Registrars(statement);
}

// A log of 16 entries, among them an enrolment (3), a suspension (4) and a
// policy (5).
class LogClientTest : public ::testing::Test {
 protected:
  LogClientTest() {
    log_.Fill(2);
    auto registrar = ClientOf(log_);
    EXPECT_OK(registrar->Administer(Enrolment(log_)).status());
    EXPECT_OK(registrar->Administer(Suspension(log_)).status());
    EXPECT_OK(registrar->Administer(Policy(log_)).status());
    log_.Fill(10);
    client_ = ClientOf(log_);
  }

  FakeLog log_;
  std::unique_ptr<LogClient> client_;
};

// --- The truth ------------------------------------------------------------------

TEST_F(LogClientTest, SubmitsAndProvesTheReceipt) {
  ASSERT_OK_AND_ASSIGN(const SubmitResult result,
                       client_->Submit(Submission(log_, 1)));
  EXPECT_EQ(result.receipt.index, 16u);
  EXPECT_EQ(result.receipt.bytes, log_.Entry(16));
  EXPECT_FALSE(result.duplicate);
  EXPECT_EQ(client_->newest()->size, 17u);
}

TEST_F(LogClientTest, SubmittingAgainGivesTheFirstReceipt) {
  ASSERT_OK_AND_ASSIGN(const SubmitResult first,
                       client_->Submit(Submission(log_, 1)));
  log_.Fill(3);
  // Signed by another key: still the same statement.
  v1::SubmitRequest again = Submission(log_, 1);
  const crypto::PrivateKey key = AgencyKey(70);
  *again.mutable_statement() =
      *statement::SignBytes(again.statement().payload(), {&key, 1});
  ASSERT_OK_AND_ASSIGN(const SubmitResult second, client_->Submit(again));
  EXPECT_TRUE(second.duplicate);
  EXPECT_EQ(second.receipt.bytes, first.receipt.bytes);
  EXPECT_EQ(second.receipt.tree->note, first.receipt.tree->note);
}

TEST_F(LogClientTest, FetchesEntriesAndReceipts) {
  ASSERT_OK_AND_ASSIGN(const ProvenEntry entry, client_->GetEntry(7));
  EXPECT_EQ(entry.bytes, log_.Entry(7));
  ASSERT_OK_AND_ASSIGN(const Receipt receipt, client_->GetReceipt(7));
  EXPECT_EQ(receipt.tree->size, 8u);
  ASSERT_OK_AND_ASSIGN(const Receipt same,
                       client_->GetReceiptByLeafHash(entry.leaf_hash));
  EXPECT_EQ(same.bytes, entry.bytes);
  ASSERT_OK_AND_ASSIGN(
      const Receipt again,
      client_->GetReceiptByIdentity(statement::IdentityHash(log_.Request(7))));
  EXPECT_EQ(again.index, 7u);
}

TEST_F(LogClientTest, ProvesInclusionAtAnySize) {
  ASSERT_OK_AND_ASSIGN(const InclusionProof newest, client_->ProveInclusion(7));
  EXPECT_EQ(newest.tree_size, 16u);
  EXPECT_EQ(newest.root, newest.tree->root);
  ASSERT_OK_AND_ASSIGN(const InclusionProof older,
                       client_->ProveInclusionOf(newest.leaf_hash, 9));
  EXPECT_EQ(older.index, 7u);
  EXPECT_EQ(older.tree_size, 9u);
}

TEST_F(LogClientTest, ProvesConsistency) {
  ASSERT_OK_AND_ASSIGN(const ConsistencyProof proof,
                       client_->ProveConsistency(5, 11));
  EXPECT_EQ(proof.second_size, 11u);
  ASSERT_OK_AND_ASSIGN(const ConsistencyProof newest,
                       client_->ProveConsistency(5));
  EXPECT_EQ(newest.second_root, newest.tree->root);
  EXPECT_EQ(newest.first_root, proof.first_root);
}

TEST_F(LogClientTest, ListsCheckpointsOfThePast) {
  TreePtr last;
  uint64_t pages = 0;
  for (bool more = true; more; ++pages) {
    ASSERT_OK_AND_ASSIGN(const CheckpointPage page,
                         client_->ListCheckpoints(last, true));
    for (const TreePtr& tree : page.trees) {
      EXPECT_EQ(tree->size, (last == nullptr ? 0 : last->size) + 1);
      EXPECT_EQ(tree->note, log_.Note(tree->size));
      last = tree;
    }
    more = page.more;
  }
  EXPECT_EQ(last->size, 16u);
  EXPECT_EQ(pages, 4u);
  ASSERT_OK_AND_ASSIGN(const CheckpointPage end,
                       client_->ListCheckpoints(last, true));
  EXPECT_TRUE(end.trees.empty());
}

TEST(LogClient, ConvictsALogThatForkedInThePast) {
  FakeLog log;
  FakeLog fork;
  log.Fill(9, "honest");
  fork.Fill(9, "other");
  // The forked tree is the middle one of three: its neighbours are sound.
  log.Tamper<v1::ListCheckpointsResponse>([&](auto* answer) {
    answer->clear_checkpoints();
    answer->add_checkpoints(log.Note(2));
    answer->add_checkpoints(fork.Note(5));
    answer->add_checkpoints(log.Note(8));
  });
  auto client = ClientOf(log, QuickOptions());
  const auto answer = client->ListCheckpoints(nullptr, false);
  EXPECT_THAT(answer, StatusIs(absl::StatusCode::kDataLoss));
  const auto evidence = EvidenceOf(answer.status());
  ASSERT_TRUE(evidence.has_value());
  EXPECT_EQ(evidence->older, log.Note(2));
  EXPECT_EQ(evidence->newer, fork.Note(5));
}

TEST_F(LogClientTest, ListsRuns) {
  ASSERT_OK_AND_ASSIGN(const EntryRun run, client_->ListEntries(3, 5));
  ASSERT_EQ(run.entries().size(), 5u);
  EXPECT_EQ(run.entries()[0].index, 3u);
  EXPECT_EQ(run.entries()[4].bytes, log_.Entry(7));
  EXPECT_EQ(run.next_index(), 8u);
  ASSERT_OK_AND_ASSIGN(const EntryRun end, client_->ListEntries(16));
  EXPECT_TRUE(end.entries().empty());
  EXPECT_EQ(end.next_index(), 16u);
}

TEST_F(LogClientTest, ListsWhatAFilterLetsThrough) {
  v1::EntryFilter filter;
  filter.add_submitters("ori:CA0100100");
  ASSERT_OK_AND_ASSIGN(const EntryRun run, client_->ListEntries(0, 0, filter));
  ASSERT_FALSE(run.entries().empty());
  for (const EntryView& entry : run.entries()) EXPECT_EQ(entry.index % 2, 1u);
}

TEST_F(LogClientTest, WaitsForTheTreeToGrow) {
  std::thread writer([this] { log_.Fill(4); });
  ASSERT_OK_AND_ASSIGN(const TreePtr tree,
                       client_->GetCheckpoint(20, absl::Seconds(20)));
  EXPECT_GE(tree->size, 20u);
  writer.join();
}

TEST_F(LogClientTest, GivesUpWaitingWhenPatienceEnds) {
  EXPECT_THAT(client_->GetCheckpoint(1000, absl::Milliseconds(30)),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST_F(LogClientTest, KnowsTheLog) {
  ASSERT_OK_AND_ASSIGN(const LogInfo info, client_->GetLog());
  EXPECT_EQ(info.origin, FakeLog::kOrigin);
  EXPECT_EQ(info.genesis, log_.Entry(0));
  EXPECT_EQ(info.log_keys.size(), 1u);
  EXPECT_EQ(info.tree->size, 16u);
}

TEST_F(LogClientTest, ReadsTheRegistry) {
  ASSERT_OK_AND_ASSIGN(const SubmitterAnswer now,
                       client_->GetSubmitter("ori:CA0194200"));
  EXPECT_EQ(now.submitter.status(), v1::SUBMITTER_STATUS_SUSPENDED);
  ASSERT_OK_AND_ASSIGN(const SubmitterAnswer before,
                       client_->GetSubmitter("ori:CA0194200", 4));
  EXPECT_EQ(before.submitter.status(), v1::SUBMITTER_STATUS_ACTIVE);
  ASSERT_OK_AND_ASSIGN(const SubmitterPage page,
                       client_->ListSubmitters(v1::ListSubmittersRequest()));
  EXPECT_EQ(page.submitters.size(), 1u);
  ASSERT_OK_AND_ASSIGN(const KeyAnswer key,
                       client_->GetKey(AgencyKey().public_key().key_id()));
  EXPECT_EQ(key.submitter, "ori:CA0194200");
  ASSERT_OK_AND_ASSIGN(
      const KeyAnswer registrar,
      client_->GetKey(log_.registrar(0).public_key().key_id()));
  EXPECT_EQ(registrar.submitter, "registrar");
  ASSERT_OK_AND_ASSIGN(const PolicyList policies, client_->ListPolicies());
  ASSERT_EQ(policies.policies.size(), 1u);
  EXPECT_EQ(policies.policies[0].index(), 5u);
}

TEST_F(LogClientTest, RemembersAcrossClients) {
  ASSERT_OK(client_->GetCheckpoint().status());
  Options options = QuickOptions();
  options.remembered_checkpoint = client_->newest()->note;
  auto later = ClientOf(log_, options);
  EXPECT_EQ(later->newest()->size, 16u);
  EXPECT_OK(later->GetEntry(3).status());
}

// --- Failures ---------------------------------------------------------------------

TEST_F(LogClientTest, TriesAgainWhenTheLogIsBusy) {
  log_.FailNext(grpc::Status(grpc::StatusCode::UNAVAILABLE, "busy"), 2);
  EXPECT_OK(client_->GetEntry(3).status());
}

TEST_F(LogClientTest, GivesUpAfterSomeAttempts) {
  const int before = log_.calls();
  log_.FailNext(grpc::Status(grpc::StatusCode::UNAVAILABLE, "busy"), 100);
  EXPECT_THAT(client_->GetEntry(3),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("GetEntry")));
  EXPECT_EQ(log_.calls() - before, QuickOptions().max_attempts);
}

TEST_F(LogClientTest, DoesNotRepeatWhatWasRefused) {
  const int before = log_.calls();
  log_.FailNext(grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "not you"));
  EXPECT_THAT(client_->Submit(Submission(log_, 1)),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(log_.calls() - before, 1);
}

TEST_F(LogClientTest, KeepsTheCodeOfTheLog) {
  const auto beyond = client_->GetEntry(1000);
  EXPECT_THAT(beyond, StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_TRUE(IsFromCall(beyond.status()));
}

TEST_F(LogClientTest, RefusesKindsThatRegistrarsDoNotMake) {
  const auto request = client_->Administer(log_.Request(1));
  EXPECT_THAT(request, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_FALSE(IsFromCall(request.status()));
}

TEST(LogClient, WantsAKeyToTrust) {
  FakeLog log;
  EXPECT_THAT(
      LogClient::Create(log.channel(), checkpoint::LogKeySet(FakeLog::kOrigin)),
      StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(LogKeysFromVkeys({}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(LogClient, BelievesNothingThatAnotherKeySigned) {
  FakeLog log(1);
  FakeLog stranger(2);
  auto client = LogClient::Create(log.channel(), stranger.log_keys());
  ASSERT_OK(client.status());
  EXPECT_THAT((*client)->GetCheckpoint(),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST(LogClient, ConvictsALogThatForkedBetweenTwoClients) {
  FakeLog log;
  FakeLog fork;
  log.Fill(5, "honest");
  fork.Fill(9, "other");
  Options options = QuickOptions();
  options.remembered_checkpoint = log.Note(6);
  auto client = ClientOf(fork, options);
  const auto answer = client->GetCheckpoint();
  EXPECT_THAT(answer, StatusIs(absl::StatusCode::kDataLoss));
  const auto evidence = EvidenceOf(answer.status());
  ASSERT_TRUE(evidence.has_value());
  EXPECT_EQ(evidence->older, log.Note(6));
  EXPECT_EQ(evidence->newer, fork.Note(10));
}

// --- Lies -------------------------------------------------------------------------

// One way to lie, and a question whose answer it spoils.
struct Lie {
  const char* name;
  std::function<void(FakeLog&)> tell;
  std::function<absl::Status(LogClient&, const FakeLog&)> ask;
};

std::ostream& operator<<(std::ostream& os, const Lie& lie) {
  return os << lie.name;
}

template <typename Answer>
std::function<void(FakeLog&)> Tamper(std::function<void(Answer*)> how) {
  return [how](FakeLog& log) { log.Tamper<Answer>(how); };
}

void FlipByte(std::string* bytes) { (*bytes)[bytes->size() / 2] ^= 1; }

// The newest note of a log with the same key and another history.
std::string ForkedNote(uint64_t size) {
  FakeLog fork;
  fork.Fill(size - 1, "fork");
  return fork.Note(size);
}

template <typename Hashes>
std::vector<std::pair<const char*, std::function<void(Hashes*)>>> ProofLies() {
  return {
      {"flipped", [](Hashes* h) { FlipByte(h->Mutable(0)); }},
      {"short", [](Hashes* h) { h->RemoveLast(); }},
      {"long", [](Hashes* h) { h->Add(std::string(32, 'x')); }},
      {"cut", [](Hashes* h) { h->Mutable(0)->pop_back(); }},
      {"swapped", [](Hashes* h) { h->SwapElements(0, 1); }},
      {"endless",
       [](Hashes* h) {
         for (int i = 0; i < 500; ++i) h->Add(std::string(32, 'x'));
       }},
  };
}

using Hashes = google::protobuf::RepeatedPtrField<std::string>;

// Lies that spoil one list of hashes of an answer, in every way.
template <typename Answer>
void AddProofLies(Hashes* (*hashes)(Answer*),
                  std::function<absl::Status(LogClient&, const FakeLog&)> ask,
                  std::vector<Lie>* out) {
  for (const auto& [name, how] : ProofLies<Hashes>()) {
    out->push_back({name, Tamper<Answer>([hashes, lie = how](Answer* a) {
                      lie(hashes(a));
                    }),
                    ask});
  }
}

// Lies that spoil the checkpoint of an answer.
template <typename Answer>
void AddNoteLies(std::string* (*note)(Answer*),
                 std::function<absl::Status(LogClient&, const FakeLog&)> ask,
                 std::vector<Lie>* out) {
  out->push_back({"note altered",
                  Tamper<Answer>([note](Answer* a) { FlipByte(note(a)); }),
                  ask});
  out->push_back({"note missing",
                  Tamper<Answer>([note](Answer* a) { note(a)->clear(); }),
                  ask});
  out->push_back({"note unsigned", Tamper<Answer>([note](Answer* a) {
                    note(a)->resize(note(a)->find("\n\n") + 2);
                  }),
                  ask});
  out->push_back({"note of a stranger", Tamper<Answer>([note](Answer* a) {
                    FakeLog stranger(9);
                    *note(a) = stranger.Note(1);
                  }),
                  ask});
  out->push_back(
      {"note of a fork",
       Tamper<Answer>([note](Answer* a) { *note(a) = ForkedNote(18); }), ask});
}

class LieTest : public LogClientTest,
                public ::testing::WithParamInterface<Lie> {};

TEST_P(LieTest, IsCaught) {
  // The client knows the true tree, and the question is answered truthfully
  // first: otherwise a lie could be caught for the wrong reason.
  ASSERT_OK(client_->GetCheckpoint().status());
  ASSERT_OK(GetParam().ask(*ClientOf(log_), log_));
  GetParam().tell(log_);
  const absl::Status caught = GetParam().ask(*client_, log_);
  EXPECT_THAT(caught, StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_FALSE(IsFromCall(caught));
}

absl::Status AskEntry(LogClient& c, const FakeLog&) {
  return c.GetEntry(7).status();
}
absl::Status AskCheckpoint(LogClient& c, const FakeLog&) {
  return c.GetCheckpoint().status();
}
absl::Status AskReceipt(LogClient& c, const FakeLog&) {
  return c.GetReceipt(13).status();
}
absl::Status AskRun(LogClient& c, const FakeLog&) {
  return c.ListEntries(3, 6).status();
}
absl::Status AskInclusion(LogClient& c, const FakeLog&) {
  return c.ProveInclusion(7, 13).status();
}
absl::Status AskConsistency(LogClient& c, const FakeLog&) {
  return c.ProveConsistency(6, 13).status();
}
absl::Status AskFiltered(LogClient& c, const FakeLog&) {
  v1::EntryFilter filter;
  filter.add_kinds(v1::STATEMENT_KIND_FOOTAGE_REQUEST);
  filter.add_submitters("ori:CA0100100");
  filter.mutable_admitted_from()->set_seconds(1590861600);
  filter.mutable_admitted_before()->set_seconds(1590861600 + 12);
  return c.ListEntries(0, 0, filter).status();
}
absl::Status AskSubmit(LogClient& c, const FakeLog& log) {
  return c.Submit(Submission(log, 11)).status();
}
absl::Status AskAdmin(LogClient& c, const FakeLog& log) {
  return c.Administer(Enrolment(log)).status();
}
absl::Status AskLog(LogClient& c, const FakeLog&) {
  return c.GetLog().status();
}
absl::Status AskSubmitter(LogClient& c, const FakeLog&) {
  return c.GetSubmitter("ori:CA0194200").status();
}
absl::Status AskSubmitters(LogClient& c, const FakeLog&) {
  return c.ListSubmitters(v1::ListSubmittersRequest()).status();
}
absl::Status AskKey(LogClient& c, const FakeLog&) {
  return c.GetKey(AgencyKey().public_key().key_id()).status();
}
absl::Status AskHistory(LogClient& c, const FakeLog&) {
  return c.ListCheckpoints(nullptr, false).status();
}
absl::Status AskPolicies(LogClient& c, const FakeLog&) {
  return c.ListPolicies().status();
}

std::vector<Lie> ReadingLies() {
  std::vector<Lie> lies;
  AddNoteLies<v1::GetCheckpointResponse>(
      [](v1::GetCheckpointResponse* a) { return a->mutable_checkpoint(); },
      AskCheckpoint, &lies);
  AddNoteLies<v1::GetEntryResponse>(
      [](v1::GetEntryResponse* a) { return a->mutable_checkpoint(); }, AskEntry,
      &lies);
  AddNoteLies<v1::GetReceiptResponse>(
      [](v1::GetReceiptResponse* a) {
        return a->mutable_receipt()->mutable_checkpoint();
      },
      AskReceipt, &lies);
  AddNoteLies<v1::ListEntriesResponse>(
      [](v1::ListEntriesResponse* a) {
        return a->mutable_run()->mutable_checkpoint();
      },
      AskRun, &lies);
  AddNoteLies<v1::GetInclusionProofResponse>(
      [](v1::GetInclusionProofResponse* a) { return a->mutable_checkpoint(); },
      AskInclusion, &lies);
  AddNoteLies<v1::GetConsistencyProofResponse>(
      [](v1::GetConsistencyProofResponse* a) {
        return a->mutable_checkpoint();
      },
      AskConsistency, &lies);

  AddProofLies<v1::GetEntryResponse>(
      [](v1::GetEntryResponse* a) {
        return a->mutable_entry()->mutable_inclusion_proof();
      },
      AskEntry, &lies);
  AddProofLies<v1::GetReceiptResponse>(
      [](v1::GetReceiptResponse* a) {
        return a->mutable_receipt()->mutable_inclusion_proof();
      },
      AskReceipt, &lies);
  AddProofLies<v1::ListEntriesResponse>(
      [](v1::ListEntriesResponse* a) {
        return a->mutable_run()->mutable_left();
      },
      AskRun, &lies);
  AddProofLies<v1::ListEntriesResponse>(
      [](v1::ListEntriesResponse* a) {
        return a->mutable_run()->mutable_right();
      },
      AskRun, &lies);
  AddProofLies<v1::ListEntriesResponse>(
      [](v1::ListEntriesResponse* a) {
        return a->mutable_run()->mutable_entries(0)->mutable_inclusion_proof();
      },
      AskFiltered, &lies);
  AddProofLies<v1::GetInclusionProofResponse>(
      [](v1::GetInclusionProofResponse* a) { return a->mutable_hashes(); },
      AskInclusion, &lies);
  AddProofLies<v1::GetConsistencyProofResponse>(
      [](v1::GetConsistencyProofResponse* a) { return a->mutable_hashes(); },
      AskConsistency, &lies);
  return lies;
}

INSTANTIATE_TEST_SUITE_P(Proofs, LieTest, ::testing::ValuesIn(ReadingLies()));

std::vector<Lie> ContentLies() {
  using v1::GetConsistencyProofResponse;
  using v1::GetEntryResponse;
  using v1::GetInclusionProofResponse;
  using v1::GetReceiptResponse;
  using v1::ListEntriesResponse;
  return {
      {"smaller tree", Tamper<v1::GetCheckpointResponse>([](auto* a) {
         FakeLog same;  // the true history, up to its genesis
         a->set_checkpoint(same.Note(1));
       }),
       AskCheckpoint},
      {"entry altered", Tamper<GetEntryResponse>([](auto* a) {
         FlipByte(a->mutable_entry()->mutable_entry());
       }),
       AskEntry},
      {"other index", Tamper<GetEntryResponse>([](auto* a) {
         a->mutable_entry()->set_index(8);
       }),
       AskEntry},
      {"no entry", Tamper<GetEntryResponse>([](auto* a) { a->clear_entry(); }),
       AskEntry},
      {"receipt's entry altered", Tamper<GetReceiptResponse>([](auto* a) {
         FlipByte(a->mutable_receipt()->mutable_entry());
       }),
       AskReceipt},
      {"no receipt", Tamper<GetReceiptResponse>([](auto* a) { a->Clear(); }),
       AskReceipt},
      {"other index in a proof",
       Tamper<GetInclusionProofResponse>([](auto* a) { a->set_index(6); }),
       AskInclusion},
      {"other size in a proof",
       Tamper<GetInclusionProofResponse>([](auto* a) { a->set_tree_size(14); }),
       AskInclusion},
      {"other leaf", Tamper<GetInclusionProofResponse>([](auto* a) {
         FlipByte(a->mutable_leaf_hash());
       }),
       AskInclusion},
      {"checkpoint of the past altered",
       Tamper<v1::ListCheckpointsResponse>(
           [](auto* a) { FlipByte(a->mutable_checkpoints(1)); }),
       AskHistory},
      {"checkpoints of the past in disorder",
       Tamper<v1::ListCheckpointsResponse>(
           [](auto* a) { a->mutable_checkpoints()->SwapElements(0, 2); }),
       AskHistory},
      {"checkpoints of the past twice",
       Tamper<v1::ListCheckpointsResponse>(
           [](auto* a) { a->add_checkpoints(a->checkpoints(3)); }),
       AskHistory},
      {"endless pages without checkpoints",
       Tamper<v1::ListCheckpointsResponse>([](auto* a) {
         a->clear_checkpoints();
         a->set_more(true);
       }),
       AskHistory},
      {"first size", Tamper<GetConsistencyProofResponse>([](auto* a) {
         a->set_first_tree_size(7);
       }),
       AskConsistency},
      {"second size", Tamper<GetConsistencyProofResponse>([](auto* a) {
         a->set_second_tree_size(14);
       }),
       AskConsistency},
      {"first root", Tamper<GetConsistencyProofResponse>([](auto* a) {
         FlipByte(a->mutable_first_root_hash());
       }),
       AskConsistency},
      {"second root", Tamper<GetConsistencyProofResponse>([](auto* a) {
         FlipByte(a->mutable_second_root_hash());
       }),
       AskConsistency},
      {"entry of a run altered", Tamper<ListEntriesResponse>([](auto* a) {
         FlipByte(a->mutable_run()->mutable_entries(2)->mutable_entry());
       }),
       AskRun},
      {"entry of a run left out", Tamper<ListEntriesResponse>([](auto* a) {
         a->mutable_run()->mutable_entries()->DeleteSubrange(2, 1);
       }),
       AskRun},
      {"end of a run left out", Tamper<ListEntriesResponse>([](auto* a) {
         a->mutable_run()->mutable_entries()->RemoveLast();
       }),
       AskRun},
      {"entries of a run swapped", Tamper<ListEntriesResponse>([](auto* a) {
         a->mutable_run()->mutable_entries()->SwapElements(1, 2);
       }),
       AskRun},
      {"bytes of a run swapped", Tamper<ListEntriesResponse>([](auto* a) {
         std::swap(*a->mutable_run()->mutable_entries(1)->mutable_entry(),
                   *a->mutable_run()->mutable_entries(2)->mutable_entry());
       }),
       AskRun},
      {"run elsewhere", Tamper<ListEntriesResponse>([](auto* a) {
         a->mutable_run()->set_start_index(2);
       }),
       AskRun},
      {"run jumps", Tamper<ListEntriesResponse>([](auto* a) {
         a->mutable_run()->set_next_index(12);
       }),
       AskRun},
      {"run goes back", Tamper<ListEntriesResponse>([](auto* a) {
         a->mutable_run()->set_next_index(1);
       }),
       AskRun},
      {"run beyond the tree", Tamper<ListEntriesResponse>([](auto* a) {
         a->mutable_run()->set_next_index(1000);
       }),
       AskRun},
      {"no run", Tamper<ListEntriesResponse>([](auto* a) { a->clear_run(); }),
       AskRun},
      {"bytes of another entry", Tamper<ListEntriesResponse>([](auto* a) {
         a->mutable_run()->mutable_entries(0)->set_entry(
             a->run().entries(1).entry());
       }),
       AskFiltered},
      {"filtered run beyond the tree", Tamper<ListEntriesResponse>([](auto* a) {
         a->mutable_run()->set_next_index(1000);
       }),
       AskFiltered},
      {"filtered run unordered", Tamper<ListEntriesResponse>([](auto* a) {
         a->mutable_run()->mutable_entries()->SwapElements(0, 1);
       }),
       AskFiltered},
  };
}

INSTANTIATE_TEST_SUITE_P(Contents, LieTest, ::testing::ValuesIn(ContentLies()));

std::vector<Lie> SubmissionLies() {
  using v1::EnrolResponse;
  using v1::SubmitResponse;
  std::vector<Lie> lies;
  AddNoteLies<SubmitResponse>(
      [](SubmitResponse* a) {
        return a->mutable_receipt()->mutable_checkpoint();
      },
      AskSubmit, &lies);
  lies.push_back({"receipt for another statement",
                  [](FakeLog& log) {
                    log.Tamper<SubmitResponse>([&log](SubmitResponse* a) {
                      auto other = ClientOf(log);
                      a->mutable_receipt()->set_index(7);
                      a->mutable_receipt()->set_entry(log.Entry(7));
                      const auto r = other->GetReceipt(7);
                      a->mutable_receipt()->clear_inclusion_proof();
                      for (const auto& hash : r->proof) {
                        a->mutable_receipt()->add_inclusion_proof(
                            std::string(crypto::AsBytes(hash)));
                      }
                      a->mutable_receipt()->set_checkpoint(r->tree->note);
                    });
                  },
                  AskSubmit});
  lies.push_back({"entry altered", Tamper<SubmitResponse>([](auto* a) {
                    FlipByte(a->mutable_receipt()->mutable_entry());
                  }),
                  AskSubmit});
  lies.push_back({"index altered", Tamper<SubmitResponse>([](auto* a) {
                    a->mutable_receipt()->set_index(1);
                  }),
                  AskSubmit});
  lies.push_back({"no receipt",
                  Tamper<SubmitResponse>([](auto* a) { a->clear_receipt(); }),
                  AskSubmit});
  lies.push_back({"enrolment altered", Tamper<EnrolResponse>([](auto* a) {
                    FlipByte(a->mutable_receipt()->mutable_entry());
                  }),
                  AskAdmin});
  return lies;
}

INSTANTIATE_TEST_SUITE_P(Submissions, LieTest,
                         ::testing::ValuesIn(SubmissionLies()));

std::vector<Lie> RegistryLies() {
  using v1::GetKeyResponse;
  using v1::GetLogResponse;
  using v1::GetSubmitterResponse;
  using v1::ListPoliciesResponse;
  using v1::ListSubmittersResponse;
  return {
      {"origin", Tamper<GetLogResponse>([](auto* a) {
         a->set_origin("example.com/other");
       }),
       AskLog},
      {"genesis",
       Tamper<GetLogResponse>([](auto* a) { FlipByte(a->mutable_genesis()); }),
       AskLog},
      {"log key added", Tamper<GetLogResponse>([](auto* a) {
         *a->add_log_keys() = a->log_keys(0);
       }),
       AskLog},
      {"log key ended", Tamper<GetLogResponse>([](auto* a) {
         a->mutable_log_keys(0)->set_end_size(5);
       }),
       AskLog},
      {"tree size beyond",
       Tamper<GetLogResponse>([](auto* a) { a->set_tree_size(1000); }), AskLog},
      {"no tree size",
       Tamper<GetLogResponse>([](auto* a) { a->set_tree_size(0); }), AskLog},
      {"other submitter", Tamper<GetSubmitterResponse>([](auto* a) {
         a->mutable_submitter()->set_submitter("ori:CA0100100");
       }),
       AskSubmitter},
      {"status", Tamper<GetSubmitterResponse>([](auto* a) {
         a->mutable_submitter()->set_status(v1::SUBMITTER_STATUS_ACTIVE);
       }),
       AskSubmitter},
      {"suspension left out", Tamper<GetSubmitterResponse>([](auto* a) {
         a->mutable_submitter()->mutable_source_indices()->RemoveLast();
       }),
       AskSubmitter},
      {"key exchanged", Tamper<GetSubmitterResponse>([](auto* a) {
         FlipByte(a->mutable_submitter()->mutable_keys(0)->mutable_spki_der());
       }),
       AskSubmitter},
      {"source beyond the tree", Tamper<GetSubmitterResponse>([](auto* a) {
         a->mutable_submitter()->add_source_indices(1000);
       }),
       AskSubmitter},
      {"source of another kind", Tamper<GetSubmitterResponse>([](auto* a) {
         a->mutable_submitter()->set_source_indices(0, 7);
       }),
       AskSubmitter},
      {"size beyond the tree",
       Tamper<GetSubmitterResponse>([](auto* a) { a->set_tree_size(1000); }),
       AskSubmitter},
      {"name in a list", Tamper<ListSubmittersResponse>([](auto* a) {
         a->mutable_submitters(0)->set_name("Somebody Else");
       }),
       AskSubmitters},
      {"made-up submitter", Tamper<ListSubmittersResponse>([](auto* a) {
         *a->add_submitters() = a->submitters(0);
         a->mutable_submitters(1)->set_submitter("ori:CA0100100");
       }),
       AskSubmitters},
      {"key of somebody else",
       Tamper<GetKeyResponse>([](auto* a) { a->set_submitter("registrar"); }),
       AskKey},
      {"key revoked", Tamper<GetKeyResponse>([](auto* a) {
         a->mutable_key()->set_end_index(9);
       }),
       AskKey},
      {"other key", Tamper<GetKeyResponse>([](auto* a) {
         FlipByte(a->mutable_key()->mutable_key_id());
       }),
       AskKey},
      {"policy altered", Tamper<ListPoliciesResponse>([](auto* a) {
         a->mutable_policies(0)->mutable_policy()->set_title("anything goes");
       }),
       AskPolicies},
      {"policy elsewhere", Tamper<ListPoliciesResponse>([](auto* a) {
         a->mutable_policies(0)->set_index(6);
       }),
       AskPolicies},
      {"policy beyond the tree", Tamper<ListPoliciesResponse>([](auto* a) {
         a->mutable_policies(0)->set_index(1000);
       }),
       AskPolicies},
      {"policy twice", Tamper<ListPoliciesResponse>([](auto* a) {
         *a->add_policies() = a->policies(0);
       }),
       AskPolicies},
  };
}

INSTANTIATE_TEST_SUITE_P(Registry, LieTest,
                         ::testing::ValuesIn(RegistryLies()));

TEST_F(LogClientTest, CatchesATreeSmallerThanTheOneWaitedFor) {
  log_.Tamper<v1::GetCheckpointResponse>(
      [note = log_.Note(15)](auto* a) { a->set_checkpoint(note); });
  EXPECT_THAT(client_->GetCheckpoint(16, absl::Seconds(20)),
              StatusIs(absl::StatusCode::kDataLoss));
}

// A lie that every entry's proof bears out: entries that were not asked for.
TEST_F(LogClientTest, CatchesEntriesThatTheFilterExcludes) {
  v1::EntryFilter all;
  all.add_submitters("ori:CA0100100");
  all.add_submitters("ori:CA0194200");
  ASSERT_OK(client_->ListEntries(0, 0, all).status());
  v1::EntryFilter narrow;
  narrow.add_submitters("ori:CA0100100");
  log_.Tamper<v1::ListEntriesResponse>([this](v1::ListEntriesResponse* a) {
    // Entry 8 is of the other submitter, and truly in the tree.
    const auto proven = ClientOf(log_)->GetEntry(8);
    v1::LogEntry* entry = a->mutable_run()->mutable_entries(0);
    a->mutable_run()->mutable_entries()->DeleteSubrange(
        1, a->run().entries_size() - 1);
    entry->set_index(8);
    entry->set_entry(proven->bytes);
    entry->clear_inclusion_proof();
    for (const auto& hash : proven->proof) {
      entry->add_inclusion_proof(std::string(crypto::AsBytes(hash)));
    }
  });
  EXPECT_THAT(client_->ListEntries(0, 0, narrow),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("asked for")));
}

}  // namespace
}  // namespace sightline::client
