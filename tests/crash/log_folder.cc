#include "tests/crash/log_folder.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "base/status_macros.h"
#include "base/status_matchers.h"
#include "checkpoint/note_signer.h"
#include "crypto/key_file.h"
#include "crypto/secret.h"
#include "crypto/x509.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"

namespace sightline::tests {
namespace {

std::string MakeFolder() {
  std::string path = ::testing::TempDir() + "/crash-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) ADD_FAILURE() << "mkdtemp: " << path;
  return path;
}

// The path of a program that the test's BUILD rule names.
std::string Program(const char* variable) {
  const char* const path = getenv(variable);
  if (path == nullptr) {
    ADD_FAILURE() << variable << " is not set: run this test with bazel";
    return "";
  }
  return std::filesystem::absolute(path).string();
}

}  // namespace

LogFolder::LogFolder() : path_(MakeFolder()) {
  Write("authority.crt", parties_.authority_pem());
  const crypto::IssuedCertificate server = parties_.ServerCertificate();
  Write("server.crt", server.certificate_pem);
  Write("server.key", server.private_key_pem.view());
  const auto log_key = parties_.LogSigner().PrivateText();
  EXPECT_OK(log_key);
  Write("log.key", log_key->view());
  Write("seal.key", base::Base64Encode(std::string(32, 'k')));
  Write("genesis.bin", parties_.genesis().SerializeAsString());
}

LogFolder::~LogFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void LogFolder::Write(const std::string& name,
                      absl::string_view contents) const {
  EXPECT_OK(crypto::WriteSecretFile(path_ + "/" + name, contents));
}

std::vector<std::string> LogFolder::Sightlined() const {
  return {Program("SIGHTLINED"),
          "--data-dir=" + data_dir(),
          "--listen=127.0.0.1:0",
          "--genesis=" + path_ + "/genesis.bin",
          "--log-key=" + path_ + "/log.key",
          "--seal-key=" + path_ + "/seal.key",
          "--tls-cert=" + path_ + "/server.crt",
          "--tls-key=" + path_ + "/server.key",
          "--tls-client-ca=" + path_ + "/authority.crt",
          "--reserve-mb=0",
          "--log-level=warning"};
}

std::vector<std::string> LogFolder::CrashServer() const {
  return {Program("CRASH_SERVER"), data_dir(), path_};
}

absl::StatusOr<std::unique_ptr<ServerProcess>> LogFolder::Start(
    const std::vector<std::string>& command) const {
  return ServerProcess::Start(command, path_ + "/stderr");
}

absl::StatusOr<std::unique_ptr<client::LogClient>> LogFolder::Connect(
    const std::string& address, const Party& as,
    const client::Options& options) const {
  ASSIGN_OR_RETURN(checkpoint::LogKeySet keys,
                   client::LogKeysFromVkeys({parties_.vkey()}));
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return client::LogClient::Create(
      grpc::CreateCustomChannel(address, parties_.Credentials(&as), arguments),
      std::move(keys), options);
}

}  // namespace sightline::tests
