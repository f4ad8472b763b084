// Kills a mirror and a monitor at any moment of their work: what they do when they
// come back is what they would have done.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "monitor/log_maker.h"
#include "monitor/tile_export.h"
#include "tests/crash/file_watch.h"
#include "tests/crash/server_process.h"
#include "tiles/entry_source.h"
#include "tiles/memory_tiles.h"

namespace sightline::tests {
namespace {

namespace fs = std::filesystem;
using monitor::LogMaker;

constexpr uint64_t kEntries = 3000;  // a dozen bundles
constexpr absl::string_view kAgency = "ori:CA0194200";

// The files of a log, written once.
class OutsidersTest : public ::testing::Test {
 protected:
  OutsidersTest() {
    std::string name = absl::StrCat(::testing::TempDir(), "/outsiders.XXXXXX");
    folder_ = mkdtemp(name.data());
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
  ~OutsidersTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  // Runs the command to its end, or until `changes` files have changed in
  // `watched`. Returns whether it came to its end; its output is in output_.
  bool Run(std::vector<std::string> command, const std::string& watched,
           size_t changes) {
    fs::create_directories(watched);
    // Through a shell: its output must survive it, and the pipe tell its end.
    std::string line =
        absl::StrCat("exec \"$@\" 3>&1 >> '", folder_, "/output'");
    std::vector<std::string> wrapped = {"/bin/sh", "-c", line, "sh"};
    wrapped.insert(wrapped.end(), command.begin(), command.end());
    FileWatch watch(watched);
    auto process = ServerProcess::Start(wrapped, folder_ + "/stderr");
    EXPECT_OK(process.status());
    if (changes > 0 && watch.AwaitChanges(changes, (*process)->output_fd())) {
      (*process)->Kill();
    }
    const std::string how = (*process)->Wait();
    EXPECT_TRUE(how == "exit code 0" || how == "killed by signal 9")
        << how << "\n"
        << (*process)->Stderr();
    return how == "exit code 0";
  }

  static std::map<std::string, std::string> Files(const std::string& folder) {
    std::map<std::string, std::string> files;
    for (const auto& item : fs::recursive_directory_iterator(folder)) {
      if (!item.is_regular_file()) continue;
      std::ifstream in(item.path(), std::ios::binary);
      files[fs::relative(item.path(), folder).string()] =
          std::string((std::istreambuf_iterator<char>(in)),
                      std::istreambuf_iterator<char>());
    }
    return files;
  }

  // The ids of alerts in the output; a line that a kill cut short is none.
  std::multiset<std::string> AlertIds() const {
    std::ifstream in(folder_ + "/output");
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
  const std::string vkey_ = LogMaker::Signer("log").vkey();
};

TEST_F(OutsidersTest, AMirrorThatIsKilledEndsByteEqual) {
  const std::string copy = folder_ + "/copy";
  const std::vector<std::string> command = {
      getenv("SIGHTLINE"), "mirror", folder_ + "/log", copy, "--vkey", vkey_};
  int killed = 0;
  for (size_t changes = 1; changes < 40; changes += 3) {
    if (!Run(command, copy + "/tile/entries", changes)) ++killed;
    // What it promises is there, whenever it was stopped.
    if (fs::exists(copy + "/checkpoint")) {
      const auto files = Files(copy);
      for (const auto& [path, bytes] : Files(folder_ + "/log")) {
        ASSERT_EQ(files.count(path), 1u) << path;
      }
    }
  }
  EXPECT_GT(killed, 0);
  EXPECT_TRUE(Run(command, copy + "/tile/entries", 0));
  EXPECT_EQ(Files(copy), Files(folder_ + "/log"));
}

TEST_F(OutsidersTest, AMirrorInRocksDbThatIsKilledEndsEqual) {
  const std::string copy = folder_ + "/database";
  const std::string plain = folder_ + "/plain";
  const std::vector<std::string> command = {getenv("SIGHTLINE"),
                                            "mirror",
                                            folder_ + "/log",
                                            copy,
                                            "--rocksdb",
                                            "--vkey",
                                            vkey_};
  int killed = 0;
  for (size_t changes = 1; changes < 100; changes += 7) {
    if (!Run(command, copy, changes)) ++killed;
  }
  EXPECT_GT(killed, 0);
  EXPECT_TRUE(Run(command, copy, 0));
  EXPECT_TRUE(Run({getenv("SIGHTLINE"), "mirror", copy, plain, "--vkey", vkey_},
                  plain, 0));
  EXPECT_EQ(Files(plain), Files(folder_ + "/log"));
}

TEST_F(OutsidersTest, AMonitorThatIsKilledTellsOfEverything) {
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
    Run(command, folder_ + "/state", changes);
  }
  EXPECT_TRUE(Run(command, folder_ + "/state", 0));
  const std::multiset<std::string> ids = AlertIds();
  const std::set<std::string> different(ids.begin(), ids.end());
  EXPECT_EQ(different.size(), kEntries - 2);  // every request
  // It has nothing more to say.
  EXPECT_TRUE(Run(command, folder_ + "/state", 0));
  EXPECT_EQ(AlertIds(), ids);
}

}  // namespace
}  // namespace sightline::tests
