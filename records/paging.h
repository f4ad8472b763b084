// What all questions do with page sizes, tokens and moments.
//
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "google/protobuf/timestamp.pb.h"
#include "records/page_limits.h"
#include "records/page_token.h"
#include "records/pending_views.h"
#include "statement/timestamps.h"
#include "statement/violations.h"

namespace sightline::records {

struct Page {
  uint32_t size = 0;
  int64_t as_of_unix_ms = 0;
  std::string question;  // for the token of the next page
  std::string position;  // "": the first page

  std::string TokenAt(absl::string_view next) const {
    return EncodePageToken({as_of_unix_ms, std::string(next)}, question);
  }
};

inline absl::StatusOr<uint32_t> PageSizeOf(uint32_t asked) {
  if (asked == 0) return kUsualPageSize;
  if (asked <= kMaxPageSize) return asked;
  statement::Violations violations;
  violations.Add("page_size",
                 absl::StrCat(asked, ", want at most ", kMaxPageSize));
  return violations.ToStatus();
}

// The page that `request` asks for. `has_as_of` and `as_of` are those of the
// request, or nothing where it has no moment.
template <typename Request>
absl::StatusOr<Page> PageOf(const Request& request, bool has_as_of,
                            const google::protobuf::Timestamp& as_of,
                            int64_t now_unix_ms) {
  Page page;
  ASSIGN_OR_RETURN(page.size, PageSizeOf(request.page_size()));
  Request question = request;
  question.clear_page_size();
  question.clear_page_token();
  page.question =
      absl::StrCat(request.GetTypeName(), ":", SerialiseView(question));
  page.as_of_unix_ms = has_as_of ? statement::ToUnixMs(as_of) : now_unix_ms;
  if (request.page_token().empty()) return page;
  ASSIGN_OR_RETURN(PageToken token,
                   DecodePageToken(request.page_token(), page.question));
  page.as_of_unix_ms = token.as_of_unix_ms;
  page.position = std::move(token.position);
  return page;
}

}  // namespace sightline::records
