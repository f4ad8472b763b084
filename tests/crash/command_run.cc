#include "tests/crash/command_run.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "tests/crash/file_watch.h"
#include "tests/crash/server_process.h"

namespace sightline::tests {

namespace fs = std::filesystem;

// Through a shell: the output must survive the command, and the pipe tell its end.
std::vector<std::string> CommandRun::Wrapped(
    const std::vector<std::string>& command) const {
  std::vector<std::string> wrapped = {
      "/bin/sh", "-c",
      absl::StrCat("exec \"$@\" 3>&1 >> '", output_path(), "'"), "sh"};
  wrapped.insert(wrapped.end(), command.begin(), command.end());
  return wrapped;
}

bool CommandRun::Until(const std::vector<std::string>& command,
                       const std::string& watched, size_t changes) {
  fs::create_directories(watched);
  FileWatch watch(watched);
  auto process = ServerProcess::Start(Wrapped(command), folder_ + "/stderr");
  EXPECT_OK(process.status());
  if (!process.ok()) return true;
  if (watch.AwaitChanges(changes, (*process)->output_fd())) {
    (*process)->Kill();
  }
  const std::string how = (*process)->Wait();
  EXPECT_TRUE(how == "exit code 0" || how == "killed by signal 9")
      << how << "\n"
      << (*process)->Stderr();
  return how == "exit code 0";
}

size_t CommandRun::ChangesOf(const std::vector<std::string>& command,
                             const std::string& watched) {
  fs::create_directories(watched);
  FileWatch watch(watched);
  auto process = ServerProcess::Start(Wrapped(command), folder_ + "/stderr");
  EXPECT_OK(process.status());
  if (!process.ok()) return 0;
  const size_t changes = watch.CountChanges((*process)->output_fd());
  EXPECT_EQ((*process)->Wait(), "exit code 0") << (*process)->Stderr();
  return changes;
}

void CommandRun::ToItsEnd(const std::vector<std::string>& command) {
  auto process = ServerProcess::Start(Wrapped(command), folder_ + "/stderr");
  ASSERT_OK(process.status());
  EXPECT_EQ((*process)->Wait(), "exit code 0") << (*process)->Stderr();
}

std::map<std::string, std::string> FilesBelow(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& item : fs::recursive_directory_iterator(folder)) {
    if (!item.is_regular_file()) continue;
    std::ifstream in(item.path(), std::ios::binary);
    files[fs::relative(item.path(), folder).string()] = std::string(
        (std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  }
  return files;
}

}  // namespace sightline::tests
