#include "statement/seal_schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "statement/timestamps.h"

namespace sightline::statement {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A request whose fields are sealed until so many milliseconds; -1: for ever.
v1::Statement Sealing(
    std::initializer_list<std::pair<const char*, int64_t>> fields) {
  v1::Statement out;
  out.mutable_footage_request();
  for (const auto& [path, end] : fields) {
    v1::SealedField* field = out.mutable_header()->add_sealed();
    field->set_path(path);
    if (end >= 0) *field->mutable_sealed_until() = FromUnixMs(end);
  }
  return out;
}

v1::Statement Renewing(uint64_t index, const char* path, int64_t end) {
  v1::Statement out;
  out.mutable_seal_renewal()->mutable_target()->set_index(index);
  out.mutable_seal_renewal()->add_paths(path);
  *out.mutable_seal_renewal()->mutable_sealed_until() = FromUnixMs(end);
  return out;
}

v1::Statement Opening(uint64_t index, const char* path) {
  v1::Statement out;
  out.mutable_unsealing()->mutable_target()->set_index(index);
  out.mutable_unsealing()->add_openings()->set_path(path);
  return out;
}

v1::Statement Erasing(uint64_t index) {
  v1::Statement out;
  out.mutable_erasure()->mutable_target()->set_index(index);
  return out;
}

// "3@100: a b" for every group.
std::vector<std::string> Ended(const SealSchedule& schedule, int64_t now,
                               size_t max = 100) {
  std::vector<std::string> out;
  for (const EndedSeal& seal : schedule.EndedBy(now, max)) {
    std::string text = std::to_string(seal.index) + "@" +
                       std::to_string(seal.ended_unix_ms) + ":";
    for (const std::string& path : seal.paths) text += " " + path;
    out.push_back(text);
  }
  return out;
}

TEST(SealSchedule, EndsWhenTheTimeHasCome) {
  SealSchedule schedule(/*max_seals=*/100);
  schedule.Next(3, Sealing({{"narrative", 100}, {"case_number", 100}}));
  EXPECT_THAT(Ended(schedule, 99), IsEmpty());
  EXPECT_THAT(Ended(schedule, 100),
              ElementsAre("3@100: case_number narrative"));
  EXPECT_EQ(schedule.next_end_unix_ms(), 100);
}

TEST(SealSchedule, ListsTheOldestEndFirst) {
  SealSchedule schedule(/*max_seals=*/100);
  schedule.Next(3, Sealing({{"narrative", 300}, {"case_number", 100}}));
  schedule.Next(4, Sealing({{"narrative", 200}}));
  EXPECT_THAT(Ended(schedule, 300),
              ElementsAre("3@100: case_number", "4@200: narrative",
                          "3@300: narrative"));
  EXPECT_THAT(Ended(schedule, 300, 1), ElementsAre("3@100: case_number"));
}

TEST(SealSchedule, PersonalDataNeverEnds) {
  SealSchedule schedule(/*max_seals=*/100);
  schedule.Next(3, Sealing({{"targets", -1}}));
  EXPECT_THAT(Ended(schedule, 1'000'000), IsEmpty());
  EXPECT_EQ(schedule.next_end_unix_ms(), std::nullopt);
}

TEST(SealSchedule, ARenewalProlongsAndNeverShortens) {
  SealSchedule schedule(/*max_seals=*/100);
  schedule.Next(3, Sealing({{"narrative", 100}, {"case_number", 100}}));
  schedule.Next(4, Renewing(3, "narrative", 200));
  schedule.Next(5, Renewing(3, "case_number", 50));
  EXPECT_THAT(Ended(schedule, 150), ElementsAre("3@100: case_number"));
  EXPECT_THAT(Ended(schedule, 200),
              ElementsAre("3@100: case_number", "3@200: narrative"));
}

TEST(SealSchedule, WhatIsOpenedOrErasedIsOff) {
  SealSchedule schedule(/*max_seals=*/100);
  schedule.Next(3, Sealing({{"narrative", 100}, {"case_number", 100}}));
  schedule.Next(4, Sealing({{"narrative", 100}}));
  schedule.Next(5, Opening(3, "narrative"));
  schedule.Next(6, Erasing(4));
  EXPECT_THAT(Ended(schedule, 100), ElementsAre("3@100: case_number"));
  schedule.Next(7, Renewing(3, "narrative", 50));
  EXPECT_EQ(schedule.size(), 1u);
}

TEST(SealSchedule, SaysFromWhereOnItHadNoRoom) {
  SealSchedule schedule(/*max_seals=*/2);
  schedule.Next(3, Sealing({{"narrative", 300}}));
  schedule.Next(4, Sealing({{"narrative", 100}}));
  EXPECT_EQ(schedule.full_from(), std::nullopt);
  schedule.Next(5, Sealing({{"narrative", 50}}));
  EXPECT_EQ(schedule.full_from(), 5u);
  // What was opened makes no room again: of entries before 5 it knows all, of
  // others nothing.
  schedule.Next(6, Opening(4, "narrative"));
  schedule.Next(7, Opening(5, "narrative"));
  schedule.Next(8, Sealing({{"narrative", 50}}));
  EXPECT_THAT(Ended(schedule, 1'000), ElementsAre("3@300: narrative"));
  EXPECT_EQ(schedule.full_from(), 5u);
  // Another one goes on from there.
  SealSchedule rest(/*max_seals=*/2);
  rest.Next(5, Sealing({{"narrative", 50}}));
  rest.Next(6, Opening(4, "narrative"));
  rest.Next(7, Opening(5, "narrative"));
  rest.Next(8, Sealing({{"narrative", 50}}));
  EXPECT_THAT(Ended(rest, 1'000), ElementsAre("8@50: narrative"));
  EXPECT_EQ(rest.full_from(), std::nullopt);
}

TEST(SealSchedule, WhatIsOpenedInTimeMakesRoom) {
  SealSchedule schedule(/*max_seals=*/1);
  for (uint64_t i = 0; i < 10; i += 2) {
    schedule.Next(i, Sealing({{"narrative", 100}}));
    schedule.Next(i + 1, Opening(i, "narrative"));
  }
  EXPECT_EQ(schedule.full_from(), std::nullopt);
}

TEST(SealSchedule, AnEntryIsNeverTooLarge) {
  SealSchedule schedule(/*max_seals=*/1);
  schedule.Next(3, Sealing({{"narrative", 100}, {"case_number", 100}}));
  EXPECT_EQ(schedule.size(), 2u);
  EXPECT_EQ(schedule.full_from(), std::nullopt);
}

}  // namespace
}  // namespace sightline::statement
