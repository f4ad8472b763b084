// Kills a monitor at any moment of its work: what it does when it comes back is
// what it would have done. (Mirrors: mirror_kill_test.cc.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "monitor/log_maker.h"
#include "monitor/tile_export.h"
#include "tests/crash/command_run.h"
#include "tiles/entry_source.h"
#include "tiles/memory_tiles.h"

namespace sightline::tests {
namespace {

namespace fs = std::filesystem;
using monitor::LogMaker;

constexpr uint64_t kEntries = 3000;  // a dozen bundles
constexpr absl::string_view kAgency = "ori:CA0194200";

// The files of a log, written once.
class MonitorKillTest : public ::testing::Test {
 protected:
  MonitorKillTest() {
    std::string name = absl::StrCat(::testing::TempDir(), "/monitor.XXXXXX");
    folder_ = mkdtemp(name.data());
    run_ = std::make_unique<CommandRun>(folder_);
    LogMaker maker;
    maker.Enrol(kAgency);
    while (maker.size() < kEntries) maker.Request(kAgency);
    tiles::MemoryTiles log = maker.Build();
    tiles::BundleEntrySource entries(&log, kEntries);
    monitor::TileExportOptions options;
    options.folder = folder_ + "/log";
    EXPECT_OK(monitor::ExportTiles(*log.ReadCheckpoint(), &entries, options)
                  .status());
  }
  ~MonitorKillTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  // The ids of alerts in the output; a line that a kill cut short is none.
  std::multiset<std::string> AlertIds() const {
    std::ifstream in(run_->output_path());
    std::multiset<std::string> ids;
    for (std::string line; std::getline(in, line);) {
      const std::string start = "{\"id\":\"";
      if (!absl::StartsWith(line, start) || !absl::EndsWith(line, "}")) {
        continue;
      }
      ids.insert(line.substr(start.size(), 32));
    }
    return ids;
  }

  std::string folder_;
  std::unique_ptr<CommandRun> run_;
  const std::string vkey_ = LogMaker::Signer("log").vkey();
};

TEST_F(MonitorKillTest, TellsOfEverything) {
  std::ofstream(folder_ + "/rules.yaml") << "rules: [{on: request}]\n";
  const std::vector<std::string> command = {getenv("SIGHTLINE"),
                                            "monitor",
                                            folder_ + "/log",
                                            "--vkey",
                                            vkey_,
                                            "--state",
                                            folder_ + "/state",
                                            "--rules",
                                            folder_ + "/rules.yaml",
                                            "--alerts-from",
                                            "0",
                                            "--once"};
  for (const size_t changes : {1, 2, 3, 4, 6, 8}) {
    run_->Until(command, folder_ + "/state", changes);
  }
  run_->ToItsEnd(command);
  const std::multiset<std::string> ids = AlertIds();
  const std::set<std::string> different(ids.begin(), ids.end());
  EXPECT_EQ(different.size(), kEntries - 2);  // every request
  // It has nothing more to say.
  run_->ToItsEnd(command);
  EXPECT_EQ(AlertIds(), ids);
}

}  // namespace
}  // namespace sightline::tests
