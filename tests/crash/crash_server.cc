// A log's server for tests that kill it, with the parties of tests/support and a
// store so small in its buffers that files are written, merged and removed all the
// time.
//
//   crash_server DATA-DIR TLS-DIR
//
// TLS-DIR holds server.crt, server.key and authority.crt. Prints "listening on
// ADDRESS" and serves until SIGTERM.
#include <signal.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "admission/payload_sealer.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "services/log_instance.h"
#include "services/server.h"
#include "services/tls.h"
#include "storage/rocksdb_log_store.h"
#include "storage/rocksdb_options.h"
#include "telemetry/diagnostic_lines.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {
namespace {

// Before any thread is made, so that all of them leave it to sigwait.
sigset_t BlockSigterm() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

storage::RocksDbOptions SmallBuffers() {
  storage::RocksDbOptions options;
  options.write_buffer_bytes = size_t{128} << 10;
  options.index_run_entries = 256;
  options.reserve_bytes = 0;
  return options;
}

absl::Status Serve(const std::string& data_dir, const std::string& tls_dir) {
  const sigset_t signals = BlockSigterm();
  const base::Clock* const clock = base::Clock::Real();
  const auto diagnostics = telemetry::DiagnosticsOnStderr(
      {telemetry::LineFormat::kText, telemetry::Level::kWarning}, clock);
  const TestParties parties;
  ASSIGN_OR_RETURN(
      const auto sealer,
      admission::PayloadSealer::Create(
          crypto::SecretString(std::string(32, 'k')), crypto::Rng::Real()));
  ASSIGN_OR_RETURN(const auto store,
                   storage::RocksDbLogStore::Open(data_dir, SmallBuffers()));
  services::LogParts parts;
  parts.store = store.get();
  parts.clock = clock;
  parts.sealer = sealer.get();
  parts.signers.push_back(parties.LogSigner());
  parts.genesis = &parties.genesis();
  ASSIGN_OR_RETURN(const auto log,
                   services::LogInstance::Open({}, std::move(parts)));
  services::ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  options.tls =
      services::TlsFiles{tls_dir + "/server.crt", tls_dir + "/server.key",
                         tls_dir + "/authority.crt"};
  ASSIGN_OR_RETURN(
      const auto server,
      services::Server::Start(options, log.get(), clock, diagnostics.get()));
  std::cout << "listening on " << server->addresses().front() << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  server->Shutdown(absl::Seconds(10));
  return absl::OkStatus();
}

}  // namespace
}  // namespace sightline::tests

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: crash_server DATA-DIR TLS-DIR\n";
    return 2;
  }
  const absl::Status status = sightline::tests::Serve(argv[1], argv[2]);
  if (status.ok()) return 0;
  std::cerr << status.ToString() << "\n";
  return 1;
}
