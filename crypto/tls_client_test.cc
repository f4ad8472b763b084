#include "crypto/tls_client.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "base/status_matchers.h"
#include "crypto/openssl_ptr.h"

namespace sightline::crypto {
namespace {

using ::sightline::base::StatusIs;

class TlsClientTest : public ::testing::Test {
 protected:
  const std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>> context_{
      SSL_CTX_new(TLS_client_method())};
};

TEST_F(TlsClientTest, RefusesOldVersions) {
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
  ASSERT_OK(RequireHost(context_.get(), "example.com"));
  EXPECT_EQ(SSL_CTX_get_min_proto_version(context_.get()), TLS1_2_VERSION);
}

TEST_F(TlsClientTest, WantsAHost) {
  EXPECT_OK(RequireHost(context_.get(), "::1"));
  EXPECT_THAT(RequireHost(context_.get(), ""),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(RequireHost(context_.get(), std::string("a\0b", 3)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(VerifyResultText, SaysWhatIsWrong) {
  EXPECT_EQ(VerifyResultText(X509_V_ERR_CERT_HAS_EXPIRED),
            "certificate has expired");
}

}  // namespace
}  // namespace sightline::crypto
