#include "records/request_hint.h"

#include <gtest/gtest.h>

#include "records/request_filter.h"

namespace sightline::records {
namespace {

v1::RequestRow Row() {
  v1::RequestRow row;
  row.set_county_fips("06037");
  row.set_state_code("CA");
  v1::FootageRequest& request = *row.mutable_facts()->mutable_request();
  request.mutable_area()->set_s2_cell("80c2c7b");
  request.set_custodian("platform:doorbell");
  return row;
}

TEST(RequestHint, PassesOverWhatTheFilterDoesNotTake) {
  const v1::RequestRow row = Row();
  const std::string hint = HintOf(row);
  EXPECT_TRUE(MayMatch({}, hint));
  const auto agrees = [&](const v1::RequestFilter& filter, bool taken) {
    EXPECT_EQ(MayMatch(filter, hint), taken) << filter.ShortDebugString();
    EXPECT_EQ(Matches(filter, row, 0), taken) << filter.ShortDebugString();
  };
  v1::RequestFilter filter;
  filter.set_county_fips("06037");
  agrees(filter, true);
  filter.set_county_fips("06059");
  agrees(filter, false);
  filter.Clear();
  filter.set_state("CA");
  agrees(filter, true);
  filter.set_state("NV");
  agrees(filter, false);
  filter.Clear();
  filter.set_s2_cell("80c2c7b");
  agrees(filter, true);
  filter.set_s2_cell("89c259");
  agrees(filter, false);
  filter.Clear();
  filter.set_custodian("platform:doorbell");
  agrees(filter, true);
  filter.set_custodian("platform:other");
  agrees(filter, false);
}

TEST(RequestHint, AWholeStateHoldsItsCounties) {
  v1::RequestRow row = Row();
  row.clear_county_fips();
  row.mutable_facts()->mutable_request()->mutable_area()->set_state("CA");
  v1::RequestFilter filter;
  filter.set_county_fips("06037");
  EXPECT_TRUE(MayMatch(filter, HintOf(row)));
  filter.set_county_fips("32003");
  EXPECT_FALSE(MayMatch(filter, HintOf(row)));
}

TEST(RequestHint, WhatIsNoHintIsRead) {
  v1::RequestFilter filter;
  filter.set_state("CA");
  EXPECT_TRUE(MayMatch(filter, ""));
  EXPECT_TRUE(MayMatch(filter, "NV"));
}

}  // namespace
}  // namespace sightline::records
