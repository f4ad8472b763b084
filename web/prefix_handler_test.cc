#include "web/prefix_handler.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "web/http_message.h"

namespace sightline::web {
namespace {

class KeptAnswer final : public ReplySink {
 public:
  void Answer(Response response) override { answer = std::move(response); }
  Response answer;
};

class Echo final : public Handler {
 public:
  explicit Echo(std::string name) : name_(std::move(name)) {}
  void Handle(const Request& request, Reply reply) override {
    reply.Send(TextResponse(200, absl::StrCat(name_, " ", request.target)));
  }

 private:
  const std::string name_;
};

TEST(PrefixHandler, TheFirstPartOfThePathChooses) {
  Echo a("A"), b("B");
  PrefixHandler handler;
  handler.Add("a", &a);
  handler.Add("b", &b);
  const auto get = [&](absl::string_view target) {
    Request request;
    request.method = "GET";
    request.target = target;
    const auto sink = std::make_shared<KeptAnswer>();
    handler.Handle(request, Reply(sink));
    return absl::StrCat(sink->answer.status, " ", sink->answer.body.bytes());
  };
  EXPECT_EQ(get("/a/checkpoint"), "200 A /checkpoint\n");
  EXPECT_EQ(get("/b/tile/0/000?x=/a/"), "200 B /tile/0/000?x=/a/\n");
  EXPECT_EQ(get("/b/"), "200 B /\n");
  for (const char* target : {"/", "/a", "*", "/c/x", "//a/x", "/a?/x"}) {
    EXPECT_EQ(get(target), "404 no such path\n") << target;
  }
}

}  // namespace
}  // namespace sightline::web
