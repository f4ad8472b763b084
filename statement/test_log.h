// A small log of control statements to test with: two of three registrars, and
// a registry that has taken their statements into account. Tests only.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "crypto/fixed_rng.h"
#include "crypto/signer.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/registry.h"

namespace sightline::statement {

inline constexpr absl::string_view kTestOrigin = "example.com/test-log";
inline constexpr int64_t kTestNowUnixMs = 1590861600000;  // 2020-05-30 18:00

// The Ed25519 key whose seed is 32 times this byte.
crypto::PrivateKey TestKey(uint8_t seed);

class TestLog {
 public:
  // Entry 0 is the genesis.
  TestLog();

  const Registry& registry() const { return registry_; }
  Registry& mutable_registry() { return registry_; }
  uint64_t size() const { return size_; }
  crypto::Rng& rng() { return rng_; }

  // Seeds 201 to 203; threshold 2.
  static std::vector<crypto::PrivateKey> Registrars();

  // A statement of the registrars with a header and nothing in it yet.
  v1::Statement NewStatement(absl::string_view submitter = "registrar");
  v1::Statement EnrolmentOf(absl::string_view id,
                            const crypto::PrivateKey& key);

  // Authorises (signatures, too) and applies `statement` as the next entry, or
  // says why not.
  absl::Status Append(const v1::Statement& statement,
                      const std::vector<crypto::PrivateKey>& signers);
  absl::Status AppendByRegistrars(const v1::Statement& statement);
  absl::Status Enrol(absl::string_view id, const crypto::PrivateKey& key);

  // An entry that changes nothing.
  void Skip() { ++size_; }

 private:
  crypto::FixedRng rng_{1};
  Registry registry_;
  uint64_t size_ = 0;
};

}  // namespace sightline::statement
