// One field of a statement as text: for expectations and for tables.
//
// Shapes:  paths as in statement/field_path.h, "footage_request.area.s2_cell",
//          "header.sealed[0].path". Enums by name without their prefix
//          ("NONE_CONSENT"), times as RFC 3339, bytes in hexadecimal, the
//          statement id as a UUID, lists joined by ';'.
// Errors:  kNotFound: no such field in this statement's type.
// Threads: pure; any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace sightline::client {

// "COUNT_BUCKET_1_4" as "1_4", or in full.
enum class EnumStyle { kShort, kFull };

// "" for a field that is not set. A path through a message that is not set leads
// to "" as well. A path that names a message: kNotFound.
absl::StatusOr<std::string> FieldText(const google::protobuf::Message& message,
                                      absl::string_view path,
                                      EnumStyle style = EnumStyle::kShort);

}  // namespace sightline::client
