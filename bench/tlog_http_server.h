// A bare tlog over HTTP, for load tools that were made for other tlog-tiles logs:
// whatever is posted becomes leaf data, without admission. For benchmarks only.
//
//   POST /add                  body = leaf data; answers its index in decimal, once
//                              the entry is under a published checkpoint
//   GET /checkpoint            the newest, a signed note
//   GET /tile/...              c2sp.org/tlog-tiles, tiles/tile.h
//   GET /tile/entries/...
//
// Shapes:  at most 65,535 bytes of leaf data. The same bytes again are the same
//          entry, and get the same index.
// Errors:  400: body too long; 404: no such path, tile or entry, or not published
//          yet; 500: damage; 503 with Retry-After: too many entries wait.
// Threads: thread-safe. A thread for each connection that is being served, up to
//          the number in the options; further ones wait.
#pragma once

#include <httplib.h>

#include <cstddef>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "bench/raw_log.h"
#include "storage/store_log_reader.h"

namespace sightline::bench {

struct TlogHttpOptions {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: a free one
  size_t threads = 256;
};

class TlogHttpServer {
 public:
  // `log` outlives the server. kUnavailable: cannot listen.
  static absl::StatusOr<std::unique_ptr<TlogHttpServer>> Start(
      RawLog* log, const TlogHttpOptions& options);

  ~TlogHttpServer();  // Shutdown()

  TlogHttpServer(const TlogHttpServer&) = delete;
  TlogHttpServer& operator=(const TlogHttpServer&) = delete;

  int port() const { return port_; }

  // Answers what it has read, and joins its threads. Idempotent.
  void Shutdown();

 private:
  explicit TlogHttpServer(RawLog* log) : log_(log), reader_(&log->store()) {}

  void Route();
  void Add(const httplib::ContentReader& content, httplib::Response* response);
  void Checkpoint(httplib::Response* response) const;
  void Tile(absl::string_view path, httplib::Response* response);

  RawLog* const log_;
  storage::StoreLogReader reader_;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace sightline::bench
