// Whether protobuf bytes are the one spelling of their message.
//
// Shapes:  canonical bytes hold no unknown field at any depth, and serialising
//          the parsed message gives them again (fields ascending, no defaults,
//          minimal varints, packed numbers).
// Errors:  kInvalidArgument.
// Threads: pure; any thread.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace sightline::statement {

bool HasUnknownFields(const google::protobuf::Message& message);

// Whether serialising `message` gives `bytes`.
bool SerialisesTo(const google::protobuf::Message& message,
                  absl::string_view bytes);

// Parses `bytes` into `out`. `what` names them in errors ("statement").
absl::Status ParseCanonical(absl::string_view bytes, absl::string_view what,
                            google::protobuf::Message* out);

}  // namespace sightline::statement
