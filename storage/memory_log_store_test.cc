#include "storage/memory_log_store.h"

#include <memory>

#include "storage/log_store_contract.h"

namespace sightline::storage {
namespace {

class MemoryUnderTest final : public StoreUnderTest {
 public:
  LogStore* store() override { return &store_; }
  absl::Status Reopen() override { return absl::OkStatus(); }

 private:
  MemoryLogStore store_;
};

INSTANTIATE_TEST_SUITE_P(
    Memory, LogStoreContract,
    ::testing::Values(Engine{
        "Default", [] { return std::make_unique<MemoryUnderTest>(); }}),
    EngineName);

}  // namespace
}  // namespace sightline::storage
