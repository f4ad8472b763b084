// A Transport to witnesses in the same process, which can be taken away. Tests
// only.
//
// Threads: thread-safe.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "witness/transport.h"
#include "witness/witness.h"

namespace sightline::witness {

class LocalTransport final : public Transport {
 public:
  using Server = std::function<absl::StatusOr<Reply>(absl::string_view body)>;

  // `server` answers at <prefix>/add-checkpoint; replaces what did.
  void Serve(const std::string& prefix, Server server) {
    base::MutexLock lock(&mutex_);
    servers_[absl::StrCat(prefix, "/add-checkpoint")] = std::move(server);
  }
  void Serve(const std::string& prefix, Witness* witness) {
    Serve(prefix, [witness](absl::string_view body) -> absl::StatusOr<Reply> {
      const Answer answer = witness->AddCheckpoint(body);
      return Reply{answer.status, answer.content_type, answer.body,
                   answer.retry_after_s};
    });
  }
  void TakeAway(const std::string& prefix) {
    Serve(prefix, [](absl::string_view) -> absl::StatusOr<Reply> {
      return absl::UnavailableError("nobody there");
    });
  }

  absl::StatusOr<Reply> Post(const std::string& url, absl::string_view body,
                             absl::Duration) override {
    Server server;
    {
      base::MutexLock lock(&mutex_);
      ++posts_;
      const auto it = servers_.find(url);
      if (it == servers_.end()) return absl::UnavailableError("unknown URL");
      server = it->second;
    }
    return server(body);
  }

  void Shutdown() override {}

  int posts() const {
    base::MutexLock lock(&mutex_);
    return posts_;
  }

 private:
  mutable base::Mutex mutex_;
  std::map<std::string, Server> servers_ ABSL_GUARDED_BY(mutex_);
  int posts_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sightline::witness
