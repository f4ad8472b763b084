// A request as a handler sees it, and the answer it gives.
//
// Source:  RFC 9110, RFC 9112.
// Shapes:  a target begins with "/" (or is "*", of OPTIONS).
// Threads: values.
#pragma once

#include <memory>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tiles/pinned_bytes.h"
#include "web/body_stream.h"

namespace sightline::web {

// Views bytes of the connection: valid until the request has been answered.
struct Request {
  struct Header {
    absl::string_view name;
    absl::string_view value;
  };

  absl::string_view method;  // "GET"
  absl::string_view target;  // "/tile/0/000?x=1", as it was sent
  absl::InlinedVector<Header, 16> headers;
  absl::string_view body;
  // What all connections of one client share (address_limit.h); no text.
  absl::string_view client;

  // The target without its query.
  absl::string_view path() const { return target.substr(0, target.find('?')); }

  // The first header of that name, in any case; "" when there is none.
  absl::string_view header(absl::string_view name) const {
    for (const Header& header : headers) {
      if (absl::EqualsIgnoreCase(header.name, name)) return header.value;
    }
    return "";
  }
};

// The server adds Date, Content-Length or Transfer-Encoding, and Connection, and
// leaves the body out where a request or a status has none (HEAD, 204, 304).
struct Response {
  int status = 200;
  std::string headers;  // "Name: value\r\n", end to end
  tiles::PinnedBytes body;
  std::unique_ptr<BodyStream> stream;  // when set, in place of `body`

  // REQUIRES: neither holds a line break.
  Response& Add(absl::string_view name, absl::string_view value) {
    absl::StrAppend(&headers, name, ": ", value, "\r\n");
    return *this;
  }
};

// An answer that is one line for people: `message` and a newline.
Response TextResponse(int status, absl::string_view message);

// "Not Found"; "" for a status that nobody here gives.
absl::string_view ReasonPhrase(int status);

}  // namespace sightline::web
