#include "monitor/duplicate_finder.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/status_matchers.h"
#include "crypto/sha256.h"

namespace sightline::monitor {
namespace {

using Groups = std::vector<std::vector<uint64_t>>;

crypto::Digest HashOf(uint64_t value) {
  return crypto::Sha256(
      absl::string_view(reinterpret_cast<const char*>(&value), sizeof(value)));
}

// Groups by the first index.
Groups Find(DuplicateFinder* finder) {
  std::map<uint64_t, std::vector<uint64_t>> groups;
  EXPECT_OK(finder->Finish([&](absl::Span<const uint64_t> group) {
    groups[group.front()].assign(group.begin(), group.end());
    return absl::OkStatus();
  }));
  Groups out;
  for (const auto& [first, group] : groups) out.push_back(group);
  return out;
}

TEST(DuplicateFinder, FindsNothingAmongDifferentHashes) {
  DuplicateFinder finder(1000);
  for (uint64_t i = 0; i < 500; ++i) ASSERT_OK(finder.Add(HashOf(i), i));
  EXPECT_EQ(Find(&finder), Groups{});
}

TEST(DuplicateFinder, GivesAllEntriesOfAGroupAscending) {
  DuplicateFinder finder(1000);
  for (uint64_t i : {5, 1, 9, 5, 1, 5}) {
    static uint64_t index = 0;
    ASSERT_OK(finder.Add(HashOf(i), index++));
  }
  EXPECT_EQ(Find(&finder), (Groups{{0, 3, 5}, {1, 4}}));
}

TEST(DuplicateFinder, FindsTheSameBeyondItsMemoryAsWithin) {
  constexpr uint64_t kSeed = 20200601;
  std::mt19937_64 random(kSeed);
  std::vector<uint64_t> values;
  for (int i = 0; i < 20000; ++i) values.push_back(random() % 15000);
  Groups found[2];
  const size_t memory[] = {1 << 20, 777};
  for (int i = 0; i < 2; ++i) {
    DuplicateFinder finder(memory[i]);
    for (size_t k = 0; k < values.size(); ++k) {
      ASSERT_OK(finder.Add(HashOf(values[k]), k));
    }
    found[i] = Find(&finder);
  }
  EXPECT_GT(found[0].size(), 1000);
  EXPECT_EQ(found[0], found[1]);
}

TEST(DuplicateFinder, HandsOnTheVisitorsError) {
  DuplicateFinder finder(10);
  ASSERT_OK(finder.Add(HashOf(1), 0));
  ASSERT_OK(finder.Add(HashOf(1), 1));
  EXPECT_THAT(finder.Finish([](absl::Span<const uint64_t>) {
    return absl::UnavailableError("no");
  }),
              base::StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace sightline::monitor
