// A bare tlog over HTTP in front of our sequencer, store and publisher, for load
// tools that were made for other logs; see tlog_http_server.h.
//
//   tlog_http DIR [--listen IP:PORT] [--threads N] [--origin NAME]
//
// DIR is the data folder, made if it is not there. Prints where it listens and the
// key that verifies its checkpoints. Ends at SIGINT or SIGTERM.
#include <signal.h>

#include <iostream>
#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "bench/or_die.h"
#include "bench/raw_log.h"
#include "bench/tlog_http_server.h"

namespace sightline::bench {
namespace {

// Blocks them in this thread and in all that it starts.
sigset_t BlockEndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int Main(int argc, char** argv) {
  CLI::App app("A bare tlog over HTTP, without admission: benchmarks only");
  std::string dir;
  TlogHttpOptions http;
  RawLogOptions log_options;
  http.listen = "127.0.0.1:8080";
  app.add_option("dir", dir, "data folder")->required();
  app.add_option("--listen", http.listen, "IP:PORT; port 0: a free one");
  app.add_option("--threads", http.threads, "threads that serve");
  app.add_option("--origin", log_options.origin, "name of the log");
  CLI11_PARSE(app, argc, argv);
  const sigset_t signals = BlockEndSignals();
  const std::unique_ptr<RawLog> log =
      OrDie(RawLog::Open(dir, log_options), "open");
  const std::unique_ptr<TlogHttpServer> server =
      OrDie(TlogHttpServer::Start(log.get(), http), "listen");
  std::cout << "http://" << server->address() << "\n"
            << log->vkey() << "\n"
            << std::flush;
  int signal = 0;
  sigwait(&signals, &signal);
  server->Shutdown();
  log->Shutdown();
  return 0;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) { return sightline::bench::Main(argc, argv); }
