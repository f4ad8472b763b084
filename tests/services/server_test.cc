// The server itself: TLS, certificates that change, health, limits, shutdown.
#include "services/server.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "crypto/x509.h"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/slice.h"
#include "proto/sightline/v1/log_service.grpc.pb.h"
#include "proto/sightline/v1/submission_service.grpc.pb.h"
#include "storage/fault_injecting_log_store.h"
#include "storage/memory_log_store.h"
#include "tests/services/calls.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {
namespace {

using ::sightline::base::StatusIs;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class ServerTest : public ::testing::Test {
 protected:
  void Start(TestLogOptions options) {
    log_.reset();
    ASSERT_OK_AND_ASSIGN(log_, TestLog::Start(std::move(options)));
  }

  absl::Status Read(const std::shared_ptr<grpc::Channel>& channel) {
    v1::LogService::Stub stub(channel);
    return Call(&stub, &v1::LogService::Stub::GetLog, v1::GetLogRequest())
        .status();
  }

  // What OpenSSL's own client says of the server.
  std::string OpenSsl(const std::string& options) {
    const std::string command = absl::StrCat(
        "openssl s_client -connect ", log_->address(), " -alpn h2 -CAfile ",
        log_->folder(), "/authority.crt ", options, " </dev/null 2>&1");
    FILE* const pipe = popen(command.c_str(), "r");
    std::string out;
    char buffer[4096];
    while (const size_t got = fread(buffer, 1, sizeof(buffer), pipe)) {
      out.append(buffer, got);
    }
    pclose(pipe);
    return out;
  }

  std::unique_ptr<TestLog> log_;
};

// --- TLS --------------------------------------------------------------------------

TEST_F(ServerTest, SpeaksTls13AndNothingOlder) {
  Start({});
  EXPECT_THAT(OpenSsl("-tls1_3"), AllOf(HasSubstr("New, TLSv1.3"),
                                        HasSubstr("Verify return code: 0 (ok)"),
                                        HasSubstr("ALPN protocol: h2")));
  // The suites of gRPC and everything that OpenSSL has.
  for (const char* const options :
       {"-tls1_2", "-tls1_2 -cipher ALL:@SECLEVEL=0",
        "-tls1_1 -cipher ALL:@SECLEVEL=0"}) {
    const std::string said = OpenSsl(options);
    EXPECT_THAT(said, HasSubstr("Cipher is (NONE)")) << options;
    EXPECT_FALSE(absl::StrContains(said, "BEGIN CERTIFICATE")) << options;
  }
}

TEST_F(ServerTest, ReadingNeedsNoCertificate) {
  Start({});
  EXPECT_OK(Read(log_->Channel()));
}

TEST_F(ServerTest, ACertificateOfAnotherAuthorityDoesNotGetIn) {
  Start({});
  const TestParties others("log.example.com/others");
  Party stranger = log_->parties().agency();
  stranger.certificate_pem = others.agency().certificate_pem;
  stranger.private_key_pem = others.agency().private_key_pem;
  EXPECT_THAT(Read(log_->Channel(&stranger)),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ServerTest, ACertificateThatWasReplacedIsServedWithoutARestart) {
  Start({});
  const auto old_channel = log_->Channel();
  ASSERT_OK(Read(old_channel));
  const crypto::IssuedCertificate fresh = log_->parties().ServerCertificate();
  log_->WriteServerCertificate(fresh);
  std::string served;
  while (served != fresh.certificate_pem) {
    v1::LogService::Stub stub(log_->Channel());
    grpc::ClientContext context;
    SetDeadline(&context);
    v1::GetLogResponse response;
    ASSERT_TRUE(stub.GetLog(&context, {}, &response).ok());
    const auto pem =
        context.auth_context()->FindPropertyValues("x509_pem_cert");
    ASSERT_EQ(pem.size(), 1u);
    served = std::string(pem[0].data(), pem[0].size());
  }
  EXPECT_OK(Read(old_channel));  // which is open still
}

TEST_F(ServerTest, WithoutTlsOnlyReadingOnLoopback) {
  TestLogOptions options;
  options.plaintext = true;
  Start(std::move(options));
  EXPECT_OK(Read(log_->PlaintextChannel()));
  v1::SubmissionService::Stub stub(log_->PlaintextChannel());
  const Party& agency = log_->parties().agency();
  EXPECT_THAT(Call(&stub, &v1::SubmissionService::Stub::Submit,
                   log_->parties().PlainRequest(agency).ToRequest()),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

// --- Options ------------------------------------------------------------------------

TEST_F(ServerTest, RefusesOptionsThatMakeNoSense) {
  Start({});
  const auto start = [this](services::ServerOptions options) {
    return services::Server::Start(options, &log_->log(), &log_->clock(),
                                   telemetry::NoDiagnostics())
        .status();
  };
  services::ServerOptions options;
  EXPECT_THAT(start(options), StatusIs(kInvalid, HasSubstr("no address")));
  options.listen = {"127.0.0.1:0"};
  EXPECT_THAT(start(options), StatusIs(kInvalid, HasSubstr("certificate")));
  options.tls = services::TlsFiles{"/nonexistent", "/nonexistent", "", 1};
  EXPECT_THAT(start(options), StatusIs(kInvalid, HasSubstr("/nonexistent")));
  const std::string folder = log_->folder();
  options.tls =
      services::TlsFiles{folder + "/server.key", folder + "/server.key", "", 1};
  EXPECT_THAT(start(options), StatusIs(kInvalid, HasSubstr("server.key")));
  options.tls =
      services::TlsFiles{folder + "/server.crt", folder + "/server.crt", "", 1};
  EXPECT_THAT(start(options), StatusIs(kInvalid, HasSubstr("private key")));
  options = {};
  for (const char* const address : {"0.0.0.0:0", "example.com:80", "[::]:0"}) {
    options.plaintext_loopback = address;
    EXPECT_THAT(start(options), StatusIs(kInvalid, HasSubstr("loopback")));
  }
}

TEST_F(ServerTest, AnAddressThatIsTakenIsAnError) {
  Start({});
  TestLogOptions options;
  ASSERT_OK_AND_ASSIGN(const auto other, TestLog::Start({}));
  services::ServerOptions second;
  second.listen = {log_->address()};
  second.tls = services::TlsFiles{log_->folder() + "/server.crt",
                                  log_->folder() + "/server.key", "", 1};
  EXPECT_THAT(
      services::Server::Start(second, &other->log(), &other->clock(),
                              telemetry::NoDiagnostics())
          .status(),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr(log_->address())));
}

TEST_F(ServerTest, MessagesHaveALimit) {
  TestLogOptions options;
  options.server.max_message_bytes = 10'000;
  Start(std::move(options));
  const Party& agency = log_->parties().agency();
  v1::SubmitRequest request = log_->parties().PlainRequest(agency).ToRequest();
  request.mutable_statement()->set_payload(std::string(20'000, 'x'));
  v1::SubmissionService::Stub stub(log_->Channel(&agency));
  EXPECT_THAT(Call(&stub, &v1::SubmissionService::Stub::Submit, request),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

// --- Health and reflection ------------------------------------------------------------

// One call of a service whose messages we have no code for.
absl::StatusOr<std::string> RawCall(
    const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
    const std::string& request) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  SetDeadline(&context);
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareCall(&context, method, &queue);
  void* tag = nullptr;
  bool ok = false;
  const auto wait = [&] { return queue.Next(&tag, &ok) && ok; };
  call->StartCall(nullptr);
  wait();
  const grpc::Slice slice(request);
  call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
  wait();
  grpc::ByteBuffer answer;
  call->Read(&answer, nullptr);
  const bool answered = wait();
  grpc::Status status;
  call->Finish(&status, nullptr);
  wait();
  if (!answered) return services::FromGrpcStatus(status);
  grpc::Slice bytes;
  answer.DumpToSingleSlice(&bytes);
  return std::string(reinterpret_cast<const char*>(bytes.begin()),
                     bytes.size());
}

// Its methods parse for themselves.
TEST_F(ServerTest, NamesWhatIsNoRequest) {
  Start({});
  for (const char* const method : {"ListEntries", "StreamEntries"}) {
    const absl::Status status =
        RawCall(log_->Channel(),
                absl::StrCat("/sightline.v1.LogService/", method), "\xff")
            .status();
    EXPECT_THAT(status, StatusIs(kInvalid));
    EXPECT_THAT(FaultyFields(status), ElementsAre("request"));
  }
}

// grpc.health.v1.HealthCheckResponse{status}: 1 SERVING, 2 NOT_SERVING.
constexpr char kServing[] = "\x08\x01";
constexpr char kNotServing[] = "\x08\x02";

TEST_F(ServerTest, TellsItsOperatorAloneHowFullTheDiskIs) {
  storage::MemoryLogStore memory;
  storage::FaultInjectingLogStore store(&memory);
  TestLogOptions options;
  options.store = &store;
  options.server.health_interval = absl::Milliseconds(5);
  Start(std::move(options));
  store.FailCommit(1, storage::CommitFault::kNotPersisted,
                   absl::ResourceExhaustedError("disk full: 7 at /srv/log"));
  const absl::Status refused = log_->Append(1);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable,
                                Not(HasSubstr("/srv/log"))));
  const auto told = [&](const char* what) {
    const std::vector<std::string> lines = log_->diagnostics().lines();
    return std::any_of(lines.begin(), lines.end(), [&](const auto& line) {
      return absl::StrContains(line, what);
    });
  };
  while (!told("warning refusing")) {
  }
  EXPECT_TRUE(told("disk full: 7 at /srv/log"));
  ASSERT_OK(log_->Append(1));
  while (!told("info taking_again")) {
  }
  log_.reset();
}

TEST_F(ServerTest, ServesWhileItCanWrite) {
  storage::MemoryLogStore memory;
  storage::FaultInjectingLogStore store(&memory);
  TestLogOptions options;
  options.store = &store;
  options.server.health_interval = absl::Milliseconds(5);
  Start(std::move(options));
  const auto channel = log_->Channel();
  const auto health = [&] {
    return RawCall(channel, "/grpc.health.v1.Health/Check", "");
  };
  EXPECT_THAT(health(), base::IsOkAndHolds(std::string(kServing)));
  store.FailCommit(1, storage::CommitFault::kNotPersisted);
  EXPECT_FALSE(log_->Append(1).ok());
  while (*health() == kServing) {
  }
  EXPECT_THAT(health(), base::IsOkAndHolds(std::string(kNotServing)));
  EXPECT_THAT(log_->diagnostics().lines(),
              Contains(HasSubstr("error not_writing")));
  EXPECT_OK(Read(channel));  // reading goes on
  log_.reset();
}

TEST_F(ServerTest, SaysWhichServicesItHas) {
  Start({});
  // grpc.reflection.v1alpha.ServerReflectionRequest{list_services: ""}.
  const auto services =
      RawCall(log_->Channel(),
              "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
              std::string("\x3a\x00", 2));
  ASSERT_OK(services);
  for (const char* const name :
       {"sightline.v1.SubmissionService", "sightline.v1.LogService",
        "sightline.v1.RegistryService", "sightline.v1.RecordService",
        "sightline.v1.AdminService", "grpc.health.v1.Health"}) {
    EXPECT_THAT(*services, HasSubstr(name));
  }
}

// --- Shutdown ---------------------------------------------------------------------------

TEST_F(ServerTest, AfterAShutdownNobodyIsServed) {
  Start({});
  const auto channel = log_->Channel();
  ASSERT_OK(Read(channel));
  log_->server().Shutdown(absl::Seconds(5));
  log_->server().Shutdown(absl::Seconds(5));  // again does no harm
  EXPECT_THAT(Read(channel), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(log_->Append(1), StatusIs(absl::StatusCode::kUnavailable));
}

// A load balancer watches health for as long as it lives.
TEST_F(ServerTest, AShutdownDoesNotWaitForWhoWatchesHealth) {
  Start({});
  grpc::GenericStub stub(log_->Channel());
  grpc::ClientContext context;
  SetDeadline(&context);
  grpc::CompletionQueue queue;
  const auto call =
      stub.PrepareCall(&context, "/grpc.health.v1.Health/Watch", &queue);
  void* tag = nullptr;
  bool ok = false;
  const auto wait = [&] { return queue.Next(&tag, &ok) && ok; };
  call->StartCall(nullptr);
  wait();
  const grpc::Slice everything("");
  call->WriteLast(grpc::ByteBuffer(&everything, 1), grpc::WriteOptions(),
                  nullptr);
  wait();
  grpc::ByteBuffer health;
  call->Read(&health, nullptr);
  ASSERT_TRUE(wait());
  const auto begin = absl::Now();
  log_->server().Shutdown(absl::Hours(1));
  EXPECT_LT(absl::Now() - begin, absl::Minutes(30));
  // It learns of the end; the stream is over.
  do {
    call->Read(&health, nullptr);
  } while (wait());
  grpc::Status status;
  call->Finish(&status, nullptr);
  wait();
  EXPECT_FALSE(status.ok());
}

TEST_F(ServerTest, CallsAreAnsweredOrRefusedWhileItShutsDown) {
  Start({});
  const Party& agency = log_->parties().agency();
  const auto channel = log_->Channel(&agency);
  std::vector<std::thread> callers;
  std::atomic<uint64_t> accepted{0};
  std::atomic<int> started{0};
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      v1::SubmissionService::Stub stub(channel);
      while (true) {
        const auto answer =
            Call(&stub, &v1::SubmissionService::Stub::Submit,
                 log_->parties().PlainRequest(agency).ToRequest());
        ++started;
        if (!answer.ok()) {
          // gRPC itself answers kCancelled to a call that it had read when the
          // shutdown began but not yet given to a handler. The count below shows
          // that no such statement was logged.
          EXPECT_THAT(answer, AnyOf(StatusIs(absl::StatusCode::kUnavailable),
                                    StatusIs(absl::StatusCode::kCancelled)));
          return;
        }
        ++accepted;
      }
    });
  }
  while (started < 50) std::this_thread::yield();
  log_->server().Shutdown(absl::Seconds(30));
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(log_->store().ReadTreeState()->tree_size, 3 + accepted);
}

}  // namespace
}  // namespace sightline::tests
