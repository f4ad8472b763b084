#include "web/static_handler.h"

#include "tiles/pinned_bytes.h"
#include "web/read_answer.h"

namespace sightline::web {

void StaticHandler::Handle(const Request& request, Reply reply) {
  if (request.method != "GET" && request.method != "HEAD") {
    return SendRead(OtherMethod(request), std::move(reply));
  }
  Response response = AnswerWithTag(request, body_, "public, max-age=3600");
  if (response.status == 200) {
    response.Add("Content-Type", content_type_);
    response.body = tiles::PinnedBytes::Unowned(body_);
  }
  SendRead(std::move(response), std::move(reply));
}

}  // namespace sightline::web
