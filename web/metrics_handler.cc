#include "web/metrics_handler.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "prometheus/metric_type.h"
#include "prometheus/text_serializer.h"
#include "services/tls.h"
#include "services/version.h"
#include "telemetry/histogram.h"
#include "tiles/pinned_bytes.h"
#include "web/connect_wire.h"

namespace sightline::web {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr char kTextFormat[] = "text/plain; version=0.0.4; charset=utf-8";

// One value, with or without a label.
struct Value {
  double value = 0;
  std::string label = "";
};

class Families {
 public:
  void Counter(const char* name, const char* help, double value) {
    Add(MetricType::Counter, name, help, "", {Value{value}});
  }
  void Gauge(const char* name, const char* help, double value) {
    Add(MetricType::Gauge, name, help, "", {Value{value}});
  }
  void Counters(const char* name, const char* help, const char* label,
                const std::vector<Value>& values) {
    Add(MetricType::Counter, name, help, label, values);
  }
  void Gauges(const char* name, const char* help, const char* label,
              const std::vector<Value>& values) {
    Add(MetricType::Gauge, name, help, label, values);
  }
  void Histogram(const char* name, const char* help,
                 const telemetry::Histogram::Snapshot& snapshot);

  std::vector<MetricFamily> Take() { return std::move(families_); }

 private:
  void Add(MetricType type, const char* name, const char* help,
           const char* label, const std::vector<Value>& values);

  std::vector<MetricFamily> families_;
};

void Families::Add(MetricType type, const char* name, const char* help,
                   const char* label, const std::vector<Value>& values) {
  MetricFamily family{name, help, type, {}};
  for (const Value& value : values) {
    ClientMetric metric;
    if (*label != '\0') metric.label.push_back({label, value.label});
    if (type == MetricType::Counter) {
      metric.counter.value = value.value;
    } else {
      metric.gauge.value = value.value;
    }
    family.metric.push_back(std::move(metric));
  }
  families_.push_back(std::move(family));
}

void Families::Histogram(const char* name, const char* help,
                         const telemetry::Histogram::Snapshot& snapshot) {
  ClientMetric metric;
  const auto& bounds = telemetry::Histogram::kBounds;
  for (size_t i = 0; i < snapshot.at_most.size(); ++i) {
    metric.histogram.bucket.push_back(
        {snapshot.at_most[i], i < bounds.size() ? bounds[i] : INFINITY});
  }
  metric.histogram.sample_count = snapshot.at_most.back();
  metric.histogram.sample_sum = snapshot.sum_seconds;
  families_.push_back({name, help, MetricType::Histogram, {metric}});
}

// "invalid_argument", and so on, with the counts that are not 0.
template <typename Counts>
std::vector<Value> ByCode(const Counts& counts) {
  std::vector<Value> out;
  for (size_t code = 0; code < counts.size(); ++code) {
    if (counts[code] == 0) continue;
    out.push_back({static_cast<double>(counts[code]),
                   code == 0
                       ? "ok"
                       : std::string(ConnectCodeName(static_cast<int>(code)))});
  }
  return out;
}

double Number(uint64_t value) { return static_cast<double>(value); }

void AddTrees(const publish::Publisher& publisher, Families* out) {
  std::vector<Value> sizes = {
      {Number(publisher.integrated()->tree_size), "integrated"},
      {Number(publisher.current()->tree_size), "served"}};
  if (publisher.has_witnesses()) {
    sizes.push_back({Number(publisher.cosigned()->tree_size), "cosigned"});
  }
  out->Gauges("sightline_tree_size", "Entries in the newest trees", "tree",
              sizes);
  const bool witnessed = publisher.has_witnesses();
  const bool open = publisher.fails_open();
  out->Gauges("sightline_publication_policy",
              "1 for the policy that decides which tree is served", "policy",
              {{witnessed ? 0.0 : 1.0, "no_witnesses"},
               {witnessed && !open ? 1.0 : 0.0, "fail_closed"},
               {witnessed && open ? 1.0 : 0.0, "fail_open"}});
  const publish::PublisherStats stats = publisher.stats();
  out->Counter("sightline_rounds_without_quorum_total",
               "Rounds that ended without the witness quorum",
               Number(stats.rounds_without_quorum));
  out->Histogram("sightline_release_seconds",
                 "Re-reading a batch, hashing it again, releasing its tree",
                 stats.release);
}

void AddWriting(const services::LogInstance& log, Families* out) {
  out->Gauge("sightline_writable", "1 while entries can be written",
             log.health().ok() ? 1 : 0);
  const sequencer::SequencerStats stats = log.sequencer().stats();
  out->Gauge("sightline_waiting_statements",
             "Statements that wait for their index", Number(stats.waiting));
  out->Gauge("sightline_waiting_bytes", "Bytes of entries that wait",
             Number(stats.waiting_bytes));
  out->Counter("sightline_batches_total", "Batches that added entries",
               Number(stats.batches));
  out->Counter("sightline_entries_total", "Entries added",
               Number(stats.entries));
  out->Counter("sightline_duplicates_total",
               "Statements that were in the log already",
               Number(stats.duplicates));
  out->Counter("sightline_failed_commits_total",
               "Writes of a batch that failed", Number(stats.failed_commits));
  out->Histogram("sightline_commit_seconds",
                 "The atomic, synced write of a batch", stats.commit);
  std::vector<Value> refused = ByCode(log.admission().refused());
  refused.push_back({Number(stats.refused), "queue_full"});
  out->Counters("sightline_refused_statements_total",
                "Statements that were refused, by what was wrong", "reason",
                refused);
}

void AddHttp(const ServerStats& stats, Families* out) {
  out->Gauge("sightline_http_connections", "HTTP connections open",
             Number(stats.open));
  out->Counter("sightline_http_accepted_total", "HTTP connections accepted",
               Number(stats.accepted));
  out->Counters("sightline_http_ended_total",
                "HTTP connections that were ended or refused, by why", "reason",
                {{Number(stats.refused), "limit"},
                 {Number(stats.overdue), "deadline"},
                 {Number(stats.tls_failed), "tls"}});
  out->Counter("sightline_http_requests_total", "HTTP requests",
               Number(stats.requests));
  out->Counter("sightline_http_malformed_total",
               "HTTP requests that were none, or beyond a limit",
               Number(stats.malformed));
  out->Gauge("sightline_http_unsent_bytes",
             "Bytes of answers that clients have not taken yet",
             Number(stats.unsent_bytes));
}

void AddConnect(const ConnectStats& stats, Families* out) {
  out->Gauge("sightline_connect_streams", "Connect streams that go on",
             Number(stats.streams));
  out->Counters("sightline_connect_calls_total",
                "Connect calls that have ended", "code", ByCode(stats.ended));
}

void AddCertificates(
    const std::vector<MetricsSources::Certificate>& certificates,
    Families* out) {
  std::vector<Value> ends;
  for (const MetricsSources::Certificate& certificate : certificates) {
    services::TlsFiles files;
    files.certificate = certificate.file;
    const absl::StatusOr<int64_t> end = services::CertificateEnd(files);
    if (end.ok()) ends.push_back({static_cast<double>(*end), certificate.of});
  }
  out->Gauges("sightline_certificate_end_seconds",
              "When the certificate in the file ends, Unix time", "of", ends);
}

uint64_t OpenFiles() {
  uint64_t files = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator it("/proc/self/fd", error), end;
       !error && it != end; it.increment(error)) {
    ++files;
  }
  return files;
}

// Names that every dashboard knows.
void AddProcess(Families* out) {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) / 1e6;
  };
  out->Counter("process_cpu_seconds_total", "Processor time",
               seconds(used.ru_utime) + seconds(used.ru_stime));
  double pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  out->Gauge("process_resident_memory_bytes", "Memory",
             resident * static_cast<double>(sysconf(_SC_PAGESIZE)));
  out->Gauge("process_open_fds", "Open files", Number(OpenFiles()));
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  out->Gauge("process_max_fds", "Files that may be open",
             Number(limit.rlim_cur));
}

}  // namespace

std::vector<MetricFamily> MetricsHandler::Collect() const {
  Families out;
  out.Gauges("sightline_info", "1, for the version that runs", "version",
             {{1, services::kVersion}});
  AddTrees(sources_.log->publisher(), &out);
  AddWriting(*sources_.log, &out);
  if (sources_.http != nullptr) AddHttp(sources_.http->stats(), &out);
  if (sources_.connect != nullptr) AddConnect(sources_.connect->stats(), &out);
  AddCertificates(sources_.certificates, &out);
  AddProcess(&out);
  return out.Take();
}

void MetricsHandler::Handle(const Request& request, Reply reply) {
  if (request.method != "GET" && request.method != "HEAD") {
    return reply.Send(TextResponse(405, "only GET and HEAD"));
  }
  if (request.path() == "/healthz") {
    const absl::Status health = sources_.log->health();
    return reply.Send(health.ok() ? TextResponse(200, "ok")
                                  : TextResponse(503, health.ToString()));
  }
  if (request.path() != "/metrics") {
    return reply.Send(TextResponse(404, "want /metrics or /healthz"));
  }
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, Collect());
  Response response;
  response.Add("Content-Type", kTextFormat).Add("Cache-Control", "no-store");
  response.body = tiles::PinnedBytes::FromString(text.str());
  reply.Send(std::move(response));
}

}  // namespace sightline::web
