// A bare tlog over HTTP, for load tools that were made for other tlog-tiles logs:
// whatever is posted becomes leaf data, without admission. For benchmarks only.
//
//   POST /add                  body = leaf data; answers its index in decimal, once
//                              the entry is under a published checkpoint
//   everything else            as web/tlog_handler.h
//
// Shapes:  at most 65,535 bytes of leaf data. The same bytes again are the same
//          entry, and get the same index.
// Errors:  413: body too long; 503 with Retry-After: too many entries wait; those
//          of web/tlog_handler.h.
// Threads: thread-safe.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "bench/raw_log.h"
#include "web/handler.h"
#include "web/server.h"
#include "web/tlog_handler.h"

namespace sightline::bench {

struct TlogHttpOptions {
  std::string listen = "127.0.0.1:0";
  int threads = 2;
};

class TlogHttpServer final : public web::Handler {
 public:
  // `log` outlives the server. kUnavailable: cannot listen.
  static absl::StatusOr<std::unique_ptr<TlogHttpServer>> Start(
      RawLog* log, const TlogHttpOptions& options);

  ~TlogHttpServer() override;  // Shutdown()

  TlogHttpServer(const TlogHttpServer&) = delete;
  TlogHttpServer& operator=(const TlogHttpServer&) = delete;

  // "127.0.0.1:41234".
  const std::string& address() const { return server_->addresses().front(); }

  void Handle(const web::Request& request, web::Reply reply) override;

  // Answers what it has read, and joins its threads. Idempotent.
  void Shutdown();

 private:
  explicit TlogHttpServer(RawLog* log);

  void Add(const web::Request& request, web::Reply reply);

  RawLog* const log_;
  web::TlogHandler reads_;
  std::unique_ptr<web::Server> server_;
};

}  // namespace sightline::bench
