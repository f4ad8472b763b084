#include "crypto/uuid.h"

#include <gtest/gtest.h>

#include <string>

#include "base/status_matchers.h"
#include "crypto/fixed_rng.h"

namespace sightline::crypto {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;

TEST(NewUuid, SetsVersionAndVariant) {
  FixedRng rng(1);
  for (int i = 0; i < 100; ++i) {
    const std::string text = UuidText(NewUuid(rng));
    ASSERT_EQ(text[14], '4') << text;
    ASSERT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
  }
}

TEST(Uuid, TextFormComesBack) {
  const std::string text = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
  ASSERT_OK_AND_ASSIGN(const Uuid uuid, ParseUuid(text));
  EXPECT_EQ(UuidText(uuid), text);
  FixedRng rng(2);
  const Uuid fresh = NewUuid(rng);
  EXPECT_THAT(ParseUuid(UuidText(fresh)), IsOkAndHolds(fresh));
}

TEST(ParseUuid, RefusesOtherSpellings) {
  for (const char* text : {"", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6",
                           "f81d4fae7dec11d0a76500a0c91e6bf6",
                           "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
                           "f81d4fae-7dec-11d0-a765-00a0c91e6bf60",
                           "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}",
                           "f81d4fa-e7dec-11d0-a765-00a0c91e6bf6",
                           "g81d4fae-7dec-11d0-a765-00a0c91e6bf6"}) {
    EXPECT_THAT(ParseUuid(text), StatusIs(absl::StatusCode::kInvalidArgument))
        << text;
  }
}

}  // namespace
}  // namespace sightline::crypto
