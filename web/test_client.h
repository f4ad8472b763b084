// A client that says exactly what a test tells it to, over one connection. Tests
// only.
//
// Errors:  kUnavailable: cannot connect, or the server hung up; kDeadlineExceeded:
//          nothing came for three minutes (so that a test fails instead of hanging).
// Threads: thread-compatible; one thread may read while another sends.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::web {

struct TestResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  // "" when there is none.
  std::string header(const std::string& lower_case_name) const {
    const auto it = headers.find(lower_case_name);
    return it == headers.end() ? "" : it->second;
  }
};

class TestClient {
 public:
  // `address` is "127.0.0.1:port". `receive_buffer` bytes, if not 0, are all that
  // the kernel takes for a client that does not read.
  static absl::StatusOr<std::unique_ptr<TestClient>> Connect(
      absl::string_view address, int receive_buffer = 0);
  ~TestClient();

  absl::Status Send(absl::string_view bytes);
  // Sends no more; the server sees the end.
  void EndSending();

  // The next answer on the connection, a body in chunks put together. `of_head`:
  // only what comes before the body.
  absl::StatusOr<TestResponse> Receive(bool of_head = false);

  // After Receive(true): the next chunk of the body; "" when that was the last.
  absl::StatusOr<std::string> ReceiveChunk();

  // A request without a body, and its answer. `headers` are whole lines.
  absl::StatusOr<TestResponse> Request(absl::string_view method,
                                       absl::string_view target,
                                       absl::string_view headers = "");
  absl::StatusOr<TestResponse> Get(absl::string_view target,
                                   absl::string_view headers = "") {
    return Request("GET", target, headers);
  }

  // Waits until the server hangs up; what it said until then goes to `*rest`.
  absl::Status AwaitEnd(std::string* rest = nullptr);

 private:
  explicit TestClient(int fd) : fd_(fd) {}
  absl::Status ReadMore();
  // Takes what comes before the next `end`, and that.
  absl::StatusOr<std::string> TakeUntil(absl::string_view end);
  absl::StatusOr<std::string> Take(size_t size);

  const int fd_;
  std::string buffer_;
};

}  // namespace sightline::web
