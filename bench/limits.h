// What the machine can do: the limits that results are held against.
//
// Units:   rates per second, times in seconds.
// Threads: each function starts the threads that it needs, and joins them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "crypto/signer.h"

namespace sightline::bench {

int Cores();

// A message and its signature.
struct SignedMessage {
  std::string message;
  std::string signature;
};

// Verifications per second by all cores at once, in about `seconds`.
double VerificationsPerSecond(const crypto::PublicKey& key,
                              absl::Span<const SignedMessage> messages,
                              double seconds);

// Messages hashed per second by all cores at once: SHA-256(0x00 || message), each
// of `messages` once.
double HashesPerSecond(absl::Span<const std::string> messages);

// One verification, and one signature, on one core, each `count` times.
std::vector<double> VerificationTimes(const crypto::PublicKey& key,
                                      const SignedMessage& message, int count);
std::vector<double> SignatureTimes(const crypto::PrivateKey& key,
                                   absl::string_view message, int count);

// Appending `bytes` to a file in the folder `dir` and fdatasync, `count` times.
// `preallocated`: the file has its size already, so that only data is written.
std::vector<double> FdatasyncTimes(const std::string& dir, size_t bytes,
                                   int count, bool preallocated);

}  // namespace sightline::bench
