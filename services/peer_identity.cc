#include "services/peer_identity.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "grpc/grpc_security_constants.h"
#include "grpcpp/support/string_ref.h"
#include "statement/submitter_id.h"

namespace sightline::services {
namespace {

absl::Status WrongCertificate(absl::string_view why) {
  return absl::UnauthenticatedError(
      absl::StrCat("the client certificate ", why,
                   "; want exactly one URI in its "
                   "subjectAltName: ",
                   kSubmitterUriPrefix, "<submitter id>"));
}

}  // namespace

absl::StatusOr<admission::Peer> PeerOf(const grpc::AuthContext& context) {
  if (context.FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME).empty()) {
    return admission::Peer{};
  }
  const std::vector<grpc::string_ref> uris =
      context.FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME);
  if (uris.size() != 1) {
    return WrongCertificate(absl::StrCat("has ", uris.size(), " URIs"));
  }
  absl::string_view id(uris[0].data(), uris[0].size());
  if (!absl::StartsWith(id, kSubmitterUriPrefix)) {
    return WrongCertificate("has a URI of another kind");
  }
  id.remove_prefix(kSubmitterUriPrefix.size());
  if (!statement::IsSubmitterId(id)) {
    return WrongCertificate("names no well-formed submitter id");
  }
  return admission::Peer{std::string(id)};
}

}  // namespace sightline::services
