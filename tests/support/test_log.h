// A log that runs in the test's own process, served over TLS on a free port, with
// an enrolled agency and platform. Tests and benchmarks only.
//
//   ASSERT_OK_AND_ASSIGN(auto log, tests::TestLog::Start({}));
//   auto stub = v1::LogService::NewStub(log->Channel());
//   ASSERT_OK(log->Append(300));
//
// Entries: 0 genesis, 1 the agency's enrolment, 2 the platform's.
//
// Threads: thread-safe, but for Stop and Restart.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "admission/payload_sealer.h"
#include "base/fake_clock.h"
#include "checkpoint/note_signer.h"
#include "grpcpp/channel.h"
#include "proto/sightline/v1/submission_service.pb.h"
#include "publish/cosigner.h"
#include "services/log_instance.h"
#include "services/server.h"
#include "storage/log_store.h"
#include "storage/rocksdb_options.h"
#include "storage/view_store.h"
#include "telemetry/recorded_diagnostics.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {

struct TestLogOptions {
  // Null: one of its own, in memory or on disk (RocksDB), which Restart closes
  // and opens again. Otherwise outlives the test log.
  storage::LogStore* store = nullptr;
  bool on_disk = false;
  storage::RocksDbOptions store_options;  // on disk
  // Views in RocksDB, too, which Restart opens again; else in memory.
  bool views_on_disk = false;
  services::LogOptions log;
  // Where it listens and its certificates are filled in.
  services::ServerOptions server;
  bool enrol = true;  // the agency and the platform
  // Beside the log key of the parties.
  std::vector<checkpoint::NoteSigner> more_signers;
  bool plaintext = false;  // listens without TLS as well
  // Makes the log's witnesses, each time it is opened; they outlive that run.
  // Null: none.
  std::function<const publish::Witnesses*(const storage::LogStore*)> witnesses;
};

class TestLog {
 public:
  static absl::StatusOr<std::unique_ptr<TestLog>> Start(TestLogOptions options);

  ~TestLog();

  const TestParties& parties() const { return parties_; }
  base::FakeClock& clock() { return clock_; }
  storage::LogStore& store() { return *store_; }
  services::LogInstance& log() { return *log_; }
  services::Server& server() { return *server_; }
  storage::ViewStore& views() { return *views_; }
  const telemetry::RecordedDiagnostics& diagnostics() const {
    return diagnostics_;
  }

  // "127.0.0.1:port", with TLS.
  const std::string& address() const { return server_->addresses().front(); }
  // Without, when the options ask for it.
  const std::string& plaintext_address() const {
    return server_->addresses().back();
  }

  // A connection of its own, as `as` or without a certificate.
  std::shared_ptr<grpc::Channel> Channel(const Party* as = nullptr) const;
  std::shared_ptr<grpc::Channel> PlaintextChannel() const;

  // Submits past gRPC, and waits for the answer.
  absl::StatusOr<v1::SubmitResponse> Submit(const Party& by,
                                            const Submission& submission);
  // So many requests of the agency, without sealed fields.
  absl::Status Append(size_t requests);
  // The registrars enrol `party`.
  absl::Status Enrol(const Party& party);

  // Where server.crt, server.key, authority.crt and a store on disk are.
  const std::string& folder() const { return folder_; }
  std::string store_folder() const { return folder_ + "/store"; }
  std::string views_folder() const { return folder_ + "/views"; }
  void WriteServerCertificate(const crypto::IssuedCertificate& certificate);

  // Shuts server and pipeline down.
  void Stop(absl::Duration grace = absl::Seconds(10));
  // Stops, and closes what is on disk: its folders are at rest, until Restart.
  void Close();
  // Stops, and starts again on the same store, on another port.
  absl::Status Restart();

 private:
  explicit TestLog(TestLogOptions options);

  absl::Status Open();
  absl::Status OpenStore();
  absl::Status OpenViews();

  TestLogOptions options_;
  const TestParties parties_;
  base::FakeClock clock_{kTestTimeMs};
  telemetry::RecordedDiagnostics diagnostics_;
  std::string folder_;
  std::unique_ptr<storage::LogStore> own_store_;
  storage::LogStore* store_ = nullptr;
  std::unique_ptr<storage::ViewStore> views_;
  std::unique_ptr<admission::PayloadSealer> sealer_;
  std::unique_ptr<services::LogInstance> log_;
  std::unique_ptr<services::Server> server_;
};

}  // namespace sightline::tests
