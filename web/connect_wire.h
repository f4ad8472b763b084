// The Connect protocol on the wire: codecs, envelopes, errors, timeouts.
//
// Source:  connectrpc.com/docs/protocol, of 2026-06-30; docs/formats.md "Connect".
// Shapes:  an envelope is a byte of flags, a big-endian u32 length, and so many
//          bytes. JSON is proto3's mapping; unknown fields are refused.
// Errors:  kInvalidArgument: malformed; kUnimplemented: a compression or version
//          that is not known; kResourceExhausted: beyond a limit.
// Threads: pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "proto/google/rpc/error_details.pb.h"

namespace sightline::web {

enum class ConnectCodec { kJson, kProto };

inline constexpr uint8_t kCompressedEnvelope = 1;
inline constexpr uint8_t kEndOfStreamEnvelope = 2;

// The codec of a Content-Type that is `prefix` and "json" or "proto", such as
// "application/connect+json"; nothing when it is another type.
std::optional<ConnectCodec> CodecOf(absl::string_view content_type,
                                    absl::string_view prefix);

// The bytes as they were before "gzip" or "identity" (or ""); at most so many.
absl::StatusOr<std::string> Uncompressed(absl::string_view bytes,
                                         absl::string_view encoding,
                                         size_t most_bytes);

// Reads a message; what it is `of` is named in errors.
absl::Status ParseConnectMessage(absl::string_view bytes, ConnectCodec codec,
                                 google::protobuf::Message* out);
absl::StatusOr<std::string> MessageJson(
    const google::protobuf::Message& message);

// "connect-timeout-ms": one to ten digits; nothing when it is "".
absl::StatusOr<std::optional<absl::Duration>> ParseConnectTimeout(
    absl::string_view text);

// The parameters of a target's query, decoded as forms are; of one that comes
// twice the first counts.
absl::StatusOr<std::map<std::string, std::string>> ParseQuery(
    absl::string_view target);

// Base64 in either alphabet, padded or not.
absl::StatusOr<std::string> ParseAnyBase64(absl::string_view text);

struct Envelope {
  uint8_t flags = 0;
  absl::string_view bytes;
};
// The one envelope that `body` is.
absl::StatusOr<Envelope> ParseOnlyEnvelope(absl::string_view body);
// What stands before a message of `size` bytes.
std::string EnvelopeHead(uint8_t flags, size_t size);

// "invalid_argument", and its HTTP status; `code` is gRPC's, unknown ones are
// "unknown".
absl::string_view ConnectCodeName(int code);
int ConnectHttpStatus(int code);
// {"code": ..., "message": ..., "details": [...]}.
std::string ConnectErrorJson(const google::rpc::Status& error);
// The last envelope of a stream, whole. Code 0: it ended well.
std::string EndOfStream(const google::rpc::Status& status);

}  // namespace sightline::web
