#include "cmd/cli/import/key_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "base/status_matchers.h"
#include "crypto/random.h"
#include "crypto/signer.h"

namespace sightline::cli {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

class KeyFolderTest : public ::testing::Test {
 protected:
  KeyFolderTest() {
    std::string folder = ::testing::TempDir() + "/keys-XXXXXX";
    path_ = std::string(mkdtemp(folder.data())) + "/keys";
  }

  absl::StatusOr<std::unique_ptr<KeyFolder>> Open(int64_t now_unix_ms) {
    return KeyFolder::Open(path_, now_unix_ms, crypto::Rng::Real());
  }

  static int Mode(const std::string& path) {
    struct stat info {};
    return stat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : -1;
  }

  std::string path_;
};

TEST_F(KeyFolderTest, MakesAKeyForEachSubmitterOnce) {
  ASSERT_OK_AND_ASSIGN(const auto keys, Open(1000));
  ASSERT_OK_AND_ASSIGN(const auto first, keys->StatementKey("ori:CA0999900"));
  ASSERT_OK_AND_ASSIGN(const auto again, keys->StatementKey("ori:CA0999900"));
  ASSERT_OK_AND_ASSIGN(const auto other, keys->StatementKey("ori:CA0999901"));
  EXPECT_EQ(first.public_key().spki_der(), again.public_key().spki_der());
  EXPECT_NE(first.public_key().spki_der(), other.public_key().spki_der());
}

TEST_F(KeyFolderTest, KeysAndSecretAreTheOwnersAlone) {
  ASSERT_OK_AND_ASSIGN(const auto keys, Open(1000));
  ASSERT_OK(keys->StatementKey("ori:CA0999900").status());
  EXPECT_EQ(Mode(path_), 0700);
  EXPECT_EQ(keys->KeyPath("ori:CA0999900"), path_ + "/ori-CA0999900.key");
  EXPECT_EQ(Mode(keys->KeyPath("ori:CA0999900")), 0600);
  EXPECT_EQ(Mode(path_ + "/import.secret"), 0600);
}

// A second run makes the same bytes: same keys, same salts, same claimed time.
TEST_F(KeyFolderTest, ALaterRunFindsWhatTheFirstMade) {
  std::string secret;
  std::string spki;
  {
    ASSERT_OK_AND_ASSIGN(const auto keys, Open(1000));
    secret = std::string(keys->secret());
    ASSERT_OK_AND_ASSIGN(const auto key, keys->StatementKey("prov:wi-x"));
    spki = std::string(key.public_key().spki_der());
  }
  ASSERT_OK_AND_ASSIGN(const auto keys, Open(2000));
  EXPECT_EQ(keys->secret(), secret);
  EXPECT_EQ(secret.size(), 32u);
  EXPECT_EQ(keys->begun_unix_ms(), 1000);
  ASSERT_OK_AND_ASSIGN(const auto key, keys->StatementKey("prov:wi-x"));
  EXPECT_EQ(key.public_key().spki_der(), spki);
}

TEST_F(KeyFolderTest, RefusesASecretThatIsNone) {
  ASSERT_OK(Open(1000).status());
  std::ofstream(path_ + "/import.secret", std::ios::trunc) << "short";
  EXPECT_THAT(Open(1000), StatusIs(absl::StatusCode::kInvalidArgument,
                                   HasSubstr("import.secret")));
}

TEST_F(KeyFolderTest, RefusesAKeyThatCannotBeRead) {
  ASSERT_OK_AND_ASSIGN(const auto keys, Open(1000));
  ASSERT_OK(keys->StatementKey("ori:CA0999900").status());
  std::filesystem::permissions(keys->KeyPath("ori:CA0999900"),
                               std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  EXPECT_THAT(keys->StatementKey("ori:CA0999900").status(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("ori-CA0999900.key")));
}

}  // namespace
}  // namespace sightline::cli
