#include "web/test_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"

namespace sightline::web {
namespace {

constexpr int kPatienceSeconds = 180;

}  // namespace

absl::StatusOr<std::unique_ptr<TestClient>> TestClient::Connect(
    absl::string_view address, int receive_buffer) {
  const std::vector<std::string> parts = absl::StrSplit(address, ':');
  uint32_t port = 0;
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &port) ||
      inet_pton(AF_INET, parts[0].c_str(), &peer.sin_addr) != 1) {
    return absl::InvalidArgumentError(absl::StrCat("address ", address));
  }
  peer.sin_port = htons(static_cast<uint16_t>(port));
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return absl::UnavailableError(std::strerror(errno));
  std::unique_ptr<TestClient> client(new TestClient(fd));
  const timeval patience{.tv_sec = kPatienceSeconds, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (receive_buffer > 0) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer,
               sizeof receive_buffer);
  }
  if (connect(fd, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) != 0) {
    return absl::UnavailableError(std::strerror(errno));
  }
  return client;
}

TestClient::~TestClient() { close(fd_); }

absl::Status TestClient::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return absl::UnavailableError(std::strerror(errno));
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return absl::OkStatus();
}

void TestClient::EndSending() { shutdown(fd_, SHUT_WR); }

absl::Status TestClient::ReadMore() {
  char bytes[16384];
  const ssize_t read = recv(fd_, bytes, sizeof bytes, 0);
  if (read > 0) {
    buffer_.append(bytes, static_cast<size_t>(read));
    return absl::OkStatus();
  }
  if (read < 0 && errno == EAGAIN) {
    return absl::DeadlineExceededError("the server says nothing");
  }
  return absl::UnavailableError("the server hung up");
}

absl::StatusOr<std::string> TestClient::TakeUntil(absl::string_view end) {
  size_t at;
  while ((at = buffer_.find(std::string(end))) == std::string::npos) {
    RETURN_IF_ERROR(ReadMore());
  }
  std::string taken = buffer_.substr(0, at);
  buffer_.erase(0, at + end.size());
  return taken;
}

absl::StatusOr<std::string> TestClient::Take(size_t size) {
  while (buffer_.size() < size) RETURN_IF_ERROR(ReadMore());
  std::string taken = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return taken;
}

absl::StatusOr<std::string> TestClient::ReceiveChunk() {
  ASSIGN_OR_RETURN(const std::string line, TakeUntil("\r\n"));
  uint64_t size = 0;
  if (!absl::SimpleHexAtoi(line, &size)) return absl::InternalError(line);
  ASSIGN_OR_RETURN(std::string chunk, Take(size));
  ASSIGN_OR_RETURN(const std::string end, Take(2));
  if (end != "\r\n") return absl::InternalError("no end of a chunk");
  return chunk;
}

absl::StatusOr<TestResponse> TestClient::Receive(bool of_head) {
  ASSIGN_OR_RETURN(const std::string head, TakeUntil("\r\n\r\n"));
  TestResponse response;
  const std::vector<std::string> lines = absl::StrSplit(head, "\r\n");
  if (lines[0].substr(0, 9) != "HTTP/1.1 " ||
      !absl::SimpleAtoi(lines[0].substr(9, 3), &response.status)) {
    return absl::InternalError(lines[0]);
  }
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> parts =
        absl::StrSplit(lines[i], absl::MaxSplits(": ", 1));
    response.headers[absl::AsciiStrToLower(parts[0])] =
        parts.size() == 2 ? parts[1] : "";
  }
  if (of_head) return response;
  if (response.header("transfer-encoding") == "chunked") {
    std::string chunk;
    do {
      ASSIGN_OR_RETURN(chunk, ReceiveChunk());
      response.body += chunk;
    } while (!chunk.empty());
    return response;
  }
  size_t length = 0;
  if (!response.header("content-length").empty() &&
      !absl::SimpleAtoi(response.header("content-length"), &length)) {
    return absl::InternalError("content-length");
  }
  ASSIGN_OR_RETURN(response.body, Take(length));
  return response;
}

absl::StatusOr<TestResponse> TestClient::Request(absl::string_view method,
                                                 absl::string_view target,
                                                 absl::string_view headers) {
  RETURN_IF_ERROR(Send(absl::StrCat(
      method, " ", target, " HTTP/1.1\r\nHost: test\r\n", headers, "\r\n")));
  return Receive(method == "HEAD");
}

absl::Status TestClient::AwaitEnd(std::string* rest) {
  absl::Status status;
  while (status.ok()) status = ReadMore();
  if (rest != nullptr) *rest = buffer_;
  return absl::IsUnavailable(status) ? absl::OkStatus() : status;
}

}  // namespace sightline::web
