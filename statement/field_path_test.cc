#include "statement/field_path.h"

#include <gtest/gtest.h>

namespace sightline::statement {
namespace {

TEST(IsFieldPath, TakesFieldsOfStatements) {
  EXPECT_TRUE(IsFieldPath("footage_request.offence_code"));
  EXPECT_TRUE(IsFieldPath("footage_request.area.s2_cell"));
  EXPECT_TRUE(IsFieldPath("footage_request.evidence_sources[1]"));
  EXPECT_TRUE(IsFieldPath("period_report.totals[12].count"));
  EXPECT_TRUE(IsFieldPath("header.claimed_time"));
  EXPECT_TRUE(IsFieldPath("footage_request.case_number"));  // sealed
}

TEST(IsFieldPath, RefusesOthers) {
  for (absl::string_view path :
       {"", ".", "footage_request", "footage_request.", "offence_code",
        "footage_request.offence", "footage_request.offence_code.x",
        "footage_request.area[0].s2_cell", "period_report.totals.count",
        "period_report.totals[x].count", "period_report.totals[].count",
        "period_report.totals[123456].count", "footage_response.case_number",
        "header"}) {
    EXPECT_FALSE(IsFieldPath(path)) << path;
  }
}

TEST(IsFieldPathOf, MindsTheKind) {
  EXPECT_TRUE(IsFieldPathOf(v1::STATEMENT_KIND_FOOTAGE_RESPONSE,
                            "footage_response.clips"));
  EXPECT_FALSE(IsFieldPathOf(v1::STATEMENT_KIND_FOOTAGE_RESPONSE,
                             "footage_request.offence_code"));
  EXPECT_TRUE(
      IsFieldPathOf(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, "header.origin"));
}

}  // namespace
}  // namespace sightline::statement
