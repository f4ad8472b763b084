#include "storage/hash_filter.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

namespace sightline::storage {
namespace {

std::vector<uint64_t> Numbers(uint64_t seed, size_t n) {
  std::mt19937_64 random(seed);
  std::vector<uint64_t> numbers(n);
  for (uint64_t& number : numbers) number = random();
  return numbers;
}

TEST(HashFilter, HoldsWhatWasAdded) {
  for (const size_t n : {0, 1, 2, 100, 5000}) {
    HashFilter filter(n);
    for (const uint64_t number : Numbers(1, n)) filter.Add(number);
    for (const uint64_t number : Numbers(1, n)) {
      ASSERT_TRUE(filter.MayHold(number));
    }
  }
}

TEST(HashFilter, SeldomSaysMaybeOfOthers) {
  HashFilter filter(100'000);
  for (const uint64_t number : Numbers(1, 100'000)) filter.Add(number);
  int maybe = 0;
  for (const uint64_t number : Numbers(2, 100'000)) {
    maybe += filter.MayHold(number) ? 1 : 0;
  }
  EXPECT_LT(maybe, 300);
}

TEST(HashFilter, HoldsTheSameAfterACopyOfItsBytes) {
  HashFilter filter(300), copy(300);
  for (const uint64_t number : Numbers(1, 300)) filter.Add(number);
  ASSERT_EQ(copy.size_bytes(), filter.size_bytes());
  std::memcpy(copy.data(), filter.bytes().data(), filter.size_bytes());
  for (const uint64_t number : Numbers(1, 300)) {
    EXPECT_TRUE(copy.MayHold(number));
  }
}

TEST(HashFilter, HoldsTheExtremes) {
  HashFilter filter(10);
  filter.Add(0);
  filter.Add(UINT64_MAX);
  EXPECT_TRUE(filter.MayHold(0));
  EXPECT_TRUE(filter.MayHold(UINT64_MAX));
}

}  // namespace
}  // namespace sightline::storage
