// Who takes part in the log that is measured; the same in every process.
//
// Threads: thread-safe.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"
#include "checkpoint/log_keys.h"
#include "proto/sightline/v1/submission_service.pb.h"
#include "tests/support/test_parties.h"

namespace sightline::bench {

inline constexpr absl::string_view kBenchOrigin = "bench.example/log";
inline constexpr int kAgencies = 8;

class BenchParties {
 public:
  BenchParties();

  const tests::TestParties& parties() const { return parties_; }
  // kAgencies of them, to be enrolled.
  const std::vector<tests::Party>& agencies() const { return agencies_; }

  // What verifies the log's checkpoints.
  checkpoint::LogKeySet LogKeys() const;

  // `count` footage requests of the agency, signed, of about 600 bytes; no two
  // alike. Made on all cores.
  std::vector<v1::SubmitRequest> MakeRequests(const tests::Party& agency,
                                              size_t count) const;

 private:
  const tests::TestParties parties_;
  std::vector<tests::Party> agencies_;
};

}  // namespace sightline::bench
