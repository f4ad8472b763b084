#include "statement/seal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/bytes.h"
#include "base/status_matchers.h"
#include "crypto/fixed_rng.h"
#include "statement/sealed_paths.h"
#include "statement/timestamps.h"

namespace sightline::statement {
namespace {

using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr SealTerms kTerms = {v1::SEAL_GROUND_ACTIVE_INVESTIGATION,
                              v1::SEAL_GRANTER_SUBMITTER, 1600000000000};

TEST(Commitment, IsTheHashOfTheFormat) {
  const std::string salt(32, '\x5a');
  const std::string bytes = std::string("sightline/seal/v1") + '\0' +
                            std::string("\x00\x0b", 2) + "case_number" + salt +
                            "20-0614-1187";
  EXPECT_EQ(Commitment("case_number", salt, "20-0614-1187"),
            crypto::Sha256(bytes));
}

// Pinned: the format may not change.
TEST(Commitment, HasAVector) {
  EXPECT_EQ(base::HexEncode(crypto::AsBytes(
                Commitment("case_number", std::string(32, '\x01'), "A1"))),
            "5521c1771918a2a81e5bd7956be5876cb74bac4a0fb2fcafa8a19e80d7f0108e");
}

TEST(Commitment, BindsTheBorderBetweenPathAndRest) {
  const std::string salt(32, 'a');
  EXPECT_NE(Commitment("ab", salt, "c"), Commitment("a", "b" + salt, "c"));
}

TEST(MakeSeal, OpensAndNothingElseDoes) {
  crypto::FixedRng rng(1);
  ASSERT_OK_AND_ASSIGN(const Seal seal,
                       MakeSeal("case_number", "A1", kTerms, rng));
  EXPECT_TRUE(Opens(seal.opening, seal.field));
  EXPECT_EQ(ToUnixMs(seal.field.sealed_until()), 1600000000000);
  EXPECT_EQ(seal.field.ground(), v1::SEAL_GROUND_ACTIVE_INVESTIGATION);
  v1::SealOpening other = seal.opening;
  other.set_value("A2");
  EXPECT_FALSE(Opens(other, seal.field));
  other = seal.opening;
  (*other.mutable_salt())[31] ^= 1;
  EXPECT_FALSE(Opens(other, seal.field));
  other = seal.opening;
  other.set_path("narrative");
  EXPECT_FALSE(Opens(other, seal.field));
}

TEST(MakeSeal, TakesAFreshSaltEachTime) {
  crypto::FixedRng rng(1);
  ASSERT_OK_AND_ASSIGN(const Seal a, MakeSeal("narrative", "x", kTerms, rng));
  ASSERT_OK_AND_ASSIGN(const Seal b, MakeSeal("narrative", "x", kTerms, rng));
  EXPECT_EQ(a.opening.salt().size(), kSealSaltSize);
  EXPECT_NE(a.opening.salt(), b.opening.salt());
  EXPECT_NE(a.field.commitment(), b.field.commitment());
}

TEST(MakeSeal, WithoutEndHasNone) {
  crypto::FixedRng rng(1);
  const SealTerms for_ever = {v1::SEAL_GROUND_PERSONAL_DATA,
                              v1::SEAL_GRANTER_STATUTE, std::nullopt};
  ASSERT_OK_AND_ASSIGN(const Seal seal,
                       MakeSeal("targets", "x", for_ever, rng));
  EXPECT_FALSE(seal.field.has_sealed_until());
}

TEST(MakeSeal, RefusesWhatIsTooLong) {
  crypto::FixedRng rng(1);
  EXPECT_OK(MakeSeal("narrative", std::string(kMaxSealedValueBytes, 'x'),
                     kTerms, rng));
  EXPECT_THAT(MakeSeal("narrative", std::string(kMaxSealedValueBytes + 1, 'x'),
                       kTerms, rng),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(MakeSeal(std::string(65536, 'p'), "x", kTerms, rng),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

class CheckOpeningsTest : public ::testing::Test {
 protected:
  CheckOpeningsTest() {
    for (const char* path : {"case_number", "narrative"}) {
      Seal seal = *MakeSeal(path, "value", kTerms, rng_);
      *statement_.mutable_header()->add_sealed() = seal.field;
      *openings_.Add() = seal.opening;
    }
  }

  crypto::FixedRng rng_{1};
  v1::Statement statement_;
  google::protobuf::RepeatedPtrField<v1::SealOpening> openings_;
};

TEST_F(CheckOpeningsTest, TakesThemInOrder) {
  EXPECT_THAT(CheckOpenings(statement_, openings_).kept(), IsEmpty());
  openings_.SwapElements(0, 1);
  EXPECT_THAT(
      CheckOpenings(statement_, openings_).kept(),
      ElementsAre(Violation{"openings[0].path",
                            "not the path of the sealed field of this place"},
                  Violation{"openings[1].path",
                            "not the path of the sealed field of this place"}));
}

TEST_F(CheckOpeningsTest, WantsOneForEach) {
  *openings_.Add() = openings_[0];
  EXPECT_THAT(CheckOpenings(statement_, openings_).kept(),
              ElementsAre(Violation{"openings",
                                    "3 openings for 2 sealed fields, want one "
                                    "for each, in order"}));
  openings_.Clear();
  EXPECT_EQ(CheckOpenings(statement_, openings_).count(), 1u);
}

TEST_F(CheckOpeningsTest, NamesTheFaultWithoutTheValue) {
  openings_[0].set_value("secret");
  openings_[1].mutable_salt()->resize(16);
  EXPECT_THAT(CheckOpenings(statement_, openings_).kept(),
              ElementsAre(Violation{"openings[0].value",
                                    "salt and value do not give the "
                                    "commitment"},
                          Violation{"openings[1].salt", "16 bytes, want 32"}));
}

TEST_F(CheckOpeningsTest, RefusesLongValues) {
  openings_[0].set_value(std::string(kMaxSealedValueBytes + 1, 'x'));
  EXPECT_EQ(CheckOpenings(statement_, openings_).kept()[0].field,
            "openings[0].value");
}

TEST(CheckOpenings, NothingSealedNothingOpened) {
  EXPECT_THAT(CheckOpenings(v1::Statement(), {}).kept(), IsEmpty());
}

TEST(SealedPaths, AreSortedAndOfTheirKind) {
  EXPECT_TRUE(IsSealedPath(v1::STATEMENT_KIND_FOOTAGE_REQUEST, "case_number"));
  EXPECT_FALSE(
      IsSealedPath(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, "case_number"));
  EXPECT_TRUE(IsSealedPath("evidence_digest"));
  EXPECT_FALSE(IsSealedPath("shoe_size"));
  EXPECT_THAT(SealedPaths(v1::STATEMENT_KIND_ENROLMENT), IsEmpty());
  const auto paths = SealedPaths(v1::STATEMENT_KIND_FOOTAGE_REQUEST);
  EXPECT_TRUE(std::is_sorted(paths.begin(), paths.end()));
}

}  // namespace
}  // namespace sightline::statement
