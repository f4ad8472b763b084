#include "witness/http_server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <deque>
#include <functional>
#include <limits>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "base/mutex.h"

namespace sightline::witness {
namespace {

// Connections that nobody has accepted. The library asks for 5: with more callers
// the kernel drops what they send, and resets some of them.
constexpr int kBacklog = 128;

// A pool whose queue is as long as the pool: whoever accepts connections waits
// for room, so that the kernel's queue, and not our memory, holds the rest.
class BoundedPool final : public httplib::TaskQueue {
 public:
  explicit BoundedPool(size_t threads) : limit_(threads) {
    for (size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this] { Work(); });
    }
  }

  void enqueue(std::function<void()> task) override {
    base::MutexLock lock(&mutex_);
    while (tasks_.size() >= limit_ && !closing_) changed_.Wait(&mutex_);
    // Also when closing: dropping the task would leak its connection.
    tasks_.push_back(std::move(task));
    changed_.NotifyAll();
  }

  void shutdown() override {
    {
      base::MutexLock lock(&mutex_);
      closing_ = true;
      changed_.NotifyAll();
    }
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void Work() {
    while (true) {
      std::function<void()> task;
      {
        base::MutexLock lock(&mutex_);
        while (tasks_.empty() && !closing_) changed_.Wait(&mutex_);
        if (tasks_.empty()) return;
        task = std::move(tasks_.front());
        tasks_.pop_front();
        changed_.NotifyAll();
      }
      task();
    }
  }

  const size_t limit_;
  base::Mutex mutex_;
  base::CondVar changed_;
  std::deque<std::function<void()>> tasks_ ABSL_GUARDED_BY(mutex_);
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

// False: too long, or cut off.
bool ReadBody(const httplib::ContentReader& content, size_t limit,
              std::string* body) {
  return content([&](const char* data, size_t size) {
    if (body->size() + size > limit) return false;
    body->append(data, size);
    return true;
  });
}

void Fill(const Answer& answer, httplib::Response* response) {
  response->status = answer.status;
  if (answer.retry_after_s > 0) {
    response->set_header("Retry-After", absl::StrCat(answer.retry_after_s));
  }
  if (answer.takes_gzip) response->set_header("Accept-Encoding", "gzip");
  response->set_content(answer.body, answer.content_type);
}

}  // namespace

struct HttpServer::State {
  HttpServerOptions options;
  Handler* handler = nullptr;
  httplib::Server server;
  socket_t socket = INVALID_SOCKET;  // that listens
  std::thread thread;
  int port = 0;

  void Answer(const httplib::Request& request, std::string body,
              httplib::Response* response) {
    Fill(handler->Handle({request.method, request.path, request.remote_addr,
                          std::move(body)}),
         response);
  }

  void Configure() {
    server.new_task_queue = [threads = options.threads] {
      return new BoundedPool(threads);
    };
    const auto idle_s = static_cast<time_t>(absl::ToInt64Seconds(options.idle));
    server.set_read_timeout(idle_s);
    server.set_write_timeout(idle_s);
    server.set_keep_alive_timeout(
        static_cast<time_t>(absl::ToInt64Seconds(options.keep_alive)));
    server.set_keep_alive_max_count(std::numeric_limits<size_t>::max());
    server.set_payload_max_length(options.max_body_bytes);
    server.set_tcp_nodelay(true);
    // Not SO_REUSEPORT, the library's own: two witnesses on one port would each
    // get some of the requests.
    server.set_socket_options([this](socket_t made) {
      const int yes = 1;
      setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
      socket = made;
    });
    server.Get(".*", [this](const httplib::Request& request,
                            httplib::Response& response) {
      Answer(request, "", &response);
    });
    // With a content reader, the body stays as it is whatever type it claims.
    server.Post(".*", [this](const httplib::Request& request,
                             httplib::Response& response,
                             const httplib::ContentReader& content) {
      std::string body;
      if (ReadBody(content, options.max_body_bytes, &body)) {
        Answer(request, std::move(body), &response);
      } else if (response.status < 400) {
        response.status = 413;
      }
    });
  }
};

HttpServer::HttpServer(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(
    const HttpServerOptions& options, Handler* handler) {
  auto state = std::make_unique<State>();
  state->options = options;
  state->handler = handler;
  state->Configure();
  httplib::Server& server = state->server;
  state->port = options.port;
  if (options.port == 0) {
    state->port = server.bind_to_any_port(options.host);
  } else if (!server.bind_to_port(options.host, options.port)) {
    state->port = -1;
  }
  // Listening already, it takes the longer queue.
  if (state->port <= 0 || ::listen(state->socket, kBacklog) != 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", options.host, ":", options.port));
  }
  state->thread = std::thread([&server] { server.listen_after_bind(); });
  // stop() before the loop runs would be lost.
  while (!server.is_running()) std::this_thread::yield();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::~HttpServer() { Shutdown(); }

int HttpServer::port() const { return state_->port; }

void HttpServer::Shutdown() {
  state_->server.stop();
  if (state_->thread.joinable()) state_->thread.join();
}

}  // namespace sightline::witness
