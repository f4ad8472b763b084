// Alerts as an Atom feed in a file, for whoever reads feeds.
//
// Source:  RFC 4287.
// Shapes:  the newest alerts, at most so many, newest first.
// Errors:  kInternal: the disk.
// Threads: thread-compatible.
// Durable: the file is replaced as a whole (written beside, renamed): nobody reads
//          half of one.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "monitor/alert.h"

namespace sightline::monitor {

// The document. `alerts` are oldest first. `log` is the log's origin: ids are
// made of it.
std::string FormatAtom(absl::string_view title, absl::string_view log,
                       absl::Span<const Alert> alerts);

absl::Status WriteAtomFile(const std::string& file, absl::string_view atom);

}  // namespace sightline::monitor
