#include "tests/support/test_log.h"

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <future>
#include <system_error>
#include <utility>

#include "base/status_macros.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"
#include "services/receipt_message.h"
#include "storage/memory_log_store.h"
#include "storage/memory_view_store.h"
#include "storage/rocksdb_log_store.h"
#include "storage/rocksdb_view_store.h"

namespace sightline::tests {
namespace {

using Placed = absl::StatusOr<sequencer::Placement>;

// In memory where the machine has such a file system: a store syncs a lot.
std::string MakeFolder() {
  const char* const tests_own = std::getenv("TEST_TMPDIR");
  for (const std::string& parent :
       {std::string("/dev/shm"),
        std::string(tests_own == nullptr ? "/tmp" : tests_own)}) {
    std::string path = parent + "/test-log-XXXXXX";
    if (mkdtemp(path.data()) != nullptr) return path;
  }
  std::abort();
}

// Whole files only: the server may be reading.
void WriteFile(const std::string& path, absl::string_view contents) {
  const std::string fresh = path + ".new";
  {
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file << contents;
  }
  std::filesystem::rename(fresh, path);
}

std::shared_ptr<grpc::Channel> Connect(
    const std::string& address,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

}  // namespace

TestLog::TestLog(TestLogOptions options)
    : options_(std::move(options)),
      folder_(MakeFolder()),
      sealer_(
          admission::PayloadSealer::Create(
              crypto::SecretString(std::string(32, 'k')), crypto::Rng::Real())
              .value()) {
  WriteFile(folder_ + "/authority.crt", parties_.authority_pem());
  WriteServerCertificate(parties_.ServerCertificate());
  options_.server.listen = {"127.0.0.1:0"};
  options_.server.tls =
      services::TlsFiles{folder_ + "/server.crt", folder_ + "/server.key",
                         folder_ + "/authority.crt", /*reload_seconds=*/1};
  if (options_.plaintext) options_.server.plaintext_loopback = "127.0.0.1:0";
}

TestLog::~TestLog() {
  Stop(absl::ZeroDuration());
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

absl::StatusOr<std::unique_ptr<TestLog>> TestLog::Start(
    TestLogOptions options) {
  std::unique_ptr<TestLog> log(new TestLog(std::move(options)));
  RETURN_IF_ERROR(log->Open());
  return log;
}

absl::Status TestLog::OpenStore() {
  if (options_.store != nullptr) {
    store_ = options_.store;
    return absl::OkStatus();
  }
  if (options_.on_disk) {
    own_store_.reset();
    ASSIGN_OR_RETURN(own_store_, storage::RocksDbLogStore::Open(
                                     store_folder(), options_.store_options));
  } else if (own_store_ == nullptr) {
    own_store_ = std::make_unique<storage::MemoryLogStore>();
  }
  store_ = own_store_.get();
  return absl::OkStatus();
}

absl::Status TestLog::OpenViews() {
  if (options_.views_on_disk) {
    views_.reset();
    ASSIGN_OR_RETURN(views_, storage::RocksDbViewStore::Open(views_folder()));
  } else if (views_ == nullptr) {
    views_ = std::make_unique<storage::MemoryViewStore>();
  }
  return absl::OkStatus();
}

absl::Status TestLog::Open() {
  RETURN_IF_ERROR(OpenStore());
  RETURN_IF_ERROR(OpenViews());
  services::LogParts parts;
  parts.store = store_;
  parts.views = views_.get();
  parts.clock = &clock_;
  parts.sealer = sealer_.get();
  parts.signers = options_.more_signers;
  parts.signers.push_back(parties_.LogSigner());
  parts.genesis = &parties_.genesis();
  parts.diagnostics = &diagnostics_;
  if (options_.witnesses != nullptr) {
    parts.witnesses = options_.witnesses(store_);
  }
  ASSIGN_OR_RETURN(log_,
                   services::LogInstance::Open(options_.log, std::move(parts)));
  ASSIGN_OR_RETURN(const storage::TreeState state, store_->ReadTreeState());
  if (options_.enrol && state.tree_size == 1) {
    RETURN_IF_ERROR(Enrol(parties_.agency()));
    RETURN_IF_ERROR(Enrol(parties_.platform()));
  }
  ASSIGN_OR_RETURN(server_, services::Server::Start(options_.server, log_.get(),
                                                    &clock_, &diagnostics_));
  return absl::OkStatus();
}

void TestLog::Stop(absl::Duration grace) {
  if (server_ != nullptr) server_->Shutdown(grace);
  server_.reset();
  log_.reset();
}

void TestLog::Close() {
  Stop();
  if (options_.views_on_disk) views_.reset();
  if (!options_.on_disk) return;
  store_ = nullptr;
  own_store_.reset();
}

absl::Status TestLog::Restart() {
  Stop();
  return Open();
}

std::shared_ptr<grpc::Channel> TestLog::Channel(const Party* as) const {
  return Connect(address(), parties_.Credentials(as));
}

std::shared_ptr<grpc::Channel> TestLog::PlaintextChannel() const {
  return Connect(plaintext_address(), grpc::InsecureChannelCredentials());
}

absl::StatusOr<v1::SubmitResponse> TestLog::Submit(
    const Party& by, const Submission& submission) {
  ASSIGN_OR_RETURN(admission::AdmittedEntry entry,
                   log_->admission().Admit({by.id}, submission.statement,
                                           submission.openings));
  std::promise<Placed> promise;
  RETURN_IF_ERROR(log_->sequencer().Submit(
      std::move(entry),
      [&promise](Placed placed) { promise.set_value(std::move(placed)); }));
  ASSIGN_OR_RETURN(const sequencer::Placement placement,
                   promise.get_future().get());
  v1::SubmitResponse response;
  RETURN_IF_ERROR(services::FillAnswer(
      placement, *store_, log_->publisher().integrated()->tree_size,
      &response));
  return response;
}

absl::Status TestLog::Append(size_t requests) {
  std::deque<std::promise<Placed>> waiting;
  absl::Status first;  // of what went wrong
  const auto await_first = [&] {
    first.Update(waiting.front().get_future().get().status());
    waiting.pop_front();
  };
  for (size_t i = 0; i < requests && first.ok(); ++i) {
    const Submission submission = parties_.PlainRequest(parties_.agency());
    auto entry = log_->admission().Admit({parties_.agency().id},
                                         submission.statement, {});
    std::promise<Placed>& placed = waiting.emplace_back();
    sequencer::Completion done = [&placed](Placed placement) {
      placed.set_value(std::move(placement));
    };
    const auto submit = [&] {
      if (!entry.ok()) return entry.status();
      return log_->sequencer().Submit(*std::move(entry), std::move(done));
    };
    absl::Status submitted = submit();
    // Full: there is room once the first of ours is through.
    while (absl::IsUnavailable(submitted) && waiting.size() > 1) {
      await_first();
      submitted = submit();
    }
    if (!submitted.ok()) placed.set_value(submitted);
  }
  while (!waiting.empty()) await_first();
  return first;
}

absl::Status TestLog::Enrol(const Party& party) {
  return Submit(parties_.registrar(), parties_.Enrolment(party)).status();
}

void TestLog::WriteServerCertificate(
    const crypto::IssuedCertificate& certificate) {
  WriteFile(folder_ + "/server.crt", certificate.certificate_pem);
  WriteFile(folder_ + "/server.key", certificate.private_key_pem.view());
}

}  // namespace sightline::tests
