// Each rule with an entry that raises it and one that does not; forks, restarts,
// what a log may do wrong.
#include "monitor/log_monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "checkpoint/evidence_file.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/policy.h"
#include "crypto/random.h"
#include "monitor/alert.h"
#include "monitor/log_maker.h"
#include "monitor/monitor_config.h"
#include "monitor/monitor_folder.h"
#include "monitor/tile_feed.h"
#include "statement/entry_codec.h"
#include "statement/policy.h"
#include "statement/timestamps.h"
#include "statement/whole_seal.h"
#include "tiles/log_reader.h"
#include "tiles/memory_tiles.h"

namespace sightline::monitor {
namespace {

using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::string_view kAgency = "ori:CA0194200";
constexpr absl::string_view kPlatform = "platform:example-cameras";
constexpr int64_t kHour = 3'600'000;

using Change = std::function<void(v1::FootageRequest*)>;

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// A log with an agency (1), a platform (2) and one request (3), and a monitor of
// its files.
class LogMonitorTest : public ::testing::Test {
 protected:
  LogMonitorTest() {
    std::string name = absl::StrCat(::testing::TempDir(), "/monitor.XXXXXX");
    folder_ = mkdtemp(name.data());
    log_.Enrol(kAgency);
    log_.Enrol(kPlatform);
    log_.Request(kAgency);
    clock_.Set(LogMaker::kStartUnixMs + kHour);
  }
  ~LogMonitorTest() override {
    Stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  uint64_t Request(const Change& change) {
    v1::Statement statement =
        log_.Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kAgency);
    change(statement.mutable_footage_request());
    return log_.Add(statement);
  }

  v1::EntryLink LinkTo(uint64_t index) const {
    v1::EntryLink link;
    link.set_index(index);
    link.set_leaf_hash(log_.leaf_hash(index));
    return link;
  }

  // Adds the platform's answer.
  uint64_t Answer(uint64_t request, v1::Outcome outcome) {
    v1::Statement response =
        log_.Make(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, kPlatform);
    *response.mutable_footage_response()->mutable_request() = LinkTo(request);
    response.mutable_footage_response()->set_outcome(outcome);
    response.mutable_footage_response()->clear_refusal_ground();
    return log_.Add(response);
  }

  // Adds a policy that limits nothing but what `change` says.
  uint64_t Policy(v1::Channel channel,
                  const std::function<void(v1::PolicyVersion*)>& change) {
    v1::Statement statement = log_.Make(v1::STATEMENT_KIND_POLICY_VERSION, "");
    v1::PolicyVersion policy;
    policy.mutable_policy()->set_policy_id("test");
    policy.mutable_policy()->set_version(1);
    policy.set_title("Deadlines and limits");
    *policy.mutable_in_force_from() =
        statement::FromUnixMs(LogMaker::kStartUnixMs);
    policy.add_channels(channel);
    change(&policy);
    *statement.mutable_policy_version() = policy;
    return log_.Add(statement);
  }

  uint64_t ChangeStatus(absl::string_view submitter,
                        v1::SubmitterStatus status) {
    v1::Statement statement = log_.Make(v1::STATEMENT_KIND_STATUS_CHANGE, "");
    statement.mutable_status_change()->set_submitter(std::string(submitter));
    statement.mutable_status_change()->set_status(status);
    return log_.Add(statement);
  }

  int64_t AdmittedAt(uint64_t index) const {
    const auto peek = statement::PeekEntry(log_.entry(index));
    EXPECT_OK(peek);
    return peek.ok() ? peek->admitted_unix_ms : 0;
  }

  static void MakeEmergency(v1::FootageRequest* r) {
    r->set_channel(v1::CHANNEL_EMERGENCY);
    r->set_legal_process(v1::LEGAL_PROCESS_EMERGENCY_2702);
    r->set_emergency_basis(v1::EMERGENCY_BASIS_KIDNAPPING);
    r->set_verification(v1::REQUESTER_VERIFICATION_NONE);
  }

  void Stop() {
    monitor_.reset();
    feed_.reset();
    state_.reset();
  }

  absl::Status Start(const std::string& yaml = "", uint64_t alerts_from = 0) {
    Stop();
    feed_ = std::make_unique<TileFeed>(&tiles_);
    auto state = MonitorFolder::Open(folder_ + "/state");
    if (!state.ok()) return state.status();
    state_ = *std::move(state);
    LogMonitor::Options options;
    auto config = ParseMonitorConfig(yaml);
    if (!config.ok()) return config.status();
    options.config = *std::move(config);
    options.vkeys = {LogMaker::Signer("log").vkey()};
    options.keys = LogMaker::TrustedKeys();
    for (const std::string& vkey : later_vkeys_) {
      EXPECT_OK(options.keys.Add(vkey));
      options.vkeys.push_back(vkey);
    }
    options.policy = policy_ == nullptr ? nullptr : policy_.get();
    options.alerts_from = alerts_from;
    options.save_interval = absl::ZeroDuration();
    LogMonitor::Parts parts;
    parts.feed = feed_.get();
    parts.folder = state_.get();
    parts.clock = &clock_;
    parts.rng = crypto::Rng::Real();
    parts.peers = peers_;
    parts.output = [this](const Alert& alert) { alerts_.push_back(alert); };
    parts.note = [this](absl::string_view text) { notes_.emplace_back(text); };
    auto monitor = LogMonitor::Create(std::move(options), std::move(parts));
    if (!monitor.ok()) return monitor.status();
    monitor_ = *std::move(monitor);
    return absl::OkStatus();
  }

  // Publishes the log as it is, lets the monitor look, and gives "rule index" of
  // each alert.
  std::vector<std::string> Look() {
    tiles_ = log_.Build();
    return LookAgain();
  }
  std::vector<std::string> LookAgain() {
    alerts_.clear();
    looked_ = monitor_->RunOnce(absl::ZeroDuration());
    std::vector<std::string> out;
    for (const Alert& alert : alerts_) {
      out.push_back(alert.index.has_value()
                        ? absl::StrCat(alert.rule, " ", *alert.index)
                        : alert.rule);
    }
    return out;
  }

  // A mirror or, without tiles, a witness that shows what `tiles` has.
  void AddPeer(tiles::MemoryTiles* tiles, bool is_mirror) {
    AddPeer(is_mirror ? "the mirror" : "the witness", tiles, is_mirror);
  }
  void AddPeer(const std::string& name, tiles::MemoryTiles* tiles,
               bool is_mirror) {
    peers_.push_back({name, [tiles] { return tiles->ReadCheckpoint(); },
                      is_mirror ? tiles : nullptr});
  }

  size_t EvidenceFiles() const {
    size_t files = 0;
    std::error_code none;  // not made yet
    for (const auto& file : std::filesystem::directory_iterator(
             folder_ + "/state/evidence", none)) {
      files += file.path().extension() == ".evidence" ? 1 : 0;
    }
    return files;
  }

  // The evidence of the only alert holds before others.
  checkpoint::Conviction Convicted() {
    if (alerts_.size() != 1u) {
      ADD_FAILURE() << alerts_.size() << " alerts";
      return {};
    }
    const auto file =
        checkpoint::ParseEvidenceFile(ReadAll(alerts_[0].evidence));
    EXPECT_OK(file);
    EXPECT_EQ(file->vkeys.front(), LogMaker::Signer("log").vkey());
    const auto conviction = checkpoint::VerifyEvidence(*file);
    EXPECT_OK(conviction);
    return conviction.ok() ? *conviction : checkpoint::Conviction();
  }

  std::string folder_;
  std::vector<std::string> later_vkeys_;  // that the monitor trusts, too
  LogMaker log_;
  tiles::MemoryTiles tiles_;
  base::FakeClock clock_{0};
  std::unique_ptr<checkpoint::Policy> policy_;
  std::vector<PeerView> peers_;
  std::unique_ptr<TileFeed> feed_;
  std::unique_ptr<MonitorFolder> state_;
  std::unique_ptr<LogMonitor> monitor_;
  std::vector<Alert> alerts_;
  std::vector<std::string> notes_;
  absl::Status looked_;
};

// --- Rules on entries -------------------------------------------------------------

TEST_F(LogMonitorTest, IsQuietAboutASoundLog) {
  ASSERT_OK(Start());
  EXPECT_THAT(Look(), IsEmpty());
  EXPECT_OK(looked_);
  EXPECT_EQ(monitor_->size(), 4u);
  log_.Request(kAgency);
  EXPECT_THAT(Look(), IsEmpty());
  EXPECT_EQ(monitor_->size(), 5u);
}

struct EntryRule {
  const char* rule;
  Change raises;
  Change does_not;
};

class EntryRuleTest : public LogMonitorTest,
                      public ::testing::WithParamInterface<EntryRule> {};

TEST_P(EntryRuleTest, RaisesWhatItLooksForAndNothingElse) {
  ASSERT_OK(
      Start(absl::StrCat("rules: [{name: it, ", GetParam().rule, "}]"), 4));
  Request(GetParam().does_not);
  const uint64_t wanted = Request(GetParam().raises);
  ASSERT_THAT(Look(), ElementsAre(absl::StrCat("it ", wanted)));
  EXPECT_EQ(alerts_[0].submitter, kAgency);
  EXPECT_THAT(alerts_[0].text, HasSubstr(std::string(kAgency)));
}

void SetCounty(v1::FootageRequest* r, const char* county) {
  r->mutable_area()->set_county_fips(county);
}

std::vector<EntryRule> EntryRules() {
  const Change nothing = [](auto*) {};
  return {
      {"on: request, county: ['06059']", [](auto* r) { SetCounty(r, "06059"); },
       nothing},
      {"on: request, county: ['06059', '06075']",
       [](auto* r) { SetCounty(r, "06075"); }, nothing},
      {"on: request, state: CA",
       [](auto* r) { r->mutable_area()->set_state("CA"); },
       [](auto* r) { r->mutable_area()->set_state("NV"); }},
      // Cell 80c2c7 has 80c2c7c in it, and is not in 80c2b.
      {"on: request, s2_cell: 80c2c7",
       [](auto* r) { r->mutable_area()->set_s2_cell("80c2c7c"); },
       [](auto* r) { r->mutable_area()->set_s2_cell("80c2b7c"); }},
      {"on: assembly",
       [](auto* r) { r->set_assembly_related(v1::DECLARED_YES); }, nothing},
      {"on: emergency",
       [](auto* r) {
         r->set_channel(v1::CHANNEL_EMERGENCY);
         r->set_legal_process(v1::LEGAL_PROCESS_EMERGENCY_2702);
         r->set_emergency_basis(v1::EMERGENCY_BASIS_KIDNAPPING);
         r->set_verification(v1::REQUESTER_VERIFICATION_NONE);
       },
       nothing},
      {"on: over-broad, max_area_square_metres: 600000",
       [](auto* r) { r->mutable_area()->set_area_square_metres(700000); },
       nothing},
      {"on: over-broad, max_window: 5h",
       [](auto* r) {
         r->mutable_footage_window()->mutable_end()->set_seconds(
             r->footage_window().begin().seconds() + 6 * 3600);
       },
       nothing},
  };
}

INSTANTIATE_TEST_SUITE_P(Rules, EntryRuleTest,
                         ::testing::ValuesIn(EntryRules()),
                         [](const auto& info) {
                           return absl::StrCat("Rule", info.index);
                         });

TEST_F(LogMonitorTest, TellsOfRequestsThatAreBroaderThanThePolicyAllows) {
  // What examples ask for is just within it.
  const uint64_t policy =
      Policy(v1::CHANNEL_REQUEST_FOR_ASSISTANCE, [](auto* p) {
        p->set_max_window_seconds(4 * 3600);
        p->set_max_area_square_metres(500000);
      });
  ASSERT_OK(Start("rules: [{on: over-broad}]", policy));
  Request([](auto*) {});
  const uint64_t long_one = Request([](auto* r) {
    r->mutable_footage_window()->mutable_end()->set_seconds(
        r->footage_window().begin().seconds() + 4 * 3600 + 1);
  });
  const uint64_t wide_one = Request(
      [](auto* r) { r->mutable_area()->set_area_square_metres(500001); });
  EXPECT_THAT(Look(), ElementsAre(absl::StrCat("over-broad ", long_one),
                                  absl::StrCat("over-broad ", wide_one)));
}

TEST_F(LogMonitorTest, TellsOfFindingsOfThePolicy) {
  // No policy governs this log's channel, and none limits its windows.
  ASSERT_OK(
      Start("rules: [{on: finding, finding: channel.ungoverned},"
            "{name: window, on: finding, finding: window.max}]",
            4));
  log_.Request(kAgency);
  EXPECT_THAT(Look(), ElementsAre("finding 4"));
}

// While it is sealed as a whole nobody can tell.
TEST_F(LogMonitorTest, TellsOfAWholeRequestWhenItIsOpened) {
  v1::Statement policy = log_.Make(v1::STATEMENT_KIND_POLICY_VERSION, "");
  for (const v1::PolicyVersion& shipped : statement::DefaultPolicies()) {
    if (!shipped.whole_seal_processes().empty()) {
      *policy.mutable_policy_version() = shipped;
    }
  }
  log_.Add(policy);
  v1::Statement warrant =
      log_.Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kAgency);
  v1::StatementHeader& header = *warrant.mutable_header();
  header.clear_sealed();
  v1::WholeSeal& seal = *header.mutable_whole_seal();
  seal.set_ground(v1::SEAL_GROUND_JEOPARDIZE);
  seal.set_granter(v1::SEAL_GRANTER_COURT);
  seal.mutable_sealed_until()->set_seconds(header.claimed_time().seconds() +
                                           1000);
  v1::FootageRequest& request = *warrant.mutable_footage_request();
  request.set_channel(v1::CHANNEL_LEGAL_PROCESS);
  request.set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT);
  request.set_court_county_fips("06037");
  request.set_judge_issued(v1::DECLARED_YES);
  *request.mutable_policy() = policy.policy_version().policy();
  v1::SealOpening opening;
  const uint64_t face = log_.AddFace(warrant, &opening);
  ASSERT_OK(Start("rules: [{on: request, submitter: 'ori:CA0194200'}]", face));
  EXPECT_THAT(Look(), IsEmpty());
  const uint64_t opened = log_.Add(log_.Opening(kAgency, face, opening));
  EXPECT_THAT(Look(), ElementsAre(absl::StrCat("request ", opened)));
}

TEST_F(LogMonitorTest, AsksWhoSaidIt) {
  log_.Enrol("ori:CA0010000");
  ASSERT_OK(Start("rules: [{on: request, submitter: 'ori:CA0010000'}]"));
  log_.Request(kAgency);
  const uint64_t wanted = log_.Request("ori:CA0010000");
  EXPECT_THAT(Look(), ElementsAre(absl::StrCat("request ", wanted)));
}

TEST_F(LogMonitorTest, IsSilentAboutWhatWasThereBefore) {
  ASSERT_OK(Start("rules: [{on: request}]", 4));
  EXPECT_THAT(Look(), IsEmpty());
  log_.Request(kAgency);
  EXPECT_THAT(Look(), ElementsAre("request 4"));
}

// --- Rules on time ----------------------------------------------------------------

TEST_F(LogMonitorTest, TellsOnceOfAnswersThatAreOverdue) {
  ASSERT_OK(Start("rules: [{on: overdue, after: 72h}]"));
  const uint64_t answered = log_.Request(kAgency);
  EXPECT_THAT(Look(), IsEmpty());
  v1::Statement response =
      log_.Make(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, kPlatform);
  v1::EntryLink& link = *response.mutable_footage_response()->mutable_request();
  link.set_index(answered);
  link.set_leaf_hash(log_.leaf_hash(answered));
  log_.Add(response);
  clock_.Advance(70 * kHour);
  EXPECT_THAT(Look(), IsEmpty());
  clock_.Advance(3 * kHour);
  EXPECT_THAT(LookAgain(), ElementsAre("overdue 3"));
  EXPECT_THAT(LookAgain(), IsEmpty());
  ASSERT_OK(Start("rules: [{on: overdue, after: 72h}]"));
  EXPECT_THAT(LookAgain(), IsEmpty());
}

TEST_F(LogMonitorTest, TellsOfAnswersThatAreOverdueByThePolicy) {
  ASSERT_OK(Start("rules: [{on: overdue}]"));
  // Request 3 was there before any policy: it has no deadline.
  Policy(v1::CHANNEL_REQUEST_FOR_ASSISTANCE,
         [](auto* p) { p->set_response_deadline_seconds(48 * 3600); });
  const uint64_t late = log_.Request(kAgency);
  const int64_t due = AdmittedAt(late) + 48 * kHour;
  clock_.Set(due - 1);
  EXPECT_THAT(Look(), IsEmpty());
  // The deadline is remembered over a restart.
  ASSERT_OK(Start("rules: [{on: overdue}]"));
  clock_.Set(due);
  ASSERT_THAT(LookAgain(), ElementsAre(absl::StrCat("overdue ", late)));
  EXPECT_THAT(alerts_[0].text, HasSubstr("due " + TimeText(due)));
  clock_.Advance(1000 * kHour);
  EXPECT_THAT(LookAgain(), IsEmpty());
}

TEST_F(LogMonitorTest, ExpectsNoAnswerToARequestThatWasWithdrawn) {
  ASSERT_OK(Start("rules: [{on: overdue, after: 72h}]", 4));
  const uint64_t withdrawn = log_.Request(kAgency);
  const uint64_t corrected = log_.Request(kAgency);
  v1::Statement amendment = log_.Make(v1::STATEMENT_KIND_AMENDMENT, kAgency);
  *amendment.mutable_amendment()->mutable_target() = LinkTo(corrected);
  log_.Add(amendment);  // a correction withdraws nothing
  amendment = log_.Make(v1::STATEMENT_KIND_AMENDMENT, kAgency);
  *amendment.mutable_amendment()->mutable_target() = LinkTo(withdrawn);
  amendment.mutable_amendment()->mutable_withdrawal()->set_reason_code(
      "CASE_CLOSED");
  log_.Add(amendment);
  EXPECT_THAT(Look(), IsEmpty());
  clock_.Advance(100 * kHour);
  EXPECT_THAT(LookAgain(),
              ElementsAre("overdue 3", absl::StrCat("overdue ", corrected)));
}

TEST_F(LogMonitorTest, ExpectsAnAnswerAfterOneThatIsPending) {
  ASSERT_OK(Start("rules: [{on: overdue, after: 72h}]"));
  Answer(3, v1::OUTCOME_PENDING);
  const uint64_t answered = log_.Request(kAgency);
  Answer(answered, v1::OUTCOME_PENDING);
  Answer(answered, v1::OUTCOME_FULL);
  EXPECT_THAT(Look(), IsEmpty());
  clock_.Advance(100 * kHour);
  EXPECT_THAT(LookAgain(), ElementsAre("overdue 3"));
}

TEST_F(LogMonitorTest, TellsOfReviewsThatAreOverdueByThePolicy) {
  ASSERT_OK(Start("rules: [{on: review-overdue}]"));
  Request(MakeEmergency);  // before any policy: there is no deadline
  Policy(v1::CHANNEL_EMERGENCY, [](auto* p) {
    p->set_response_deadline_seconds(3600);
    p->set_review_deadline_seconds(48 * 3600);
  });
  const uint64_t late = Request(MakeEmergency);
  const int64_t due = AdmittedAt(late) + 48 * kHour;
  clock_.Set(due - 1);
  EXPECT_THAT(Look(), IsEmpty());
  clock_.Set(due);
  EXPECT_THAT(LookAgain(), ElementsAre(absl::StrCat("review-overdue ", late)));
  clock_.Advance(1000 * kHour);
  EXPECT_THAT(LookAgain(), IsEmpty());
}

TEST_F(LogMonitorTest, TellsOnceOfEmergenciesThatNobodyReviewed) {
  ASSERT_OK(Start("rules: [{on: review-overdue, after: 72h}]"));
  Request([](auto*) {});  // no emergency
  const uint64_t reviewed = Request(MakeEmergency);
  const uint64_t forgotten = Request(MakeEmergency);
  v1::Statement review =
      log_.Make(v1::STATEMENT_KIND_EMERGENCY_REVIEW, kPlatform);
  *review.mutable_emergency_review()->mutable_request() = LinkTo(reviewed);
  log_.Add(review);
  EXPECT_THAT(Look(), IsEmpty());
  // An answer is no review.
  v1::Statement response =
      log_.Make(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, kPlatform);
  *response.mutable_footage_response()->mutable_request() = LinkTo(forgotten);
  log_.Add(response);
  clock_.Advance(71 * kHour);
  EXPECT_THAT(Look(), IsEmpty());
  clock_.Advance(2 * kHour);
  ASSERT_THAT(LookAgain(),
              ElementsAre(absl::StrCat("review-overdue ", forgotten)));
  EXPECT_THAT(alerts_[0].text, HasSubstr("has had no review since"));
  EXPECT_EQ(alerts_[0].submitter, kAgency);
  EXPECT_THAT(LookAgain(), IsEmpty());
  ASSERT_OK(Start("rules: [{on: review-overdue, after: 72h}]"));
  EXPECT_THAT(LookAgain(), IsEmpty());
}

TEST_F(LogMonitorTest, RemembersOverARestartWhatIsToBeReviewed) {
  ASSERT_OK(Start("rules: [{on: review-overdue, after: 72h}]"));
  const uint64_t forgotten = Request(MakeEmergency);
  EXPECT_THAT(Look(), IsEmpty());
  ASSERT_OK(Start("rules: [{on: review-overdue, after: 72h}]"));
  clock_.Advance(73 * kHour);
  EXPECT_THAT(LookAgain(),
              ElementsAre(absl::StrCat("review-overdue ", forgotten)));
}

TEST_F(LogMonitorTest, TellsOfFootageGivenBeforeItsRequestWasLogged) {
  ASSERT_OK(Start("rules: [{on: given-before-logged}]"));
  const uint64_t request = Request(MakeEmergency);
  const int64_t logged = AdmittedAt(request);
  const auto answer = [&](int64_t given_unix_ms) {
    v1::Statement response =
        log_.Make(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, kPlatform);
    *response.mutable_footage_response()->mutable_request() = LinkTo(request);
    *response.mutable_footage_response()->mutable_first_given() =
        statement::FromUnixMs(given_unix_ms);
    return log_.Add(response);
  };
  answer(logged);
  EXPECT_THAT(Look(), IsEmpty());
  // It has its answer, and is not forgotten: over a restart neither.
  ASSERT_OK(Start("rules: [{on: given-before-logged}]"));
  const uint64_t early = answer(logged - 1);
  ASSERT_THAT(Look(), ElementsAre(absl::StrCat("given-before-logged ", early)));
  EXPECT_EQ(alerts_[0].submitter, kPlatform);
  EXPECT_THAT(alerts_[0].text,
              HasSubstr(absl::StrCat("before request ", request, " of ",
                                     kAgency, " was logged")));
}

TEST_F(LogMonitorTest, TellsOfReportsThatSayAnotherNumber) {
  const std::string yaml =
      "rules: [{on: report-disagrees, submitter: 'ori:CA0194200'}]";
  ASSERT_OK(Start(yaml));
  const uint64_t request = log_.Request(kAgency);
  const uint32_t month = statement::MonthOf(AdmittedAt(request));
  const auto report = [&](absl::string_view by, absl::string_view with,
                          uint64_t count) {
    v1::Statement statement = log_.Make(v1::STATEMENT_KIND_PERIOD_REPORT, by);
    v1::PeriodReport& said = *statement.mutable_period_report();
    said.set_month(month);
    said.set_counterparty(std::string(with));
    said.clear_totals();
    v1::ClassTotal& total = *said.add_totals();
    total.set_channel(v1::CHANNEL_NATIONAL_SECURITY);
    total.set_legal_process(v1::LEGAL_PROCESS_NSL);
    total.set_count(count);
    return log_.Add(statement);
  };
  report(kPlatform, "", 1);  // no rule asks for the platform's own
  EXPECT_THAT(Look(), IsEmpty());
  // What was logged is not forgotten over a restart.
  ASSERT_OK(Start(yaml));
  const uint64_t wrong = report(kPlatform, kAgency, 3);
  const std::string alert = absl::StrCat("report-disagrees ", wrong);
  ASSERT_THAT(Look(), ElementsAre(alert));
  EXPECT_EQ(alerts_[0].submitter, kPlatform);
  EXPECT_THAT(alerts_[0].text,
              HasSubstr("national security letter: reported 3, "
                        "logged 0"));
  const uint64_t silent = report(kAgency, "", 0);
  ASSERT_THAT(Look(), ElementsAre(absl::StrCat("report-disagrees ", silent)));
  EXPECT_THAT(alerts_.back().text, HasSubstr("reported 0, logged 2"));
}

TEST_F(LogMonitorTest, TellsOfSealsThatHaveEnded) {
  ASSERT_OK(Start("rules: [{on: seal-overdue, after: 1d}]", 4));
  const uint64_t sealed = log_.Request(kAgency);
  EXPECT_THAT(Look(), IsEmpty());
  clock_.Advance(90 * 24 * kHour);
  EXPECT_THAT(LookAgain(), IsEmpty());  // the day of grace
  clock_.Advance(24 * kHour);
  // Two fields each. Entry 3 was there before, but its seals ended while the
  // monitor looked.
  const std::string late = absl::StrCat("seal-overdue ", sealed);
  ASSERT_THAT(LookAgain(),
              ElementsAre("seal-overdue 3", "seal-overdue 3", late, late));
  EXPECT_THAT(alerts_[2].text, HasSubstr("the seal of case_number in entry"));
  EXPECT_THAT(alerts_[3].text, HasSubstr("the seal of narrative in entry"));
  EXPECT_THAT(LookAgain(), IsEmpty());
}

TEST_F(LogMonitorTest, IsQuietAboutSealsThatWereOpenedOrErased) {
  constexpr int64_t kEnd = LogMaker::kStartUnixMs + 2 * kHour;
  const LogMaker::Sealed left = log_.SealedRequest(kAgency, kEnd);
  const LogMaker::Sealed opened = log_.SealedRequest(kAgency, kEnd);
  const uint64_t erased = log_.Request(kAgency);  // two fields, of 90 days
  log_.Unseal(kAgency, opened, kEnd);
  v1::Statement erasure = log_.Make(v1::STATEMENT_KIND_ERASURE, "");
  *erasure.mutable_erasure()->mutable_target() = LinkTo(erased);
  log_.Add(erasure);
  ASSERT_OK(Start("rules: [{on: seal-overdue, submitter: 'ori:CA0194200'}]"));
  EXPECT_THAT(Look(), IsEmpty());
  clock_.Advance(200 * 24 * kHour);
  // Entry 3 is the fixture's.
  EXPECT_THAT(LookAgain(),
              ElementsAre("seal-overdue 3", "seal-overdue 3",
                          absl::StrCat("seal-overdue ", left.index)));
}

TEST_F(LogMonitorTest, IsQuietAboutSealsThatWereRenewed) {
  ASSERT_OK(Start("rules: [{on: seal-overdue}]"));
  v1::Statement renewal = log_.Make(v1::STATEMENT_KIND_SEAL_RENEWAL, kAgency);
  v1::SealRenewal& what = *renewal.mutable_seal_renewal();
  what.mutable_target()->set_index(3);
  what.mutable_target()->set_leaf_hash(log_.leaf_hash(3));
  what.clear_paths();
  const v1::Statement request =
      log_.Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kAgency);
  for (const auto& sealed : request.header().sealed()) {
    what.add_paths(sealed.path());
  }
  what.mutable_sealed_until()->set_seconds(LogMaker::kStartUnixMs / 1000 +
                                           150 * 24 * 3600);
  log_.Add(renewal);
  EXPECT_THAT(Look(), IsEmpty());
  clock_.Advance(100 * 24 * kHour);
  EXPECT_THAT(LookAgain(), IsEmpty());
  clock_.Advance(60 * 24 * kHour);
  EXPECT_FALSE(LookAgain().empty());
}

// A resumed one has not read what the renewal is about.
TEST_F(LogMonitorTest, TellsOfARenewalUnderAPolicyThatItsRequestHasNot) {
  Policy(v1::CHANNEL_REQUEST_FOR_ASSISTANCE, [](v1::PolicyVersion* p) {
    p->set_max_seal_seconds(100 * 24 * 3600);
  });
  const LogMaker::Sealed sealed =
      log_.SealedRequest(kAgency, LogMaker::kStartUnixMs + 2 * kHour);
  ASSERT_OK(Start());
  EXPECT_THAT(Look(), IsEmpty());
  ASSERT_OK(Start());
  log_.Renew(kAgency, sealed, LogMaker::kStartUnixMs + 90 * 24 * kHour);
  EXPECT_THAT(Look(), IsEmpty());
  ASSERT_OK(Start());
  v1::Statement renewal = log_.Make(v1::STATEMENT_KIND_SEAL_RENEWAL, kAgency);
  v1::SealRenewal& what = *renewal.mutable_seal_renewal();
  *what.mutable_target() = LinkTo(sealed.index);
  what.mutable_sealed_until()->set_seconds(LogMaker::kStartUnixMs / 1000 +
                                           300 * 24 * 3600);
  // It outlasts what the policy allows, and says that none was there.
  const uint64_t index = log_.AddDamaged(renewal, [](v1::Entry* entry) {
    EXPECT_EQ(entry->findings_size(), 1);
    entry->clear_findings();
    entry->clear_policy();
  });
  EXPECT_THAT(Look(), ElementsAre(absl::StrCat("unsound ", index)));
}

TEST_F(LogMonitorTest, TellsOfAnAgencyGoneSilent) {
  ASSERT_OK(Start("rules: [{on: silent, after: 30d}]"));
  EXPECT_THAT(Look(), IsEmpty());
  clock_.Advance(29 * 24 * kHour);
  EXPECT_THAT(LookAgain(), IsEmpty());
  clock_.Advance(2 * 24 * kHour);
  EXPECT_THAT(LookAgain(), ElementsAre("silent 3"));
  EXPECT_THAT(LookAgain(), IsEmpty());
}

TEST_F(LogMonitorTest, IsQuietAboutAnAgencyThatMayNotSpeak) {
  const std::string yaml = "rules: [{on: silent, after: 30d}]";
  log_.Enrol("ori:CA0010000");
  log_.Enrol("ori:CA0370000");
  log_.Enrol("ori:CA0380000");
  ChangeStatus("ori:CA0010000", v1::SUBMITTER_STATUS_SUSPENDED);
  ChangeStatus("ori:CA0370000", v1::SUBMITTER_STATUS_LEFT);
  // Of one that is there already: it has said nothing itself.
  const uint64_t confirmed =
      ChangeStatus("ori:CA0380000", v1::SUBMITTER_STATUS_ACTIVE);
  ASSERT_OK(Start(yaml));
  EXPECT_THAT(Look(), IsEmpty());
  ASSERT_OK(Start(yaml));
  clock_.Advance(31 * 24 * kHour);
  EXPECT_THAT(LookAgain(),
              ElementsAre("silent 3", absl::StrCat("silent ", confirmed - 3)));
  // Whoever is back has its time from then on.
  log_.set_step_ms(31 * 24 * kHour);
  const uint64_t back =
      ChangeStatus("ori:CA0010000", v1::SUBMITTER_STATUS_ACTIVE);
  clock_.Set(AdmittedAt(back) + 29 * 24 * kHour);
  EXPECT_THAT(Look(), IsEmpty());
  clock_.Advance(2 * 24 * kHour);
  ASSERT_THAT(LookAgain(), ElementsAre(absl::StrCat("silent ", back)));
  EXPECT_EQ(alerts_[0].submitter, "ori:CA0010000");
}

// --- Trouble ----------------------------------------------------------------------

TEST_F(LogMonitorTest, TellsOfEntriesThatBreakTheRules) {
  ASSERT_OK(Start());
  const v1::Statement statement =
      log_.Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kAgency);
  const std::vector<crypto::PrivateKey> wrong = {LogMaker::Key("somebody")};
  log_.AddSignedBy(statement, wrong);
  EXPECT_THAT(Look(), ElementsAre("unsound 4"));
  // The same statement as before, in another entry.
  const v1::Statement twice =
      log_.Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kAgency);
  log_.Add(twice);
  log_.Add(twice);
  ASSERT_THAT(Look(), ElementsAre("unsound 6"));
  EXPECT_THAT(alerts_[0].text, HasSubstr("the statement of entry 5"));
}

TEST_F(LogMonitorTest, FollowsTheRegistryOverRestarts) {
  ASSERT_OK(Start());
  EXPECT_THAT(Look(), IsEmpty());
  ASSERT_OK(Start());
  EXPECT_EQ(monitor_->size(), 4u);
  log_.Enrol("ori:CA0010000");
  log_.Request("ori:CA0010000");
  log_.Request(kAgency);
  EXPECT_THAT(Look(), IsEmpty());
  // A duplicate is found across the restart, too.
  ASSERT_OK(Start());
  log_.AddBytes(log_.entry(3));
  const std::vector<std::string> alerts = Look();
  EXPECT_THAT(alerts, ::testing::Contains("unsound 7"));
  bool found = false;
  for (const Alert& alert : alerts_) {
    found =
        found || alert.text.find("statement of entry 3") != std::string::npos;
  }
  EXPECT_TRUE(found);
}

TEST_F(LogMonitorTest, TellsOfAKeeperThatOpensWhatWasRenewed) {
  constexpr int64_t kEnd = LogMaker::kStartUnixMs + 2 * kHour;
  log_.Enrol("keeper:example");
  const LogMaker::Sealed early = log_.SealedRequest(kAgency, kEnd);
  const LogMaker::Sealed in_time = log_.SealedRequest(kAgency, kEnd);
  log_.Renew(kAgency, early, kEnd + 2 * kHour);
  ASSERT_OK(Start());
  EXPECT_THAT(Look(), IsEmpty());
  // The renewal is remembered across the restart.
  ASSERT_OK(Start());
  log_.set_step_ms(3 * kHour);
  log_.Unseal("keeper:example", in_time, kEnd);
  log_.set_step_ms(1000);
  const uint64_t index = log_.Unseal("keeper:example", early, kEnd);
  ASSERT_THAT(Look(), ElementsAre(absl::StrCat("unsound ", index)));
  EXPECT_THAT(alerts_[0].text, HasSubstr("opened before its renewed end"));
}

TEST_F(LogMonitorTest, TellsOfACheckpointByAnotherKey) {
  ASSERT_OK(Start());
  EXPECT_THAT(Look(), IsEmpty());
  const checkpoint::NoteSigner other = LogMaker::Signer("other");
  log_.Request(kAgency);
  tiles_ = log_.Build(&other);
  EXPECT_THAT(LookAgain(), ElementsAre("inconsistent"));
  EXPECT_EQ(monitor_->size(), 4u);
  // It is told once, and again after it was over.
  EXPECT_THAT(LookAgain(), IsEmpty());
  EXPECT_THAT(Look(), IsEmpty());
  EXPECT_EQ(monitor_->size(), 5u);
  log_.Request(kAgency);
  tiles_ = log_.Build(&other);
  EXPECT_THAT(LookAgain(), ElementsAre("inconsistent"));
}

TEST_F(LogMonitorTest, TellsOfAMissingQuorum) {
  const auto witness = *checkpoint::NoteSigner::Create(
      "witness.example/w1", checkpoint::KeyType::kCosignature,
      LogMaker::Key("witness"));
  policy_ = std::make_unique<checkpoint::Policy>(*checkpoint::Policy::Parse(
      absl::StrCat("log ", LogMaker::Signer("log").vkey(), "\nwitness w1 ",
                   witness.vkey(), "\nquorum w1\n")));
  ASSERT_OK(Start());
  ASSERT_THAT(Look(), ElementsAre("inconsistent"));
  EXPECT_THAT(alerts_[0].text, HasSubstr("not cosigned"));
  log_.Request(kAgency);
  EXPECT_THAT(Look(), IsEmpty());  // still the same trouble
}

TEST_F(LogMonitorTest, TellsOfEntriesThatDoNotLeadToTheRoot) {
  ASSERT_OK(Start());
  EXPECT_THAT(Look(), IsEmpty());
  log_.Request(kAgency);
  tiles_ = log_.Build();
  tiles_.Entry(4) = log_.entry(3);
  EXPECT_THAT(LookAgain(), ElementsAre("inconsistent"));
  EXPECT_EQ(monitor_->size(), 4u);
  EXPECT_THAT(Look(), IsEmpty());
  EXPECT_EQ(monitor_->size(), 5u);
}

TEST_F(LogMonitorTest, TellsOfALogThatWentBack) {
  ASSERT_OK(Start());
  const tiles::MemoryTiles older = log_.Build();
  log_.Request(kAgency);
  EXPECT_THAT(Look(), IsEmpty());
  tiles_ = older;
  ASSERT_THAT(LookAgain(), ElementsAre("inconsistent"));
  EXPECT_THAT(alerts_[0].text, HasSubstr("went back from 5 entries to 4"));
  EXPECT_EQ(monitor_->size(), 5u);
}

// --- Two histories ----------------------------------------------------------------

// The fixture's log with so many requests; those of a fork are admitted at other
// times.
tiles::MemoryTiles LogOf(int requests, bool forked = false,
                         const checkpoint::NoteSigner* signer = nullptr) {
  LogMaker log;
  log.Enrol(kAgency);
  log.Enrol(kPlatform);
  if (forked) log.set_step_ms(1234);
  for (int i = 0; i < requests; ++i) log.Request(kAgency);
  return log.Build(signer);
}

TEST_F(LogMonitorTest, ConvictsALogThatForksBeforeItsEyes) {
  for (const int requests : {2, 5, 40}) {
    SCOPED_TRACE(requests);
    std::filesystem::remove_all(folder_ + "/state");
    ASSERT_OK(Start());
    tiles_ = LogOf(2);
    EXPECT_THAT(LookAgain(), IsEmpty());
    tiles_ = LogOf(requests, /*forked=*/true);
    EXPECT_THAT(LookAgain(), ElementsAre("split-view"));
    const checkpoint::Conviction conviction = Convicted();
    EXPECT_EQ(conviction.older.tree_size, 5u);
    EXPECT_EQ(conviction.newer.tree_size, 3u + requests);
    // It stays where it was, and says it once.
    EXPECT_EQ(monitor_->size(), 5u);
    EXPECT_THAT(LookAgain(), IsEmpty());
    Stop();
  }
}

TEST_F(LogMonitorTest, ConvictsByWhatAMirrorHas) {
  for (const int requests : {1, 2, 9}) {  // behind, beside and ahead of the log
    SCOPED_TRACE(requests);
    std::filesystem::remove_all(folder_ + "/state");
    tiles::MemoryTiles fork = LogOf(requests, /*forked=*/true);
    peers_.clear();
    AddPeer(&fork, /*is_mirror=*/true);
    tiles_ = LogOf(2);
    ASSERT_OK(Start());
    ASSERT_THAT(LookAgain(), ElementsAre("split-view"));
    EXPECT_THAT(alerts_[0].text, HasSubstr("the mirror"));
    Convicted();
    Stop();
  }
}

// One history is signed with each.
TEST_F(LogMonitorTest, ConvictsAcrossAChangeOfTheLogsKey) {
  const checkpoint::NoteSigner next = LogMaker::Signer("next");
  later_vkeys_ = {LogMaker::Signer("unused").vkey(), next.vkey()};
  for (const int requests : {1, 2, 9}) {
    SCOPED_TRACE(requests);
    std::filesystem::remove_all(folder_ + "/state");
    tiles::MemoryTiles fork = LogOf(requests, /*forked=*/true, &next);
    peers_.clear();
    AddPeer(&fork, /*is_mirror=*/true);
    tiles_ = LogOf(2);
    ASSERT_OK(Start());
    ASSERT_THAT(LookAgain(), ElementsAre("split-view"));
    Convicted();
    ASSERT_OK_AND_ASSIGN(const auto file, checkpoint::ParseEvidenceFile(
                                              ReadAll(alerts_[0].evidence)));
    EXPECT_THAT(file.vkeys,
                ElementsAre(LogMaker::Signer("log").vkey(), next.vkey()));
    Stop();
  }
}

TEST_F(LogMonitorTest, ConvictsByWhatAWitnessHasCosigned) {
  for (const int requests : {1, 2}) {
    SCOPED_TRACE(requests);
    std::filesystem::remove_all(folder_ + "/state");
    tiles::MemoryTiles fork = LogOf(requests, /*forked=*/true);
    peers_.clear();
    AddPeer(&fork, /*is_mirror=*/false);
    tiles_ = LogOf(2);
    ASSERT_OK(Start());
    EXPECT_THAT(LookAgain(), ElementsAre("split-view"));
    Convicted();
    Stop();
  }
}

// Whom the log has shown more than us, and not the same.
TEST_F(LogMonitorTest, ConvictsByTwoPeersThatAreBothAhead) {
  tiles::MemoryTiles one = LogOf(3);
  tiles::MemoryTiles other = LogOf(3, /*forked=*/true);
  AddPeer("w1", &one, false);
  AddPeer("w2", &one, false);
  AddPeer("w3", &other, false);
  AddPeer("w4", &other, false);
  tiles_ = LogOf(1);
  ASSERT_OK(Start("peer_interval: 1s"));
  ASSERT_THAT(LookAgain(), ElementsAre("split-view"));
  EXPECT_THAT(alerts_[0].text, HasSubstr("w1 shows one and w3 the other"));
  const checkpoint::Conviction conviction = Convicted();
  EXPECT_EQ(conviction.older.tree_size, 6u);
  EXPECT_EQ(conviction.newer.tree_size, 6u);
  EXPECT_NE(conviction.older.root_hash, conviction.newer.root_hash);
  EXPECT_TRUE(monitor_->in_trouble());
}

TEST_F(LogMonitorTest, TellsOfOneSplitOnceWhoeverShowsIt) {
  tiles::MemoryTiles one = LogOf(3);
  tiles::MemoryTiles other = LogOf(3, /*forked=*/true);
  AddPeer("w1", &other, false);
  AddPeer("w2", &one, false);
  tiles_ = LogOf(1);
  const std::string yaml = "peer_interval: 1s";
  ASSERT_OK(Start(yaml));
  EXPECT_THAT(LookAgain(), ElementsAre("split-view"));
  // The same two again; then the log itself, beside one of them and beyond.
  for (const int requests : {1, 3, 4, 9}) {
    SCOPED_TRACE(requests);
    tiles_ = LogOf(requests);
    clock_.Advance(1000);
    EXPECT_THAT(LookAgain(), IsEmpty());
    ASSERT_OK(Start(yaml));
  }
  EXPECT_EQ(EvidenceFiles(), 1u);
}

TEST_F(LogMonitorTest, ConvictsByPeersOfALogThatShowsNothing) {
  tiles::MemoryTiles one = LogOf(3);
  tiles::MemoryTiles other = LogOf(3, /*forked=*/true);
  AddPeer("w1", &one, false);
  AddPeer("m1", &other, true);
  ASSERT_OK(Start());
  EXPECT_THAT(LookAgain(), ElementsAre("split-view"));
  EXPECT_FALSE(looked_.ok());
  EXPECT_EQ(monitor_->size(), 0u);
  Convicted();
}

// A log that is beyond help fills no disk.
TEST_F(LogMonitorTest, KeepsSoManyFilesOfSplitsAndNoMore) {
  uint64_t size = 100;
  for (const char root : {'a', 'b'}) {
    peers_.push_back({std::string(1, root), [&, root] {
                        return log_.CheckpointOf(size, std::string(32, root),
                                                 nullptr);
                      }});
  }
  ASSERT_OK(Start("peer_interval: 1s"));
  size_t told = 0;
  for (size_t i = 0; i < LogMonitor::kMaxSplits + 2; ++i, ++size) {
    told += Look().size();
    clock_.Advance(1000);
  }
  EXPECT_EQ(told, LogMonitor::kMaxSplits);
  EXPECT_EQ(EvidenceFiles(), LogMonitor::kMaxSplits);
  EXPECT_TRUE(monitor_->in_trouble());
}

TEST_F(LogMonitorTest, IsQuietAboutPeersOfOneHistory) {
  tiles::MemoryTiles behind = LogOf(1);
  log_.Request(kAgency);
  tiles::MemoryTiles ahead = LogOf(3);
  AddPeer(&behind, true);
  AddPeer(&behind, false);
  AddPeer(&ahead, true);
  ASSERT_OK(Start("peer_interval: 1s"));
  EXPECT_THAT(Look(), IsEmpty());
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(LogMonitorTest, TellsOfAWitnessThatKnowsMoreForLong) {
  tiles::MemoryTiles ahead = LogOf(2);
  AddPeer(&ahead, false);
  ASSERT_OK(Start("{peer_interval: 1s, peer_ahead_after: 10m}"));
  EXPECT_THAT(Look(), IsEmpty());
  clock_.Advance(9 * 60'000);
  EXPECT_THAT(LookAgain(), IsEmpty());
  clock_.Advance(60'000);
  ASSERT_THAT(LookAgain(), ElementsAre("split-view"));
  EXPECT_EQ(alerts_[0].evidence, "");  // suspicious, not proven
  EXPECT_THAT(alerts_[0].text, HasSubstr("shown no more than 4 entries"));
}

// It is always a step behind what the witness has just cosigned, and takes it.
TEST_F(LogMonitorTest, IsQuietAboutABusyLogThatCatchesUp) {
  tiles::MemoryTiles ahead;
  AddPeer(&ahead, false);
  ASSERT_OK(Start("{peer_interval: 1s, peer_ahead_after: 10m}"));
  for (int requests = 1; requests < 6; ++requests) {
    tiles_ = LogOf(requests);
    ahead = LogOf(requests + 1);
    EXPECT_THAT(LookAgain(), IsEmpty());
    clock_.Advance(9 * 60'000);
  }
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(LogMonitorTest, ConvictsABusyLogByWhatAWitnessHadBefore) {
  tiles::MemoryTiles ahead = LogOf(2, /*forked=*/true);
  AddPeer(&ahead, false);
  tiles_ = LogOf(1);
  ASSERT_OK(Start("{peer_interval: 1s, peer_ahead_after: 10m}"));
  EXPECT_THAT(LookAgain(), IsEmpty());
  tiles_ = LogOf(3);
  ahead = LogOf(4, /*forked=*/true);
  clock_.Advance(1000);
  ASSERT_THAT(LookAgain(), ElementsAre("split-view"));
  EXPECT_THAT(alerts_[0].text, HasSubstr("the witness showed the other"));
  EXPECT_EQ(Convicted().older.tree_size, 5u);
}

// A fork that answers no question, or none well, is not convicted; it is not left
// alone either.
TEST_F(LogMonitorTest, TellsOfALogThatNeverProvesWhatAWitnessHas) {
  const std::function<void()> answers_badly[] = {
      [this] { tiles_.EraseTile(0, 0); },
      [this] { tiles_.Tile(0, 0)[0] ^= 1; },
  };
  for (const auto& answer_badly : answers_badly) {
    std::filesystem::remove_all(folder_ + "/state");
    tiles::MemoryTiles fork = LogOf(1, /*forked=*/true);
    peers_.clear();
    AddPeer(&fork, false);
    tiles_ = LogOf(2);
    answer_badly();
    ASSERT_OK(Start("{peer_interval: 1s, peer_ahead_after: 10m}"));
    EXPECT_THAT(LookAgain(), IsEmpty());
    clock_.Advance(9 * 60'000);
    EXPECT_THAT(LookAgain(), IsEmpty());
    clock_.Advance(60'000);
    ASSERT_THAT(LookAgain(), ElementsAre("split-view"));
    EXPECT_EQ(alerts_[0].evidence, "");
    EXPECT_THAT(alerts_[0].text, HasSubstr("the witness has had a checkpoint "
                                           "of 4 entries since"));
    EXPECT_THAT(alerts_[0].text, HasSubstr("proof between sizes 4 and 5"));
    clock_.Advance(1000);
    EXPECT_THAT(LookAgain(), IsEmpty());
    EXPECT_TRUE(monitor_->in_trouble());
    Stop();
  }
}

// One that looks once, from a timer, comes to tell of it as well.
TEST_F(LogMonitorTest, RemembersOverARestartWhatAWitnessHad) {
  tiles::MemoryTiles ahead = LogOf(2);
  AddPeer(&ahead, false);
  tiles_ = LogOf(1);
  const std::string yaml = "{peer_interval: 1s, peer_ahead_after: 10m}";
  ASSERT_OK(Start(yaml));
  EXPECT_THAT(LookAgain(), IsEmpty());
  ahead = LogOf(3);
  for (int minutes = 1; minutes < 10; ++minutes) {
    clock_.Advance(60'000);
    ASSERT_OK(Start(yaml));
    EXPECT_THAT(LookAgain(), IsEmpty());
  }
  clock_.Advance(60'000);
  ASSERT_OK(Start(yaml));
  ASSERT_THAT(LookAgain(), ElementsAre("split-view"));
  EXPECT_THAT(alerts_[0].text, HasSubstr("a checkpoint of 5 entries since"));
  // A peer that is asked no more is forgotten.
  peers_.clear();
  ASSERT_OK(Start(yaml));
  ASSERT_OK(monitor_->Keep());
  EXPECT_THAT(ReadAll(folder_ + "/state/state.json"),
              HasSubstr("\"unproven\":[]"));
}

TEST_F(LogMonitorTest, IsQuietAboutALogThatProvesInTime) {
  tiles::MemoryTiles behind = LogOf(1);
  AddPeer(&behind, false);
  tiles_ = LogOf(2);
  tiles_.EraseTile(0, 0);
  ASSERT_OK(Start("{peer_interval: 1s, peer_ahead_after: 10m}"));
  EXPECT_THAT(LookAgain(), IsEmpty());
  clock_.Advance(9 * 60'000);
  tiles_ = LogOf(2);
  EXPECT_THAT(LookAgain(), IsEmpty());
  // The time begins anew.
  clock_.Advance(60'000);
  tiles_.EraseTile(0, 0);
  EXPECT_THAT(LookAgain(), IsEmpty());
  clock_.Advance(10 * 60'000);
  EXPECT_THAT(LookAgain(), ElementsAre("split-view"));
  tiles_ = LogOf(2);
  clock_.Advance(1000);
  EXPECT_THAT(LookAgain(), IsEmpty());
  EXPECT_FALSE(monitor_->in_trouble());
}

TEST_F(LogMonitorTest, GoesOnWithoutAPeerThatIsAway) {
  peers_.push_back({"nobody", [] {
                      return absl::StatusOr<std::string>(
                          absl::UnavailableError("no route"));
                    }});
  ASSERT_OK(Start());
  EXPECT_THAT(Look(), IsEmpty());
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("nobody: no route")));
}

// --- State ------------------------------------------------------------------------

TEST_F(LogMonitorTest, GoesOnAfterARestartAsIfThereHadBeenNone) {
  const std::string rules = "rules: [{on: request}]";
  std::vector<std::string> once;
  for (const bool restarts : {false, true}) {
    std::filesystem::remove_all(folder_ + "/state");
    LogMaker log;
    log.Enrol(kAgency);
    std::vector<std::string> ids;
    ASSERT_OK(Start(rules));
    for (int i = 0; i < 600; i += 50) {
      if (restarts) {
        ASSERT_OK(Start(rules));
      }
      for (int n = 0; n < 50; ++n) log.Request(kAgency);
      tiles_ = log.Build();
      LookAgain();
      for (const Alert& alert : alerts_) ids.push_back(alert.id);
    }
    EXPECT_EQ(ids.size(), 600u);
    if (!restarts) once = ids;
    EXPECT_EQ(ids, once);
    Stop();
  }
}

TEST_F(LogMonitorTest, RefusesAFolderThatItMayNotHave) {
  ASSERT_OK(Start());
  EXPECT_THAT(MonitorFolder::Open(folder_ + "/state"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("another process")));
  EXPECT_THAT(Look(), IsEmpty());
  Stop();
  const std::string state = folder_ + "/state/state.json";
  std::string text = ReadAll(state);
  const auto write = [](const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  };
  write(state, absl::StrReplaceAll(
                   text, {{std::string(LogMaker::kOrigin), "log.example/2"}}));
  EXPECT_FALSE(Start().ok());
  write(state, text.substr(0, text.size() / 2));
  EXPECT_THAT(Start(), StatusIs(absl::StatusCode::kDataLoss));
  write(state, text);
  const std::string identities = folder_ + "/state/identities";
  std::string bytes = ReadAll(identities);
  write(identities, bytes.substr(0, bytes.size() - 1));
  EXPECT_THAT(Start(), StatusIs(absl::StatusCode::kDataLoss));
  // What a crash may leave behind the end is not in the way.
  write(identities, bytes + "half an entry");
  ASSERT_OK(Start());
  log_.Request(kAgency);
  EXPECT_THAT(Look(), IsEmpty());
  EXPECT_EQ(monitor_->size(), 5u);
}

TEST_F(LogMonitorTest, WritesAnAtomFileOfTheNewestAlerts) {
  const std::string atom = folder_ + "/alerts.atom";
  const std::string yaml = absl::StrCat(
      "rules: [{on: request}]\noutputs: {stdout: false, atom: "
      "{file: ",
      atom, ", max_entries: 2}}");
  ASSERT_OK(Start(yaml));
  log_.Request(kAgency);
  log_.Request(kAgency);
  EXPECT_THAT(Look(), IsEmpty());  // not to standard output
  const std::string text = ReadAll(atom);
  EXPECT_THAT(text, HasSubstr("<feed xmlns=\"http://www.w3.org/2005/Atom\">"));
  size_t entries = 0;
  for (size_t at = 0; (at = text.find("<entry>", at)) != std::string::npos;
       ++at) {
    ++entries;
  }
  EXPECT_EQ(entries, 2u);
  EXPECT_THAT(text, HasSubstr(std::string(kAgency)));
}

}  // namespace
}  // namespace sightline::monitor
