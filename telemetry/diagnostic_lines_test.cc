#include "telemetry/diagnostic_lines.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/fake_clock.h"
#include "base/status_matchers.h"

namespace sightline::telemetry {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;

constexpr int64_t kNow = 1'795'511'521'250;  // 2026-11-24T09:12:01.250Z

TEST(DiagnosticLines, TextQuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(FormatLine(LineFormat::kText, kNow, Level::kInfo, "serving",
                       {{"address", "127.0.0.1:8443"},
                        {"tree_size", uint64_t{17}},
                        {"tls", true},
                        {"why", "two words"},
                        {"nothing", ""}}),
            "2026-11-24T09:12:01.250Z info serving address=127.0.0.1:8443 "
            "tree_size=17 tls=true why=\"two words\" nothing=\"\"");
}

TEST(DiagnosticLines, JsonIsOneObject) {
  EXPECT_EQ(
      FormatLine(LineFormat::kJson, kNow, Level::kError, "stopped",
                 {{"code", 15}, {"why", "a \"b\" c\\d"}}),
      "{\"time\":\"2026-11-24T09:12:01.250Z\",\"level\":\"error\","
      "\"event\":\"stopped\",\"code\":15,\"why\":\"a \\\"b\\\" c\\\\d\"}");
}

TEST(DiagnosticLines, NoValueBreaksTheLine) {
  for (const LineFormat format : {LineFormat::kText, LineFormat::kJson}) {
    const std::string line = FormatLine(format, kNow, Level::kInfo, "x",
                                        {{"why", "first\nsecond\x1b[31m"}});
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
    EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
    EXPECT_NE(line.find("first\\u000asecond\\u001b[31m"), std::string::npos);
  }
}

TEST(DiagnosticLines, WritesFromTheLeastLevelOn) {
  base::FakeClock clock(kNow);
  std::ostringstream out;
  const auto diagnostics =
      DiagnosticsOnStream({LineFormat::kText, Level::kWarning}, &clock, &out);
  diagnostics->Info("quiet", {});
  diagnostics->Warning("loud", {{"percent", "100% {}"}});
  EXPECT_EQ(out.str(),
            "2026-11-24T09:12:01.250Z warning loud percent=\"100% {}\"\n");
}

TEST(DiagnosticLines, ParsesNames) {
  EXPECT_THAT(ParseLevel("warning"), IsOkAndHolds(Level::kWarning));
  EXPECT_THAT(ParseLevel("loud"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ParseLineFormat("json"), IsOkAndHolds(LineFormat::kJson));
  EXPECT_THAT(ParseLineFormat("xml"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sightline::telemetry
