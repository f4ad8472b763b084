// The first byte says what the rest is: what the Connect protocol reads of a
// stranger. What parses reads the same when it is written again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "proto/sightline/v1/log_service.pb.h"
#include "web/connect_wire.h"

namespace {

namespace web = sightline::web;
using sightline::v1::ListEntriesRequest;

constexpr size_t kMostBytes = 65536;

void Check(bool holds) {
  if (!holds) std::abort();
}

void ReadEnvelope(absl::string_view bytes) {
  const auto envelope = web::ParseOnlyEnvelope(bytes);
  if (!envelope.ok()) return;
  Check(web::EnvelopeHead(envelope->flags, envelope->bytes.size()) +
            std::string(envelope->bytes) ==
        bytes);
}

void ReadBase64(absl::string_view text) {
  const auto bytes = web::ParseAnyBase64(text);
  if (!bytes.ok()) return;
  const auto again = web::ParseAnyBase64(sightline::base::Base64Encode(*bytes));
  Check(again.ok() && *again == *bytes);
}

void ReadMessage(absl::string_view bytes, web::ConnectCodec codec) {
  ListEntriesRequest message;
  if (!web::ParseConnectMessage(bytes, codec, &message).ok()) return;
  if (codec == web::ConnectCodec::kProto) return;
  const auto json = web::MessageJson(message);
  Check(json.ok());
  ListEntriesRequest again;
  Check(web::ParseConnectMessage(*json, codec, &again).ok());
  Check(again.SerializeAsString() == message.SerializeAsString());
}

void ReadGzip(absl::string_view bytes) {
  const auto plain = web::Uncompressed(bytes, "gzip", kMostBytes);
  Check(!plain.ok() || plain->size() <= kMostBytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const absl::string_view rest(reinterpret_cast<const char*>(data) + 1,
                               size - 1);
  switch (data[0]) {
    case 'q':
      (void)web::ParseQuery(rest);
      break;
    case 'e':
      ReadEnvelope(rest);
      break;
    case 'b':
      ReadBase64(rest);
      break;
    case 'j':
      ReadMessage(rest, web::ConnectCodec::kJson);
      break;
    case 'p':
      ReadMessage(rest, web::ConnectCodec::kProto);
      break;
    case 'z':
      ReadGzip(rest);
      break;
    case 'c':
      (void)web::CodecOf(rest, "application/");
      (void)web::ParseConnectTimeout(rest);
      break;
    default:
      break;
  }
  return 0;
}
