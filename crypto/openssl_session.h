// TLS sessions by OpenSSL, the same at both ends. Private to this room.
//
// Errors:  kInternal: OpenSSL.
// Threads: any.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "absl/status/statusor.h"
#include "crypto/openssl_ptr.h"
#include "crypto/tls_session.h"

namespace sightline::crypto {

using SslCtxPtr = std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, OpenSslFree<SSL_free>>;

// A session of `ssl`, which knows which end it is. A client's output begins with
// its first message.
absl::StatusOr<std::unique_ptr<TlsSession>> MakeSession(SslPtr ssl);

}  // namespace sightline::crypto
