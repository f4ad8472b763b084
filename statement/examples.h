// A complete, valid example of every kind of statement, to start from and to
// test with.
//
// Shapes:  passes Validate; openings fit the sealed fields. Links name entry 1
//          with a leaf hash of zeros, to be replaced. Example keys are points
//          whose private keys nobody knows.
// Threads: pure but for the Rng; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "crypto/random.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::statement {

struct Example {
  v1::Statement statement;
  std::vector<v1::SealOpening> openings;
};

// `submitter` "" takes one that may say this kind ("ori:CA0194200",
// "registrar", ...). A fresh statement id and fresh salts come from `rng`.
// REQUIRES: `kind` is one of AllKinds().
Example ExampleStatement(v1::StatementKind kind, absl::string_view origin,
                         absl::string_view submitter, int64_t now_unix_ms,
                         crypto::Rng& rng);

}  // namespace sightline::statement
