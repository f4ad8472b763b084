#include "monitor/check_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status_matchers.h"
#include "checkpoint/log_keys.h"
#include "checkpoint/note_signer.h"
#include "crypto/sha256.h"
#include "monitor/log_maker.h"
#include "monitor/problem.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "statement/policy.h"
#include "tiles/entry_source.h"
#include "tiles/memory_tiles.h"

namespace sightline::monitor {
namespace {

using ::sightline::base::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr absl::string_view kAgency = "ori:CA0194200";
constexpr absl::string_view kOtherAgency = "ori:WI0410800";
constexpr absl::string_view kPlatform = "platform:example-cameras";
constexpr absl::string_view kParty = "party:example-reporter";

MATCHER_P2(IsAt, kind, index, "") {
  return arg.kind == kind && arg.index == std::optional<uint64_t>(index);
}
MATCHER_P(IsKind, kind, "") { return arg.kind == kind; }

// A log with two agencies, a platform and a party, all policies, and one entry
// of every other kind.
class CheckLogTest : public ::testing::Test {
 protected:
  CheckLogTest() {
    for (absl::string_view submitter :
         {kAgency, kOtherAgency, kPlatform, kParty}) {
      log_.Enrol(submitter);
    }
    for (const v1::PolicyVersion& policy : statement::DefaultPolicies()) {
      v1::Statement statement =
          log_.Make(v1::STATEMENT_KIND_POLICY_VERSION, "");
      *statement.mutable_policy_version() = policy;
      log_.Add(statement);
    }
    request_ = log_.Request(kAgency);
    AddLinked(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, kPlatform);
    AddLinked(v1::STATEMENT_KIND_AMENDMENT, kAgency);
    AddLinked(v1::STATEMENT_KIND_SEAL_RENEWAL, kAgency);
    log_.Add(log_.Make(v1::STATEMENT_KIND_PERIOD_REPORT, kAgency));
    log_.Add(log_.Make(v1::STATEMENT_KIND_REGISTRY_EVENT, kOtherAgency));
    log_.Add(log_.Make(v1::STATEMENT_KIND_ATTESTATION, kParty));
  }

  void AddRequests(int count) {
    for (int i = 0; i < count; ++i) {
      log_.Request(i % 3 == 0 ? kOtherAgency : kAgency);
    }
  }

  v1::EntryLink LinkTo(uint64_t index) const {
    v1::EntryLink link;
    link.set_index(index);
    link.set_leaf_hash(log_.leaf_hash(index));
    return link;
  }

  v1::Statement Linked(v1::StatementKind kind, absl::string_view submitter,
                       const v1::EntryLink& link) {
    v1::Statement statement = log_.Make(kind, submitter);
    switch (kind) {
      case v1::STATEMENT_KIND_FOOTAGE_RESPONSE:
        *statement.mutable_footage_response()->mutable_request() = link;
        break;
      case v1::STATEMENT_KIND_AMENDMENT:
        *statement.mutable_amendment()->mutable_target() = link;
        break;
      default:
        *statement.mutable_seal_renewal()->mutable_target() = link;
        break;
    }
    return statement;
  }
  void AddLinked(v1::StatementKind kind, absl::string_view submitter) {
    AddLinked(kind, submitter, request_);
  }
  void AddLinked(v1::StatementKind kind, absl::string_view submitter,
                 uint64_t to) {
    log_.Add(Linked(kind, submitter, LinkTo(to)));
  }

  // A warrant that a court forbids to tell of for 30 days.
  v1::Statement Gagged(absl::string_view submitter) {
    v1::Statement out =
        log_.Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST, submitter);
    v1::StatementHeader& header = *out.mutable_header();
    header.clear_sealed();
    v1::WholeSeal& seal = *header.mutable_whole_seal();
    seal.set_ground(v1::SEAL_GROUND_JEOPARDIZE);
    seal.set_granter(v1::SEAL_GRANTER_COURT);
    seal.mutable_sealed_until()->set_seconds(header.claimed_time().seconds() +
                                             30 * 24 * 3600);
    v1::FootageRequest& request = *out.mutable_footage_request();
    request.set_channel(v1::CHANNEL_LEGAL_PROCESS);
    request.set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT);
    request.set_court_county_fips("06037");
    request.set_judge_issued(v1::DECLARED_YES);
    request.mutable_policy()->set_policy_id("ca-electronic-warrant");
    return out;
  }

  static CheckReport Check(tiles::MemoryTiles* log,
                           const CheckOptions& options = {}) {
    const checkpoint::LogKeySet trusted = LogMaker::TrustedKeys();
    absl::StatusOr<CheckReport> report = CheckLog(log, &trusted, options);
    EXPECT_OK(report.status());
    return report.ok() ? *std::move(report) : CheckReport();
  }
  // Of the log as it is now.
  std::vector<Problem> Problems(const CheckOptions& options = {}) {
    tiles::MemoryTiles built = log_.Build();
    return Check(&built, options).problems;
  }

  LogMaker log_;
  uint64_t request_ = 0;
};

TEST_F(CheckLogTest, FindsNothingInASoundLogAtAnyDepthAndThreads) {
  AddRequests(600);
  tiles::MemoryTiles built = log_.Build();
  for (CheckDepth depth :
       {CheckDepth::kHashes, CheckDepth::kRules, CheckDepth::kSignatures}) {
    for (int threads : {1, 4}) {
      CheckOptions options;
      options.depth = depth;
      options.threads = threads;
      options.at_rest = true;
      const CheckReport report = Check(&built, options);
      EXPECT_THAT(report.problems, IsEmpty());
      EXPECT_TRUE(report.sound());
      EXPECT_EQ(report.entries, log_.size());
      EXPECT_EQ(report.checkpoint.tree_size, log_.size());
      EXPECT_THAT(report.signed_by,
                  ElementsAre(HasSubstr(std::string(LogMaker::kOrigin))));
    }
  }
}

TEST_F(CheckLogTest, FindsNothingInTheSmallestLogs) {
  for (uint64_t requests : {0, 1, 240, 241, 242}) {
    LogMaker log;
    log.Enrol(kAgency);
    for (uint64_t i = 0; i < requests; ++i) log.Request(kAgency);
    tiles::MemoryTiles built = log.Build();
    CheckOptions options;
    options.at_rest = true;
    EXPECT_THAT(Check(&built, options).problems, IsEmpty()) << requests;
  }
}

TEST_F(CheckLogTest, CountsWhatItChecks) {
  tiles::MemoryTiles built = log_.Build();
  const CheckReport report = Check(&built);
  uint64_t bytes = 0;
  for (uint64_t i = 0; i < log_.size(); ++i) bytes += log_.entry(i).size();
  EXPECT_EQ(report.entry_bytes, bytes);
  EXPECT_EQ(report.tiles, 1);
  // Registry entries carry two signatures.
  EXPECT_EQ(report.signatures, log_.size() + report.control_indices.size());
  EXPECT_THAT(report.control_indices, SizeIs(1 + 4 + 3));
  ASSERT_THAT(report.feeds, SizeIs(5));
  const FeedTotals& agency = report.feeds[0];
  EXPECT_EQ(agency.submitter, kAgency);
  EXPECT_EQ(agency.entries, 4);
  EXPECT_THAT(
      agency.totals,
      ElementsAre(KindTotal{v1::STATEMENT_KIND_FOOTAGE_REQUEST, 2020, 1},
                  KindTotal{v1::STATEMENT_KIND_AMENDMENT, 2020, 1},
                  KindTotal{v1::STATEMENT_KIND_SEAL_RENEWAL, 2020, 1},
                  KindTotal{v1::STATEMENT_KIND_PERIOD_REPORT, 2020, 1}));
}

TEST_F(CheckLogTest, ReportsProgressUpToTheEnd) {
  AddRequests(1500);
  std::vector<uint64_t> done;
  CheckOptions options;
  options.depth = CheckDepth::kHashes;
  options.progress = [&](uint64_t entries_done, uint64_t entries) {
    EXPECT_EQ(entries, log_.size());
    done.push_back(entries_done);
  };
  EXPECT_THAT(Problems(options), IsEmpty());
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
  ASSERT_THAT(done, Not(IsEmpty()));
  EXPECT_EQ(done.back(), log_.size());
}

TEST_F(CheckLogTest, HandsEveryEntryOfTheRangeToTheInspector) {
  AddRequests(1200);
  std::mutex mutex;
  std::set<uint64_t> seen;
  CheckOptions options;
  options.depth = CheckDepth::kRules;
  options.from = 100;
  options.inspect = [&](absl::Span<const EntryFacts> facts, ProblemLog*) {
    std::lock_guard<std::mutex> lock(mutex);
    for (const EntryFacts& fact : facts) {
      EXPECT_TRUE(seen.insert(fact.index).second);
      EXPECT_EQ(crypto::AsBytes(fact.leaf_hash), log_.leaf_hash(fact.index));
      EXPECT_FALSE(fact.is_control);
    }
    return absl::OkStatus();
  };
  EXPECT_THAT(Problems(options), IsEmpty());
  EXPECT_EQ(seen.size(), log_.size() - 100);
  EXPECT_EQ(*seen.begin(), 100);
}

// --- the checkpoint -----------------------------------------------------------

TEST_F(CheckLogTest, ReportsACheckpointThatIsNone) {
  tiles::MemoryTiles built = log_.Build();
  built.SetCheckpoint("not a note");
  const CheckReport report = Check(&built);
  EXPECT_FALSE(report.sound());
  EXPECT_THAT(report.problems,
              ElementsAre(IsKind(ProblemKind::kCheckpointMalformed)));
}

TEST_F(CheckLogTest, ReportsACheckpointByAKeyThatNobodyTrusts) {
  const checkpoint::NoteSigner stranger = LogMaker::Signer("stranger");
  tiles::MemoryTiles built = log_.Build(&stranger);
  // Neither the caller's keys nor those that the log names.
  EXPECT_THAT(Check(&built).problems,
              ElementsAre(IsKind(ProblemKind::kCheckpointSignature),
                          IsKind(ProblemKind::kCheckpointSignature)));
  CheckOptions hashes;
  hashes.depth = CheckDepth::kHashes;
  EXPECT_THAT(Check(&built, hashes).problems,
              ElementsAre(IsKind(ProblemKind::kCheckpointSignature)));
}

TEST_F(CheckLogTest, TrustsTheLogsOwnKeysWhenNoneAreGiven) {
  for (CheckDepth depth : {CheckDepth::kHashes, CheckDepth::kSignatures}) {
    CheckOptions options;
    options.depth = depth;
    tiles::MemoryTiles built = log_.Build();
    ASSERT_OK_AND_ASSIGN(CheckReport report,
                         CheckLog(&built, nullptr, options));
    EXPECT_THAT(report.problems, IsEmpty());
    const checkpoint::NoteSigner stranger = LogMaker::Signer("stranger");
    built = log_.Build(&stranger);
    ASSERT_OK_AND_ASSIGN(report, CheckLog(&built, nullptr, options));
    EXPECT_THAT(report.problems,
                ElementsAre(IsKind(ProblemKind::kCheckpointSignature)));
  }
}

TEST_F(CheckLogTest, LetsAKeyCountForItsTreeSizesOnly) {
  v1::Statement change = log_.Make(v1::STATEMENT_KIND_LOG_KEY_CHANGE, "");
  const uint64_t first = log_.size() + 3;
  v1::LogKeyChange& keys = *change.mutable_log_key_change();
  keys.clear_log_keys();
  keys.add_log_keys()->set_vkey(LogMaker::Signer("next log").vkey());
  keys.mutable_log_keys(0)->set_first_size(first);
  keys.add_log_keys()->set_vkey(LogMaker::Signer("log").vkey());
  keys.mutable_log_keys(1)->set_end_size(first);
  log_.Add(change);
  const checkpoint::NoteSigner next = LogMaker::Signer("next log");
  tiles::MemoryTiles early_by_old = log_.Build();
  tiles::MemoryTiles early_by_next = log_.Build(&next);
  while (log_.size() < first) log_.Request(kAgency);
  tiles::MemoryTiles late_by_old = log_.Build();
  tiles::MemoryTiles late_by_next = log_.Build(&next);
  for (CheckDepth depth : {CheckDepth::kHashes, CheckDepth::kSignatures}) {
    CheckOptions options;
    options.depth = depth;
    EXPECT_TRUE(CheckLog(&early_by_old, nullptr, options)->sound());
    EXPECT_FALSE(CheckLog(&early_by_next, nullptr, options)->sound());
    EXPECT_FALSE(CheckLog(&late_by_old, nullptr, options)->sound());
    EXPECT_TRUE(CheckLog(&late_by_next, nullptr, options)->sound());
  }
}

TEST_F(CheckLogTest, ReportsARootThatIsNotThatOfTheEntries) {
  tiles::MemoryTiles built = log_.Build();
  built.SetCheckpoint(
      log_.CheckpointOf(log_.size(), std::string(32, 'x'), nullptr));
  EXPECT_THAT(Check(&built).problems,
              ElementsAre(IsKind(ProblemKind::kRootHash)));
}

TEST_F(CheckLogTest, DoesNotWalkToAnEndThatIsNotThere) {
  tiles::MemoryTiles built = log_.Build();
  built.SetCheckpoint(
      log_.CheckpointOf(uint64_t{1} << 60, std::string(32, 'x'), nullptr));
  const CheckReport report = Check(&built);
  EXPECT_THAT(report.problems, ElementsAre(IsAt(ProblemKind::kEntryMissing,
                                                (uint64_t{1} << 60) - 1)));
}

// --- bytes --------------------------------------------------------------------

TEST_F(CheckLogTest, NamesAnEntryWithAFlippedBitAtEveryDepth) {
  AddRequests(300);
  for (uint64_t index : {uint64_t{1}, uint64_t{270}, log_.size() - 1}) {
    for (CheckDepth depth :
         {CheckDepth::kHashes, CheckDepth::kRules, CheckDepth::kSignatures}) {
      tiles::MemoryTiles built = log_.Build();
      built.Entry(index).back() ^= 1;
      CheckOptions options;
      options.depth = depth;
      EXPECT_THAT(Check(&built, options).problems,
                  Contains(IsAt(ProblemKind::kEntryHash, index)));
    }
  }
}

TEST_F(CheckLogTest, NamesADamagedOrMissingTileOfEveryLevel) {
  AddRequests(600);
  CheckOptions hashes;
  hashes.depth = CheckDepth::kHashes;
  for (const auto& [level, index] :
       std::vector<std::pair<uint8_t, uint64_t>>{{0, 1}, {0, 2}, {1, 0}}) {
    tiles::MemoryTiles built = log_.Build();
    built.Tile(level, index)[40] ^= 1;
    EXPECT_THAT(Check(&built, hashes).problems,
                ElementsAre(AllOf(
                    IsKind(ProblemKind::kTileHash),
                    Field(&Problem::where, absl::StrCat("tile ", level, "/",
                                                        index, " hash 1")))));
    built.EraseTile(level, index);
    EXPECT_THAT(Check(&built, hashes).problems,
                ElementsAre(IsKind(ProblemKind::kTileMissing)));
  }
}

TEST_F(CheckLogTest, ChecksStoredMidsWhenTheyAreAtHand) {
  AddRequests(300);
  tiles::MemoryTiles built = log_.Build();
  built.Tile(0, 0)[256 * 32] ^= 1;
  EXPECT_THAT(Check(&built).problems, IsEmpty());  // served bytes are right
  CheckSources sources;
  sources.checkpoint = *built.ReadCheckpoint();
  tiles::BundleEntrySource entries(&built, log_.size());
  sources.entries = &entries;
  sources.stored_tiles = &built;
  ASSERT_OK_AND_ASSIGN(CheckReport report, CheckLog(sources, nullptr, {}));
  EXPECT_THAT(report.problems, ElementsAre(IsKind(ProblemKind::kTileMid)));
}

TEST_F(CheckLogTest, LooksBeyondTheTreeAtRest) {
  tiles::MemoryTiles built = log_.Build();
  std::string wider = built.Tile(0, 0);
  log_.Request(kAgency);
  tiles::MemoryTiles longer = log_.Build();
  longer.SetCheckpoint(*built.ReadCheckpoint());
  EXPECT_THAT(Check(&longer).problems, IsEmpty());  // it may be growing
  CheckOptions at_rest;
  at_rest.at_rest = true;
  EXPECT_THAT(Check(&longer, at_rest).problems,
              ElementsAre(IsKind(ProblemKind::kTileExtra)));
  built.Tile(1, 0) = std::string(32, 'x');
  EXPECT_THAT(Check(&built, at_rest).problems,
              ElementsAre(IsKind(ProblemKind::kTileExtra)));
}

TEST_F(CheckLogTest, ComputesTheRootOfALogWithoutTiles) {
  AddRequests(700);
  tiles::MemoryTiles built = log_.Build();
  tiles::BundleEntrySource entries(&built, log_.size());
  CheckSources sources;
  sources.checkpoint = *built.ReadCheckpoint();
  sources.entries = &entries;
  CheckOptions options;
  options.depth = CheckDepth::kRules;
  EXPECT_TRUE(CheckLog(sources, nullptr, options)->sound());
  built.Entry(400).back() ^= 1;
  EXPECT_THAT(CheckLog(sources, nullptr, options)->problems,
              Contains(IsKind(ProblemKind::kRootHash)));
}

// Fails for some entries, as a store with a damaged block does.
class HoleyEntries final : public tiles::EntrySource {
 public:
  HoleyEntries(tiles::EntrySource* entries, std::set<uint64_t> holes,
               absl::Status error)
      : entries_(entries), holes_(std::move(holes)), error_(std::move(error)) {}

  absl::Status ReadEntries(uint64_t begin, uint64_t end,
                           Visitor visit) override {
    for (uint64_t i = begin; i < end; ++i) {
      if (holes_.count(i) > 0) return error_;
      const absl::Status status = entries_->ReadEntries(i, i + 1, visit);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  tiles::EntrySource* entries_;
  std::set<uint64_t> holes_;
  absl::Status error_;
};

TEST_F(CheckLogTest, GoesOnAfterEntriesThatCannotBeRead) {
  AddRequests(100);
  tiles::MemoryTiles built = log_.Build();
  tiles::BundleEntrySource bundles(&built, log_.size());
  HoleyEntries entries(&bundles, {50, 51, 99},
                       absl::DataLossError("checksum mismatch"));
  CheckSources sources;
  sources.checkpoint = *built.ReadCheckpoint();
  sources.entries = &entries;
  sources.tiles = &built;
  CheckOptions options;
  options.depth = CheckDepth::kHashes;
  ASSERT_OK_AND_ASSIGN(CheckReport report, CheckLog(sources, nullptr, options));
  EXPECT_THAT(report.problems,
              ElementsAre(IsAt(ProblemKind::kEntryMissing, 50),
                          IsAt(ProblemKind::kEntryMissing, 51),
                          IsAt(ProblemKind::kEntryMissing, 99)));
  EXPECT_EQ(report.entries, log_.size() - 3);
}

TEST_F(CheckLogTest, FailsWhenTheLogCannotBeReached) {
  AddRequests(100);
  tiles::MemoryTiles built = log_.Build();
  tiles::BundleEntrySource bundles(&built, log_.size());
  HoleyEntries entries(&bundles, {50}, absl::UnavailableError("no route"));
  CheckSources sources;
  sources.checkpoint = *built.ReadCheckpoint();
  sources.entries = &entries;
  sources.tiles = &built;
  EXPECT_THAT(CheckLog(sources, nullptr, {}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("entry 50")));
}

// --- what entries say ---------------------------------------------------------

TEST_F(CheckLogTest, NamesAnEntryThatIsNone) {
  const uint64_t index = log_.AddBytes("garbage");
  EXPECT_THAT(Problems(),
              ElementsAre(IsAt(ProblemKind::kEntryMalformed, index)));
}

TEST_F(CheckLogTest, NamesAnEntryWithAnUnknownField) {
  const uint64_t index = log_.AddDamaged(
      log_.Make(v1::STATEMENT_KIND_PERIOD_REPORT, kAgency),
      [](v1::Entry* entry) {
        entry->GetReflection()->MutableUnknownFields(entry)->AddVarint(99, 1);
      });
  EXPECT_THAT(Problems(), Contains(IsAt(ProblemKind::kEntryMalformed, index)));
}

TEST_F(CheckLogTest, NamesAStatementThatIsNotWellFormed) {
  v1::Statement statement =
      log_.Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kAgency);
  statement.mutable_footage_request()->set_offence_code("ZZZ");
  const uint64_t index = log_.Add(statement);
  EXPECT_THAT(Problems(),
              ElementsAre(AllOf(
                  IsAt(ProblemKind::kStatementMalformed, index),
                  Field(&Problem::where, "footage_request.offence_code"))));
}

TEST_F(CheckLogTest, NamesAnAdmissionTimeThatGoesBack) {
  log_.set_step_ms(-1);
  const uint64_t index = log_.Request(kAgency);
  EXPECT_THAT(Problems(),
              ElementsAre(IsAt(ProblemKind::kAdmissionTime, index)));
}

TEST_F(CheckLogTest, AllowsEqualAdmissionTimes) {
  log_.set_step_ms(0);
  AddRequests(3);
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(CheckLogTest, NamesASkippedFeedOrdinalOnce) {
  const uint64_t index =
      log_.AddDamaged(log_.Make(v1::STATEMENT_KIND_PERIOD_REPORT, kAgency),
                      [](v1::Entry* entry) {
                        entry->set_feed_ordinal(entry->feed_ordinal() + 1);
                      });
  EXPECT_THAT(Problems(), ElementsAre(IsAt(ProblemKind::kFeedOrdinal, index)));
}

TEST_F(CheckLogTest, NamesAFeedLinkToAnotherEntry) {
  const uint64_t index = log_.AddDamaged(
      log_.Make(v1::STATEMENT_KIND_PERIOD_REPORT, kAgency),
      [](v1::Entry* entry) { entry->set_feed_previous_index(1); });
  EXPECT_THAT(Problems(), ElementsAre(IsAt(ProblemKind::kFeedLink, index)));
}

TEST_F(CheckLogTest, NamesASecondFirstEntryOfAFeed) {
  const uint64_t index =
      log_.AddDamaged(log_.Make(v1::STATEMENT_KIND_PERIOD_REPORT, kAgency),
                      [](v1::Entry* entry) {
                        entry->set_feed_ordinal(1);
                        entry->clear_feed_previous_index();
                      });
  EXPECT_THAT(Problems(), ElementsAre(IsAt(ProblemKind::kFeedOrdinal, index),
                                      IsAt(ProblemKind::kFeedLink, index)));
}

TEST_F(CheckLogTest, NamesASubmitterWhoWasNeverEnrolled) {
  const uint64_t index = log_.Request("ori:TX0570400");
  EXPECT_THAT(Problems(),
              ElementsAre(IsAt(ProblemKind::kNotAuthorised, index)));
}

TEST_F(CheckLogTest, NamesAnEntryThatCameBeforeItsEnrolment) {
  const uint64_t index = log_.Request("ori:TX0570400");
  log_.Enrol("ori:TX0570400");
  log_.Request("ori:TX0570400");
  EXPECT_THAT(Problems(),
              ElementsAre(IsAt(ProblemKind::kNotAuthorised, index)));
}

TEST_F(CheckLogTest, NamesASignatureByTheKeyOfAnother) {
  const uint64_t index =
      log_.AddSignedBy(log_.Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kAgency),
                       {LogMaker::Key(kOtherAgency)});
  EXPECT_THAT(Problems(),
              ElementsAre(IsAt(ProblemKind::kNotAuthorised, index)));
}

TEST_F(CheckLogTest, NamesASignatureByARevokedKey) {
  log_.Request(kAgency);
  v1::Statement rotation = log_.Make(v1::STATEMENT_KIND_KEY_ROTATION, "");
  rotation.mutable_key_rotation()->clear_add();
  rotation.mutable_key_rotation()->add_add()->set_spki_der(
      std::string(LogMaker::Key("new").public_key().spki_der()));
  rotation.mutable_key_rotation()->mutable_revoke(0)->set_key_id(std::string(
      crypto::AsBytes(LogMaker::Key(kAgency).public_key().key_id())));
  log_.Add(rotation);
  const uint64_t index = log_.Request(kAgency);
  log_.AddSignedBy(log_.Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kAgency),
                   {LogMaker::Key("new")});
  EXPECT_THAT(Problems(),
              ElementsAre(IsAt(ProblemKind::kNotAuthorised, index)));
}

TEST_F(CheckLogTest, NamesEntriesOfASuspendedSubmitter) {
  log_.Add(
      log_.Make(v1::STATEMENT_KIND_STATUS_CHANGE, ""));  // suspends kAgency
  const uint64_t index = log_.Request(kAgency);
  log_.Request(kOtherAgency);
  EXPECT_THAT(Problems(),
              ElementsAre(IsAt(ProblemKind::kNotAuthorised, index)));
}

TEST_F(CheckLogTest, NamesAKindThatTheSubmitterMayNotSay) {
  const uint64_t index =
      log_.Add(log_.Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kPlatform));
  EXPECT_THAT(Problems(),
              ElementsAre(IsAt(ProblemKind::kNotAuthorised, index)));
}

TEST_F(CheckLogTest, NamesAnEnrolmentByOneRegistrarAlone) {
  const v1::Statement enrolment =
      log_.Make(v1::STATEMENT_KIND_STATUS_CHANGE, "");
  const uint64_t index =
      log_.AddSignedBy(enrolment, {LogMaker::Key("registrar 2")});
  // It does not count: the agency is not suspended.
  EXPECT_THAT(Problems(),
              ElementsAre(IsAt(ProblemKind::kNotAuthorised, index)));
}

TEST_F(CheckLogTest, NamesAnEnrolmentByAWrongRegistrar) {
  const uint64_t index = log_.AddSignedBy(
      log_.Make(v1::STATEMENT_KIND_STATUS_CHANGE, ""),
      {LogMaker::Key("registrar 0"), LogMaker::Key("somebody")});
  EXPECT_THAT(Problems(),
              ElementsAre(IsAt(ProblemKind::kNotAuthorised, index)));
}

TEST_F(CheckLogTest, NamesASignatureThatDoesNotVerify) {
  const uint64_t index =
      log_.AddDamaged(log_.Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kAgency),
                      [](v1::Entry* entry) {
                        (*entry->mutable_statement()
                              ->mutable_signatures(0)
                              ->mutable_signature())[3] ^= 1;
                      });
  EXPECT_THAT(Problems(), ElementsAre(IsAt(ProblemKind::kSignature, index)));
  CheckOptions rules;
  rules.depth = CheckDepth::kRules;
  EXPECT_THAT(Problems(rules), IsEmpty());
}

TEST_F(CheckLogTest, LetsARegistryEntryWithAFalseSignatureNotCount) {
  LogMaker log;
  v1::Statement enrolment = log.Make(v1::STATEMENT_KIND_ENROLMENT, "");
  enrolment.mutable_enrolment()->clear_keys();
  enrolment.mutable_enrolment()->add_keys()->set_spki_der(
      std::string(LogMaker::Key(kAgency).public_key().spki_der()));
  const uint64_t enrolled = log.AddDamaged(enrolment, [](v1::Entry* entry) {
    (*entry->mutable_statement()
          ->mutable_signatures(1)
          ->mutable_signature())[3] ^= 1;
  });
  const uint64_t request = log.Request(kAgency);
  tiles::MemoryTiles built = log.Build();
  for (CheckDepth depth : {CheckDepth::kRules, CheckDepth::kSignatures}) {
    CheckOptions options;
    options.depth = depth;
    EXPECT_THAT(Check(&built, options).problems,
                ElementsAre(IsAt(ProblemKind::kSignature, enrolled),
                            IsAt(ProblemKind::kNotAuthorised, request)));
  }
}

TEST_F(CheckLogTest, NamesARegistryEntryThatMakesNoSense) {
  const uint64_t index = log_.Enrol(kAgency);  // is enrolled already
  EXPECT_THAT(Problems(), ElementsAre(IsAt(ProblemKind::kRegistryRule, index)));
}

TEST_F(CheckLogTest, NamesASecondGenesis) {
  const uint64_t index = log_.Add(log_.Make(v1::STATEMENT_KIND_GENESIS, ""));
  EXPECT_THAT(Problems(), ElementsAre(IsAt(ProblemKind::kRegistryRule, index)));
}

TEST_F(CheckLogTest, NamesAStatementForAnotherLog) {
  v1::Statement statement =
      log_.Make(v1::STATEMENT_KIND_PERIOD_REPORT, kAgency);
  statement.mutable_header()->set_origin("other.example/log");
  const uint64_t index = log_.Add(statement);
  EXPECT_THAT(Problems(), ElementsAre(IsAt(ProblemKind::kRegistryRule, index)));
}

TEST_F(CheckLogTest, NamesLinksThatNameNothingOrTheWrongThing) {
  v1::EntryLink wrong_hash = LinkTo(request_);
  wrong_hash.set_leaf_hash(log_.leaf_hash(0));
  v1::EntryLink ahead = LinkTo(request_);
  ahead.set_index(log_.size() + 100);
  const uint64_t first = log_.Add(
      Linked(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, kPlatform, wrong_hash));
  log_.Add(Linked(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, kPlatform, ahead));
  // An enrolment is no request.
  log_.Add(Linked(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, kPlatform, LinkTo(1)));
  // Somebody else's request.
  log_.Add(
      Linked(v1::STATEMENT_KIND_AMENDMENT, kOtherAgency, LinkTo(request_)));
  EXPECT_THAT(Problems(), ElementsAre(IsAt(ProblemKind::kLink, first),
                                      IsAt(ProblemKind::kLink, first + 1),
                                      IsAt(ProblemKind::kLink, first + 2),
                                      IsAt(ProblemKind::kLink, first + 3)));
}

TEST_F(CheckLogTest, NamesAVerdictThatTheLogDoesNotLeadTo) {
  v1::Statement statement =
      log_.Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kAgency);
  // 24 hours against a limit of 12.
  statement.mutable_footage_request()
      ->mutable_footage_window()
      ->mutable_end()
      ->set_seconds(
          statement.footage_request().footage_window().begin().seconds() +
          24 * 3600);
  const uint64_t hidden = log_.AddDamaged(
      statement, [](v1::Entry* entry) { entry->clear_findings(); });
  v1::Statement report = log_.Make(v1::STATEMENT_KIND_PERIOD_REPORT, kAgency);
  const uint64_t invented = log_.AddDamaged(report, [](v1::Entry* entry) {
    entry->mutable_policy()->set_policy_id("rfa-2021");
  });
  EXPECT_THAT(Problems(), ElementsAre(IsAt(ProblemKind::kVerdict, hidden),
                                      IsAt(ProblemKind::kVerdict, invented)));
}

TEST_F(CheckLogTest, AcceptsAWholeRequestSealedAndOpened) {
  v1::SealOpening opening;
  const uint64_t face = log_.AddFace(Gagged(kAgency), &opening);
  const uint64_t opened = log_.Add(log_.Opening(kAgency, face, opening));
  AddLinked(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, kPlatform, opened);
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(CheckLogTest, NamesAFaceThatTheLogWouldNotMake) {
  v1::SealOpening opening;
  v1::Entry entry;
  entry.ParseFromString(log_.entry(log_.AddFace(Gagged(kAgency), &opening)));
  entry.set_feed_ordinal(2);
  entry.set_feed_previous_index(log_.size() - 1);
  entry.set_admitted_unix_ms(entry.admitted_unix_ms() + 1);
  const uint64_t later = log_.AddBytes(entry.SerializeAsString());
  EXPECT_THAT(Problems(), Contains(IsAt(ProblemKind::kAdmissionTime, later)));
}

TEST_F(CheckLogTest, NamesWhatWasSealedAndMightNotHaveBeenSaid) {
  v1::SealOpening opening;
  const uint64_t face = log_.AddFace(Gagged("ori:CA9999900"), &opening);
  const uint64_t opened =
      log_.Add(log_.Opening("ori:CA9999900", face, opening));
  EXPECT_THAT(Problems(), Contains(IsAt(ProblemKind::kNotAuthorised, opened)));
}

TEST_F(CheckLogTest, NamesAFaceOpenedBySomebodyElse) {
  v1::SealOpening opening;
  const uint64_t face = log_.AddFace(Gagged(kAgency), &opening);
  const uint64_t opened = log_.Add(log_.Opening(kOtherAgency, face, opening));
  EXPECT_THAT(Problems(), ElementsAre(IsAt(ProblemKind::kLink, opened)));
}

TEST_F(CheckLogTest, NamesAWholeSealThatNoPolicyAllowsForSoLong) {
  v1::Statement gagged = Gagged(kAgency);
  gagged.mutable_header()
      ->mutable_whole_seal()
      ->mutable_sealed_until()
      ->set_seconds(4000000000);
  v1::SealOpening opening;
  const uint64_t face = log_.AddFace(gagged, &opening);
  const uint64_t opened = log_.Add(log_.Opening(kAgency, face, opening));
  EXPECT_THAT(Problems(),
              ElementsAre(IsAt(ProblemKind::kRegistryRule, opened)));
}

TEST_F(CheckLogTest, NamesFindingsLeftOutOfAnOpening) {
  v1::Statement gagged = Gagged(kAgency);
  gagged.mutable_footage_request()->clear_custodian();
  gagged.mutable_footage_request()->set_recipient_class(
      v1::RECIPIENT_CLASS_RESIDENT);
  v1::SealOpening opening;
  const uint64_t face = log_.AddFace(gagged, &opening);
  const uint64_t hidden = log_.AddDamaged(
      log_.Opening(kAgency, face, opening), [](v1::Entry* entry) {
        EXPECT_GT(entry->findings_size(), 0);
        entry->clear_findings();
      });
  EXPECT_THAT(Problems(), ElementsAre(IsAt(ProblemKind::kVerdict, hidden)));
}

TEST_F(CheckLogTest, NamesAStatementThatIsThereTwice) {
  const v1::Statement statement =
      log_.Make(v1::STATEMENT_KIND_PERIOD_REPORT, kAgency);
  const uint64_t first = log_.Add(statement);
  AddRequests(400);
  const uint64_t second = log_.Add(statement);
  for (size_t memory : {size_t{1} << 20, size_t{100}}) {
    CheckOptions options;
    options.max_identities_in_memory = memory;
    EXPECT_THAT(Problems(options),
                ElementsAre(AllOf(
                    IsAt(ProblemKind::kDuplicate, second),
                    Field(&Problem::got, HasSubstr(absl::StrCat(first))))));
  }
}

// --- keepers ------------------------------------------------------------------

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kSealEnd = LogMaker::kStartUnixMs + 2 * kHour;
constexpr absl::string_view kKeeper = "keeper:example";

TEST_F(CheckLogTest, NamesAKeeperThatOpensWhatWasRenewed) {
  log_.Enrol(kKeeper);
  const LogMaker::Sealed sealed = log_.SealedRequest(kAgency, kSealEnd);
  const uint64_t renewal = log_.Renew(kAgency, sealed, kSealEnd + 2 * kHour);
  log_.set_step_ms(3 * kHour);  // after the first end, before the second
  const uint64_t early = log_.Unseal(kKeeper, sealed, kSealEnd);
  for (const CheckDepth depth : {CheckDepth::kRules, CheckDepth::kSignatures}) {
    CheckOptions options;
    options.depth = depth;
    EXPECT_THAT(
        Problems(options),
        ElementsAre(AllOf(
            IsAt(ProblemKind::kOpenedEarly, early),
            Field(&Problem::where, HasSubstr("keeper:example, case_number")),
            Field(&Problem::want,
                  HasSubstr(absl::StrCat("the renewal in entry ", renewal))))));
  }
}

TEST_F(CheckLogTest, FindsNothingWhereAKeeperHeededTheRenewal) {
  log_.Enrol(kKeeper);
  const LogMaker::Sealed renewed = log_.SealedRequest(kAgency, kSealEnd);
  const LogMaker::Sealed other = log_.SealedRequest(kAgency, kSealEnd);
  log_.Renew(kAgency, renewed, kSealEnd + 2 * kHour);
  log_.set_step_ms(3 * kHour);
  log_.Unseal(kKeeper, other, kSealEnd);  // which nobody has renewed
  log_.Unseal(kKeeper, renewed, kSealEnd + 2 * kHour);
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(CheckLogTest, FindsNothingWhereASubmitterOpensEarly) {
  const LogMaker::Sealed sealed = log_.SealedRequest(kAgency, kSealEnd);
  log_.Renew(kAgency, sealed, kSealEnd + 2 * kHour);
  log_.Unseal(kAgency, sealed, kSealEnd);
  EXPECT_THAT(Problems(), IsEmpty());
}

// --- seals held against the policy of their request ---

class SealPolicyTest : public CheckLogTest {
 protected:
  static constexpr int64_t kDay = 24 * 3600;

  // By the rules of California: 90 days at most.
  uint64_t Warrant() {
    v1::Statement warrant = Gagged(kAgency);
    warrant.mutable_header()->clear_whole_seal();
    v1::SealedField& seal = *warrant.mutable_header()->add_sealed();
    seal.set_path("case_number");
    seal.set_commitment(std::string(32, 'c'));
    seal.set_ground(v1::SEAL_GROUND_ACTIVE_INVESTIGATION);
    seal.set_granter(v1::SEAL_GRANTER_SUBMITTER);
    seal.mutable_sealed_until()->set_seconds(
        warrant.header().claimed_time().seconds() + 90 * kDay);
    warrant.mutable_footage_request()->set_custodian(std::string(kPlatform));
    return log_.Add(warrant);
  }
  v1::Statement SealedAnswer(uint64_t request, int64_t days) {
    v1::Statement answer =
        Linked(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, kPlatform, LinkTo(request));
    v1::StatementHeader& header = *answer.mutable_header();
    for (v1::SealedField& field : *header.mutable_sealed()) {
      field.set_ground(v1::SEAL_GROUND_JEOPARDIZE);
      field.set_granter(v1::SEAL_GRANTER_SUBMITTER);
      field.mutable_sealed_until()->set_seconds(
          header.claimed_time().seconds() + days * kDay);
    }
    EXPECT_GT(header.sealed_size(), 0);
    return answer;
  }
  std::vector<std::string> RulesOf(uint64_t index) const {
    v1::Entry entry;
    EXPECT_TRUE(entry.ParseFromString(log_.entry(index)));
    std::vector<std::string> out = {entry.policy().policy_id()};
    for (const v1::Finding& finding : entry.findings()) {
      out.push_back(finding.rule_id());
    }
    return out;
  }
};

TEST_F(SealPolicyTest, AnswersAreHeldAgainstThePolicyOfTheirRequest) {
  const uint64_t warrant = Warrant();
  EXPECT_THAT(RulesOf(log_.Add(SealedAnswer(warrant, 90))),
              ElementsAre("ca-electronic-warrant"));
  EXPECT_THAT(RulesOf(log_.Add(SealedAnswer(warrant, 91))),
              Contains("seal.too_long"));
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(SealPolicyTest, NamesAnAnswerWithoutTheFindingsOfItsSeals) {
  const uint64_t index =
      log_.AddDamaged(SealedAnswer(Warrant(), 91),
                      [](v1::Entry* entry) { entry->clear_findings(); });
  EXPECT_THAT(Problems(), ElementsAre(IsAt(ProblemKind::kVerdict, index)));
}

TEST_F(SealPolicyTest, NamesAnAnswerUnderAPolicyThatItsRequestHasNot) {
  const uint64_t index =
      log_.AddDamaged(SealedAnswer(Warrant(), 91), [](v1::Entry* entry) {
        entry->clear_findings();
        entry->mutable_policy()->set_policy_id("community-2025");
      });
  EXPECT_THAT(Problems(), ElementsAre(IsAt(ProblemKind::kVerdict, index)));
}

TEST_F(SealPolicyTest, RenewalsAreHeldAgainstIt) {
  const uint64_t warrant = Warrant();
  v1::Statement renewal =
      Linked(v1::STATEMENT_KIND_SEAL_RENEWAL, kAgency, LinkTo(warrant));
  renewal.mutable_seal_renewal()->clear_paths();
  renewal.mutable_seal_renewal()->add_paths("case_number");
  renewal.mutable_seal_renewal()->mutable_sealed_until()->set_seconds(
      renewal.header().claimed_time().seconds() + 91 * kDay);
  EXPECT_THAT(RulesOf(log_.Add(renewal)),
              ElementsAre("ca-electronic-warrant", "seal.too_long"));
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(SealPolicyTest, RenewalsOfFacesAreHeldAgainstTheOneOfTheirMonth) {
  constexpr absl::string_view kCourt = "court:example";
  log_.Enrol(kCourt);
  v1::SealOpening opening;
  const uint64_t face = log_.AddFace(Gagged(kAgency), &opening);
  v1::Statement renewal =
      Linked(v1::STATEMENT_KIND_SEAL_RENEWAL, kCourt, LinkTo(face));
  v1::SealRenewal& what = *renewal.mutable_seal_renewal();
  what.clear_paths();
  what.add_paths(opening.path());
  what.mutable_sealed_until()->set_seconds(
      renewal.header().claimed_time().seconds() + 91 * kDay);
  EXPECT_THAT(RulesOf(log_.Add(renewal)),
              ElementsAre("ca-electronic-warrant", "seal.too_long"));
  EXPECT_THAT(Problems(), IsEmpty());
}

// What remembers no trails reads the log back.
class OldTrailTest : public SealPolicyTest {
 protected:
  OldTrailTest() { options_.max_trails = 0; }

  v1::Statement Renewal(uint64_t warrant, int64_t days) {
    v1::Statement renewal =
        Linked(v1::STATEMENT_KIND_SEAL_RENEWAL, kAgency, LinkTo(warrant));
    renewal.mutable_seal_renewal()->clear_paths();
    renewal.mutable_seal_renewal()->add_paths("case_number");
    renewal.mutable_seal_renewal()->mutable_sealed_until()->set_seconds(
        renewal.header().claimed_time().seconds() + days * kDay);
    return renewal;
  }

  // Another policy, under which nothing is found.
  static void NameAnother(v1::Entry* entry) {
    entry->clear_findings();
    entry->mutable_policy()->set_policy_id("community-2025");
  }

  CheckOptions options_;
};

TEST_F(OldTrailTest, TrueOnesPass) {
  const uint64_t warrant = Warrant();
  EXPECT_THAT(RulesOf(log_.Add(SealedAnswer(warrant, 91))),
              Contains("seal.too_long"));
  EXPECT_THAT(RulesOf(log_.Add(Renewal(warrant, 91))),
              ElementsAre("ca-electronic-warrant", "seal.too_long"));
  log_.Add(Renewal(warrant, 90));
  // An answer that seals nothing is held against no policy.
  v1::Statement answer = SealedAnswer(warrant, 90);
  answer.mutable_header()->clear_sealed();
  log_.Add(answer);
  tiles::MemoryTiles built = log_.Build();
  const CheckReport report = Check(&built, options_);
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(report.trails_believed, 0u);
}

TEST_F(OldTrailTest, NamesAnAnswerUnderAPolicyThatItsRequestHasNot) {
  const uint64_t warrant = Warrant();
  const uint64_t index =
      log_.AddDamaged(SealedAnswer(warrant, 91), NameAnother);
  EXPECT_THAT(Problems(options_),
              ElementsAre(IsAt(ProblemKind::kVerdict, index)));
}

TEST_F(OldTrailTest, NamesARenewalUnderAPolicyThatItsRequestHasNot) {
  const uint64_t warrant = Warrant();
  const uint64_t index = log_.AddDamaged(Renewal(warrant, 91), NameAnother);
  EXPECT_THAT(Problems(options_),
              ElementsAre(IsAt(ProblemKind::kVerdict, index)));
}

// Gives entries in runs, and one of them not alone.
class WithoutOne final : public tiles::EntrySource {
 public:
  WithoutOne(tiles::EntrySource* source, uint64_t index)
      : source_(source), index_(index) {}
  absl::Status ReadEntries(uint64_t begin, uint64_t end,
                           Visitor visit) override {
    if (begin == index_ && end == index_ + 1) {
      return absl::OutOfRangeError("no such entry");
    }
    return source_->ReadEntries(begin, end, visit);
  }

 private:
  tiles::EntrySource* const source_;
  const uint64_t index_;
};

TEST_F(OldTrailTest, TellsWhatItHadToBelieve) {
  const uint64_t warrant = Warrant();
  const uint64_t index =
      log_.AddDamaged(SealedAnswer(warrant, 91), NameAnother);
  tiles::MemoryTiles built = log_.Build();
  tiles::BundleEntrySource all(&built, log_.size());
  WithoutOne entries(&all, warrant);
  CheckSources sources;
  ASSERT_OK_AND_ASSIGN(sources.checkpoint, built.ReadCheckpoint());
  sources.entries = &entries;
  sources.tiles = &built;
  const checkpoint::LogKeySet trusted = LogMaker::TrustedKeys();
  ASSERT_OK_AND_ASSIGN(const CheckReport report,
                       CheckLog(sources, &trusted, options_));
  EXPECT_EQ(report.trails_believed, 1u);
  EXPECT_THAT(report.problems, ElementsAre(IsAt(ProblemKind::kLink, index)));
}

// --- ranges and limits --------------------------------------------------------

TEST_F(CheckLogTest, LeavesAloneWhatLiesOutsideTheRange) {
  AddRequests(1020);
  const auto damage = [](v1::Entry* entry) {
    (*entry->mutable_statement()
          ->mutable_signatures(0)
          ->mutable_signature())[3] ^= 1;
  };
  const uint64_t bad = log_.AddDamaged(
      log_.Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kAgency), damage);
  AddRequests(20);
  for (const auto& [from, to, finds] :
       std::vector<std::tuple<uint64_t, uint64_t, bool>>{
           {0, log_.size(), true},
           {bad, bad + 1, true},
           {bad + 1, log_.size(), false},
           {0, bad, false}}) {
    CheckOptions options;
    options.from = from;
    options.to = to;
    EXPECT_THAT(Problems(options), SizeIs(finds ? 1 : 0))
        << from << " to " << to;
  }
}

TEST_F(CheckLogTest, ReplaysWhatComesBeforeTheRange) {
  AddRequests(20);
  log_.Add(
      log_.Make(v1::STATEMENT_KIND_STATUS_CHANGE, ""));  // suspends kAgency
  const uint64_t index = log_.Request(kAgency);
  CheckOptions options;
  options.from = index;
  EXPECT_THAT(Problems(options),
              ElementsAre(IsAt(ProblemKind::kNotAuthorised, index)));
}

TEST_F(CheckLogTest, CountsTheProblemsThatItDoesNotKeep) {
  for (int i = 0; i < 30; ++i) log_.Request("ori:TX0570400");
  tiles::MemoryTiles built = log_.Build();
  CheckOptions options;
  options.max_problems_of_a_kind = 7;
  const CheckReport report = Check(&built, options);
  EXPECT_THAT(report.problems, SizeIs(7));
  EXPECT_EQ(report.problem_count, 30);
  EXPECT_THAT(
      report.problem_counts,
      ElementsAre(std::pair(ProblemKind::kNotAuthorised, uint64_t{30})));
}

}  // namespace
}  // namespace sightline::monitor
