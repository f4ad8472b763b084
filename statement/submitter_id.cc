#include "statement/submitter_id.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace sightline::statement {
namespace {

constexpr size_t kOriSize = 9;
constexpr size_t kMinNameSize = 3;
constexpr size_t kMaxNameSize = 100;

bool IsUpperOrDigit(char c) {
  return absl::ascii_isupper(c) || absl::ascii_isdigit(c);
}

bool IsNameCharacter(char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
}

bool IsName(absl::string_view text) {
  return text.size() >= kMinNameSize && text.size() <= kMaxNameSize &&
         std::all_of(text.begin(), text.end(), IsNameCharacter);
}

}  // namespace

bool IsOri(absl::string_view text) {
  return text.size() == kOriSize && absl::ascii_isupper(text[0]) &&
         absl::ascii_isupper(text[1]) &&
         std::all_of(text.begin(), text.end(), IsUpperOrDigit);
}

v1::SubmitterKind SubmitterKindOf(absl::string_view id) {
  if (id == kRegistrar) return v1::SUBMITTER_KIND_REGISTRAR;
  if (absl::ConsumePrefix(&id, "ori:")) {
    return IsOri(id) ? v1::SUBMITTER_KIND_AGENCY
                     : v1::SUBMITTER_KIND_UNSPECIFIED;
  }
  v1::SubmitterKind kind = v1::SUBMITTER_KIND_UNSPECIFIED;
  if (absl::ConsumePrefix(&id, "prov:")) {
    kind = v1::SUBMITTER_KIND_AGENCY;
  } else if (absl::ConsumePrefix(&id, "platform:")) {
    kind = v1::SUBMITTER_KIND_PLATFORM;
  } else if (absl::ConsumePrefix(&id, "party:")) {
    kind = v1::SUBMITTER_KIND_THIRD_PARTY;
  } else if (absl::ConsumePrefix(&id, "court:")) {
    kind = v1::SUBMITTER_KIND_COURT;
  } else if (absl::ConsumePrefix(&id, "keeper:")) {
    kind = v1::SUBMITTER_KIND_KEEPER;
  }
  return IsName(id) ? kind : v1::SUBMITTER_KIND_UNSPECIFIED;
}

bool IsSubmitterId(absl::string_view id) {
  return SubmitterKindOf(id) != v1::SUBMITTER_KIND_UNSPECIFIED;
}

bool IsProvisional(absl::string_view id) {
  return absl::ConsumePrefix(&id, "prov:") && IsName(id);
}

absl::StatusOr<std::string> AgencyId(absl::string_view ori) {
  if (!IsOri(ori)) {
    return absl::InvalidArgumentError(
        "an ORI is 9 upper-case letters and digits, the first two letters");
  }
  return absl::StrCat("ori:", ori);
}

absl::StatusOr<std::string> NameSlug(absl::string_view name) {
  std::string slug;
  for (char c : name) {
    if (absl::ascii_isalnum(c)) {
      slug.push_back(absl::ascii_tolower(c));
    } else if (!slug.empty() && slug.back() != '-') {
      slug.push_back('-');
    }
    if (slug.size() == kMaxNameSize) break;
  }
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  if (slug.size() < kMinNameSize) {
    return absl::InvalidArgumentError(
        "a name needs at least three letters or digits of ASCII");
  }
  return slug;
}

absl::StatusOr<std::string> ProvisionalId(absl::string_view name) {
  const absl::StatusOr<std::string> slug = NameSlug(name);
  if (!slug.ok()) return slug.status();
  return absl::StrCat("prov:", *slug);
}

absl::StatusOr<std::string> PlatformId(absl::string_view name) {
  const absl::StatusOr<std::string> slug = NameSlug(name);
  if (!slug.ok()) return slug.status();
  return absl::StrCat("platform:", *slug);
}

}  // namespace sightline::statement
