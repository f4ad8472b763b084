#include "crypto/secret.h"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>

namespace sightline::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<SecretString>);
static_assert(!std::is_convertible_v<SecretString, std::string>);
static_assert(!std::is_convertible_v<SecretString, absl::string_view>);

TEST(SecretString, TakesTheBytesAndEmptiesTheSource) {
  std::string source = "a secret longer than the small-string buffer";
  const char* const bytes = source.data();
  const SecretString secret(std::move(source));
  EXPECT_EQ(secret.view(), "a secret longer than the small-string buffer");
  EXPECT_TRUE(source.empty());
  EXPECT_EQ(bytes[0], '\0');
}

TEST(SecretString, MovesWithoutLeavingBytesBehind) {
  SecretString from = SecretString::CopyOf("short");
  const char* const bytes = from.view().data();
  const SecretString to = std::move(from);
  EXPECT_EQ(to.view(), "short");
  EXPECT_EQ(absl::string_view(bytes, 5), absl::string_view("\0\0\0\0\0", 5));
}

TEST(SecretString, AssignmentReplacesTheOldBytes) {
  SecretString secret = SecretString::CopyOf("old");
  secret = SecretString::CopyOf("new one");
  EXPECT_EQ(secret.view(), "new one");
}

TEST(Wipe, OverwritesTheWholeCapacity) {
  std::string bytes(100, 'x');
  bytes.resize(3);
  const char* const data = bytes.data();
  Wipe(&bytes);
  EXPECT_TRUE(bytes.empty());
  for (int i = 0; i < 100; ++i) ASSERT_EQ(data[i], '\0') << "byte " << i;
}

TEST(ConstantTimeEquals, ComparesLengthAndBytes) {
  EXPECT_TRUE(ConstantTimeEquals("", ""));
  EXPECT_TRUE(ConstantTimeEquals("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "abcd"));
}

}  // namespace
}  // namespace sightline::crypto
