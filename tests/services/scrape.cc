#include "tests/services/scrape.h"

#include <gtest/gtest.h>

#include <utility>

#include "base/status_matchers.h"
#include "telemetry/diagnostics.h"
#include "web/metrics_handler.h"
#include "web/server.h"
#include "web/test_client.h"

namespace sightline::tests {

std::string ScrapeMetrics(TestLog& log) {
  web::MetricsSources sources;
  sources.log = &log.log();
  sources.certificates = {{"grpc", log.folder() + "/server.crt"}};
  web::MetricsHandler handler(std::move(sources));
  web::ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  const auto server = web::Server::Start(options, &handler, &log.clock(),
                                         telemetry::NoDiagnostics());
  EXPECT_OK(server.status());
  if (!server.ok()) return "";
  const auto client = web::TestClient::Connect((*server)->addresses().front());
  EXPECT_OK(client.status());
  if (!client.ok()) return "";
  const auto response = (*client)->Get("/metrics");
  EXPECT_OK(response.status());
  return response.ok() ? response->body : "";
}

}  // namespace sightline::tests
