#include "web/connect_wire.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/gzip.h"
#include "base/status_macros.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "web/request_headers.h"

namespace sightline::web {
namespace {

using google::protobuf::Message;
using Json = nlohmann::ordered_json;

constexpr size_t kEnvelopeHeadBytes = 5;
constexpr size_t kMostTimeoutDigits = 10;

struct Code {
  absl::string_view name;
  int http_status;
};
// By gRPC's number.
constexpr Code kCodes[] = {
    {"unknown", 500},
    {"canceled", 499},
    {"unknown", 500},
    {"invalid_argument", 400},
    {"deadline_exceeded", 504},
    {"not_found", 404},
    {"already_exists", 409},
    {"permission_denied", 403},
    {"resource_exhausted", 429},
    {"failed_precondition", 400},
    {"aborted", 409},
    {"out_of_range", 400},
    {"unimplemented", 501},
    {"internal", 500},
    {"unavailable", 503},
    {"data_loss", 500},
    {"unauthenticated", 401},
};

const Code& CodeOf(int code) {
  const bool known = code > 0 && code < static_cast<int>(std::size(kCodes));
  return kCodes[known ? code : 2];
}

// Whether all parameters of a media type are "charset=utf-8".
bool OnlyUtf8(absl::string_view parameters) {
  for (absl::string_view part :
       absl::StrSplit(parameters, ';', absl::SkipWhitespace())) {
    part = absl::StripAsciiWhitespace(part);
    if (!absl::EqualsIgnoreCase(part, "charset=utf-8") &&
        !absl::EqualsIgnoreCase(part, "charset=\"utf-8\"")) {
      return false;
    }
  }
  return true;
}

absl::StatusOr<std::string> FormDecode(absl::string_view text) {
  return PercentDecoded(absl::StrReplaceAll(text, {{"+", " "}}));
}

// What a detail says, for people; null when its type is not known here.
Json DebugOf(const google::protobuf::Any& detail, absl::string_view name) {
  const google::protobuf::Descriptor* const type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
          std::string(name));
  if (type == nullptr) return nullptr;
  const std::unique_ptr<Message> message(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(type)
          ->New());
  if (!message->ParseFromString(detail.value())) return nullptr;
  const absl::StatusOr<std::string> json = MessageJson(*message);
  if (!json.ok()) return nullptr;
  return Json::parse(*json, nullptr, /*allow_exceptions=*/false);
}

Json DetailJson(const google::protobuf::Any& detail) {
  absl::string_view name = detail.type_url();
  name.remove_prefix(name.rfind('/') + 1);  // npos + 1 is 0
  Json out;
  out["type"] = std::string(name);
  std::string value = base::Base64Encode(detail.value());
  while (absl::EndsWith(value, "=")) value.pop_back();
  out["value"] = value;
  Json debug = DebugOf(detail, name);
  if (!debug.is_null()) out["debug"] = std::move(debug);
  return out;
}

Json ErrorJson(const google::rpc::Status& error) {
  Json out;
  out["code"] = std::string(ConnectCodeName(error.code()));
  if (!error.message().empty()) out["message"] = error.message();
  for (const google::protobuf::Any& detail : error.details()) {
    out["details"].push_back(DetailJson(detail));
  }
  return out;
}

std::string Text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::optional<ConnectCodec> CodecOf(absl::string_view content_type,
                                    absl::string_view prefix) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(content_type, absl::MaxSplits(';', 1));
  if (!OnlyUtf8(parts.second)) return std::nullopt;
  const std::string type =
      absl::AsciiStrToLower(absl::StripAsciiWhitespace(parts.first));
  absl::string_view codec = type;
  if (!absl::ConsumePrefix(&codec, prefix)) return std::nullopt;
  if (codec == "json") return ConnectCodec::kJson;
  if (codec == "proto") return ConnectCodec::kProto;
  return std::nullopt;
}

absl::StatusOr<std::string> Uncompressed(absl::string_view bytes,
                                         absl::string_view encoding,
                                         size_t most_bytes) {
  if (encoding == "gzip") return base::GzipDecompress(bytes, most_bytes);
  if (!encoding.empty() && encoding != "identity") {
    return absl::UnimplementedError(absl::StrCat(
        "compression \"", encoding, "\" is not known; gzip and identity are"));
  }
  if (bytes.size() > most_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "message: ", bytes.size(), " bytes, want at most ", most_bytes));
  }
  return std::string(bytes);
}

absl::Status ParseConnectMessage(absl::string_view bytes, ConnectCodec codec,
                                 Message* out) {
  const std::string name = out->GetDescriptor()->full_name();
  if (codec == ConnectCodec::kProto) {
    if (out->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(absl::StrCat("not a serialised ", name));
  }
  // Protobuf's parser takes more than JSON: single quotes, and names without any.
  if (!Json::accept(bytes.begin(), bytes.end())) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a ", name, " in JSON: no JSON at all"));
  }
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      std::string(bytes), out, google::protobuf::util::JsonParseOptions());
  if (parsed.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("not a ", name, " in JSON: ", parsed.message().as_string()));
}

absl::StatusOr<std::string> MessageJson(const Message& message) {
  std::string out;
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &out);
  if (status.ok()) return out;
  return absl::InternalError(
      absl::StrCat("no JSON: ", status.message().as_string()));
}

absl::StatusOr<std::optional<absl::Duration>> ParseConnectTimeout(
    absl::string_view text) {
  if (text.empty()) return std::nullopt;
  int64_t ms = 0;
  for (const char c : text) {
    if (!absl::ascii_isdigit(c) || text.size() > kMostTimeoutDigits) {
      return absl::InvalidArgumentError(absl::StrCat(
          "connect-timeout-ms \"", text, "\", want 1 to 10 digits"));
    }
    ms = 10 * ms + (c - '0');
  }
  return absl::Milliseconds(ms);
}

absl::StatusOr<std::map<std::string, std::string>> ParseQuery(
    absl::string_view target) {
  std::map<std::string, std::string> out;
  const size_t mark = target.find('?');
  if (mark == absl::string_view::npos) return out;
  for (const absl::string_view part :
       absl::StrSplit(target.substr(mark + 1), '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> both =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    ASSIGN_OR_RETURN(std::string name, FormDecode(both.first));
    ASSIGN_OR_RETURN(std::string value, FormDecode(both.second));
    out.emplace(std::move(name), std::move(value));
  }
  return out;
}

absl::StatusOr<std::string> ParseAnyBase64(absl::string_view text) {
  std::string standard = absl::StrReplaceAll(text, {{"-", "+"}, {"_", "/"}});
  while (standard.size() % 4 != 0) standard.push_back('=');
  return base::Base64Decode(standard);
}

absl::StatusOr<Envelope> ParseOnlyEnvelope(absl::string_view body) {
  if (body.size() < kEnvelopeHeadBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "body of ", body.size(), " bytes, want one enveloped message"));
  }
  Envelope out;
  out.flags = static_cast<uint8_t>(body[0]);
  const uint32_t size = base::ReadU32(body.substr(1, 4));
  out.bytes = body.substr(kEnvelopeHeadBytes);
  if (out.bytes.size() != size) {
    return absl::InvalidArgumentError(
        absl::StrCat("an envelope of ", size, " bytes, but ", out.bytes.size(),
                     " follow; want exactly one message"));
  }
  if ((out.flags & ~kCompressedEnvelope) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("envelope flags ", int{out.flags}, ", want 0 or 1"));
  }
  return out;
}

std::string EnvelopeHead(uint8_t flags, size_t size) {
  std::string out(1, static_cast<char>(flags));
  base::AppendU32(static_cast<uint32_t>(size), &out);
  return out;
}

absl::string_view ConnectCodeName(int code) { return CodeOf(code).name; }

int ConnectHttpStatus(int code) { return CodeOf(code).http_status; }

std::string ConnectErrorJson(const google::rpc::Status& error) {
  return Text(ErrorJson(error));
}

std::string EndOfStream(const google::rpc::Status& status) {
  Json end = Json::object();
  if (status.code() != 0) end["error"] = ErrorJson(status);
  const std::string json = Text(end);
  return EnvelopeHead(kEndOfStreamEnvelope, json.size()) + json;
}

}  // namespace sightline::web
