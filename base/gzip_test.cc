#include "base/gzip.h"

#include <gtest/gtest.h>

#include <string>

#include "base/status_matchers.h"

namespace sightline::base {
namespace {

constexpr size_t kMost = 1 << 20;

std::string Text(size_t bytes) {
  std::string text;
  for (size_t i = 0; text.size() < bytes; ++i) text += std::to_string(i * i);
  text.resize(bytes);
  return text;
}

TEST(Gzip, WhatIsCompressedComesBack) {
  for (const size_t size : {0, 1, 100, 16384, 16385, 200000}) {
    const std::string text = Text(size);
    EXPECT_THAT(GzipDecompress(GzipCompress(text), kMost), IsOkAndHolds(text));
  }
}

TEST(Gzip, IsSmallerForText) {
  EXPECT_LT(GzipCompress(Text(100000)).size(), 60000u);
}

TEST(Gzip, TakesMembersOneAfterTheOther) {
  EXPECT_THAT(GzipDecompress(GzipCompress("one") + GzipCompress("two"), kMost),
              IsOkAndHolds("onetwo"));
}

TEST(Gzip, RefusesEveryCut) {
  const std::string whole = GzipCompress(Text(5000));
  for (size_t cut = 0; cut < whole.size(); ++cut) {
    EXPECT_THAT(GzipDecompress(whole.substr(0, cut), kMost),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << cut;
  }
}

TEST(Gzip, RefusesDamage) {
  std::string damaged = GzipCompress(Text(5000));
  damaged[damaged.size() - 6] ^= 1;  // of the checksum
  EXPECT_THAT(GzipDecompress(damaged, kMost),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(GzipDecompress("not gzip at all", kMost),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Gzip, RefusesWhatTheCallerCannotUse) {
  const std::string bomb = GzipCompress(std::string(1 << 20, 'a'));
  EXPECT_OK(GzipDecompress(bomb, 1 << 20).status());
  EXPECT_THAT(GzipDecompress(bomb, (1 << 20) - 1),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(GzipDecompress(bomb, 10),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

}  // namespace
}  // namespace sightline::base
