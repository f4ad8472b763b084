#include "services/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

namespace sightline::services {
namespace {

TEST(WorkerPool, RunsTasksAtTheSameTime) {
  WorkerPool pool(2, 16);
  std::promise<void> first, second;
  pool.Run([&] {
    first.set_value();
    second.get_future().wait();
  });
  pool.Run([&] {
    first.get_future().wait();
    second.set_value();
  });
  pool.Shutdown();  // hangs when one thread does both
}

TEST(WorkerPool, OneThreadKeepsTheOrder) {
  WorkerPool pool(1, 1000);
  std::vector<int> ran;
  for (int i = 0; i < 1000; ++i) pool.Run([&ran, i] { ran.push_back(i); });
  pool.Shutdown();
  ASSERT_EQ(ran.size(), 1000u);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(ran[i], i);
}

TEST(WorkerPool, ShutdownFinishesWhatIsQueued) {
  std::atomic<int> ran{0};
  WorkerPool pool(1, 16);
  std::promise<void> go;
  pool.Run([&] { go.get_future().wait(); });
  for (int i = 0; i < 10; ++i) pool.Run([&] { ++ran; });
  go.set_value();
  pool.Shutdown();
  EXPECT_EQ(ran, 10);
}

TEST(WorkerPool, FullQueueRunsOnTheCaller) {
  std::promise<void> started, go;
  WorkerPool pool(1, 1);
  pool.Run([&] {
    started.set_value();
    go.get_future().wait();
  });
  started.get_future().wait();
  pool.Run([] {});  // fills the queue
  std::thread::id ran_on;
  pool.Run([&ran_on] { ran_on = std::this_thread::get_id(); });
  EXPECT_EQ(ran_on, std::this_thread::get_id());
  go.set_value();
}

TEST(WorkerPool, AfterShutdownRunsOnTheCaller) {
  WorkerPool pool(1, 1);
  pool.Shutdown();
  bool ran = false;
  pool.Run([&ran] { ran = true; });
  EXPECT_TRUE(ran);
}

}  // namespace
}  // namespace sightline::services
