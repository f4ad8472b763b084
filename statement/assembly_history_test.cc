#include "statement/assembly_history.h"

#include <gtest/gtest.h>

#include "statement/timestamps.h"

namespace sightline::statement {
namespace {

constexpr int64_t kHourMs = 3600 * 1000;

void SetWindow(int64_t begin_hour, int64_t end_hour, v1::TimeWindow* out) {
  *out->mutable_begin() = FromUnixMs(begin_hour * kHourMs);
  *out->mutable_end() = FromUnixMs(end_hour * kHourMs);
}

v1::AssemblyCalendar Calendar(const char* county, const char* cell = "") {
  v1::AssemblyCalendar out;
  v1::Assembly* assembly = out.add_assemblies();
  SetWindow(10, 20, assembly->mutable_window());
  assembly->set_county_fips(county);
  assembly->set_s2_cell(cell);
  return out;
}

v1::FootageRequest RequestFor(int64_t begin_hour, int64_t end_hour) {
  v1::FootageRequest out;
  SetWindow(begin_hour, end_hour, out.mutable_footage_window());
  return out;
}

class AssemblyHistoryTest : public ::testing::Test {
 protected:
  std::optional<uint64_t> Listed(const v1::FootageRequest& request,
                                 const char* agency_county = "06037",
                                 uint64_t before = 100) const {
    return history_.ListedBy(request, agency_county, before);
  }

  AssemblyHistory history_;
};

TEST_F(AssemblyHistoryTest, WindowsAreHalfOpen) {
  history_.Apply(7, Calendar("06037"));
  EXPECT_EQ(Listed(RequestFor(0, 10)), std::nullopt);
  EXPECT_EQ(Listed(RequestFor(0, 11)), 7u);
  EXPECT_EQ(Listed(RequestFor(19, 30)), 7u);
  EXPECT_EQ(Listed(RequestFor(20, 30)), std::nullopt);
}

TEST_F(AssemblyHistoryTest, TheIncidentCountsAsTheFootageDoes) {
  history_.Apply(7, Calendar("06037"));
  v1::FootageRequest request = RequestFor(0, 5);
  EXPECT_EQ(Listed(request), std::nullopt);
  SetWindow(12, 13, request.mutable_incident_window());
  EXPECT_EQ(Listed(request), 7u);
  EXPECT_EQ(Listed(v1::FootageRequest()), std::nullopt);
}

TEST_F(AssemblyHistoryTest, TheCountyOfTheRequestGoesBeforeThatOfItsAgency) {
  history_.Apply(7, Calendar("06037"));
  v1::FootageRequest request = RequestFor(10, 20);
  EXPECT_EQ(Listed(request, "06059"), std::nullopt);
  request.mutable_area()->set_county_fips("06037");
  EXPECT_EQ(Listed(request, "06059"), 7u);
  request.mutable_area()->set_county_fips("06059");
  EXPECT_EQ(Listed(request, "06037"), std::nullopt);
  request.mutable_area()->set_state("CA");
  EXPECT_EQ(Listed(request, "06037"), 7u);
}

TEST_F(AssemblyHistoryTest, CellsAreComparedWhereBothHaveOne) {
  history_.Apply(7, Calendar("06037", "80c2c7"));
  v1::FootageRequest request = RequestFor(10, 20);
  request.mutable_area()->set_s2_cell("80c2c71");  // lies in it
  EXPECT_EQ(Listed(request, ""), 7u);
  request.mutable_area()->set_s2_cell("80c2c4");  // holds it
  EXPECT_EQ(Listed(request, ""), 7u);
  request.mutable_area()->set_s2_cell("89c259");  // is elsewhere
  EXPECT_EQ(Listed(request, "06037"), std::nullopt);
  history_.Apply(9, Calendar("06037"));  // somewhere in the county
  EXPECT_EQ(Listed(request, "06037"), 9u);
}

TEST_F(AssemblyHistoryTest, OnlyEarlierEntriesCountAndTheFirstIsNamed) {
  history_.Apply(7, Calendar("06037"));
  history_.Apply(9, Calendar("06037"));
  EXPECT_EQ(Listed(RequestFor(10, 20), "06037", 7), std::nullopt);
  EXPECT_EQ(Listed(RequestFor(10, 20), "06037", 8), 7u);
  EXPECT_EQ(Listed(RequestFor(10, 20), "06037", 100), 7u);
}

}  // namespace
}  // namespace sightline::statement
