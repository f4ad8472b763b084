#include "monitor/turnstile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <numeric>
#include <vector>

#include "absl/status/status.h"
#include "base/status_matchers.h"

namespace sightline::monitor {
namespace {

using ::sightline::base::StatusIs;

struct Number {
  uint64_t prepared = 0;
};

// Records the order of the turns, and that each step saw its own chunk.
class Recorder {
 public:
  absl::Status Prepare(uint64_t number, Number* chunk) {
    chunk->prepared = number;
    return number == fail_prepare ? absl::DataLossError("prepare")
                                  : absl::OkStatus();
  }
  absl::Status Turn(uint64_t number, Number* chunk) {
    EXPECT_EQ(chunk->prepared, number);
    EXPECT_FALSE(in_turn_.exchange(true)) << "two turns at once";
    turns.push_back(number);
    in_turn_ = false;
    return number == fail_turn ? absl::AbortedError("turn") : absl::OkStatus();
  }
  absl::Status Finish(uint64_t number, Number* chunk) {
    EXPECT_EQ(chunk->prepared, number);
    ++finished;
    return number == fail_finish ? absl::InternalError("finish")
                                 : absl::OkStatus();
  }

  uint64_t fail_prepare = UINT64_MAX;
  uint64_t fail_turn = UINT64_MAX;
  uint64_t fail_finish = UINT64_MAX;
  std::vector<uint64_t> turns;  // changed in turn only
  std::atomic<uint64_t> finished{0};

 private:
  std::atomic<bool> in_turn_{false};
};

TEST(RunInOrder, TakesTurnsInOrderWhateverTheThreads) {
  for (int threads : {1, 2, 7}) {
    for (uint64_t chunks : {0, 1, 5, 1000}) {
      Recorder recorder;
      ASSERT_OK(RunInOrder<Number>(chunks, threads, &recorder));
      std::vector<uint64_t> want(chunks);
      std::iota(want.begin(), want.end(), 0);
      EXPECT_EQ(recorder.turns, want) << threads << " threads";
      EXPECT_EQ(recorder.finished, chunks);
    }
  }
}

TEST(RunInOrder, EndsWithTheFailureOfAnyStep) {
  for (int threads : {1, 4}) {
    Recorder prepare;
    prepare.fail_prepare = 20;
    EXPECT_THAT(RunInOrder<Number>(100, threads, &prepare),
                StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_EQ(std::count(prepare.turns.begin(), prepare.turns.end(), 20), 0);

    Recorder turn;
    turn.fail_turn = 20;
    EXPECT_THAT(RunInOrder<Number>(100, threads, &turn),
                StatusIs(absl::StatusCode::kAborted));
    EXPECT_EQ(turn.turns.back(), 20);

    Recorder finish;
    finish.fail_finish = 20;
    EXPECT_THAT(RunInOrder<Number>(100, threads, &finish),
                StatusIs(absl::StatusCode::kInternal));
  }
}

}  // namespace
}  // namespace sightline::monitor
