#include "bench/bench_parties.h"

#include <algorithm>
#include <thread>

#include "absl/strings/str_format.h"

namespace sightline::bench {

BenchParties::BenchParties() : parties_(kBenchOrigin) {
  for (int i = 0; i < kAgencies; ++i) {
    agencies_.push_back(
        parties_.MakeParty(absl::StrFormat("ori:BENCH%04d", i)));
  }
}

checkpoint::LogKeySet BenchParties::LogKeys() const {
  checkpoint::LogKeySet keys(kBenchOrigin);
  keys.Add(parties_.vkey()).IgnoreError();  // a key of our own making
  return keys;
}

std::vector<v1::SubmitRequest> BenchParties::MakeRequests(
    const tests::Party& agency, size_t count) const {
  std::vector<v1::SubmitRequest> requests(count);
  const size_t cores = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> threads;
  for (size_t t = 0; t < cores; ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = t; i < count; i += cores) {
        requests[i] = parties_.PlainRequest(agency).ToRequest();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return requests;
}

}  // namespace sightline::bench
