#include "statement/violations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"

namespace sightline::statement {
namespace {

using ::sightline::base::IsOk;
using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;

TEST(Violations, NoneIsOk) { EXPECT_THAT(Violations().ToStatus(), IsOk()); }

TEST(Violations, StatusListsAllAndCarriesThem) {
  Violations violations;
  violations.Add("header.origin", "required");
  violations.Add("genesis.description", "1001 bytes, want at most 1000");
  const absl::Status status = violations.ToStatus();
  EXPECT_THAT(status,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "header.origin: required; genesis.description: 1001 "
                       "bytes, want at most 1000"));
  EXPECT_THAT(ViolationsFromStatus(status),
              ElementsAre(Violation{"header.origin", "required"},
                          Violation{"genesis.description",
                                    "1001 bytes, want at most 1000"}));
}

TEST(Violations, SurviveAnnotation) {
  Violations violations;
  violations.Add("a", "b");
  const absl::Status status =
      base::Annotate(violations.ToStatus(), "statement 3");
  EXPECT_EQ(status.message(), "statement 3: a: b");
  EXPECT_THAT(ViolationsFromStatus(status), ElementsAre(Violation{"a", "b"}));
}

TEST(Violations, StatusStaysSmallAndCountsTheRest) {
  Violations violations;
  for (int i = 0; i < 1000; ++i) {
    violations.Add(absl::StrCat("field", i), std::string(50, 'x'));
  }
  EXPECT_EQ(violations.count(), 1000u);
  EXPECT_EQ(violations.kept().size(), kMaxViolations);
  const absl::Status status = violations.ToStatus();
  EXPECT_LT(status.message().size(), kMaxStatusBytes + 50);
  const size_t shown = ViolationsFromStatus(status).size();
  EXPECT_GT(shown, 20u);
  EXPECT_THAT(std::string(status.message()),
              EndsWith(absl::StrCat("and ", 1000 - shown, " more")));
}

TEST(Violations, OneLongOneIsStillShown) {
  Violations violations;
  violations.Add("a", std::string(2 * kMaxStatusBytes, 'x'));
  EXPECT_EQ(ViolationsFromStatus(violations.ToStatus()).size(), 1u);
}

TEST(Violations, AppendKeepsTheCount) {
  Violations many;
  for (int i = 0; i < 300; ++i) many.Add("a", "b");
  Violations all;
  all.Add("first", "b");
  all.Append(many);
  EXPECT_EQ(all.count(), 301u);
  EXPECT_EQ(all.kept()[0].field, "first");
}

TEST(ViolationsFromStatus, OthersHaveNone) {
  EXPECT_THAT(ViolationsFromStatus(absl::InternalError("x")), IsEmpty());
  absl::Status garbage = absl::InvalidArgumentError("x");
  garbage.SetPayload(kBadRequestTypeUrl, absl::Cord("\xff\xff"));
  EXPECT_THAT(ViolationsFromStatus(garbage), IsEmpty());
}

}  // namespace
}  // namespace sightline::statement
