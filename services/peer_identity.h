// Who is at the other end of a connection, from its client certificate.
//
// Source:  docs/formats.md "Client certificates".
// Shapes:  exactly one URI in the certificate's subjectAltName:
//          "sightline://submitter/<submitter id>".
// Errors:  kUnauthenticated: there is a certificate, but it names no submitter.
// Threads: pure; any thread.
//
// TLS has verified the certificate against the configured authorities before
// any of this runs; a connection that fails that never gets here.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "admission/admission.h"
#include "grpcpp/security/auth_context.h"

namespace sightline::services {

inline constexpr absl::string_view kSubmitterUriPrefix =
    "sightline://submitter/";

// The empty peer when there is no client certificate.
absl::StatusOr<admission::Peer> PeerOf(const grpc::AuthContext& context);

}  // namespace sightline::services
