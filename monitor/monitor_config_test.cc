#include "monitor/monitor_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/status_matchers.h"

namespace sightline::monitor {
namespace {

using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(MonitorConfig, ReadsEverythingThatThereIs) {
  const auto config = ParseMonitorConfig(R"(
rules:
  - name: Los Angeles
    on: request
    county: ["06037", "06059"]
    state: CA
    s2_cell: [80c2c7, "89"]
    submitter: [ori:CA0194200]
  - {on: overdue, after: 72h}
  - {on: silent, after: 30d}
  - {on: over-broad, max_area_square_metres: 250000, max_window: 12h}
  - {on: finding, finding: [window.max, area.max]}
witnesses:
  - {name: w1, at: "http://w1.example"}
mirrors:
  - {at: /srv/mirror}
peer_interval: 30s
peer_ahead_after: 5m
outputs:
  stdout: false
  webhook: {url: "http://127.0.0.1:9000/alerts", max_queue: 10, timeout: 3s}
  atom: {file: alerts.atom, max_entries: 20, title: "A & B"}
)");
  ASSERT_OK(config);
  ASSERT_THAT(config->rules, SizeIs(5 + 3));
  const Rule& first = config->rules[0];
  EXPECT_EQ(first.name, "Los Angeles");
  EXPECT_THAT(first.counties, ElementsAre("06037", "06059"));
  EXPECT_THAT(first.states, ElementsAre("CA"));
  EXPECT_THAT(first.s2_cells,
              ElementsAre(0x80c2c70000000000u, 0x8900000000000000u));
  EXPECT_EQ(config->rules[1].after, absl::Hours(72));
  EXPECT_EQ(config->rules[2].after, absl::Hours(720));
  EXPECT_EQ(config->rules[3].max_window, absl::Hours(12));
  EXPECT_THAT(config->rules[4].findings, ElementsAre("window.max", "area.max"));
  EXPECT_EQ(config->mirrors[0].name, "/srv/mirror");
  EXPECT_EQ(config->peer_interval, absl::Seconds(30));
  EXPECT_FALSE(config->to_output);
  EXPECT_EQ(config->webhook.max_queue, 10u);
  EXPECT_EQ(config->atom.title, "A & B");
}

TEST(MonitorConfig, AWebhookMayBeHttps) {
  ASSERT_OK_AND_ASSIGN(
      const MonitorConfig config,
      ParseMonitorConfig("outputs: {webhook: {url: 'https://x/y', ca_file: "
                         "ca.crt}}"));
  EXPECT_EQ(config.webhook.url, "https://x/y");
  EXPECT_EQ(config.webhook.ca_file, "ca.crt");
}

TEST(MonitorConfig, APeerMayBeHttps) {
  ASSERT_OK_AND_ASSIGN(
      const MonitorConfig config,
      ParseMonitorConfig("witnesses: [{at: 'https://w/', ca_file: ca.crt}]\n"
                         "mirrors: [{at: 'https://m/'}]"));
  EXPECT_EQ(config.witnesses[0].at, "https://w/");
  EXPECT_EQ(config.witnesses[0].ca_file, "ca.crt");
  EXPECT_EQ(config.mirrors[0].ca_file, "");
}

TEST(MonitorConfig, TellsOfTroubleInAnyCase) {
  for (const char* yaml : {"", "rules: []", "rules: [{on: unsound}]"}) {
    ASSERT_OK_AND_ASSIGN(const MonitorConfig config, ParseMonitorConfig(yaml));
    EXPECT_THAT(config.rules, SizeIs(3)) << yaml;
  }
  EXPECT_THAT(DefaultMonitorConfig().rules, SizeIs(3));
}

TEST(MonitorConfig, NamesEveryFaultWithItsLine) {
  const auto config = ParseMonitorConfig(
      "rules:\n"
      "  - {on: nothing}\n"
      "  - {on: silent}\n"
      "  - {name: x, county: 6037}\n"
      "speed: 1\n");
  EXPECT_THAT(config, StatusIs(absl::StatusCode::kInvalidArgument));
  const std::string message(config.status().message());
  for (const char* part : {"line 2: \"nothing\" is none of request",
                           "line 3: a rule on silence without",
                           "line 4:", "line 5: \"speed\" is no setting here"}) {
    EXPECT_THAT(message, HasSubstr(part));
  }
}

TEST(MonitorConfig, RefusesWhatIsNotThere) {
  for (const char* yaml : std::vector<const char*>{
           "rules: 7", "- a", "rules: [{on: request, county: [603711]}]",
           "rules: [{on: request, s2_cell: xyz}]",
           "rules: [{on: request, s2_cell: 80c2c8}]",
           "rules: [{on: request}, {on: request}]",
           "rules: [{on: request, after: yesterday}]",
           "rules: [{on: over-broad, max_area_square_metres: 0}]",
           "outputs: {webhook: {url: 'ftp://x'}}",
           "outputs: {webhook: {url: 'http://x', ca_file: ca.crt}}",
           "outputs: {atom: {}}", "outputs: {stdout: maybe}",
           "mirrors: [{name: x}]", "mirrors: [{at: /m, ca_file: ca.crt}]",
           "peer_interval: 0s", "rules: [unclosed", "a: b: c",
           "rules: [{on: request, on: request}]"}) {
    EXPECT_THAT(ParseMonitorConfig(yaml),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << yaml;
  }
  EXPECT_FALSE(ParseMonitorConfig(std::string(2 << 20, '#')).ok());
}

}  // namespace
}  // namespace sightline::monitor
