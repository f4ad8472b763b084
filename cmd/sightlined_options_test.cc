#include "cmd/sightlined_options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/status_matchers.h"

namespace sightline::daemon {
namespace {

using ::sightline::base::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class OptionsTest : public ::testing::Test {
 protected:
  OptionsTest() { AddFlags(&app_, &flags_); }

  void Parse(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());
    app_.parse(arguments);
  }
  std::string WriteConfig(const std::string& text) {
    const std::string path = ::testing::TempDir() + "/sightlined.toml";
    std::ofstream(path) << text;
    return path;
  }

  CLI::App app_;
  Flags flags_;
};

TEST_F(OptionsTest, FlagsOverrideTheFile) {
  const std::string config = WriteConfig(
      "data-dir = \"/srv/log\"\nlisten = [\"127.0.0.1:1\", \"127.0.0.1:2\"]\n"
      "max-waiting = 7\n");
  Parse({"--config", config, "--max-waiting", "9"});
  EXPECT_EQ(flags_.data_dir, "/srv/log");
  EXPECT_THAT(flags_.listen, ElementsAre("127.0.0.1:1", "127.0.0.1:2"));
  EXPECT_EQ(flags_.max_waiting, 9u);
}

TEST_F(OptionsTest, AnUnknownKeyOfTheFileIsAnError) {
  const std::string config =
      WriteConfig("data-dir = \"/srv/log\"\nmax-wating = 7\n");
  EXPECT_THROW(Parse({"--config", config}), CLI::ConfigError);
}

TEST_F(OptionsTest, NamesEverythingThatIsMissing) {
  Parse({"--tls-key", "k"});
  EXPECT_THAT(ToSettings(flags_).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("data-dir must name a folder"),
                             HasSubstr("tls-cert and tls-key go together"),
                             HasSubstr("log-key must name a key file"),
                             HasSubstr("neither tls-cert nor"))));
}

TEST_F(OptionsTest, RefusesValuesThatMakeNoSense) {
  EXPECT_THROW(Parse({"--data-dir", "d", "--max-waiting", "0"}),
               CLI::ValidationError);
}

TEST_F(OptionsTest, ReachesEveryPart) {
  Parse({"--data-dir", "d", "--tls-cert", "c", "--tls-key", "k",
         "--tls-client-ca", "a", "--log-key", "l", "--log-format", "json",
         "--quota-per-second", "5", "--block-cache-mb", "3"});
  ASSERT_OK_AND_ASSIGN(const Settings settings, ToSettings(flags_));
  EXPECT_EQ(settings.server.tls->client_ca, "a");
  EXPECT_THAT(settings.server.listen, ElementsAre(kDefaultListen));
  EXPECT_EQ(settings.lines.format, telemetry::LineFormat::kJson);
  EXPECT_EQ(settings.log.quota.statements_per_second, 5);
  EXPECT_EQ(settings.store.block_cache_bytes, size_t{3} << 20);
}

TEST_F(OptionsTest, ThereIsHttpWhereItIsAskedFor) {
  Parse({"--data-dir", "d", "--plaintext-loopback", "127.0.0.1:0", "--log-key",
         "l"});
  ASSERT_OK_AND_ASSIGN(Settings settings, ToSettings(flags_));
  EXPECT_FALSE(settings.http.has_value());
  flags_.http_listen = {"127.0.0.1:0"};
  flags_.http_max_connections_per_address = 7;
  ASSERT_OK_AND_ASSIGN(settings, ToSettings(flags_));
  ASSERT_TRUE(settings.http.has_value());
  EXPECT_THAT(settings.http->server.listen, ElementsAre("127.0.0.1:0"));
  EXPECT_EQ(settings.http->server.max_connections_per_address, 7u);
  EXPECT_EQ(settings.receipts_per_client.per_second, 20);
  EXPECT_EQ(settings.receipts_per_client.burst, 100);
  flags_.http_receipts_per_second = 0.1;
  ASSERT_OK_AND_ASSIGN(settings, ToSettings(flags_));
  EXPECT_EQ(settings.receipts_per_client.burst, 1);
  flags_.http_listen = {"localhost"};
  EXPECT_THAT(
      ToSettings(flags_).status(),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"localhost\"")));
}

TEST_F(OptionsTest, HttpsTakesItsOwnCertificateOrThatOfGrpc) {
  Parse({"--data-dir", "d", "--tls-cert", "c", "--tls-key", "k", "--log-key",
         "l", "--https-listen", "127.0.0.1:0"});
  ASSERT_OK_AND_ASSIGN(Settings settings, ToSettings(flags_));
  EXPECT_EQ(settings.http->server.tls->certificate, "c");
  EXPECT_EQ(settings.http->server.tls->private_key, "k");
  flags_.https_cert = "own";
  EXPECT_THAT(ToSettings(flags_).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("https-cert and https-key go together")));
  flags_.https_key = "own-key";
  ASSERT_OK_AND_ASSIGN(settings, ToSettings(flags_));
  EXPECT_EQ(settings.http->server.tls->certificate, "own");
  EXPECT_EQ(settings.http->server.tls->private_key, "own-key");
}

TEST_F(OptionsTest, AuthoritiesOfWitnessesNeedWitnesses) {
  Parse({"--data-dir", "d", "--plaintext-loopback", "127.0.0.1:0", "--log-key",
         "l", "--witness-ca", "ca.crt"});
  EXPECT_THAT(ToSettings(flags_).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("witness-ca needs witness-policy")));
  flags_.witness_policy = "witnesses.policy";
  EXPECT_OK(ToSettings(flags_));
}

TEST_F(OptionsTest, ThereAreMetricsWhereTheyAreAskedFor) {
  Parse({"--data-dir", "d", "--plaintext-loopback", "127.0.0.1:0", "--log-key",
         "l"});
  ASSERT_OK_AND_ASSIGN(Settings settings, ToSettings(flags_));
  EXPECT_FALSE(settings.metrics.has_value());
  flags_.metrics_listen = "127.0.0.1:9464";
  ASSERT_OK_AND_ASSIGN(settings, ToSettings(flags_));
  EXPECT_THAT(settings.metrics->listen, ElementsAre("127.0.0.1:9464"));
  EXPECT_FALSE(settings.http.has_value());
}

// The example that operators copy is one that the server takes.
TEST_F(OptionsTest, TheDocumentedExampleParses) {
  Parse({"--config", "docs/sightlined.example.toml"});
  EXPECT_OK(ToSettings(flags_));
}

// As it stands, or as a comment where a log can do without.
TEST_F(OptionsTest, TheExampleNamesEverySetting) {
  std::ifstream file("docs/sightlined.example.toml");
  std::set<std::string> named;
  for (std::string line; std::getline(file, line);) {
    absl::string_view rest = line;
    absl::ConsumePrefix(&rest, "# ");
    named.emplace(rest.substr(0, rest.find(" = ")));
  }
  for (const CLI::Option* option : app_.get_options()) {
    const std::string name = option->get_single_name();
    if (name == "help" || name == "config" || name == "version") continue;
    EXPECT_TRUE(named.contains(name)) << name;
  }
}

}  // namespace
}  // namespace sightline::daemon
