// Commands that are killed while they write, and the files that they leave.
//
// Threads: thread-compatible.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sightline::tests {

class CommandRun {
 public:
  // Its output is appended to FOLDER/output; FOLDER/stderr is of the last run.
  explicit CommandRun(std::string folder) : folder_(std::move(folder)) {}

  // Runs the command until `changes` files have changed in the folder `watched`
  // (0: at once), then kills it. Returns whether it had come to its end before.
  // A test failure when it ended otherwise than well or killed.
  bool Until(const std::vector<std::string>& command,
             const std::string& watched, size_t changes);
  // Runs the command to its end; how many files have changed in `watched`.
  size_t ChangesOf(const std::vector<std::string>& command,
                   const std::string& watched);
  // Runs the command to its end. A test failure when that was not well.
  void ToItsEnd(const std::vector<std::string>& command);

  std::string output_path() const { return folder_ + "/output"; }

 private:
  std::vector<std::string> Wrapped(
      const std::vector<std::string>& command) const;

  const std::string folder_;
};

// Path below `folder` -> bytes, of every file.
std::map<std::string, std::string> FilesBelow(const std::string& folder);

}  // namespace sightline::tests
