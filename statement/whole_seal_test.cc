#include "statement/whole_seal.h"

#include <gtest/gtest.h>

#include <string>

#include "base/status_matchers.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/examples.h"
#include "statement/test_log.h"
#include "statement/timestamps.h"
#include "statement/validate.h"

namespace sightline::statement {
namespace {

using ::sightline::base::StatusIs;

constexpr int64_t kNow = 1798761599999;  // the last millisecond of 2026
constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;

class WholeSealTest : public ::testing::Test {
 protected:
  // A warrant under a gag of 30 days.
  v1::Statement Warrant() {
    v1::Statement out = ExampleStatement(v1::STATEMENT_KIND_FOOTAGE_REQUEST,
                                         kTestOrigin, "", kNow, rng_)
                            .statement;
    out.mutable_header()->clear_sealed();
    v1::WholeSeal& seal = *out.mutable_header()->mutable_whole_seal();
    seal.set_ground(v1::SEAL_GROUND_JEOPARDIZE);
    seal.set_granter(v1::SEAL_GRANTER_COURT);
    *seal.mutable_sealed_until() = FromUnixMs(kNow + 30 * kDayMs);
    v1::FootageRequest& request = *out.mutable_footage_request();
    request.set_channel(v1::CHANNEL_LEGAL_PROCESS);
    request.set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT);
    request.set_court_county_fips("06037");
    request.set_judge_issued(v1::DECLARED_YES);
    return out;
  }
  v1::SignedStatement Signed(const v1::Statement& statement) {
    return *Sign(statement, {TestKey(1)});
  }
  v1::SealOpening Salted() {
    v1::SealOpening opening;
    opening.set_path(std::string(kWholePath));
    opening.set_salt(rng_.Bytes(kSealSaltSize));
    return opening;
  }
  v1::Statement FaceOf(const v1::SignedStatement& signed_statement,
                       const v1::SealOpening& salted,
                       const v1::Statement& statement) {
    const v1::SealOpening full = FillWholeOpening(salted, signed_statement);
    const crypto::Digest commitment =
        Commitment(full.path(), full.salt(), full.value());
    return MakeFace(statement, crypto::AsBytes(commitment), 202612);
  }
  v1::Statement UnsealingOf(const v1::SignedStatement& signed_statement,
                            const v1::SealOpening& salted) {
    v1::Statement out = ExampleStatement(v1::STATEMENT_KIND_UNSEALING,
                                         kTestOrigin, "", kNow, rng_)
                            .statement;
    v1::Unsealing& unsealing = *out.mutable_unsealing();
    unsealing.clear_openings();
    *unsealing.add_openings() = FillWholeOpening(salted, signed_statement);
    return out;
  }

  crypto::FixedRng rng_{3};
};

TEST_F(WholeSealTest, MonthsTurnAtMidnightUtc) {
  EXPECT_EQ(MonthOf(kNow), 202612u);
  EXPECT_EQ(MonthOf(kNow + 1), 202701u);
  EXPECT_EQ(MonthBegin(202701), kNow + 1);
}

TEST_F(WholeSealTest, AFaceShowsClassSealAndMonthAndNothingElse) {
  const v1::Statement warrant = Warrant();
  ASSERT_TRUE(Validate(warrant).empty()) << Validate(warrant).ToStatus();
  const v1::Statement face = FaceOf(Signed(warrant), Salted(), warrant);
  EXPECT_TRUE(Validate(face).empty()) << Validate(face).ToStatus();
  EXPECT_EQ(face.header().submitter(), kSealedSubmitter);
  EXPECT_EQ(ToUnixMs(face.header().claimed_time()), MonthBegin(202612));
  EXPECT_EQ(face.sealed_statement().legal_process(),
            v1::LEGAL_PROCESS_SEARCH_WARRANT);
  EXPECT_EQ(WholeField(face).ground(), v1::SEAL_GROUND_JEOPARDIZE);
  const std::string bytes = face.SerializeAsString();
  for (const std::string& hidden :
       {warrant.header().submitter(), warrant.header().statement_id(),
        warrant.footage_request().custodian(),
        warrant.footage_request().offence_code()}) {
    EXPECT_EQ(bytes.find(hidden), std::string::npos) << hidden;
  }
}

TEST_F(WholeSealTest, NothingInAFaceIsFree) {
  const v1::Statement warrant = Warrant();
  const v1::Statement face = FaceOf(Signed(warrant), Salted(), warrant);
  ASSERT_TRUE(IsWellMadeFace(face));
  v1::Statement other = face;
  other.mutable_header()->mutable_claimed_time()->set_nanos(1000000);
  EXPECT_FALSE(IsWellMadeFace(other));
  other = face;
  other.mutable_header()->mutable_statement_id()->at(0) ^= 1;
  EXPECT_FALSE(IsWellMadeFace(other));
  other = face;
  other.mutable_header()->set_submitter("ori:CA0194200");
  EXPECT_FALSE(IsWellMadeFace(other));
  EXPECT_FALSE(Validate(other).empty());
  other = face;
  other.mutable_sealed_statement()->set_month(202613);
  EXPECT_FALSE(IsWellMadeFace(other));
  EXPECT_FALSE(IsWellMadeFace(warrant));
}

TEST_F(WholeSealTest, AnUnsealingBringsTheStatementAndItsFeed) {
  const v1::Statement warrant = Warrant();
  const v1::SignedStatement signed_warrant = Signed(warrant);
  const v1::SealOpening salted = Salted();
  const v1::Statement face = FaceOf(signed_warrant, salted, warrant);
  v1::Statement unsealing = UnsealingOf(signed_warrant, salted);
  unsealing.mutable_header()->set_submitter("keeper:example");
  EXPECT_TRUE(Validate(unsealing).empty()) << Validate(unsealing).ToStatus();
  ASSERT_TRUE(BringsStatement(unsealing));
  EXPECT_TRUE(CheckBrought(unsealing, face).empty());
  EXPECT_EQ(FeedOf(unsealing), warrant.header().submitter());
  EXPECT_EQ(StandsFor(unsealing).SerializeAsString(),
            warrant.SerializeAsString());
  EXPECT_TRUE(IsFaceOf(face, signed_warrant, salted));
  EXPECT_FALSE(IsFaceOf(face, signed_warrant, Salted()));

  std::string entry;
  AppendEntry(kNow, Signed(unsealing).SerializeAsString(), "", 1, std::nullopt,
              &entry);
  ASSERT_OK_AND_ASSIGN(const EntryPeek peek, PeekEntry(entry));
  EXPECT_EQ(peek.submitter, "keeper:example");
  EXPECT_EQ(peek.feed, warrant.header().submitter());
}

TEST_F(WholeSealTest, AnotherSealOrProcessIsNotThatOfTheFace) {
  const v1::Statement warrant = Warrant();
  const v1::SealOpening salted = Salted();
  const v1::Statement face = FaceOf(Signed(warrant), salted, warrant);
  v1::Statement longer = warrant;
  longer.mutable_header()
      ->mutable_whole_seal()
      ->mutable_sealed_until()
      ->set_seconds(4000000000);
  EXPECT_FALSE(CheckBrought(UnsealingOf(Signed(longer), salted), face).empty());
  v1::Statement order = warrant;
  order.mutable_footage_request()->set_legal_process(
      v1::LEGAL_PROCESS_ORDER_2703D);
  EXPECT_FALSE(CheckBrought(UnsealingOf(Signed(order), salted), face).empty());
  EXPECT_FALSE(
      CheckBrought(UnsealingOf(Signed(warrant), salted), warrant).empty());
}

TEST_F(WholeSealTest, AWholeIsOpenedAlone) {
  v1::Statement unsealing = UnsealingOf(Signed(Warrant()), Salted());
  v1::SealOpening& second = *unsealing.mutable_unsealing()->add_openings();
  second.set_path("narrative");
  second.set_salt(rng_.Bytes(kSealSaltSize));
  EXPECT_THAT(ReadBrought(unsealing),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_FALSE(Validate(unsealing).empty());
}

TEST_F(WholeSealTest, WhatTheLogWouldRefuseIsNotBrought) {
  v1::Statement open = Warrant();
  open.mutable_header()->clear_whole_seal();
  EXPECT_FALSE(Validate(UnsealingOf(Signed(open), Salted())).empty());
  v1::Statement faulty = Warrant();
  faulty.mutable_footage_request()->set_offence_code("nothing");
  EXPECT_FALSE(Validate(UnsealingOf(Signed(faulty), Salted())).empty());
  v1::Statement garbage = UnsealingOf(Signed(Warrant()), Salted());
  garbage.mutable_unsealing()->mutable_openings(0)->set_value("garbage");
  EXPECT_FALSE(Validate(garbage).empty());
}

TEST_F(WholeSealTest, AGagIsOfACourtAndOfLegalProcess) {
  const auto faults = [](const v1::Statement& statement) {
    return Validate(statement).kept().size();
  };
  v1::Statement other = Warrant();
  other.mutable_header()->mutable_whole_seal()->set_granter(
      v1::SEAL_GRANTER_SUBMITTER);
  EXPECT_EQ(faults(other), 1u);
  other = Warrant();
  other.mutable_header()->mutable_whole_seal()->clear_sealed_until();
  EXPECT_EQ(faults(other), 1u);
  other = Warrant();
  other.mutable_header()->mutable_whole_seal()->set_ground(
      v1::SEAL_GROUND_PERSONAL_DATA);
  EXPECT_EQ(faults(other), 1u);
  other = ExampleStatement(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kTestOrigin, "",
                           kNow, rng_)
              .statement;
  *other.mutable_header()->mutable_whole_seal() =
      Warrant().header().whole_seal();
  EXPECT_EQ(faults(other), 2u);  // of consent, and with sealed fields
}

TEST_F(WholeSealTest, TheLogIsHandedOneSaltWithoutAValue) {
  google::protobuf::RepeatedPtrField<v1::SealOpening> openings;
  EXPECT_FALSE(CheckWholeOpening(openings).empty());
  *openings.Add() = Salted();
  EXPECT_TRUE(CheckWholeOpening(openings).empty());
  openings[0].set_value("x");
  openings[0].set_salt("short");
  openings[0].set_path("narrative");
  EXPECT_EQ(CheckWholeOpening(openings).kept().size(), 3u);
}

TEST_F(WholeSealTest, APayloadIsBoundToTheCommitmentOfItsFace) {
  const v1::Statement warrant = Warrant();
  const v1::Statement face = FaceOf(Signed(warrant), Salted(), warrant);
  const crypto::Digest identity = crypto::Sha256("identity");
  EXPECT_EQ(PayloadBinding(warrant, identity), identity);
  EXPECT_EQ(crypto::AsBytes(PayloadBinding(face, identity)),
            WholeField(face).commitment());
  std::string entry;
  AppendEntry(kNow, FaceEnvelope(face.SerializeAsString(), 202701), "", 1,
              std::nullopt, &entry);
  ASSERT_OK_AND_ASSIGN(const crypto::Digest binding, ReadPayloadBinding(entry));
  EXPECT_EQ(crypto::AsBytes(binding), WholeField(face).commitment());
  ASSERT_OK_AND_ASSIGN(const EntryPeek peek, PeekEntry(entry));
  EXPECT_EQ(peek.kind, v1::STATEMENT_KIND_SEALED_STATEMENT);
  EXPECT_EQ(peek.feed, kSealedSubmitter);
}

}  // namespace
}  // namespace sightline::statement
