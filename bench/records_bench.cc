// The twelve questions over a year of 100,000 entries in views on disk: a page of
// each, beside a plain scan of as many rows of the same store in the same run.
//
//   records_bench DIR [ENTRIES [CALLS]]
//
// DIR must not exist; it is left behind.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/or_die.h"
#include "bench/result.h"
#include "proto/sightline/v1/record_service.pb.h"
#include "records/entry_list_store.h"
#include "records/queries.h"
#include "records/views.h"
#include "records/year_maker.h"
#include "statement/timestamps.h"
#include "storage/rocksdb_view_store.h"

namespace sightline::bench {
namespace {

using Clock = std::chrono::steady_clock;
using records::Queries;
using records::YearMaker;

constexpr double kBarMs = 50;

double MsSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin)
      .count();
}

// One call: how many rows it gave. `i` varies what is asked.
using Question = std::function<uint64_t(const Queries& queries, uint64_t i)>;

template <typename Request, typename Response>
uint64_t Ask(const Queries& queries,
             absl::Status (Queries::*ask)(const Request&, Response*) const,
             const Request& request) {
  Response response;
  OrDie((queries.*ask)(request, &response), "question");
  return static_cast<uint64_t>(response.rows_size());
}

uint64_t Search(const Queries& queries, const v1::RequestFilter& filter) {
  v1::SearchRequestsRequest request;
  *request.mutable_filter() = filter;
  return Ask(queries, &Queries::SearchRequests, request);
}

v1::RequestFilter Touching(uint64_t i) {
  v1::RequestFilter filter;
  const int64_t from =
      YearMaker::kBegin + static_cast<int64_t>(i % 300) * YearMaker::kDay;
  *filter.mutable_touches_from() = statement::FromUnixMs(from);
  *filter.mutable_touches_before() =
      statement::FromUnixMs(from + 61 * YearMaker::kDay);
  return filter;
}

std::vector<std::pair<std::string, Question>> Questions(const YearMaker& year) {
  std::vector<std::pair<std::string, Question>> out;
  const auto add = [&](const char* name, Question question) {
    out.emplace_back(name, std::move(question));
  };
  add("1 days and area", [](const Queries& queries, uint64_t i) {
    v1::RequestFilter filter = Touching(i);
    filter.set_county_fips("06037");
    return Search(queries, filter);
  });
  add("2 complete", [&year](const Queries& queries, uint64_t i) {
    v1::ListFeedRequest request;
    request.set_submitter(year.agencies()[i % year.agencies().size()]);
    *request.mutable_admitted_from() = Touching(i).touches_from();
    return Ask(queries, &Queries::ListFeed, request);
  });
  add("3 unanswered", [&year](const Queries& queries, uint64_t i) {
    v1::RequestFilter filter;
    filter.set_unanswered_days(static_cast<uint32_t>(1 + i % 60));
    filter.set_custodian(year.platforms()[i % year.platforms().size()]);
    return Search(queries, filter);
  });
  add("4 residents", [&year](const Queries& queries, uint64_t i) {
    v1::RequestFilter filter;
    filter.add_submitters(year.agencies()[i % year.agencies().size()]);
    return Search(queries, filter);
  });
  add("5 me", [](const Queries& queries, uint64_t i) {
    v1::RequestFilter filter = Touching(i);
    *filter.mutable_touches_before() = filter.touches_from();
    filter.mutable_touches_before()->set_seconds(
        filter.touches_from().seconds() + 3600);
    filter.set_s2_cell("80c2c7b");
    return Search(queries, filter);
  });
  add("6 violations", [](const Queries& queries, uint64_t i) {
    v1::RequestFilter filter;
    filter.set_violates_policy(true);
    *filter.mutable_admitted_from() = Touching(i).touches_from();
    return Search(queries, filter);
  });
  add("7 compelled", [](const Queries& queries, uint64_t i) {
    v1::RequestFilter filter;
    filter.set_compelled_after_decline(true);
    *filter.mutable_admitted_from() = Touching(i).touches_from();
    return Search(queries, filter);
  });
  add("8 emergencies", [](const Queries& queries, uint64_t i) {
    v1::RequestFilter filter;
    filter.set_is_emergency(true);
    *filter.mutable_admitted_from() = Touching(i).touches_from();
    return Search(queries, filter);
  });
  add("9 seals", [&year](const Queries& queries, uint64_t i) {
    v1::ListSealsRequest request;
    if (i % 2 == 0) {
      request.set_submitter(year.agencies()[i % year.agencies().size()]);
    }
    request.set_overdue(i % 3 == 0);
    return Ask(queries, &Queries::ListSeals, request);
  });
  add("10 disagreements", [](const Queries& queries, uint64_t i) {
    v1::ReconcileRequest request;
    request.set_from_month(static_cast<uint32_t>(202001 + i % 12));
    request.set_until_month(202012);
    request.set_disagreements(true);
    return Ask(queries, &Queries::Reconcile, request);
  });
  add("11 changes", [&year](const Queries& queries, uint64_t i) {
    v1::ListChangesRequest request;
    request.set_since_index(i * 977 % year.entries().size());
    return Ask(queries, &Queries::ListChanges, request);
  });
  add("12 compare", [](const Queries& queries, uint64_t i) {
    v1::GetStatisticsRequest request;
    request.set_group_by(static_cast<v1::StatisticsGrouping>(1 + i % 5));
    request.set_from_month(202001);
    request.set_until_month(202012);
    return Ask(queries, &Queries::GetStatistics, request);
  });
  return out;
}

// Reads `rows` requests from the store, one after the other, parsing nothing.
double ScanMs(const storage::ViewSnapshot& snapshot, uint64_t rows) {
  const auto begin = Clock::now();
  uint64_t bytes = 0;
  uint64_t seen = 0;
  OrDie(snapshot.Scan("r", "s",
                      [&](absl::string_view, absl::string_view value) {
                        bytes += value.size();
                        return ++seen < rows;
                      }),
        "scan");
  if (bytes == 0) std::cerr << "nothing to scan\n";
  return MsSince(begin);
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: records_bench DIR [ENTRIES [CALLS]]\n";
    return 2;
  }
  records::YearOptions options;
  options.entries = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 100'000;
  options.agencies = 2000;
  const int calls = argc > 3 ? std::atoi(argv[3]) : 500;
  const YearMaker year(options);
  const records::EntryListStore log(year.entries());
  const auto store = OrDie(storage::RocksDbViewStore::Open(argv[1]), argv[1]);
  const auto views = OrDie(records::Views::Open(&log, store.get()), "views");
  const auto begin = Clock::now();
  OrDie(views->CatchUp(options.entries), "derive views");
  PrintNote(
      absl::StrCat("views of ", options.entries, " entries derived at ",
                   static_cast<uint64_t>(static_cast<double>(options.entries) *
                                         1000 / MsSince(begin)),
                   " entries/s"));
  const auto snapshot = store->Snapshot();
  const Queries queries(snapshot.get(), YearMaker::kEnd);
  for (const auto& [name, ask] : Questions(year)) {
    std::vector<double> asked;
    std::vector<double> scanned;
    uint64_t rows = 0;
    for (int i = 0; i < calls; ++i) {
      const auto start = Clock::now();
      const uint64_t given = ask(queries, static_cast<uint64_t>(i));
      asked.push_back(MsSince(start));
      rows += given;
      scanned.push_back(ScanMs(*snapshot, std::max<uint64_t>(given, 1)));
    }
    Row row;
    row.what = absl::StrCat("question ", name, ", p95 of a page");
    row.bar = "at most 50 ms";
    row.unit = "ms";
    row.result = Quantile(asked, 0.95);
    row.limit = Quantile(scanned, 0.95);
    row.ratio = row.result / row.limit;
    row.met = row.result <= kBarMs;
    row.limit_is =
        absl::StrCat("scan of as many rows, ",
                     rows / static_cast<uint64_t>(calls), " on average");
    Print(row);
  }
  return 0;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) { return sightline::bench::Main(argc, argv); }
