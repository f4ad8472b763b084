// Examples of every kind of statement, in every shape that is well formed: together
// they set every field that a statement can have. Tests only.
//
// Threads: pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "tests/fuzz/statement_mutations.h"

namespace sightline::tests {

// The example of a kind (statement/examples.h), changed into another shape.
struct Variant {
  std::string name;  // begins with that of its kind
  v1::StatementKind kind = v1::STATEMENT_KIND_UNSPECIFIED;
  Change change;
};

// Each kind as its example is, and in every other shape.
std::vector<Variant> Variants();

// Its statement, the same every time.
v1::Statement ExampleOf(const Variant& variant);

}  // namespace sightline::tests
