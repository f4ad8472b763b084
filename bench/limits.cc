#include "bench/limits.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "absl/status/status.h"
#include "bench/or_die.h"
#include "crypto/sha256.h"

namespace sightline::bench {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Seconds that it takes until `work` has returned on every core.
double OnAllCores(const std::function<void(int thread)>& work) {
  const auto start = Clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < Cores(); ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
  return SecondsSince(start);
}

template <typename Work>
std::vector<double> Times(int count, Work work) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    const auto start = Clock::now();
    work();
    times.push_back(SecondsSince(start));
  }
  return times;
}

}  // namespace

int Cores() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

double VerificationsPerSecond(const crypto::PublicKey& key,
                              absl::Span<const SignedMessage> messages,
                              double seconds) {
  std::atomic<uint64_t> verified{0};
  const auto start = Clock::now();
  const double took = OnAllCores([&](int thread) {
    size_t i = static_cast<size_t>(thread);
    while (SecondsSince(start) < seconds) {
      const SignedMessage& one = messages[i++ % messages.size()];
      OrDie(key.Verify(one.message, one.signature), "verify");
      verified.fetch_add(1, std::memory_order_relaxed);
    }
  });
  return static_cast<double>(verified) / took;
}

double HashesPerSecond(absl::Span<const std::string> messages) {
  const size_t cores = static_cast<size_t>(Cores());
  std::atomic<uint32_t> sink{0};  // so that no hash is left out
  const double took = OnAllCores([&](int thread) {
    const size_t begin = messages.size() * static_cast<size_t>(thread) / cores;
    const size_t end =
        messages.size() * (static_cast<size_t>(thread) + 1) / cores;
    uint32_t sum = 0;
    for (size_t i = begin; i < end; ++i) {
      sum += crypto::HashPrefixed(0, messages[i])[0];
    }
    sink.fetch_add(sum);
  });
  return static_cast<double>(messages.size()) / took;
}

std::vector<double> VerificationTimes(const crypto::PublicKey& key,
                                      const SignedMessage& message, int count) {
  return Times(count, [&] {
    OrDie(key.Verify(message.message, message.signature), "verify");
  });
}

std::vector<double> SignatureTimes(const crypto::PrivateKey& key,
                                   absl::string_view message, int count) {
  return Times(count, [&] { OrDie(key.Sign(message).status(), "sign"); });
}

std::vector<double> FdatasyncTimes(const std::string& dir, size_t bytes,
                                   int count, bool preallocated) {
  const std::string path = dir + "/fdatasync";
  const int fd =
      open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  const std::string data(bytes, 'f');
  const auto write_all = [&](off_t at) {
    if (pwrite(fd, data.data(), bytes, at) != static_cast<ssize_t>(bytes)) {
      OrDie(absl::InternalError(path), "write");
    }
  };
  const auto place = [&](int i) {
    return static_cast<off_t>(bytes) * static_cast<off_t>(i);
  };
  if (preallocated) {
    for (int i = 0; i < count; ++i) write_all(place(i));
  }
  fsync(fd);
  int i = 0;
  std::vector<double> times = Times(count, [&] {
    write_all(place(i++));
    if (fdatasync(fd) != 0) OrDie(absl::InternalError(path), "fdatasync");
  });
  close(fd);
  unlink(path.c_str());
  return times;
}

}  // namespace sightline::bench
