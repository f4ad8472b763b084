#include "cmd/witness_options.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "base/status_matchers.h"

namespace sightline::daemon {
namespace {

using ::sightline::base::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

WitnessFlags Parse(std::vector<std::string> args) {
  CLI::App app;
  WitnessFlags flags;
  AddWitnessFlags(&app, &flags);
  std::vector<std::string> reversed(args.rbegin(), args.rend());
  app.parse(reversed);
  return flags;
}

const std::vector<std::string> kLeast = {"--data-dir", "d",     "--logs",
                                         "l",          "--key", "k"};

std::vector<std::string> And(std::vector<std::string> more) {
  std::vector<std::string> all = kLeast;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST(WitnessOptions, TheLeastIsEnough) {
  const auto settings = ToWitnessSettings(Parse(kLeast));
  ASSERT_OK(settings);
  EXPECT_EQ(settings->http.host, "127.0.0.1");
  EXPECT_EQ(settings->http.port, 7445);
  EXPECT_EQ(settings->http.max_body_bytes, size_t{128} << 10);
  EXPECT_EQ(settings->handler.prefix, "");
}

TEST(WitnessOptions, ReadsAddresses) {
  const auto six = ToWitnessSettings(Parse(And({"--listen", "[::1]:0"})));
  ASSERT_OK(six);
  EXPECT_EQ(six->http.host, "::1");
  EXPECT_EQ(six->http.port, 0);
}

TEST(WitnessOptions, NamesEveryFault) {
  EXPECT_THAT(
      ToWitnessSettings(Parse(And({"--listen", "x", "--prefix", "w/"}))),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("listen"), HasSubstr("prefix"))));
  for (const char* listen : {"a:", ":1", "a:65536", "a:-1", "[::1:1", "a"}) {
    EXPECT_FALSE(ToWitnessSettings(Parse(And({"--listen", listen}))).ok())
        << listen;
  }
}

TEST(WitnessOptions, TheExampleFileNamesEverySetting) {
  CLI::App app;
  WitnessFlags flags;
  AddWitnessFlags(&app, &flags);
  std::vector<std::string> args = {"docs/sightline-witness.example.toml",
                                   "--config"};
  app.parse(args);
  EXPECT_OK(ToWitnessSettings(flags));
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = option->get_single_name();
    if (name == "help" || name == "config") continue;
    EXPECT_GT(option->count(), 0u) << name;
  }
}

}  // namespace
}  // namespace sightline::daemon
