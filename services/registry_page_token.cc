#include "services/registry_page_token.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "statement/submitter_id.h"
#include "statement/violations.h"

namespace sightline::services {
namespace {

constexpr absl::string_view kVersion = "1";

absl::Status Wrong() {
  statement::Violations violations;
  violations.Add("page_token", "not a token that this log has given");
  return violations.ToStatus();
}

}  // namespace

std::string EncodeRegistryPageToken(const RegistryPageToken& token) {
  return base::Base64Encode(
      absl::StrCat(kVersion, base::U64(token.tree_size), token.after_id));
}

absl::StatusOr<RegistryPageToken> DecodeRegistryPageToken(
    absl::string_view text) {
  const absl::StatusOr<std::string> decoded = base::Base64Decode(text);
  if (!decoded.ok()) return Wrong();
  absl::string_view bytes = *decoded;
  if (!absl::ConsumePrefix(&bytes, kVersion) || bytes.size() < 8) {
    return Wrong();
  }
  RegistryPageToken token;
  token.tree_size = base::ReadU64(bytes);
  token.after_id = std::string(bytes.substr(8));
  if (token.tree_size == 0 || !statement::IsSubmitterId(token.after_id)) {
    return Wrong();
  }
  return token;
}

}  // namespace sightline::services
