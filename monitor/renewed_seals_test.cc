#include "monitor/renewed_seals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "statement/timestamps.h"

namespace sightline::monitor {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RenewedSealsTest : public testing::Test {
 protected:
  // The next entry, admitted at that time.
  CheckedEntry Entry(int64_t admitted, absl::string_view submitter) {
    CheckedEntry entry;
    entry.index = next_++;
    entry.entry.set_admitted_unix_ms(admitted);
    entry.statement.mutable_header()->set_submitter(std::string(submitter));
    return entry;
  }

  void Renew(int64_t admitted, uint64_t target, const char* path,
             int64_t until) {
    CheckedEntry entry = Entry(admitted, "ori:CA0194200");
    v1::SealRenewal& renewal = *entry.statement.mutable_seal_renewal();
    renewal.mutable_target()->set_index(target);
    renewal.add_paths(path);
    *renewal.mutable_sealed_until() = statement::FromUnixMs(until);
    seals_.Next(entry, &problems_);
  }

  void Open(int64_t admitted, absl::string_view submitter, uint64_t target,
            const char* path) {
    CheckedEntry entry = Entry(admitted, submitter);
    v1::Unsealing& unsealing = *entry.statement.mutable_unsealing();
    unsealing.mutable_target()->set_index(target);
    unsealing.add_openings()->set_path(path);
    seals_.Next(entry, &problems_);
  }

  RenewedSeals seals_{3};
  ProblemLog problems_{10};
  uint64_t next_ = 10;
};

constexpr char kKeeper[] = "keeper:log";

TEST_F(RenewedSealsTest, ReportsAKeeperThatOpensBeforeTheRenewedEnd) {
  Renew(1000, 4, "narrative", 5000);
  Open(4999, kKeeper, 4, "narrative");
  const std::vector<Problem> problems = problems_.Drain();
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].kind, ProblemKind::kOpenedEarly);
  EXPECT_EQ(problems[0].index, 11u);
  EXPECT_EQ(problems[0].where, "keeper:log, narrative of entry 4");
  EXPECT_EQ(problems[0].got, "1970-01-01T00:00:04.999Z");
  EXPECT_EQ(problems[0].want,
            "1970-01-01T00:00:05.000Z or later, by the renewal in entry 10");
}

TEST_F(RenewedSealsTest, LeavesBeWhatWasOpenedInTime) {
  Renew(1000, 4, "narrative", 5000);
  Open(1500, kKeeper, 4, "case_number");  // another field
  Open(1500, kKeeper, 5, "narrative");    // of another entry
  Open(5000, kKeeper, 4, "narrative");
  EXPECT_THAT(problems_.Drain(), IsEmpty());
}

TEST_F(RenewedSealsTest, IsAboutKeepersOnly) {
  Renew(1000, 4, "narrative", 5000);
  Open(1500, "ori:CA0194200", 4, "narrative");
  Open(1600, kKeeper, 4, "narrative");  // is open already
  Renew(1700, 6, "narrative", 5000);
  Open(1800, "court:ca-la", 6, "narrative");
  EXPECT_THAT(problems_.Drain(), IsEmpty());
}

TEST_F(RenewedSealsTest, TheLatestEndCounts) {
  Renew(1000, 4, "narrative", 5000);
  Renew(1100, 4, "narrative", 9000);
  Renew(1200, 4, "narrative", 3000);  // does not shorten
  Open(8000, kKeeper, 4, "narrative");
  EXPECT_THAT(problems_.Drain(),
              ElementsAre(Field(&Problem::want,
                                HasSubstr("by the renewal in entry 11"))));
}

TEST_F(RenewedSealsTest, KeepsOnlyWhatRuns) {
  Renew(1000, 4, "narrative", 5000);
  Renew(1000, 5, "narrative", 6000);
  Renew(1000, 6, "narrative", 7000);
  Open(5500, "ori:CA0194200", 6, "narrative");
  EXPECT_THAT(seals_.List(),
              ElementsAre(RenewedSeal{5, "narrative", 6000, 11}));
  CheckedEntry erasure = Entry(5600, "ori:CA0194200");
  erasure.statement.mutable_erasure()->mutable_target()->set_index(5);
  seals_.Next(erasure, &problems_);
  EXPECT_THAT(seals_.List(), IsEmpty());
}

TEST_F(RenewedSealsTest, LetsGoWhatEndsFirstWhenFull) {
  Renew(1000, 4, "narrative", 7000);
  Renew(1000, 5, "narrative", 5000);
  Renew(1000, 6, "narrative", 6000);
  Renew(1000, 7, "narrative", 8000);
  EXPECT_THAT(seals_.List(), SizeIs(3));
  Open(2000, kKeeper, 5, "narrative");
  EXPECT_THAT(problems_.Drain(), IsEmpty());
  Open(2000, kKeeper, 4, "narrative");
  EXPECT_THAT(problems_.Drain(), SizeIs(1));
}

TEST_F(RenewedSealsTest, GoesOnFromWhatItListed) {
  Renew(1000, 4, "narrative", 5000);
  RenewedSeals resumed(3);
  resumed.Resume(seals_.List());
  seals_ = resumed;
  Open(4000, kKeeper, 4, "narrative");
  EXPECT_THAT(problems_.Drain(), SizeIs(1));
}

}  // namespace
}  // namespace sightline::monitor
