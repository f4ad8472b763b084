// A folder of a test's own, gone when the test is. In memory where the machine has
// such a file system, because a store syncs a lot.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

namespace sightline::storage {

class TempFolder {
 public:
  TempFolder() {
    for (const std::string& parent :
         {std::string("/dev/shm"), ::testing::TempDir()}) {
      path_ = parent + "/storage-XXXXXX";
      if (mkdtemp(path_.data()) != nullptr) return;
    }
    ADD_FAILURE() << "mkdtemp: " << path_;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  // Of a folder in it that does not exist yet.
  std::string Store() const { return path_ + "/store"; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace sightline::storage
