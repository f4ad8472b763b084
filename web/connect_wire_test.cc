#include "web/connect_wire.h"

#include <gtest/gtest.h>

#include <string>

#include "base/gzip.h"
#include "base/status_matchers.h"
#include "nlohmann/json.hpp"
#include "proto/sightline/v1/log_service.pb.h"

namespace sightline::web {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::Pair;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kTooMuch = absl::StatusCode::kResourceExhausted;

TEST(ConnectCodec, IsReadFromTheContentType) {
  EXPECT_THAT(CodecOf("application/json", "application/"),
              Optional(ConnectCodec::kJson));
  EXPECT_THAT(CodecOf("application/proto", "application/"),
              Optional(ConnectCodec::kProto));
  EXPECT_THAT(CodecOf("Application/JSON; charset=UTF-8", "application/"),
              Optional(ConnectCodec::kJson));
  EXPECT_THAT(CodecOf("application/connect+proto", "application/connect+"),
              Optional(ConnectCodec::kProto));
  for (const char* const other :
       {"", "application/", "text/json", "application/json; charset=latin1",
        "application/connect+json", "application/jsonx", "application/x-json",
        "application/json, application/json"}) {
    EXPECT_EQ(CodecOf(other, "application/"), std::nullopt) << other;
  }
}

TEST(ConnectCompression, KnowsGzipAndNone) {
  const std::string text(5000, 'x');
  EXPECT_THAT(Uncompressed(text, "", 5000), IsOkAndHolds(text));
  EXPECT_THAT(Uncompressed(text, "identity", 5000), IsOkAndHolds(text));
  EXPECT_THAT(Uncompressed(text, "identity", 4999), StatusIs(kTooMuch));
  const std::string gzip = base::GzipCompress(text);
  EXPECT_THAT(Uncompressed(gzip, "gzip", 5000), IsOkAndHolds(text));
  EXPECT_THAT(Uncompressed(gzip, "gzip", 4999), StatusIs(kTooMuch));
  EXPECT_THAT(Uncompressed("no gzip", "gzip", 5000), StatusIs(kInvalid));
  EXPECT_THAT(Uncompressed(text, "br", 5000),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("gzip and identity are")));
}

TEST(ConnectMessage, IsReadStrictly) {
  v1::GetConsistencyProofRequest message;
  for (const char* const json :
       {"{\"firstTreeSize\":\"3\",\"secondTreeSize\":4}",
        "{\"first_tree_size\":3,\"second_tree_size\":\"4\"}"}) {
    ASSERT_OK(ParseConnectMessage(json, ConnectCodec::kJson, &message));
    EXPECT_EQ(message.first_tree_size(), 3u);
    EXPECT_EQ(message.second_tree_size(), 4u);
  }
  for (const char* const json :
       {"", "null", "[]", "3", "\"x\"", "{", "{} {}", "{\"first\":3}",
        "{\"firstTreeSize\":\"three\"}", "{\"firstTreeSize\":-1}",
        "{\"firstTreeSize\":1.5}", "{'firstTreeSize':3}"}) {
    EXPECT_THAT(ParseConnectMessage(json, ConnectCodec::kJson, &message),
                StatusIs(kInvalid,
                         HasSubstr("sightline.v1.GetConsistencyProofRequest")))
        << json;
  }
  ASSERT_OK(ParseConnectMessage("\x08\x07", ConnectCodec::kProto, &message));
  EXPECT_EQ(message.first_tree_size(), 7u);
  EXPECT_THAT(ParseConnectMessage("\x08", ConnectCodec::kProto, &message),
              StatusIs(kInvalid));
}

TEST(ConnectTimeout, HasOneToTenDigits) {
  EXPECT_THAT(ParseConnectTimeout(""), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(ParseConnectTimeout("0"),
              IsOkAndHolds(Optional(absl::ZeroDuration())));
  EXPECT_THAT(ParseConnectTimeout("9999999999"),
              IsOkAndHolds(Optional(absl::Milliseconds(9999999999))));
  for (const char* const bad : {"10000000000", "-1", "1s", " 1", "0x1"}) {
    EXPECT_THAT(ParseConnectTimeout(bad), StatusIs(kInvalid)) << bad;
  }
}

TEST(ConnectQuery, IsDecodedLikeAForm) {
  EXPECT_THAT(
      *ParseQuery("/a?message=%7b+%7D&x&encoding=json&message=2&&y=1=2"),
      ElementsAre(Pair("encoding", "json"), Pair("message", "{ }"),
                  Pair("x", ""), Pair("y", "1=2")));
  EXPECT_TRUE(ParseQuery("/a")->empty());
  EXPECT_TRUE(ParseQuery("/a?")->empty());
  for (const char* const bad : {"/a?x=%", "/a?x=%1", "/a?%zz=1"}) {
    EXPECT_THAT(ParseQuery(bad), StatusIs(kInvalid)) << bad;
  }
}

TEST(ConnectBase64, MayBeUrlSafeAndUnpadded) {
  for (const char* const text : {"+/8=", "-_8=", "-_8", "+/8"}) {
    EXPECT_THAT(ParseAnyBase64(text), IsOkAndHolds(std::string("\xfb\xff")));
  }
  EXPECT_THAT(ParseAnyBase64(""), IsOkAndHolds(std::string()));
  for (const char* const bad : {"A", "AAAAA", "A===", "AB=C", "-_9", "A A="}) {
    EXPECT_THAT(ParseAnyBase64(bad), StatusIs(kInvalid)) << bad;
  }
}

TEST(ConnectEnvelope, IsFlagsLengthAndBytes) {
  EXPECT_EQ(EnvelopeHead(2, 0x01020304), std::string("\x02\x01\x02\x03\x04"));
  const std::string body = EnvelopeHead(1, 3) + "abc";
  ASSERT_OK_AND_ASSIGN(const Envelope envelope, ParseOnlyEnvelope(body));
  EXPECT_EQ(envelope.flags, kCompressedEnvelope);
  EXPECT_EQ(envelope.bytes, "abc");
  EXPECT_OK(ParseOnlyEnvelope(EnvelopeHead(0, 0)).status());
  for (const std::string& bad :
       {std::string(), std::string(4, '\0'), body + "d",
        body.substr(0, body.size() - 1), body + body, EnvelopeHead(2, 0),
        EnvelopeHead(4, 0), EnvelopeHead(0, 0xffffffff) + "abc"}) {
    EXPECT_THAT(ParseOnlyEnvelope(bad), StatusIs(kInvalid));
  }
}

// The table of the specification.
TEST(ConnectCode, HasNameAndHttpStatus) {
  const struct {
    int code;
    const char* name;
    int http_status;
  } kTable[] = {
      {1, "canceled", 499},
      {2, "unknown", 500},
      {3, "invalid_argument", 400},
      {4, "deadline_exceeded", 504},
      {5, "not_found", 404},
      {6, "already_exists", 409},
      {7, "permission_denied", 403},
      {8, "resource_exhausted", 429},
      {9, "failed_precondition", 400},
      {10, "aborted", 409},
      {11, "out_of_range", 400},
      {12, "unimplemented", 501},
      {13, "internal", 500},
      {14, "unavailable", 503},
      {15, "data_loss", 500},
      {16, "unauthenticated", 401},
      {17, "unknown", 500},
      {-1, "unknown", 500},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(ConnectCodeName(row.code), row.name);
    EXPECT_EQ(ConnectHttpStatus(row.code), row.http_status) << row.name;
  }
}

TEST(ConnectError, CarriesDetailsThatCanBeRead) {
  google::rpc::BadRequest bad;
  bad.add_field_violations()->set_field("index");
  google::rpc::Status status;
  status.set_code(3);
  status.set_message("no \"index\"\n");
  status.add_details()->PackFrom(bad);
  google::protobuf::Any* const unknown = status.add_details();
  unknown->set_type_url("type.googleapis.com/example.Unknown");
  unknown->set_value("\x01");
  EXPECT_EQ(
      ConnectErrorJson(status),
      "{\"code\":\"invalid_argument\",\"message\":\"no \\\"index\\\"\\n\","
      "\"details\":[{\"type\":\"google.rpc.BadRequest\",\"value\":"
      "\"CgcKBWluZGV4\",\"debug\":{\"fieldViolations\":[{\"field\":"
      "\"index\"}]}},{\"type\":\"example.Unknown\",\"value\":\"AQ\"}]}");
}

TEST(ConnectError, IsJsonWhateverTheMessage) {
  google::rpc::Status status;
  status.set_code(13);
  status.set_message("\xff\x01");
  const auto json = nlohmann::json::parse(ConnectErrorJson(status), nullptr,
                                          /*allow_exceptions=*/false);
  EXPECT_EQ(json["code"], "internal");
}

TEST(ConnectEndOfStream, SaysWhetherItEndedWell) {
  EXPECT_EQ(EndOfStream({}), std::string("\x02\x00\x00\x00\x02{}", 7));
  google::rpc::Status status;
  status.set_code(14);
  const std::string end = EndOfStream(status);
  EXPECT_EQ(end.substr(5), "{\"error\":{\"code\":\"unavailable\"}}");
  EXPECT_EQ(end.substr(0, 5), EnvelopeHead(2, end.size() - 5));
}

}  // namespace
}  // namespace sightline::web
