// The log as the server runs it, in a process of its own, beside the null service:
// what the other programs of this folder measure from outside.
//
//   bench_server DIR
//
// DIR/store is the data folder, DIR/tls where certificates are written (server and
// authority, one client for each agency: tls/agency0.pem, agency0.key ...). Prints
// "ready ADDRESS PLAINTEXT NULL-ADDRESS NULL-PLAINTEXT SECONDS", where SECONDS is
// how long it took to open the store and to listen. Then answers commands on
// standard input, one a line, until it ends:
//
//   fill TREE_SIZE ENTRY_BYTES   filled SECONDS
//   proofs COUNT                 proofs MEDIAN-SECONDS P99-SECONDS   (from the store)
//   memory                       memory RESIDENT-BYTES PEAK-BYTES
//   cpu                          cpu SECONDS
//   idle                         idle       (when no work is left in the background)
//   http                         http ADDRESS   (serves it over HTTP from then on)
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "base/clock.h"
#include "bench/bench_log.h"
#include "bench/bench_parties.h"
#include "bench/cpu_time.h"
#include "bench/null_service.h"
#include "bench/or_die.h"
#include "bench/result.h"
#include "crypto/key_file.h"
#include "crypto/x509.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "services/server.h"
#include "services/tls.h"
#include "telemetry/diagnostic_lines.h"
#include "telemetry/diagnostics.h"
#include "tests/support/test_parties.h"
#include "tiles/proof_builder.h"
#include "web/log_front.h"

namespace sightline::bench {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void WriteFile(const std::string& path, absl::string_view contents) {
  std::ofstream file(path, std::ios::binary);
  file << contents;
  if (!file.flush()) OrDie(absl::InternalError(path), "write");
}

services::TlsFiles WriteCertificates(const BenchParties& parties,
                                     const std::string& dir) {
  std::filesystem::remove_all(dir);
  std::filesystem::create_directories(dir);
  const services::TlsFiles files = {dir + "/server.pem", dir + "/server.key",
                                    dir + "/ca.pem"};
  WriteFile(files.client_ca, parties.parties().authority_pem());
  const crypto::IssuedCertificate server =
      parties.parties().ServerCertificate();
  WriteFile(files.certificate, server.certificate_pem);
  OrDie(
      crypto::WriteSecretFile(files.private_key, server.private_key_pem.view()),
      "key");
  for (int i = 0; i < kAgencies; ++i) {
    const tests::Party& agency = parties.agencies()[i];
    WriteFile(absl::StrCat(dir, "/agency", i, ".pem"), agency.certificate_pem);
    OrDie(crypto::WriteSecretFile(absl::StrCat(dir, "/agency", i, ".key"),
                                  agency.private_key_pem),
          "key");
  }
  return files;
}

// The null service over the same TLS, and without.
class NullServer {
 public:
  explicit NullServer(const services::TlsFiles& tls) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(
        "127.0.0.1:0", OrDie(services::TlsCredentials(tls), "null service"),
        &ports_[0]);
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &ports_[1]);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) {
      OrDie(absl::InternalError("cannot listen"), "null service");
    }
  }
  int port(int i) const { return ports_[i]; }

 private:
  int ports_[2] = {0, 0};
  NullServiceImpl service_;
  std::unique_ptr<grpc::Server> server_;
};

uint64_t StatusKiB(absl::string_view field) {
  std::ifstream file("/proc/self/status");
  std::string line;
  while (std::getline(file, line)) {
    absl::string_view rest = line;
    if (!absl::ConsumePrefix(&rest, absl::StrCat(field, ":"))) continue;
    return std::strtoull(std::string(rest).c_str(), nullptr, 10);
  }
  return 0;
}

std::string Proofs(BenchLog& bench, int count) {
  const tiles::ProofBuilder proofs(&bench.store());
  const uint64_t size = bench.tree_size();
  std::mt19937_64 random(size);
  std::vector<double> seconds;
  for (int i = 0; i < count; ++i) {
    const uint64_t index = random() % size;
    const auto start = Clock::now();
    OrDie(proofs.InclusionProof(index, size).status(), "proof");
    seconds.push_back(SecondsSince(start));
  }
  return absl::StrFormat("proofs %.9f %.9f", Median(seconds),
                         Quantile(seconds, 0.99));
}

std::string Obey(const std::string& line, BenchLog& bench) {
  std::istringstream words(line);
  std::string command;
  words >> command;
  if (command == "fill") {
    uint64_t tree_size = 0;
    size_t entry_bytes = 0;
    words >> tree_size >> entry_bytes;
    const auto start = Clock::now();
    OrDie(bench.FillTo(tree_size, entry_bytes), "fill");
    return absl::StrFormat("filled %.6f", SecondsSince(start));
  }
  if (command == "proofs") {
    int count = 0;
    words >> count;
    return Proofs(bench, count);
  }
  if (command == "memory") {
    return absl::StrCat("memory ", StatusKiB("VmRSS") * 1024, " ",
                        StatusKiB("VmHWM") * 1024);
  }
  if (command == "cpu") return absl::StrFormat("cpu %.6f", CpuSeconds());
  if (command == "idle") {
    OrDie(bench.store().WaitUntilIdle(), "idle");
    return "idle";
  }
  OrDie(absl::InvalidArgumentError(line), "command");
  return "";
}

// As sightlined does with http-listen, without limits for clients.
std::unique_ptr<web::LogFront> ServeHttp(BenchLog& bench,
                                         services::Server& server,
                                         telemetry::Diagnostics* diagnostics) {
  web::LogFrontOptions options;
  options.server.listen = {"127.0.0.1:0"};
  return OrDie(web::LogFront::Start(options, &bench.log(), &server,
                                    base::Clock::Real(), diagnostics),
               "serve HTTP");
}

int Main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: bench_server DIR\n";
    return 2;
  }
  const std::string dir = argv[1];
  const BenchParties parties;
  const services::TlsFiles tls = WriteCertificates(parties, dir + "/tls");
  const auto diagnostics = telemetry::DiagnosticsOnStderr(
      {telemetry::LineFormat::kText, telemetry::Level::kWarning},
      base::Clock::Real());
  const auto start = Clock::now();
  const std::unique_ptr<BenchLog> bench =
      OrDie(BenchLog::Open(dir + "/store", &parties), "open");
  services::ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  options.tls = tls;
  options.plaintext_loopback = "127.0.0.1:0";
  const std::unique_ptr<services::Server> server =
      OrDie(services::Server::Start(options, &bench->log(), base::Clock::Real(),
                                    diagnostics.get()),
            "serve");
  const double seconds = SecondsSince(start);
  const NullServer null(tls);
  std::cout << absl::StrFormat("ready %s %s 127.0.0.1:%d 127.0.0.1:%d %.6f\n",
                               server->addresses()[0], server->addresses()[1],
                               null.port(0), null.port(1), seconds)
            << std::flush;
  std::unique_ptr<web::LogFront> front;
  std::string line;
  while (std::getline(std::cin, line)) {
    if (line == "http") {
      if (front == nullptr)
        front = ServeHttp(*bench, *server, diagnostics.get());
      line = absl::StrCat("http ", front->server().addresses().front());
    } else {
      line = Obey(line, *bench);
    }
    std::cout << line << "\n" << std::flush;
  }
  server->Shutdown(absl::Seconds(5));
  if (front != nullptr) front->Shutdown(absl::Seconds(5));
  return 0;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) { return sightline::bench::Main(argc, argv); }
