// What log_store.h promises, as tests that every engine runs.
//
// An engine's test file says how to make one:
//   INSTANTIATE_TEST_SUITE_P(RocksDb, LogStoreContract,
//                            ::testing::Values(Engine{"Default", MakeStore}),
//                            EngineName);
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "storage/log_store.h"
#include "storage/test_log.h"

namespace sightline::storage {

// One store, in one place of its own.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;

  // Valid until Reopen.
  virtual LogStore* store() = 0;
  // Closes the store and opens it again.
  virtual absl::Status Reopen() = 0;
  // Waits for what the engine does in the background.
  virtual absl::Status Settle() { return absl::OkStatus(); }
};

struct Engine {
  std::string name;
  std::function<std::unique_ptr<StoreUnderTest>()> make;
};

inline std::string EngineName(const ::testing::TestParamInfo<Engine>& info) {
  return info.param.name;
}

class LogStoreContract : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    under_test_ = GetParam().make();
    ASSERT_NE(under_test_, nullptr);
  }

  LogStore& store() { return *under_test_->store(); }
  void CommitNext(size_t n);

  std::unique_ptr<StoreUnderTest> under_test_;
  TestLog log_;
};

}  // namespace sightline::storage
