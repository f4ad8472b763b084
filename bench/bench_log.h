// A whole log as the server runs it, to be measured: enrolled agencies, the
// default policies, and as many entries as wanted.
//
// Shapes:  entry 0 is the genesis, then policies and enrolments. FillTo appends
//          entries of random bytes past admission, in feeds of the agencies; such
//          a log is sound by its hashes but not by its rules.
// Errors:  those of RocksDbLogStore::Open and LogInstance::Open.
// Threads: thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "admission/payload_sealer.h"
#include "bench/bench_parties.h"
#include "proto/sightline/v1/submission_service.pb.h"
#include "services/log_instance.h"
#include "storage/rocksdb_log_store.h"
#include "tests/support/test_parties.h"

namespace sightline::bench {

class BenchLog {
 public:
  // `parties` outlives the log.
  static absl::StatusOr<std::unique_ptr<BenchLog>> Open(
      const std::string& path, const BenchParties* parties);

  services::LogInstance& log() { return *log_; }
  storage::RocksDbLogStore& store() { return *store_; }
  uint64_t tree_size() const;

  // Appends entries of about `entry_bytes` until there are `tree_size`, with 1,024
  // to 2,048 waiting at any time. Nothing if there are as many already.
  absl::Status FillTo(uint64_t tree_size, size_t entry_bytes);

  // Admits and logs `requests`, as if they had come from `agency`.
  absl::Status Log(const tests::Party& agency,
                   const std::vector<v1::SubmitRequest>& requests);

  // Finishes and publishes what was submitted.
  void Shutdown() { log_->Shutdown(); }

 private:
  explicit BenchLog(const BenchParties* parties) : parties_(parties) {}

  absl::Status Enrol();

  const BenchParties* const parties_;
  // In the order that they need each other.
  std::unique_ptr<admission::PayloadSealer> sealer_;
  std::unique_ptr<storage::RocksDbLogStore> store_;
  std::unique_ptr<services::LogInstance> log_;
};

}  // namespace sightline::bench
