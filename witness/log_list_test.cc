#include "witness/log_list.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "checkpoint/test_vectors.h"

namespace sightline::witness {
namespace {

using ::sightline::base::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string VkeyLine() {
  return absl::StrCat("vkey ", checkpoint::kLogVkey, "\n");
}

TEST(LogList, ReadsALogWithItsLimit) {
  const auto logs = ParseLogList(
      absl::StrCat("# ours\nlogs/v0\nrevision 2\n\n# the first\norigin ",
                   checkpoint::kLogOrigin, "\n", VkeyLine(),
                   "bastion none\nqpd 86400\ncontact somebody (at) example\n"));
  ASSERT_OK(logs);
  ASSERT_EQ(logs->size(), 1u);
  EXPECT_EQ((*logs)[0].origin, checkpoint::kLogOrigin);
  ASSERT_EQ((*logs)[0].keys.size(), 1u);
  EXPECT_EQ((*logs)[0].keys[0].name(), checkpoint::kLogOrigin);
  EXPECT_EQ((*logs)[0].queries_per_day, 86400u);
}

TEST(LogList, TakesTheKeysNameForTheOriginAndNoLimit) {
  const auto logs = ParseLogList(absl::StrCat("logs/v0\n", VkeyLine()));
  ASSERT_OK(logs);
  ASSERT_EQ(logs->size(), 1u);
  EXPECT_EQ((*logs)[0].origin, checkpoint::kLogOrigin);
  EXPECT_EQ((*logs)[0].queries_per_day, 0u);
}

TEST(LogList, MayBeEmpty) {
  const auto logs = ParseLogList("logs/v0\n");
  ASSERT_OK(logs);
  EXPECT_TRUE(logs->empty());
}

TEST(LogList, JoinsTheKeysOfOneOrigin) {
  // The witness's key as a log key, of the log's origin.
  const auto logs = ParseLogList(absl::StrCat(
      "logs/v0\n\n", VkeyLine(), "\norigin ", checkpoint::kLogOrigin, "\nvkey ",
      checkpoint::kWitnessLogTypeVkey, "\n"));
  ASSERT_OK(logs);
  ASSERT_EQ(logs->size(), 1u);
  EXPECT_EQ((*logs)[0].keys.size(), 2u);
}

TEST(LogList, NamesTheLineThatIsWrong) {
  const std::string head = "logs/v0\n\n";
  const struct {
    std::string text;
    const char* line;
    const char* says;
  } cases[] = {
      {"", "line 1", "logs/v0"},
      {"vkey x\n", "line 1", "logs/v0"},
      {absl::StrCat(head, "vkey x\n"), "line 3", "vkey"},
      {absl::StrCat(head, "vkey\n"), "line 3", "<keyword> <value>"},
      {absl::StrCat(head, "vkey ", checkpoint::kWitnessVkey), "line 3",
       "not a cosigner's"},
      {absl::StrCat(head, VkeyLine(), VkeyLine()), "line 4", "second vkey"},
      {absl::StrCat(head, VkeyLine(), "\n", VkeyLine()), "line 6",
       "listed already"},
      {absl::StrCat(head, VkeyLine(), "qpd many\n"), "line 4", ""},
      {absl::StrCat(head, VkeyLine(), "qpd 1\nqpd 1\n"), "line 5",
       "second qpd"},
      {absl::StrCat(head, "origin a\n\n"), "line 4", "has no vkey"},
      {absl::StrCat(head, VkeyLine(), "key x\n"), "line 4", "unknown keyword"},
      {absl::StrCat(head, VkeyLine(), "\nrevision 1\n"), "line 5", "revision"},
      {absl::StrCat(head, VkeyLine(), "qpd 5\n\norigin ",
                    checkpoint::kLogOrigin, "\nvkey ",
                    checkpoint::kWitnessLogTypeVkey, "\nqpd 6\n"),
       "line 9", "another qpd"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(ParseLogList(c.text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(c.line), HasSubstr(c.says))))
        << c.text;
  }
}

}  // namespace
}  // namespace sightline::witness
