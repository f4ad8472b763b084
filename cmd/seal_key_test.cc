#include "cmd/seal_key.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "base/bytes.h"
#include "base/status_matchers.h"
#include "crypto/key_file.h"

namespace sightline::daemon {
namespace {

using base::StatusIs;

std::string KeyText(char byte) {
  return base::Base64Encode(std::string(32, byte));
}

std::string KeyFile(const std::string& name, const std::string& text) {
  const std::string path = ::testing::TempDir() + "/" + name;
  EXPECT_OK(crypto::WriteSecretFile(path, text));
  return path;
}

TEST(SealKey, ComesFromAFileOrACommand) {
  ASSERT_OK_AND_ASSIGN(const auto from_file,
                       ReadSealKey(KeyFile("one", KeyText('a') + "\n")));
  EXPECT_EQ(from_file.view(), std::string(32, 'a'));
  ASSERT_OK_AND_ASSIGN(
      const auto from_command,
      ReadSealKeyFromCommand("printf '%s\\n' " + KeyText('b')));
  EXPECT_EQ(from_command.view(), std::string(32, 'b'));
}

TEST(SealKey, ACommandThatFailsGivesNone) {
  EXPECT_THAT(ReadSealKeyFromCommand("echo " + KeyText('b') + "; exit 3"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ReadSealKeyFromCommand("true"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ReadSealKeyFromCommand("head -c 1000 /dev/zero"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(SealKey, ErrorsDoNotQuoteIt) {
  const absl::Status status =
      ReadSealKeyFromCommand("echo c2VjcmV0c2VjcmV0").status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_FALSE(absl::StrContains(status.message(), "c2VjcmV0"));
}

TEST(SealKey, OldKeysStillOpen) {
  SealKeySource source;
  ASSERT_OK_AND_ASSIGN(const auto none, MakeSealer(source));
  EXPECT_EQ(none, nullptr);
  source.file = KeyFile("old", KeyText('o'));
  ASSERT_OK_AND_ASSIGN(const auto old, MakeSealer(source));
  google::protobuf::RepeatedPtrField<v1::SealOpening> openings;
  openings.Add()->set_path("narrative");
  const crypto::Digest owner{};
  ASSERT_OK_AND_ASSIGN(const std::string sealed, old->Seal(owner, openings));
  source.old_files = {source.file};
  source.file = "";
  source.command = "echo " + KeyText('n');
  ASSERT_OK_AND_ASSIGN(const auto newer, MakeSealer(source));
  EXPECT_OK(newer->Open(owner, sealed));
}

}  // namespace
}  // namespace sightline::daemon
