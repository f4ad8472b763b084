// The files of a log where the command line says: an http:// or https:// address, a
// folder of files, or one of RocksDB's that `sightline mirror --rocksdb` has made.
//
// Errors:  kInvalidArgument: no such address or CA file; kNotFound: no such
//          folder, or no checkpoint in it; kFailedPrecondition: a RocksDB folder
//          of another kind.
// Threads: any thread.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/resources.h"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

// `ca_file`: authorities of an https:// address; "": those that the machine trusts.
absl::StatusOr<std::unique_ptr<client::Resources>> OpenResources(
    const std::string& where, const std::string& ca_file,
    const Invocation& run);

}  // namespace sightline::cli
