#include "monitor/atom_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/status_matchers.h"
#include "monitor/alert.h"

namespace sightline::monitor {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::testing::HasSubstr;
using ::testing::Not;

Alert Example() {
  Alert alert;
  alert.id = AlertId("rule", "request", "entry 7");
  alert.time_unix_ms = 1'590'969'600'123;
  alert.rule = "a <b> & \"c\"";
  alert.kind = "request";
  alert.text = "line\x01 one</content>";
  alert.index = 7;
  alert.submitter = "ori:CA0194200";
  return alert;
}

TEST(AtomFile, LetsNoTextOutOfItsPlace) {
  const Alert alert = Example();
  const std::string atom = FormatAtom("T & t", "log.example/1", {&alert, 1});
  EXPECT_THAT(atom, HasSubstr("<title>T &amp; t</title>"));
  EXPECT_THAT(atom,
              HasSubstr("<title>a &lt;b&gt; &amp; &quot;c&quot;</title>"));
  EXPECT_THAT(atom, HasSubstr("line? one&lt;/content&gt;</content>"));
  EXPECT_THAT(atom, HasSubstr("<updated>2020-06-01T00:00:00.123Z</updated>"));
  EXPECT_THAT(atom, Not(HasSubstr("\x01")));
}

TEST(AtomFile, HasTheNewestFirst) {
  Alert both[] = {Example(), Example()};
  both[1].rule = "newer";
  const std::string atom = FormatAtom("t", "log.example/1", both);
  EXPECT_LT(atom.find("newer"), atom.find("a &lt;b&gt;"));
}

TEST(Alert, ReadsBackWhatItWrote) {
  const Alert alert = Example();
  EXPECT_THAT(AlertFromJson(AlertToJson(alert)), IsOkAndHolds(alert));
  Alert bare = alert;
  bare.index.reset();
  bare.submitter = "";
  bare.evidence = "evidence/x.evidence";
  EXPECT_THAT(AlertFromJson(AlertToJson(bare)), IsOkAndHolds(bare));
  for (const char* bad : {"", "{}", "[]", "{\"id\": \"x\"}", "{\"id\": 1}"}) {
    EXPECT_FALSE(AlertFromJson(bad).ok()) << bad;
  }
}

TEST(Alert, HasOneIdForOneThing) {
  EXPECT_EQ(AlertId("a", "b", "c"), AlertId("a", "b", "c"));
  EXPECT_NE(AlertId("a", "b", "c"), AlertId("a", "b", "d"));
  EXPECT_NE(AlertId("a", "b", "c"), AlertId("x", "b", "c"));
}

}  // namespace
}  // namespace sightline::monitor
