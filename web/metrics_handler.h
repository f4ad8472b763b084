// What an operator watches, in Prometheus' text format, and whether the log is
// well, for load balancers.
//
//   /metrics   docs/operations.md "Metrics" lists them all
//   /healthz   200 while entries can be written; else 503, and why
//
// Everything is looked up when it is asked for: nothing is kept here.
//
// Threads: thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "prometheus/metric_family.h"
#include "services/log_instance.h"
#include "web/connect_handler.h"
#include "web/handler.h"
#include "web/server.h"

namespace sightline::web {

// Where the numbers come from. Pointers outlive the handler; those of HTTP may
// be null, where there is none.
struct MetricsSources {
  const services::LogInstance* log = nullptr;
  const Server* http = nullptr;
  const ConnectHandler* connect = nullptr;
  // Certificate files, by who shows them: "grpc", "https".
  struct Certificate {
    std::string of;
    std::string file;
  };
  std::vector<Certificate> certificates;
};

class MetricsHandler final : public Handler {
 public:
  explicit MetricsHandler(MetricsSources sources)
      : sources_(std::move(sources)) {}

  void Handle(const Request& request, Reply reply) override;

 private:
  std::vector<prometheus::MetricFamily> Collect() const;

  const MetricsSources sources_;
};

}  // namespace sightline::web
