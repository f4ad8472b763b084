// The Connect protocol step by step, as its specification has it, against a log:
// what curl, browsers and generated clients say, and what they are told.
//
// Source:  connectrpc.com/docs/protocol, of 2026-06-30.
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/bytes.h"
#include "base/gzip.h"
#include "base/status_matchers.h"
#include "crypto/sha256.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/json_util.h"
#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"
#include "nlohmann/json.hpp"
#include "proto/google/rpc/error_details.pb.h"
#include "proto/sightline/v1/log_service.pb.h"
#include "services/server.h"
#include "tests/services/calls.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"
#include "web/connect_handler.h"
#include "web/grpc_bytes.h"
#include "web/server.h"
#include "web/test_client.h"

namespace sightline::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;
using web::TestClient;
using web::TestResponse;

constexpr char kJsonType[] = "Content-Type: application/json\r\n";
constexpr char kProtoType[] = "Content-Type: application/proto\r\n";
constexpr char kStreamJson[] = "Content-Type: application/connect+json\r\n";
constexpr char kStreamProto[] = "Content-Type: application/connect+proto\r\n";
constexpr char kLog[] = "/sightline.v1.LogService/";

Json Parse(const std::string& text) {
  return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

std::string Envelope(const std::string& message, char flags = 0) {
  std::string out(1, flags);
  base::AppendU32(static_cast<uint32_t>(message.size()), &out);
  return out + message;
}

// Takes the next envelope off `*body`.
struct Received {
  int flags = -1;
  std::string bytes;
};
Received TakeEnvelope(std::string* body) {
  if (body->size() < 5) return {};
  const size_t size = base::ReadU32(body->substr(1, 4));
  Received out{(*body)[0], body->substr(5, size)};
  body->erase(0, 5 + size);
  return out;
}

class ConnectTest : public ::testing::Test {
 protected:
  void Start(TestLogOptions options = {}) {
    ASSERT_OK_AND_ASSIGN(log_, TestLog::Start(std::move(options)));
    ASSERT_OK_AND_ASSIGN(handler_, web::ConnectHandler::Create(
                                       {}, log_->server().inner_channel(),
                                       services::kPublicServices));
    web::ServerOptions http;
    http.listen = {"127.0.0.1:0"};
    http.max_body_bytes = 64 << 10;
    ASSERT_OK_AND_ASSIGN(
        http_, web::Server::Start(http, handler_.get(), &log_->clock(),
                                  telemetry::NoDiagnostics()));
  }

  void TearDown() override {
    if (log_ != nullptr) log_->Stop();
    http_.reset();
  }

  std::unique_ptr<TestClient> Connect() {
    return *TestClient::Connect(http_->addresses().front());
  }

  static std::string PostText(const std::string& path,
                              const std::string& headers,
                              const std::string& body) {
    return absl::StrCat("POST ", path, " HTTP/1.1\r\nHost: test\r\n", headers,
                        "Content-Length: ", body.size(), "\r\n\r\n", body);
  }

  TestResponse Post(const std::string& path, const std::string& headers,
                    const std::string& body) {
    const auto client = Connect();
    EXPECT_OK(client->Send(PostText(path, headers, body)));
    absl::StatusOr<TestResponse> response = client->Receive();
    EXPECT_OK(response.status()) << path;
    return response.ok() ? *std::move(response) : TestResponse();
  }

  TestResponse Get(const std::string& target, const std::string& headers = "") {
    absl::StatusOr<TestResponse> response = Connect()->Get(target, headers);
    EXPECT_OK(response.status()) << target;
    return response.ok() ? *std::move(response) : TestResponse();
  }

  // What is wrong with an answer that should be an error of that code.
  static std::string NotError(const TestResponse& response, int http_status,
                              const std::string& code) {
    const Json json = Parse(response.body);
    if (response.status == http_status &&
        response.header("content-type") == "application/json" &&
        json.is_object() && json["code"] == code) {
      return "";
    }
    return absl::StrCat(response.status, " ", response.body);
  }

  uint64_t TreeSizeOf(const std::string& checkpoint_base64) {
    const auto note = base::Base64Decode(checkpoint_base64);
    EXPECT_OK(note.status());
    const auto tree = OpenCheckpoint(log_->parties(), *note);
    EXPECT_OK(tree.status());
    return tree.ok() ? tree->size : 0;
  }

  std::unique_ptr<TestLog> log_;
  std::unique_ptr<web::ConnectHandler> handler_;
  std::unique_ptr<web::Server> http_;
};

// --- unary ------------------------------------------------------------------------

TEST_F(ConnectTest, CurlReadsACheckpoint) {
  Start();
  // curl -d '{}' -H 'content-type: application/json' .../GetCheckpoint
  const auto client = Connect();
  ASSERT_OK(client->Send(
      "POST /sightline.v1.LogService/GetCheckpoint HTTP/1.1\r\n"
      "Host: 127.0.0.1:7480\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
      "content-type: application/json\r\nContent-Length: 2\r\n\r\n{}"));
  ASSERT_OK_AND_ASSIGN(const TestResponse response, client->Receive());
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("content-type"), "application/json");
  EXPECT_EQ(response.header("cache-control"), "no-store");
  EXPECT_EQ(TreeSizeOf(Parse(response.body)["checkpoint"]), 3u);
}

TEST_F(ConnectTest, AnswersInTheCodecOfTheQuestion) {
  Start();
  const TestResponse json = Post(absl::StrCat(kLog, "GetLog"), kJsonType, "{}");
  EXPECT_EQ(Parse(json.body)["treeSize"], "3");  // 64 bits are strings
  const TestResponse proto = Post(absl::StrCat(kLog, "GetLog"), kProtoType, "");
  EXPECT_EQ(proto.header("content-type"), "application/proto");
  v1::GetLogResponse message;
  ASSERT_TRUE(message.ParseFromString(proto.body));
  EXPECT_EQ(message.tree_size(), 3u);
  EXPECT_EQ(message.origin(), log_->parties().origin());
}

// A request for every public method; one without fails the test below.
std::map<std::string, std::string> Requests(TestLog* log) {
  const Party& agency = log->parties().agency();
  const std::string key_id = base::Base64Encode(
      crypto::AsBytes(agency.keys.front().public_key().key_id()));
  return {
      {"GetLog", "{}"},
      {"GetCheckpoint", "{\"minTreeSize\":\"5\"}"},
      {"GetInclusionProof", "{\"index\":\"2\",\"treeSize\":\"4\"}"},
      {"GetConsistencyProof", "{\"firstTreeSize\":\"3\"}"},
      {"GetEntry", "{\"index\":4}"},
      {"ListEntries", "{\"startIndex\":1,\"maxEntries\":2}"},
      {"GetReceipt", "{\"index\":3}"},
      {"ListCheckpoints", "{\"every\":true}"},
      {"GetSubmitter", absl::StrCat("{\"submitter\":\"", agency.id, "\"}")},
      {"ListSubmitters", "{\"pageSize\":1}"},
      {"GetKey", absl::StrCat("{\"keyId\":\"", key_id, "\"}")},
      {"ListPolicies", "{}"},
      {"GetRequest", "{\"index\":3}"},
      {"SearchRequests", "{\"pageSize\":1}"},
      {"ListFeed", absl::StrCat("{\"submitter\":\"", agency.id, "\"}")},
      {"ListSeals", "{}"},
      {"ListChanges", "{}"},
      {"Reconcile", "{\"fromMonth\":202601,\"untilMonth\":202612}"},
      {"GetStatistics", "{\"groupBy\":\"STATISTICS_GROUPING_AGENCY\"}"},
  };
}

// The bytes that gRPC answers, over its own port.
std::string GrpcAnswer(TestLog* log, const std::string& path,
                       const std::string& request) {
  grpc::GenericStub stub(log->Channel());
  grpc::ClientContext context;
  SetDeadline(&context);
  const grpc::ByteBuffer question = web::BufferOf(request);
  grpc::ByteBuffer answer;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, path, {}, &question, &answer,
                 [&done](grpc::Status status) { done.set_value(status); });
  const grpc::Status status = done.get_future().get();
  EXPECT_TRUE(status.ok()) << path << " " << status.error_message();
  return std::string(web::TakeBytes(std::move(answer)).bytes());
}

TEST_F(ConnectTest, EveryPublicMethodAnswersAsOverGrpc) {
  Start();
  ASSERT_OK(log_->Append(2));
  std::map<std::string, std::string> requests = Requests(log_.get());
  for (const absl::string_view name : services::kPublicServices) {
    const auto* const service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
            std::string(name));
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* const method = service->method(i);
      if (method->server_streaming()) continue;
      const std::string path = absl::StrCat("/", name, "/", method->name());
      ASSERT_EQ(requests.count(method->name()), 1u) << path;
      const std::string& json = requests[method->name()];
      auto* const messages =
          google::protobuf::MessageFactory::generated_factory();
      const std::unique_ptr<google::protobuf::Message> question(
          messages->GetPrototype(method->input_type())->New());
      ASSERT_TRUE(
          google::protobuf::util::JsonStringToMessage(json, question.get())
              .ok())
          << path;
      const std::string want =
          GrpcAnswer(log_.get(), path, question->SerializeAsString());
      EXPECT_EQ(Post(path, kProtoType, question->SerializeAsString()).body,
                want)
          << path;
      const TestResponse got = Post(path, kJsonType, json);
      const std::unique_ptr<google::protobuf::Message> answer(
          messages->GetPrototype(method->output_type())->New());
      ASSERT_TRUE(
          google::protobuf::util::JsonStringToMessage(got.body, answer.get())
              .ok())
          << path << got.body;
      EXPECT_EQ(answer->SerializeAsString(), want) << path;
    }
  }
}

TEST_F(ConnectTest, WhatIsNotPublicIsNotThere) {
  Start();
  for (const char* const path :
       {"/sightline.v1.SubmissionService/Submit",
        "/sightline.v1.AdminService/Enrol", "/grpc.health.v1.Health/Check",
        "/sightline.v1.LogService/", "/sightline.v1.LogService/Nothing",
        "/sightline.v1.LogService/GetLog/", "/"}) {
    EXPECT_EQ(Post(path, kJsonType, "{}").status, 404) << path;
  }
}

TEST_F(ConnectTest, RefusesOtherMethodsAndTypes) {
  Start();
  const std::string path = absl::StrCat(kLog, "GetLog");
  for (const char* const method : {"PUT", "DELETE", "PATCH"}) {
    ASSERT_OK_AND_ASSIGN(const TestResponse response,
                         Connect()->Request(method, path));
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(response.header("allow"), "GET, HEAD, POST, OPTIONS");
  }
  EXPECT_EQ(
      Get(absl::StrCat(kLog, "StreamEntries?encoding=json&message={}")).status,
      405);
  for (const char* const type :
       {"", "Content-Type: text/plain\r\n", "Content-Type: application/xml\r\n",
        "Content-Type: application/grpc\r\n", kStreamJson}) {
    const TestResponse response = Post(path, type, "{}");
    EXPECT_EQ(response.status, 415) << type;
    EXPECT_EQ(response.header("accept-post"),
              "application/json, application/proto");
  }
  EXPECT_EQ(Post(absl::StrCat(kLog, "StreamEntries"), kJsonType, "{}").status,
            415);
}

TEST_F(ConnectTest, ErrorsAreConnects) {
  Start();
  const auto call = [this](const std::string& method, const std::string& body,
                           const std::string& headers = "") {
    return Post(absl::StrCat(kLog, method), absl::StrCat(kJsonType, headers),
                body);
  };
  EXPECT_EQ(
      NotError(call("GetEntry", "{\"index\":1000000}"), 400, "out_of_range"),
      "");
  EXPECT_EQ(NotError(call("GetReceipt",
                          absl::StrCat("{\"leafHash\":\"",
                                       base::Base64Encode(std::string(32, 7)),
                                       "\"}")),
                     404, "not_found"),
            "");
  for (const char* const body :
       {"", "{", "[]", "{\"indx\":1}", "{\"index\":\"one\"}"}) {
    EXPECT_EQ(NotError(call("GetEntry", body), 400, "invalid_argument"), "")
        << body;
  }
  EXPECT_EQ(NotError(Post(absl::StrCat(kLog, "GetEntry"), kProtoType, "\x08"),
                     400, "invalid_argument"),
            "");
  for (const char* const header :
       {"Connect-Protocol-Version: 2\r\n", "Connect-Timeout-Ms: 1s\r\n",
        "Connect-Timeout-Ms: 12345678901\r\n"}) {
    EXPECT_EQ(NotError(call("GetLog", "{}", header), 400, "invalid_argument"),
              "")
        << header;
  }
  EXPECT_EQ(call("GetLog", "{}",
                 "Connect-Protocol-Version: 1\r\nConnect-Timeout-Ms: 60000\r\n")
                .status,
            200);
}

TEST_F(ConnectTest, ErrorsNameEveryFault) {
  Start();
  const TestResponse response = Post(absl::StrCat(kLog, "ListEntries"),
                                     kJsonType, "{\"maxEntries\":5000}");
  EXPECT_EQ(NotError(response, 400, "invalid_argument"), "");
  const Json details = Parse(response.body)["details"];
  ASSERT_EQ(details.size(), 1u) << response.body;
  EXPECT_EQ(details[0]["type"], "google.rpc.BadRequest");
  std::string value = details[0]["value"];
  EXPECT_THAT(value, Not(HasSubstr("=")));
  value.resize((value.size() + 3) / 4 * 4, '=');
  google::rpc::BadRequest bad;
  ASSERT_TRUE(bad.ParseFromString(*base::Base64Decode(value)));
  ASSERT_EQ(bad.field_violations_size(), 1);
  EXPECT_EQ(bad.field_violations(0).field(), "max_entries");
  EXPECT_EQ(details[0]["debug"]["fieldViolations"][0]["field"], "max_entries");
}

TEST_F(ConnectTest, ABodyBeyondTheLimitIsRefused) {
  Start();
  EXPECT_EQ(Post(absl::StrCat(kLog, "GetLog"), kJsonType,
                 std::string((64 << 10) + 1, ' '))
                .status,
            413);
}

TEST_F(ConnectTest, WaitsNoLongerThanItsTimeout) {
  Start();
  EXPECT_EQ(NotError(Post(absl::StrCat(kLog, "GetCheckpoint"),
                          absl::StrCat(kJsonType, "Connect-Timeout-Ms: 50\r\n"),
                          "{\"minTreeSize\":\"1000\"}"),
                     504, "deadline_exceeded"),
            "");
}

TEST_F(ConnectTest, ALongPollIsAnsweredWhenTheTreeHasGrown) {
  Start();
  const auto client = Connect();
  ASSERT_OK(client->Send(PostText(absl::StrCat(kLog, "GetCheckpoint"),
                                  kJsonType, "{\"minTreeSize\":\"4\"}")));
  ASSERT_OK(log_->Append(1));
  ASSERT_OK_AND_ASSIGN(const TestResponse response, client->Receive());
  EXPECT_EQ(TreeSizeOf(Parse(response.body)["checkpoint"]), 4u);
}

// --- compression ------------------------------------------------------------------

TEST_F(ConnectTest, TakesAndGivesGzip) {
  Start();
  ASSERT_OK(log_->Append(20));
  const std::string path = absl::StrCat(kLog, "ListEntries");
  const TestResponse plain = Post(path, kJsonType, "{}");
  EXPECT_EQ(plain.header("content-encoding"), "");
  const TestResponse gzip = Post(
      path,
      absl::StrCat(kJsonType,
                   "Content-Encoding: gzip\r\nAccept-Encoding: br, gzip\r\n"),
      base::GzipCompress("{}"));
  EXPECT_EQ(gzip.header("content-encoding"), "gzip");
  EXPECT_EQ(gzip.header("vary"), "Accept-Encoding");
  EXPECT_THAT(base::GzipDecompress(gzip.body, 1 << 20),
              base::IsOkAndHolds(plain.body));
  // What is small stays as it is.
  EXPECT_EQ(Post(absl::StrCat(kLog, "GetLog"),
                 absl::StrCat(kProtoType, "Accept-Encoding: gzip\r\n"), "")
                .header("content-encoding"),
            "");
}

TEST_F(ConnectTest, CompressionThatIsNotKnownIsUnimplemented) {
  Start();
  const TestResponse response =
      Post(absl::StrCat(kLog, "GetLog"),
           absl::StrCat(kJsonType, "Content-Encoding: br\r\n"), "{}");
  EXPECT_EQ(NotError(response, 501, "unimplemented"), "");
  EXPECT_THAT(response.body, HasSubstr("gzip"));
}

TEST_F(ConnectTest, ABombIsNotBlownUp) {
  Start();
  EXPECT_EQ(NotError(Post(absl::StrCat(kLog, "GetLog"),
                          absl::StrCat(kJsonType, "Content-Encoding: gzip\r\n"),
                          base::GzipCompress(std::string(1 << 20, ' '))),
                     429, "resource_exhausted"),
            "");
}

// --- GET --------------------------------------------------------------------------

TEST_F(ConnectTest, GetAsksInTheQuery) {
  Start();
  const std::string path = absl::StrCat(kLog, "GetEntry?");
  v1::GetEntryRequest request;
  request.set_index(2);
  const std::string gzip =
      base::Base64Encode(base::GzipCompress("{\"index\":2}"));
  const std::string url_safe =
      absl::StrReplaceAll(gzip, {{"+", "-"}, {"/", "_"}, {"=", ""}});
  for (const std::string& query :
       {std::string("connect=v1&encoding=json&message=%7B%22index%22%3A2%7D"),
        std::string("message=%7b%22index%22:2%7d&x=y&encoding=json"),
        std::string("encoding=json&base64=1&message=eyJpbmRleCI6Mn0"),
        std::string("encoding=json&base64=1&message=eyJpbmRleCI6Mn0%3D"),
        absl::StrCat("encoding=json&base64=1&compression=gzip&message=",
                     url_safe)}) {
    const TestResponse response = Get(path + query);
    EXPECT_EQ(response.status, 200) << query << response.body;
    EXPECT_EQ(response.header("cache-control"), "public, max-age=2");
    EXPECT_EQ(Parse(response.body)["entry"]["index"], "2") << query;
  }
  const TestResponse proto =
      Get(absl::StrCat(path, "encoding=proto&base64=1&message=",
                       base::Base64Encode(request.SerializeAsString())));
  v1::GetEntryResponse message;
  ASSERT_TRUE(message.ParseFromString(proto.body));
  EXPECT_EQ(message.entry().index(), 2u);
}

TEST_F(ConnectTest, GetOfNonsenseIsAnError) {
  Start();
  const std::string path = absl::StrCat(kLog, "GetEntry?");
  for (const char* const query : {"encoding=json", "encoding=json&message=%zz",
                                  "encoding=json&message={}&connect=v2",
                                  "encoding=json&message=e30&base64=yes",
                                  "encoding=json&message=e&base64=1"}) {
    EXPECT_EQ(NotError(Get(path + query), 400, "invalid_argument"), "")
        << query;
  }
  EXPECT_EQ(NotError(Get(path + "encoding=json&message={}&compression=br"), 501,
                     "unimplemented"),
            "");
  for (const char* const query :
       {"", "message={}", "encoding=xml&message={}"}) {
    EXPECT_EQ(Get(path + query).status, 415) << query;
  }
}

TEST_F(ConnectTest, HeadIsGetWithoutABody) {
  Start();
  const auto client = Connect();
  ASSERT_OK_AND_ASSIGN(
      const TestResponse head,
      client->Request("HEAD",
                      absl::StrCat(kLog, "GetLog?encoding=json&message={}")));
  EXPECT_EQ(head.status, 200);
  EXPECT_NE(head.header("content-length"), "0");
  EXPECT_OK(client->Get(absl::StrCat(kLog, "GetLog")).status());
}

// --- browsers ---------------------------------------------------------------------

TEST_F(ConnectTest, PagesOfOtherSitesMayCall) {
  Start();
  ASSERT_OK_AND_ASSIGN(
      const TestResponse preflight,
      Connect()->Request("OPTIONS", absl::StrCat(kLog, "StreamEntries"),
                         "Origin: https://portal.example\r\n"
                         "Access-Control-Request-Method: POST\r\n"
                         "Access-Control-Request-Headers: "
                         "connect-protocol-version,content-type\r\n"));
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.header("access-control-allow-origin"), "*");
  EXPECT_THAT(preflight.header("access-control-allow-methods"),
              HasSubstr("POST"));
  EXPECT_EQ(preflight.header("access-control-allow-headers"), "*");
  for (const std::string& body : {std::string("{}"), std::string("oops")}) {
    const TestResponse response =
        Post(absl::StrCat(kLog, "GetLog"), kJsonType, body);
    EXPECT_EQ(response.header("access-control-allow-origin"), "*");
  }
}

// --- streams ----------------------------------------------------------------------

TEST_F(ConnectTest, AStreamIsEnvelopesAndAnEnd) {
  Start();
  ASSERT_OK(log_->Append(5));
  const std::string path = absl::StrCat(kLog, "StreamEntries");
  TestResponse response = Post(path, kStreamJson, Envelope("{}"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("content-type"), "application/connect+json");
  const Received message = TakeEnvelope(&response.body);
  EXPECT_EQ(message.flags, 0);
  const Json run = Parse(message.bytes)["run"];
  EXPECT_EQ(run["entries"].size(), 8u);
  EXPECT_EQ(TreeSizeOf(run["checkpoint"]), 8u);
  const Received end = TakeEnvelope(&response.body);
  EXPECT_EQ(end.flags, 2);
  EXPECT_EQ(end.bytes, "{}");
  EXPECT_EQ(response.body, "");
}

TEST_F(ConnectTest, AStreamInBinaryOfACompressedRequest) {
  Start();
  v1::StreamEntriesRequest request;
  request.set_start_index(1);
  TestResponse response =
      Post(absl::StrCat(kLog, "StreamEntries"),
           absl::StrCat(kStreamProto,
                        "Connect-Content-Encoding: gzip\r\n"
                        "Connect-Protocol-Version: 1\r\n"),
           Envelope(base::GzipCompress(request.SerializeAsString()), 1));
  EXPECT_EQ(response.header("content-type"), "application/connect+proto");
  v1::StreamEntriesResponse message;
  ASSERT_TRUE(message.ParseFromString(TakeEnvelope(&response.body).bytes));
  EXPECT_EQ(message.run().entries_size(), 2);
  EXPECT_EQ(TakeEnvelope(&response.body).bytes, "{}");
}

TEST_F(ConnectTest, AStreamsErrorsAreInItsEnd) {
  Start();
  const std::string path = absl::StrCat(kLog, "StreamEntries");
  const struct {
    std::string headers;
    std::string body;
    std::string code;
  } kCases[] = {
      {"", Envelope("{\"startIndex\":\"99\"}"), "out_of_range"},
      {"", Envelope("{\"filter\":{\"submitters\":[\"?\"]}}"),
       "invalid_argument"},
      {"", Envelope("{\"start\":1}"), "invalid_argument"},
      {"", "", "invalid_argument"},
      {"", "{}", "invalid_argument"},
      {"", Envelope("{}") + Envelope("{}"), "invalid_argument"},
      {"", Envelope("{}", 1), "invalid_argument"},
      {"", Envelope("{}", 2), "invalid_argument"},
      {"Connect-Content-Encoding: gzip\r\n", Envelope("{}", 1),
       "invalid_argument"},
      {"Connect-Content-Encoding: br\r\n", Envelope("{}"), "unimplemented"},
      {"Content-Encoding: br\r\n", Envelope("{}"), "unimplemented"},
      {"Connect-Protocol-Version: 3\r\n", Envelope("{}"), "invalid_argument"},
      {"Connect-Timeout-Ms: x\r\n", Envelope("{}"), "invalid_argument"},
  };
  for (const auto& test : kCases) {
    TestResponse response =
        Post(path, absl::StrCat(kStreamJson, test.headers), test.body);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.header("content-type"), "application/connect+json");
    const Received end = TakeEnvelope(&response.body);
    EXPECT_EQ(end.flags, 2) << test.headers << test.body;
    EXPECT_EQ(Parse(end.bytes)["error"]["code"], test.code)
        << test.headers << test.body << end.bytes;
    EXPECT_EQ(response.body, "");
  }
}

// A stream that follows the tail, one envelope a chunk.
class Follower {
 public:
  Follower(std::unique_ptr<TestClient> client, const std::string& request)
      : client_(std::move(client)) {
    EXPECT_OK(client_->Send(request));
  }
  absl::Status Begin() { return client_->Receive(true).status(); }
  Received Next() {
    absl::StatusOr<std::string> chunk = client_->ReceiveChunk();
    EXPECT_OK(chunk.status());
    return chunk.ok() ? TakeEnvelope(&*chunk) : Received{};
  }

 private:
  const std::unique_ptr<TestClient> client_;
};

constexpr char kFollow[] = "{\"startIndex\":\"3\",\"follow\":true}";

TEST_F(ConnectTest, AStreamFollowsTheTail) {
  Start();
  Follower follower(Connect(), PostText(absl::StrCat(kLog, "StreamEntries"),
                                        kStreamJson, Envelope(kFollow)));
  ASSERT_OK(follower.Begin());
  for (uint64_t size = 4; size < 8; ++size) {
    ASSERT_OK(log_->Append(1));
    const Json run = Parse(follower.Next().bytes)["run"];
    EXPECT_EQ(run["nextIndex"], absl::StrCat(size));
    EXPECT_EQ(TreeSizeOf(run["checkpoint"]), size);
  }
}

TEST_F(ConnectTest, AStreamEndsWithItsTimeout) {
  Start();
  Follower follower(
      Connect(),
      PostText(absl::StrCat(kLog, "StreamEntries"),
               absl::StrCat(kStreamJson, "Connect-Timeout-Ms: 50\r\n"),
               Envelope(kFollow)));
  ASSERT_OK(follower.Begin());
  const Received end = follower.Next();
  EXPECT_EQ(end.flags, 2);
  EXPECT_EQ(Parse(end.bytes)["error"]["code"], "deadline_exceeded");
}

TEST_F(ConnectTest, AClientThatLeavesEndsItsStream) {
  TestLogOptions options;
  options.server.log.max_streams = 1;
  Start(std::move(options));
  const std::string request = PostText(absl::StrCat(kLog, "StreamEntries"),
                                       kStreamJson, Envelope(kFollow));
  {
    Follower leaves(Connect(), request);
    ASSERT_OK(leaves.Begin());
    TestResponse refused =
        Post(absl::StrCat(kLog, "StreamEntries"), kStreamJson, Envelope("{}"));
    EXPECT_EQ(Parse(TakeEnvelope(&refused.body).bytes)["error"]["code"],
              "unavailable");
  }
  int flags = 2;
  while (flags == 2) {  // until the one before has gone
    TestResponse response =
        Post(absl::StrCat(kLog, "StreamEntries"), kStreamJson, Envelope("{}"));
    flags = TakeEnvelope(&response.body).flags;
  }
  EXPECT_EQ(flags, 0);
}

TEST_F(ConnectTest, AShutdownEndsStreamsAndRefusesCalls) {
  Start();
  Follower follower(Connect(), PostText(absl::StrCat(kLog, "StreamEntries"),
                                        kStreamJson, Envelope(kFollow)));
  ASSERT_OK(follower.Begin());
  const auto polls = Connect();
  ASSERT_OK(polls->Send(PostText(absl::StrCat(kLog, "GetCheckpoint"), kJsonType,
                                 "{\"minTreeSize\":\"1000\"}")));
  log_->server().Shutdown(absl::Seconds(30));
  const Received end = follower.Next();
  EXPECT_EQ(end.flags, 2);
  EXPECT_EQ(Parse(end.bytes)["error"]["code"], "unavailable");
  ASSERT_OK_AND_ASSIGN(const TestResponse polled, polls->Receive());
  EXPECT_EQ(NotError(polled, 503, "unavailable"), "");
  EXPECT_EQ(NotError(Post(absl::StrCat(kLog, "GetLog"), kJsonType, "{}"), 503,
                     "unavailable"),
            "");
}

}  // namespace
}  // namespace sightline::tests
