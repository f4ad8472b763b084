#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "nlohmann/json.hpp"
#include "proto/sightline/v1/log_service.pb.h"
#include "services/server.h"
#include "web/connect_wire.h"
#include "web/openapi_text.h"
#include "web/scitt_handler.h"

namespace sightline::web {
namespace {

using Json = nlohmann::json;

class OpenApiTest : public ::testing::Test {
 protected:
  OpenApiTest()
      : document_(Json::parse(std::string(OpenApiText()), nullptr,
                              /*allow_exceptions=*/false)) {}

  const Json document_;
};

void CollectRefs(const Json& json, std::set<std::string>* out) {
  if (json.is_object() && json.contains("$ref")) {
    out->insert(json["$ref"].get<std::string>());
  }
  if (json.is_structured()) {
    for (const Json& part : json) CollectRefs(part, out);
  }
}

TEST_F(OpenApiTest, IsAWholeDocument) {
  ASSERT_TRUE(document_.is_object());
  EXPECT_EQ(document_["openapi"], "3.1.0");
  std::set<std::string> refs;
  CollectRefs(document_, &refs);
  EXPECT_GT(refs.size(), 20u);
  for (absl::string_view ref : refs) {
    ASSERT_TRUE(absl::ConsumePrefix(&ref, "#/components/schemas/")) << ref;
    EXPECT_TRUE(document_["components"]["schemas"].contains(std::string(ref)))
        << ref;
  }
}

TEST_F(OpenApiTest, EveryOperationHasANameOfItsOwn) {
  std::set<std::string> names;
  for (const Json& path : document_["paths"]) {
    for (const Json& operation : path) {
      EXPECT_TRUE(names.insert(operation["operationId"]).second) << operation;
      EXPECT_TRUE(operation.contains("responses")) << operation;
    }
  }
}

// No more and no less than what is served.
TEST_F(OpenApiTest, HasEveryPublicMethod) {
  std::set<std::string> want;
  for (const absl::string_view name : services::kPublicServices) {
    const auto* const service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
            std::string(name));
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* const method = service->method(i);
      const std::string path = absl::StrCat("/", name, "/", method->name());
      want.insert(path);
      ASSERT_TRUE(document_["paths"].contains(path)) << path;
      const Json& operations = document_["paths"][path];
      EXPECT_TRUE(operations.contains("post")) << path;
      EXPECT_EQ(operations.contains("get"), !method->server_streaming())
          << path;
    }
  }
  std::set<std::string> got;
  for (const auto& [path, operations] : document_["paths"].items()) {
    if (absl::StartsWith(path, "/sightline.v1.")) got.insert(path);
  }
  EXPECT_EQ(got, want);
}

TEST_F(OpenApiTest, HasReceiptsAndTheirKeys) {
  for (const absl::string_view route : ScittHandler::kPaths) {
    bool found = false;
    for (const auto& [path, operations] : document_["paths"].items()) {
      found |= absl::EndsWith(route, "/")
                   ? absl::StartsWith(path, absl::StrCat(route, "{"))
                   : path == route;
    }
    EXPECT_TRUE(found) << route;
  }
}

// Who asks too often is told how long to wait.
TEST_F(OpenApiTest, AReceiptMayBeRefusedForNow) {
  const Json& responses =
      document_["paths"]["/entries/{index}"]["get"]["responses"];
  ASSERT_TRUE(responses.contains("200"));
  EXPECT_TRUE(responses["200"]["content"].contains("application/cose"));
  for (const char* status : {"404", "429", "500", "503"}) {
    ASSERT_TRUE(responses.contains(status)) << status;
    EXPECT_TRUE(responses[status]["content"].contains(
        "application/concise-problem-details+cbor"))
        << status;
  }
  EXPECT_TRUE(responses["429"]["headers"].contains("Retry-After"));
}

TEST_F(OpenApiTest, CommentsOfTheContractAreDescriptions) {
  const Json& path =
      document_["paths"]["/sightline.v1.LogService/GetCheckpoint"];
  EXPECT_TRUE(absl::StartsWith(path["post"].value("description", ""),
                               "The newest checkpoint; waits until"));
  const Json& request =
      document_["components"]["schemas"]["sightline.v1.GetCheckpointRequest"];
  EXPECT_EQ(request["properties"]["minTreeSize"].value("description", ""),
            "Wait until the tree has at least this many leaves.");
}

// A field of each kind, as JSON has it.
TEST_F(OpenApiTest, SchemasAreThoseOfTheJson) {
  const Json& schemas = document_["components"]["schemas"];
  v1::GetLogResponse log;
  log.set_tree_size(7);
  log.set_genesis("g");
  log.set_max_entry_bytes(5);
  log.add_log_keys();
  const auto json = MessageJson(log);
  const Json written = Json::parse(*json, nullptr, /*allow_exceptions=*/false);
  const Json& schema = schemas["sightline.v1.GetLogResponse"];
  for (const auto& [name, value] : written.items()) {
    ASSERT_TRUE(schema["properties"].contains(name)) << name;
    const Json& property = schema["properties"][name];
    const Json& type = property["type"];
    const std::string has = value.is_number() ? "integer" : value.type_name();
    EXPECT_TRUE(type == has || (type.is_array() && type[0] == has))
        << name << property << value;
  }
  EXPECT_EQ(schemas["sightline.v1.SubmitterKind"]["enum"][0],
            "SUBMITTER_KIND_UNSPECIFIED");
  EXPECT_EQ(schemas["sightline.v1.EntryFilter"]["properties"]["admittedFrom"]
                   ["format"],
            "date-time");
}

}  // namespace
}  // namespace sightline::web
