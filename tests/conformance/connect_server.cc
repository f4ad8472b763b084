// A log in this process, served over HTTP on a free port, for clients in other
// languages.
//
// Prints "serving HTTP on ADDRESS", then the agency. Each line N on standard input
// appends N entries; it is answered by "size M". Ends with standard input.
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "telemetry/diagnostics.h"
#include "tests/support/test_log.h"
#include "web/log_front.h"

namespace sightline::tests {
namespace {

absl::Status Serve() {
  ASSIGN_OR_RETURN(const auto log, TestLog::Start({}));
  web::LogFrontOptions options;
  options.server.listen = {"127.0.0.1:0"};
  ASSIGN_OR_RETURN(
      const auto front,
      web::LogFront::Start(options, &log->log(), &log->server(), &log->clock(),
                           telemetry::NoDiagnostics()));
  std::cout << "serving HTTP on " << front->server().addresses().front() << "\n"
            << log->parties().agency().id << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    size_t entries = 0;
    if (!absl::SimpleAtoi(line, &entries)) {
      return absl::InvalidArgumentError(absl::StrCat("entries: ", line));
    }
    RETURN_IF_ERROR(log->Append(entries));
    std::cout << "size " << log->log().publisher().current()->tree_size
              << std::endl;
  }
  log->Stop(absl::Seconds(1));
  front->Shutdown(absl::Seconds(1));
  return absl::OkStatus();
}

}  // namespace
}  // namespace sightline::tests

int main() {
  const absl::Status status = sightline::tests::Serve();
  if (!status.ok()) std::cerr << "connect_server: " << status << "\n";
  return status.ok() ? EXIT_SUCCESS : EXIT_FAILURE;
}
