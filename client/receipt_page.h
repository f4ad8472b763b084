// A receipt as one page for people without tools: it holds the entry, what proves
// it and a verifier, and checks itself in a browser, without any network.
//
// Source:  docs/formats.md "Receipt page"; receipt_page.html.
// Shapes:  HTML, one file, at most some 150 KB more than the receipt. What it shows
//          of the entry is read from the bytes that it has proven.
//          A key is a vkey, or VKEY@FROM-TO for the tree sizes from FROM to before
//          TO, either of which may be left out: the page holds itself to the range
//          as checkpoint/log_keys.h does.
// Errors:  kInvalidArgument: no key given. The page refuses a malformed key.
// Threads: pure; any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "client/receipt_check.h"

namespace sightline::client {

// The page trusts `keys`, and says so: its reader compares them.
absl::StatusOr<std::string> FormatReceiptPage(
    const Receipt& receipt, absl::Span<const std::string> keys);

}  // namespace sightline::client
