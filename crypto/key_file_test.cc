#include "crypto/key_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "base/status_matchers.h"

namespace sightline::crypto {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

class KeyFile : public ::testing::Test {
 protected:
  // A path in a directory of this test's own.
  void SetUp() override {
    std::string dir = ::testing::TempDir() + "/key_file_XXXXXX";
    ASSERT_NE(::mkdtemp(&dir[0]), nullptr);
    path_ = dir + "/log.key";
  }

  std::string path_;
  const PrivateKey key_ = *PrivateKey::FromSeed(std::string(32, '\x01'));
};

TEST_F(KeyFile, ReadsWhatItWrote) {
  ASSERT_OK(WriteKeyFile(path_, key_));
  ASSERT_OK_AND_ASSIGN(const PrivateKey read, ReadKeyFile(path_));
  EXPECT_EQ(read.public_key(), key_.public_key());
}

TEST_F(KeyFile, IsForItsOwnerAlone) {
  const mode_t old_mask = ::umask(0);
  ASSERT_OK(WriteKeyFile(path_, key_));
  ::umask(old_mask);
  struct stat info;
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
}

TEST_F(KeyFile, IsNeverOverwritten) {
  ASSERT_OK(WriteKeyFile(path_, key_));
  EXPECT_THAT(
      WriteKeyFile(path_, *PrivateKey::FromSeed(std::string(32, '\x02'))),
      StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(path_)));
  ASSERT_OK_AND_ASSIGN(const PrivateKey read, ReadKeyFile(path_));
  EXPECT_EQ(read.public_key(), key_.public_key());
}

TEST_F(KeyFile, IsRefusedWhenOthersMayReadIt) {
  ASSERT_OK(WriteKeyFile(path_, key_));
  for (mode_t mode : {0640, 0604, 0620, 0601}) {
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
    EXPECT_THAT(ReadKeyFile(path_),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("chmod 600")));
  }
  ASSERT_EQ(::chmod(path_.c_str(), 0400), 0);
  EXPECT_OK(ReadKeyFile(path_));
}

TEST_F(KeyFile, MissingFileIsNotFound) {
  EXPECT_THAT(ReadKeyFile(path_), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(KeyFile, RefusesWhatIsNoRegularFile) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(
      ReadKeyFile(path_),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("regular")));
}

TEST_F(KeyFile, RefusesContentsThatAreNoKey) {
  ASSERT_OK(WriteSecretFile(path_, "not a key"));
  EXPECT_THAT(ReadKeyFile(path_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(path_)));
}

TEST_F(KeyFile, SecretFilesHoldAnyBytesUpToTheLimit) {
  const std::string largest(1 << 20, '\0');
  ASSERT_OK(WriteSecretFile(path_, largest));
  ASSERT_OK_AND_ASSIGN(const SecretString read, ReadSecretFile(path_));
  EXPECT_EQ(read.view(), largest);
  ASSERT_OK(WriteSecretFile(path_ + ".2", largest + "x"));
  EXPECT_THAT(ReadSecretFile(path_ + ".2"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sightline::crypto
