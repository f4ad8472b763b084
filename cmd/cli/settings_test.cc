#include "cmd/cli/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "absl/status/status.h"
#include "base/status_matchers.h"
#include "cmd/cli/invocation.h"

namespace sightline::cli {
namespace {

using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
// Of C2SP signed-note.
constexpr char kVkey[] =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

class SettingsTest : public ::testing::Test {
 protected:
  SettingsTest() : run_(Around()) {
    std::string folder = ::testing::TempDir() + "/settings-XXXXXX";
    folder_ = mkdtemp(folder.data());
  }

  Surroundings Around() {
    Surroundings around;
    around.out = &out_;
    around.err = &err_;
    around.env = [this](const char* name) -> std::optional<std::string> {
      const auto it = env_.find(name);
      if (it == env_.end()) return std::nullopt;
      return it->second;
    };
    return around;
  }

  std::string Write(const std::string& text) {
    const std::string path = folder_ + "/config.toml";
    std::ofstream(path) << text;
    return path;
  }

  std::string folder_;
  std::ostringstream out_;
  std::ostringstream err_;
  std::map<std::string, std::string> env_;
  Invocation run_;
};

TEST_F(SettingsTest, FlagsWinOverTheEnvironmentAndThatOverTheProfile) {
  run_.config_file = Write(
      "server = \"top\"\nsubmitter = \"top\"\nstatement_key = \"top.key\"\n"
      "[profiles.trial]\nserver = \"trial\"\nsubmitter = \"trial\"\n"
      "server_name = \"trial\"\n");
  run_.profile = "trial";
  env_ = {{"SIGHTLINE_SERVER", "env"}, {"SIGHTLINE_SUBMITTER", "env"}};
  Settings flags;
  flags.server = "flag";
  ASSERT_OK_AND_ASSIGN(const Settings got, Resolve(flags, run_));
  EXPECT_EQ(got.server, "flag");
  EXPECT_EQ(got.submitter, "env");
  EXPECT_EQ(got.server_name, "trial");
  EXPECT_EQ(got.statement_key, folder_ + "/top.key");
}

TEST_F(SettingsTest, FilesOfAProfileAreBesideIt) {
  run_.config_file = Write("ca = \"ca.pem\"\ncert = \"/etc/cert.pem\"\n");
  ASSERT_OK_AND_ASSIGN(const Settings got, Resolve({}, run_));
  EXPECT_EQ(got.ca, folder_ + "/ca.pem");
  EXPECT_EQ(got.cert, "/etc/cert.pem");
}

TEST_F(SettingsTest, VkeysAreOneOrMany) {
  run_.config_file = Write("vkey = [\"a\", \"b\"]\n");
  ASSERT_OK_AND_ASSIGN(Settings got, Resolve({}, run_));
  EXPECT_THAT(got.vkeys, ElementsAre("a", "b"));
  env_["SIGHTLINE_VKEY"] = " c  d ";
  ASSERT_OK_AND_ASSIGN(got, Resolve({}, run_));
  EXPECT_THAT(got.vkeys, ElementsAre("c", "d"));
}

TEST_F(SettingsTest, NothingIsNeeded) {
  ASSERT_OK_AND_ASSIGN(const Settings got, Resolve({}, run_));
  EXPECT_EQ(got.server, "");
  EXPECT_THAT(got.vkeys, IsEmpty());
}

TEST_F(SettingsTest, TheUsualPlaceNeedNotExist) {
  env_["HOME"] = folder_;
  EXPECT_OK(Resolve({}, run_).status());
  std::filesystem::create_directories(folder_ + "/.config/sightline");
  std::ofstream(folder_ + "/.config/sightline/config.toml")
      << "server = \"home\"\n";
  ASSERT_OK_AND_ASSIGN(const Settings got, Resolve({}, run_));
  EXPECT_EQ(got.server, "home");
}

TEST_F(SettingsTest, SaysWhatIsWrongWithAProfile) {
  const struct {
    const char* text;
    const char* fault;
  } cases[] = {{"server = 7\n", "server: want a text"},
               {"vkey = 7\n", "vkey: want a text"},
               {"sever = \"x\"\n", "\"sever\" is no setting"},
               {"server = \"x\n", "line 1"},
               {"[profiles.a]\n[profiles.a.profiles.b]\n", "profiles"}};
  for (const auto& c : cases) {
    run_.config_file = Write(c.text);
    run_.profile = std::string(c.fault) == "profiles" ? "a" : "";
    EXPECT_THAT(Resolve({}, run_).status(),
                StatusIs(kInvalid, HasSubstr(c.fault)))
        << c.text;
  }
}

TEST_F(SettingsTest, AProfileThatWasAskedForMustBeThere) {
  run_.profile = "trial";
  EXPECT_THAT(Resolve({}, run_).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("trial")));
  run_.config_file = Write("[profiles.other]\n");
  EXPECT_THAT(Resolve({}, run_).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("trial")));
}

TEST_F(SettingsTest, AKeyMayCountForSomeTreeSizesOnly) {
  const struct {
    const char* range;
    size_t at_0, at_19, at_20;
  } cases[] = {{"", 1, 1, 1},     {"@", 1, 1, 1},    {"@20", 0, 0, 1},
               {"@20-", 0, 0, 1}, {"@-20", 1, 1, 0}, {"@5-20", 0, 1, 0},
               {"@0-20", 1, 1, 0}};
  for (const auto& c : cases) {
    Settings settings;
    settings.vkeys = {std::string(kVkey) + c.range};
    ASSERT_OK_AND_ASSIGN(const auto keys, TrustedKeys(settings));
    EXPECT_EQ(keys.origin(), "example.com/foo");
    EXPECT_EQ(keys.KeysFor(0).size(), c.at_0) << c.range;
    EXPECT_EQ(keys.KeysFor(19).size(), c.at_19) << c.range;
    EXPECT_EQ(keys.KeysFor(20).size(), c.at_20) << c.range;
  }
  for (const char* range : {"@x", "@20-10", "@20-20", "@-x"}) {
    Settings settings;
    settings.vkeys = {std::string(kVkey) + range};
    EXPECT_THAT(TrustedKeys(settings).status(), StatusIs(kInvalid)) << range;
  }
  EXPECT_THAT(TrustedKeys(Settings()).status(),
              StatusIs(kInvalid, HasSubstr("--vkey")));
}

TEST_F(SettingsTest, StateHasItsPlace) {
  EXPECT_THAT(StateFolder(run_).status(),
              StatusIs(absl::StatusCode::kNotFound));
  env_["HOME"] = folder_;
  ASSERT_OK_AND_ASSIGN(std::string state, StateFolder(run_));
  EXPECT_EQ(state, folder_ + "/.local/state/sightline");
  env_["XDG_STATE_HOME"] = folder_ + "/xdg";
  ASSERT_OK_AND_ASSIGN(state, StateFolder(run_));
  EXPECT_EQ(state, folder_ + "/xdg/sightline");
  env_["SIGHTLINE_STATE_DIR"] = folder_ + "/own";
  ASSERT_OK_AND_ASSIGN(state, StateFolder(run_));
  EXPECT_EQ(state, folder_ + "/own");
  EXPECT_TRUE(std::filesystem::is_directory(state));
}

}  // namespace
}  // namespace sightline::cli
