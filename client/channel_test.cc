#include "client/channel.h"

#include <grpcpp/client_context.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/status_matchers.h"
#include "client/rpc_status.h"
#include "crypto/key_file.h"
#include "crypto/x509.h"
#include "proto/sightline/v1/log_service.grpc.pb.h"

namespace sightline::client {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

// Says whether the caller has shown a certificate.
class WhoService final : public v1::LogService::Service {
 public:
  grpc::Status GetCheckpoint(grpc::ServerContext* context,
                             const v1::GetCheckpointRequest*,
                             v1::GetCheckpointResponse*) override {
    const bool known = context->auth_context()->IsPeerAuthenticated();
    return grpc::Status(grpc::StatusCode::NOT_FOUND,
                        known ? "with a certificate" : "anonymous");
  }
};

// A server with TLS, and files as a client has them.
class ChannelTest : public ::testing::Test {
 protected:
  ChannelTest() {
    const int64_t now = base::Clock::Real()->NowUnixMs() / 1000;
    validity_ = {now - 3600, now + 3600};
    authority_ = *crypto::CertificateAuthority::Create("test", validity_);
    crypto::LeafSpec server_spec;
    server_spec.ip_addresses = {"127.0.0.1"};
    server_spec.for_server = true;
    const auto server = *Issue(server_spec);
    crypto::LeafSpec client_spec;
    client_spec.uris = {"sightline://submitter/ori:CA0194200"};
    client_spec.for_client = true;
    const auto client = *Issue(client_spec);
    ca_ = Write("ca.crt", authority_->certificate_pem());
    cert_ = Write("client.crt", client.certificate_pem);
    key_ = Path("client.key");
    EXPECT_OK(crypto::WriteSecretFile(key_, client.private_key_pem.view()));

    grpc::SslServerCredentialsOptions tls(
        GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
    tls.pem_root_certs = authority_->certificate_pem();
    tls.pem_key_cert_pairs.push_back(
        {std::string(server.private_key_pem.view()), server.certificate_pem});
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(tls),
                             &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    target_ = absl::StrCat("127.0.0.1:", port);
  }

  ~ChannelTest() override { server_->Shutdown(); }

  absl::StatusOr<crypto::IssuedCertificate> Issue(crypto::LeafSpec spec) {
    spec.common_name = "test";
    spec.validity = validity_;
    return authority_->Issue(spec);
  }

  static std::string Path(const std::string& name) {
    return absl::StrCat(
        ::testing::TempDir(), "/",
        ::testing::UnitTest::GetInstance()->current_test_info()->name(), "-",
        name);
  }

  static std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(Path(name)) << text;
    return Path(name);
  }

  // What a call over such a connection comes back with.
  absl::Status Call(const TlsOptions& options) {
    auto channel = MakeChannel(target_, options);
    if (!channel.ok()) return channel.status();
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(20));
    v1::GetCheckpointResponse response;
    return FromGrpcStatus(v1::LogService::NewStub(*channel)->GetCheckpoint(
                              &context, {}, &response),
                          "call");
  }

  crypto::Validity validity_;
  std::unique_ptr<crypto::CertificateAuthority> authority_;
  std::string ca_;
  std::string cert_;
  std::string key_;
  WhoService service_;
  std::unique_ptr<grpc::Server> server_;
  std::string target_;
};

TEST_F(ChannelTest, ShowsTheClientsCertificate) {
  EXPECT_THAT(
      Call({.ca_file = ca_, .cert_file = cert_, .key_file = key_}),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("with a certificate")));
}

TEST_F(ChannelTest, ReadsWithoutACertificate) {
  EXPECT_THAT(Call({.ca_file = ca_}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("anonymous")));
}

TEST_F(ChannelTest, RefusesAServerThatTheAuthorityDoesNotKnow) {
  const auto other = *crypto::CertificateAuthority::Create("other", validity_);
  EXPECT_THAT(Call({.ca_file = Write("other.crt", other->certificate_pem())}),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ChannelTest, RefusesAServerOfAnotherName) {
  EXPECT_THAT(Call({.ca_file = ca_, .server_name = "log.example.com"}),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ChannelTest, WantsCertificateAndKeyTogether) {
  EXPECT_THAT(Call({.ca_file = ca_, .cert_file = cert_}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Call({.ca_file = ca_, .key_file = key_}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ChannelTest, NamesTheFileThatCannotBeUsed) {
  EXPECT_THAT(
      Call({.ca_file = "/no/such/file"}),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("/no/such/file")));
  EXPECT_THAT(Call({.ca_file = Write("garbage", "hello")}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no PEM certificate")));
  EXPECT_THAT(Call({.ca_file = ca_,
                    .cert_file = cert_,
                    .key_file = Write("open.key", "readable by all")}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(IsLoopback, KnowsThisMachine) {
  for (const char* target :
       {"127.0.0.1:1", "127.1.2.3:80", "localhost:7443", "[::1]:7443",
        "dns:///localhost:1", "ipv4:127.0.0.1:1", "unix:/tmp/x",
        "unix-abstract:x"}) {
    EXPECT_TRUE(IsLoopback(target)) << target;
  }
}

TEST(IsLoopback, KnowsOthers) {
  for (const char* target :
       {"", "10.0.0.1:1", "128.0.0.1:1", "localhost.example.com:1",
        "127.0.0.1.example.com:1", "127.0.0:1", "[::2]:1",
        "dns:///log.example.com:1", "1270.0.0.1:1", "127.0.0.256:1"}) {
    EXPECT_FALSE(IsLoopback(target)) << target;
  }
}

TEST(MakeChannel, RefusesPlainTextToOthers) {
  EXPECT_THAT(MakeChannel("10.0.0.1:1", {.plaintext = true}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_OK(MakeChannel("127.0.0.1:1", {.plaintext = true}).status());
}

TEST(MakeChannel, RefusesPlainTextWithCertificates) {
  EXPECT_THAT(
      MakeChannel("127.0.0.1:1", {.ca_file = "ca.crt", .plaintext = true}),
      StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(MakeChannel, WantsATarget) {
  EXPECT_THAT(MakeChannel("", {}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sightline::client
