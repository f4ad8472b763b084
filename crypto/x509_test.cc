#include "crypto/x509.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <string>

#include "base/status_matchers.h"
#include "crypto/openssl_ptr.h"

namespace sightline::crypto {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr int64_t kStart = 1'750'000'000;
constexpr int64_t kEnd = 1'850'000'000;
constexpr char kAgencyUri[] =
    "sightline://submitter/agency,with:odd=characters";

X509Ptr Read(absl::string_view pem) {
  BioPtr bio = ReadBio(pem);
  return X509Ptr(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

// Builds and checks the chain as TLS does. Returns OpenSSL's verdict.
int VerifyChain(absl::string_view root, absl::string_view leaf, int purpose,
                int64_t at_unix_s) {
  X509Ptr root_cert = Read(root);
  X509Ptr leaf_cert = Read(leaf);
  X509_STORE* store = X509_STORE_new();
  X509_STORE_add_cert(store, root_cert.get());
  X509_STORE_CTX* ctx = X509_STORE_CTX_new();
  X509_STORE_CTX_init(ctx, store, leaf_cert.get(), nullptr);
  X509_STORE_CTX_set_purpose(ctx, purpose);
  X509_STORE_CTX_set_time(ctx, 0, at_unix_s);
  X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_X509_STRICT);
  X509_verify_cert(ctx);
  const int verdict = X509_STORE_CTX_get_error(ctx);
  X509_STORE_CTX_free(ctx);
  X509_STORE_free(store);
  return verdict;
}

LeafSpec ServerSpec() {
  LeafSpec spec;
  spec.common_name = "sightlined";
  spec.dns_names = {"log.example.com", "localhost"};
  spec.ip_addresses = {"127.0.0.1", "::1"};
  spec.for_server = true;
  spec.validity = {kStart, kEnd};
  return spec;
}

LeafSpec ClientSpec() {
  LeafSpec spec;
  spec.common_name = "Example PD";
  spec.uris = {kAgencyUri, "sightline://role/submitter"};
  spec.for_client = true;
  spec.validity = {kStart, kEnd};
  return spec;
}

class Certificates : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(
        ca_, CertificateAuthority::Create("Test CA", Validity{kStart, kEnd}));
  }

  std::unique_ptr<CertificateAuthority> ca_;
};

TEST_F(Certificates, ServerCertificateVerifiesForItsNames) {
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                       ca_->Issue(ServerSpec()));
  EXPECT_EQ(VerifyChain(ca_->certificate_pem(), issued.certificate_pem,
                        X509_PURPOSE_SSL_SERVER, kStart),
            X509_V_OK);
  X509Ptr cert = Read(issued.certificate_pem);
  EXPECT_EQ(X509_check_host(cert.get(), "log.example.com", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(cert.get(), "other.example.com", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_ip_asc(cert.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(cert.get(), "::1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(cert.get(), "127.0.0.2", 0), 0);
}

TEST_F(Certificates, ClientCertificateVerifiesForClientsOnly) {
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                       ca_->Issue(ClientSpec()));
  EXPECT_EQ(VerifyChain(ca_->certificate_pem(), issued.certificate_pem,
                        X509_PURPOSE_SSL_CLIENT, kEnd - 1),
            X509_V_OK);
  EXPECT_EQ(VerifyChain(ca_->certificate_pem(), issued.certificate_pem,
                        X509_PURPOSE_SSL_SERVER, kStart),
            X509_V_ERR_INVALID_PURPOSE);
}

TEST_F(Certificates, CertificateEndsWithItsValidity) {
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                       ca_->Issue(ClientSpec()));
  EXPECT_EQ(VerifyChain(ca_->certificate_pem(), issued.certificate_pem,
                        X509_PURPOSE_SSL_CLIENT, kEnd + 1),
            X509_V_ERR_CERT_HAS_EXPIRED);
  EXPECT_EQ(VerifyChain(ca_->certificate_pem(), issued.certificate_pem,
                        X509_PURPOSE_SSL_CLIENT, kStart - 1),
            X509_V_ERR_CERT_NOT_YET_VALID);
  ASSERT_OK_AND_ASSIGN(const Validity validity,
                       CertificateValidity(issued.certificate_pem));
  EXPECT_EQ(validity.not_before_unix_s, kStart);
  EXPECT_EQ(validity.not_after_unix_s, kEnd);
}

TEST_F(Certificates, OtherAuthoritiesCertificateDoesNotVerify) {
  ASSERT_OK_AND_ASSIGN(auto other, CertificateAuthority::Create(
                                       "Test CA", Validity{kStart, kEnd}));
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                       other->Issue(ClientSpec()));
  EXPECT_NE(VerifyChain(ca_->certificate_pem(), issued.certificate_pem,
                        X509_PURPOSE_SSL_CLIENT, kStart),
            X509_V_OK);
}

TEST_F(Certificates, LeafCannotIssue) {
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                       ca_->Issue(ClientSpec()));
  EXPECT_THAT(CertificateAuthority::FromPem(issued.certificate_pem,
                                            issued.private_key_pem.view()),
              StatusIs(kInvalid));
}

TEST_F(Certificates, AuthorityComesBackFromPem) {
  ASSERT_OK_AND_ASSIGN(
      auto again, CertificateAuthority::FromPem(ca_->certificate_pem(),
                                                ca_->private_key_pem().view()));
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                       again->Issue(ServerSpec()));
  EXPECT_EQ(VerifyChain(ca_->certificate_pem(), issued.certificate_pem,
                        X509_PURPOSE_SSL_SERVER, kStart),
            X509_V_OK);
}

TEST_F(Certificates, AuthorityRefusesAnotherKey) {
  ASSERT_OK_AND_ASSIGN(auto other, CertificateAuthority::Create(
                                       "Test CA", Validity{kStart, kEnd}));
  EXPECT_THAT(CertificateAuthority::FromPem(ca_->certificate_pem(),
                                            other->private_key_pem().view()),
              StatusIs(kInvalid));
}

TEST_F(Certificates, UrisComeBackInOrderAndUntouched) {
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                       ca_->Issue(ClientSpec()));
  EXPECT_THAT(
      UriSans(issued.certificate_pem),
      IsOkAndHolds(ElementsAre(kAgencyUri, "sightline://role/submitter")));
}

TEST_F(Certificates, ReadsTheFirstCertificateOfAChain) {
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                       ca_->Issue(ClientSpec()));
  EXPECT_THAT(
      UriSans(issued.certificate_pem + ca_->certificate_pem()),
      IsOkAndHolds(ElementsAre(kAgencyUri, "sightline://role/submitter")));
}

TEST_F(Certificates, CertificatesWithoutUrisHaveNone) {
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                       ca_->Issue(ServerSpec()));
  EXPECT_THAT(UriSans(issued.certificate_pem), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(UriSans(ca_->certificate_pem()), IsOkAndHolds(IsEmpty()));
}

TEST_F(Certificates, UriSansRefusesWhatIsNoCertificate) {
  EXPECT_THAT(UriSans(""), StatusIs(kInvalid));
  EXPECT_THAT(UriSans("no PEM"), StatusIs(kInvalid));
  std::string damaged = ca_->certificate_pem();
  damaged[60] = '!';
  EXPECT_THAT(UriSans(damaged), StatusIs(kInvalid));
}

TEST_F(Certificates, RefusesSpecsThatSayNothingOrNonsense) {
  LeafSpec spec = ClientSpec();
  spec.uris = {"with space"};
  EXPECT_THAT(ca_->Issue(spec), StatusIs(kInvalid));
  spec.uris = {};
  EXPECT_THAT(ca_->Issue(spec), StatusIs(kInvalid));
  spec = ClientSpec();
  spec.for_client = false;
  EXPECT_THAT(ca_->Issue(spec), StatusIs(kInvalid));
  spec = ClientSpec();
  spec.common_name = std::string(65, 'n');
  EXPECT_THAT(ca_->Issue(spec), StatusIs(kInvalid));
  spec = ClientSpec();
  spec.validity = {kEnd, kStart};
  EXPECT_THAT(ca_->Issue(spec), StatusIs(kInvalid));
  spec = ServerSpec();
  spec.ip_addresses = {"127.0.0.300"};
  EXPECT_THAT(ca_->Issue(spec), StatusIs(kInvalid));
}

TEST_F(Certificates, SerialNumbersDiffer) {
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate a, ca_->Issue(ClientSpec()));
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate b, ca_->Issue(ClientSpec()));
  EXPECT_NE(
      ASN1_INTEGER_cmp(X509_get_serialNumber(Read(a.certificate_pem).get()),
                       X509_get_serialNumber(Read(b.certificate_pem).get())),
      0);
}

}  // namespace
}  // namespace sightline::crypto
