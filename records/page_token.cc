#include "records/page_token.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "crypto/sha256.h"
#include "records/entry_facts.h"
#include "statement/violations.h"

namespace sightline::records {
namespace {

constexpr absl::string_view kVersion = "1";
constexpr size_t kDigestBytes = 8;
constexpr size_t kMaxTokenBytes = 1024;

std::string DigestOf(absl::string_view question) {
  return std::string(
      crypto::AsBytes(crypto::Sha256(question)).substr(0, kDigestBytes));
}

absl::Status NoToken() {
  statement::Violations violations;
  violations.Add("page_token", "not a token that was given for this question");
  return violations.ToStatus();
}

}  // namespace

std::string EncodePageToken(const PageToken& token,
                            absl::string_view question) {
  return base::Base64Encode(absl::StrCat(
      kVersion, DigestOf(question),
      base::U64(static_cast<uint64_t>(token.as_of_unix_ms)), token.position));
}

absl::StatusOr<PageToken> DecodePageToken(absl::string_view text,
                                          absl::string_view question) {
  if (text.size() > kMaxTokenBytes) return NoToken();
  const absl::StatusOr<std::string> decoded = base::Base64Decode(text);
  if (!decoded.ok()) return NoToken();
  absl::string_view bytes = *decoded;
  if (!absl::ConsumePrefix(&bytes, kVersion) ||
      !absl::ConsumePrefix(&bytes, DigestOf(question)) || bytes.size() < 8) {
    return NoToken();
  }
  PageToken token;
  token.as_of_unix_ms = static_cast<int64_t>(base::ReadU64(bytes));
  if (!IsMoment(token.as_of_unix_ms)) return NoToken();
  token.position = std::string(bytes.substr(8));
  return token;
}

}  // namespace sightline::records
