// Values that an import chooses so that a second run chooses them again: the
// log then recognises what it has and gives the first receipt.
//
// Source:  docs/formats.md "Statement"; RFC 9562 s5.4, s5.8.
// Shapes:  a statement id has the form of a version 4 UUID; its other bits are
//          those of a hash of where the record stands. A salt is 32 bytes that
//          nobody can guess who does not have the import's secret.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "crypto/random.h"

namespace sightline::cli {

// `kind` keeps the ids of different uses apart. 16 bytes.
std::string ImportedStatementId(absl::string_view kind,
                                absl::string_view source, uint64_t row);

// Gives bytes that follow from a secret and a name, for the salts of one
// statement. As unpredictable as the secret.
class DerivedRng final : public crypto::Rng {
 public:
  DerivedRng(absl::string_view secret, absl::string_view name)
      : secret_(secret), name_(name) {}

  void Fill(void* out, size_t size) override;

 private:
  const std::string secret_;
  const std::string name_;
  uint64_t next_block_ = 0;
};

}  // namespace sightline::cli
