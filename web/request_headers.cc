#include "web/request_headers.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"

namespace sightline::web {
namespace {

// Whether the weight of "gzip; q=0.5" leaves it acceptable.
bool WeightAccepts(absl::string_view parameters) {
  for (absl::string_view part : absl::StrSplit(parameters, ';')) {
    part = absl::StripAsciiWhitespace(part);
    if (!absl::StartsWithIgnoreCase(part, "q=")) continue;
    double weight = 0;
    return absl::SimpleAtod(part.substr(2), &weight) && weight > 0;
  }
  return true;
}

}  // namespace

bool AcceptsGzip(absl::string_view accept_encoding) {
  bool any = false;
  for (const absl::string_view part : absl::StrSplit(accept_encoding, ',')) {
    const size_t end = part.find(';');
    const absl::string_view coding =
        absl::StripAsciiWhitespace(part.substr(0, end));
    const bool accepted =
        end == absl::string_view::npos || WeightAccepts(part.substr(end + 1));
    if (absl::EqualsIgnoreCase(coding, "gzip") ||
        absl::EqualsIgnoreCase(coding, "x-gzip")) {
      return accepted;
    }
    if (coding == "*") any = accepted;
  }
  return any;
}

bool NamesETag(absl::string_view if_none_match, absl::string_view etag) {
  if (absl::StripAsciiWhitespace(if_none_match) == "*") return true;
  // No ETag of ours holds a comma.
  for (absl::string_view tag : absl::StrSplit(if_none_match, ',')) {
    tag = absl::StripAsciiWhitespace(tag);
    if (absl::StripPrefix(tag, "W/") == etag) return true;
  }
  return false;
}

absl::StatusOr<std::string> PercentDecoded(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const absl::StatusOr<std::string> byte =
        base::HexDecode(absl::AsciiStrToLower(text.substr(i + 1, 2)));
    if (!byte.ok() || byte->size() != 1) {
      return absl::InvalidArgumentError("malformed % escape");
    }
    out += *byte;
    i += 2;
  }
  return out;
}

}  // namespace sightline::web
