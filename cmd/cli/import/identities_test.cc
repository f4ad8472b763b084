#include "cmd/cli/import/identities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "absl/status/status.h"
#include "base/status_matchers.h"
#include "crypto/x509.h"

namespace sightline::cli {
namespace {

using ::sightline::base::StatusIs;
using ::testing::ElementsAre;

constexpr int64_t kNowUnixMs = 1'770'000'000'000;

std::string Read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// A source whose certificates are the URIs themselves.
absl::StatusOr<crypto::IssuedCertificate> Echo(const std::string& uri) {
  crypto::IssuedCertificate issued;
  issued.certificate_pem = uri;
  issued.private_key_pem = crypto::SecretString("key of " + uri);
  return issued;
}

TEST(Identities, GivesEachSubmitterACertificateOfItsOwn) {
  client::TlsOptions base;
  base.ca_file = "ca.pem";
  base.server_name = "log.example.com";
  ASSERT_OK_AND_ASSIGN(const auto identities, Identities::Create(base, &Echo));
  ASSERT_OK_AND_ASSIGN(const auto first, identities->For("ori:CA0999900"));
  ASSERT_OK_AND_ASSIGN(const auto second, identities->For("prov:wi-x"));
  EXPECT_EQ(Read(first.cert_file), "sightline://submitter/ori:CA0999900");
  EXPECT_EQ(Read(first.key_file), "key of sightline://submitter/ori:CA0999900");
  EXPECT_EQ(Read(second.cert_file), "sightline://submitter/prov:wi-x");
  EXPECT_EQ(first.ca_file, "ca.pem");
  EXPECT_EQ(first.server_name, "log.example.com");
}

TEST(Identities, LeavesNoKeyBehind) {
  std::string folder;
  {
    ASSERT_OK_AND_ASSIGN(const auto identities, Identities::Create({}, &Echo));
    ASSERT_OK_AND_ASSIGN(const auto tls, identities->For("ori:CA0999900"));
    folder = std::filesystem::path(tls.key_file).parent_path();
    ASSERT_TRUE(std::filesystem::exists(folder));
  }
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST(Identities, PassesOnThatThereIsNoCertificate) {
  ASSERT_OK_AND_ASSIGN(const auto identities,
                       Identities::Create({}, [](const std::string&) {
                         return absl::StatusOr<crypto::IssuedCertificate>(
                             absl::PermissionDeniedError("no"));
                       }));
  EXPECT_THAT(identities->For("ori:CA0999900").status(),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST(Identities, AnAuthorityNamesTheSubmitter) {
  ASSERT_OK_AND_ASSIGN(
      const auto authority,
      crypto::CertificateAuthority::Create(
          "test", {kNowUnixMs / 1000, kNowUnixMs / 1000 + 3600}));
  const CertificateSource source = IssuedBy(authority.get(), kNowUnixMs);
  ASSERT_OK_AND_ASSIGN(const auto issued,
                       source("sightline://submitter/ori:CA0999900"));
  ASSERT_OK_AND_ASSIGN(const auto uris,
                       crypto::UriSans(issued.certificate_pem));
  EXPECT_THAT(uris, ElementsAre("sightline://submitter/ori:CA0999900"));
}

}  // namespace
}  // namespace sightline::cli
