// Registry answers, read again from the entries that they name.
//
// What is proven: the entries are in the log; they are signed as the registry
// wants, by the registrar keys of entry 0; and they say exactly what the answer
// says, as of its tree size. What is not: that there are no further entries. A
// log that leaves out the revocation of a key is caught only by who reads every
// entry (monitor/).
//
// Errors:  kDataLoss: the answer is not what its entries say.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/sightline/v1/registry_service.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/registry.h"

namespace sightline::client {

// Proven entries by index.
using EntryMap = std::map<uint64_t, std::string>;

// The registry that `entries` make, in ascending order of index, each signed as
// those before it want. REQUIRES: entry 0 is among them.
absl::StatusOr<statement::Registry> Replay(const EntryMap& entries);

// Whether `registry` says of the submitter, as of `tree_size`, what `answer` says.
absl::Status CheckSubmitter(const statement::Registry& registry,
                            const v1::Submitter& answer, uint64_t tree_size);

// Whether entry `answer.index()` lays down this policy.
absl::Status CheckPolicy(const statement::Registry& registry,
                         const v1::Policy& answer, uint64_t tree_size);

// Whether `registry` gives the key to the submitter for this period.
absl::Status CheckKey(const statement::Registry& registry,
                      absl::string_view submitter, const v1::KeyPeriod& answer,
                      uint64_t tree_size);

// As the wire has it.
v1::Submitter ToProto(const statement::Submitter& submitter);
v1::KeyPeriod ToProto(const statement::KeyPeriod& period);

// The statement inside an entry, which must be well formed all through.
absl::StatusOr<v1::Statement> StatementOf(absl::string_view entry,
                                          v1::SignedStatement* envelope);

}  // namespace sightline::client
