// The twelve questions over a year of 100,000 entries, as a user gets them answered:
// one call over TLS to a served log, a page of rows with every entry that they rest
// on and its proof. Beside it, in the same run and taking turns: the very rows of
// the views that the page was made from, read plainly (recorded_reads.h).
//
//   records_bench DIR [ENTRIES [CALLS]]
//
// DIR must not exist; it is left behind. The server runs in this process, as the
// rows have to be read from the store that it serves from.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/or_die.h"
#include "bench/recorded_reads.h"
#include "bench/result.h"
#include "bench/year_log.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"
#include "proto/sightline/v1/record_service.grpc.pb.h"
#include "proto/sightline/v1/record_service.pb.h"
#include "records/queries.h"
#include "records/year_maker.h"
#include "statement/timestamps.h"
#include "storage/view_store.h"

namespace sightline::bench {
namespace {

using Clock = std::chrono::steady_clock;
using records::Queries;
using records::YearMaker;
using Stub = v1::RecordService::Stub;

constexpr double kBarMs = 50;

double MsSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin)
      .count();
}

// --- What is timed ------------------------------------------------------------

struct Times {
  std::vector<double> pages_ms;
  std::vector<double> limits_ms;
  std::vector<double> answers_ms;  // of all pages
  uint64_t rows = 0;               // given
  uint64_t proofs = 0;             // entries that they rest on
  uint64_t read = 0;               // rows of the views
};

struct Where {
  Stub* stub;
  const storage::ViewSnapshot* snapshot;
};

// One answer, of one page or of several; `i` varies what is asked.
using Question = std::function<void(const Where& where, uint64_t i, Times*)>;

// What a question is made of: its messages, the call, and what answers it.
template <typename Request, typename Response>
struct Kind {
  std::function<Request(uint64_t i)> request;
  grpc::Status (Stub::*call)(grpc::ClientContext*, const Request&, Response*);
  absl::Status (Queries::*ask)(const Request&, Response*) const;
};

void Fail(absl::string_view what) {
  OrDie(absl::InternalError(what), "question");
}

// The rows of the page that `given` is, read again plainly.
template <typename Request, typename Response>
void TimeLimit(const Kind<Request, Response>& kind, const Where& where,
               const Request& request, const Response& given, Times* times) {
  RecordedReads reads(where.snapshot);
  Response again;
  OrDie((Queries(&reads, YearMaker::kEnd).*kind.ask)(request, &again),
        "question");
  if (again.rows_size() != given.rows_size() ||
      again.next_page_token() != given.next_page_token()) {
    Fail("the server gave another page than the views hold");
  }
  const auto begin = Clock::now();
  const uint64_t bytes = OrDie(reads.Replay(), "limit");
  times->limits_ms.push_back(MsSince(begin));
  if (bytes == 0 && given.rows_size() > 0) Fail("nothing was read");
  times->read += reads.rows();
}

template <typename Request, typename Response>
std::string TimePage(const Kind<Request, Response>& kind, const Where& where,
                     const Request& request, Times* times) {
  Response response;
  grpc::ClientContext context;
  const auto begin = Clock::now();
  const grpc::Status status =
      (where.stub->*kind.call)(&context, request, &response);
  times->pages_ms.push_back(MsSince(begin));
  if (!status.ok()) Fail(status.error_message());
  if (response.basis().checkpoint().empty()) Fail("an answer without a tree");
  times->rows += static_cast<uint64_t>(response.rows_size());
  times->proofs += static_cast<uint64_t>(response.basis().entries_size());
  TimeLimit(kind, where, request, response, times);
  return response.next_page_token();
}

template <typename Request, typename Response>
Question OnePage(Kind<Request, Response> kind) {
  return [kind](const Where& where, uint64_t i, Times* times) {
    TimePage(kind, where, kind.request(i), times);
  };
}

template <typename Request, typename Response>
Question AllPages(Kind<Request, Response> kind) {
  return [kind](const Where& where, uint64_t i, Times* times) {
    Request request = kind.request(i);
    double ms = 0;
    do {
      request.set_page_token(TimePage(kind, where, request, times));
      ms += times->pages_ms.back();
    } while (!request.page_token().empty());
    times->answers_ms.push_back(ms);
  };
}

// --- The questions ------------------------------------------------------------

Kind<v1::SearchRequestsRequest, v1::SearchRequestsResponse> Search(
    std::function<v1::RequestFilter(uint64_t i)> filter) {
  return {[filter](uint64_t i) {
            v1::SearchRequestsRequest request;
            *request.mutable_filter() = filter(i);
            return request;
          },
          &Stub::SearchRequests, &Queries::SearchRequests};
}

Kind<v1::ListFeedRequest, v1::ListFeedResponse> Feed(
    std::function<v1::ListFeedRequest(uint64_t i)> request) {
  return {std::move(request), &Stub::ListFeed, &Queries::ListFeed};
}

Kind<v1::ListSealsRequest, v1::ListSealsResponse> Seals(
    std::function<v1::ListSealsRequest(uint64_t i)> request) {
  return {std::move(request), &Stub::ListSeals, &Queries::ListSeals};
}

Kind<v1::ReconcileRequest, v1::ReconcileResponse> Reconciliation(
    std::function<v1::ReconcileRequest(uint64_t i)> request) {
  return {std::move(request), &Stub::Reconcile, &Queries::Reconcile};
}

Kind<v1::ListChangesRequest, v1::ListChangesResponse> Changes(
    std::function<v1::ListChangesRequest(uint64_t i)> request) {
  return {std::move(request), &Stub::ListChanges, &Queries::ListChanges};
}

Kind<v1::GetStatisticsRequest, v1::GetStatisticsResponse> Comparison(
    std::function<v1::GetStatisticsRequest(uint64_t i)> request) {
  return {std::move(request), &Stub::GetStatistics, &Queries::GetStatistics};
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

const char* State(uint64_t i) {
  constexpr const char* kStates[] = {"CA", "IL", "WA", "TX", "NY"};
  return kStates[i % std::size(kStates)];
}

struct Named {
  std::string name;
  Question question;
  bool all_pages = false;
};

std::vector<Named> Searches(const YearMaker& year) {
  std::vector<Named> out;
  const auto add = [&out](const char* name,
                          std::function<v1::RequestFilter(uint64_t)> filter) {
    out.push_back({name, OnePage(Search(std::move(filter)))});
  };
  const auto since = [](uint64_t i) {
    v1::RequestFilter filter;
    *filter.mutable_admitted_from() = Touching(i).touches_from();
    return filter;
  };
  add("1 days and area", [](uint64_t i) {
    v1::RequestFilter filter = Touching(i);
    filter.set_county_fips("06037");
    return filter;
  });
  add("3 unanswered", [&year](uint64_t i) {
    v1::RequestFilter filter;
    filter.set_unanswered_days(static_cast<uint32_t>(1 + i % 60));
    filter.set_custodian(year.platforms()[i % year.platforms().size()]);
    return filter;
  });
  add("4 residents", [&year](uint64_t i) {
    v1::RequestFilter filter;
    filter.add_submitters(year.agencies()[i % year.agencies().size()]);
    return filter;
  });
  add("5 me", [](uint64_t i) {
    v1::RequestFilter filter = Touching(i);
    *filter.mutable_touches_before() = filter.touches_from();
    filter.mutable_touches_before()->set_seconds(
        filter.touches_from().seconds() + 3600);
    filter.set_s2_cell("80c2c7b");
    return filter;
  });
  add("6 violations", [since](uint64_t i) {
    v1::RequestFilter filter = since(i);
    filter.set_violates_policy(true);
    return filter;
  });
  add("7 compelled", [since](uint64_t i) {
    v1::RequestFilter filter = since(i);
    filter.set_compelled_after_decline(true);
    return filter;
  });
  add("8 emergencies", [since](uint64_t i) {
    v1::RequestFilter filter = since(i);
    filter.set_is_emergency(true);
    return filter;
  });
  return out;
}

std::vector<Named> Lists(const YearMaker& year) {
  // Those that have logged something.
  std::vector<std::string> agencies;
  for (const std::string& agency : year.agencies()) {
    if (year.feeds().count(agency) > 0) agencies.push_back(agency);
  }
  const auto agency = [agencies](uint64_t i) {
    return agencies[i % agencies.size()];
  };
  std::vector<Named> out;
  out.push_back({"2 complete", OnePage(Feed([agency](uint64_t i) {
                   v1::ListFeedRequest request;
                   request.set_submitter(agency(i));
                   *request.mutable_admitted_from() =
                       Touching(i).touches_from();
                   return request;
                 }))});
  out.push_back({"9 seals", OnePage(Seals([agency](uint64_t i) {
                   v1::ListSealsRequest request;
                   if (i % 2 == 0) request.set_submitter(agency(i));
                   request.set_overdue(i % 3 == 0);
                   return request;
                 }))});
  out.push_back({"9 seals of a state, a channel and a time",
                 OnePage(Seals([](uint64_t i) {
                   v1::ListSealsRequest request;
                   request.set_state(State(i));
                   request.add_channels(v1::CHANNEL_LEGAL_PROCESS);
                   *request.mutable_sealed_from() = Touching(i).touches_from();
                   *request.mutable_sealed_before() =
                       Touching(i).touches_before();
                   return request;
                 }))});
  out.push_back({"10 disagreements", OnePage(Reconciliation([](uint64_t i) {
                   v1::ReconcileRequest request;
                   request.set_from_month(
                       static_cast<uint32_t>(202001 + i % 12));
                   request.set_until_month(202012);
                   request.set_disagreements(true);
                   return request;
                 }))});
  out.push_back({"10 disagreements of a state, a channel and an outcome",
                 OnePage(Reconciliation([](uint64_t i) {
                   v1::ReconcileRequest request;
                   request.set_from_month(
                       static_cast<uint32_t>(202001 + i % 12));
                   request.set_until_month(202012);
                   request.set_disagreements(true);
                   request.set_state(State(i));
                   request.add_channels(v1::CHANNEL_LEGAL_PROCESS);
                   request.add_outcomes(v1::OUTCOME_UNSPECIFIED);
                   return request;
                 }))});
  out.push_back({"11 changes", OnePage(Changes([&year](uint64_t i) {
                   v1::ListChangesRequest request;
                   request.set_since_index(i * 977 % year.entries().size());
                   return request;
                 }))});
  out.push_back({"11 changes of two agencies in a time",
                 OnePage(Changes([agency](uint64_t i) {
                   v1::ListChangesRequest request;
                   request.add_submitters(agency(i));
                   request.add_submitters(agency(i + 1));
                   request.add_kinds(v1::STATEMENT_KIND_AMENDMENT);
                   *request.mutable_admitted_from() =
                       Touching(i).touches_from();
                   return request;
                 }))});
  return out;
}

v1::GetStatisticsRequest Compare(uint64_t i) {
  v1::GetStatisticsRequest request;
  request.set_group_by(static_cast<v1::StatisticsGrouping>(1 + i % 5));
  request.set_from_month(202001);
  request.set_until_month(202012);
  return request;
}

std::vector<Named> Comparisons() {
  std::vector<Named> out;
  out.push_back({"12 compare", OnePage(Comparison(Compare))});
  out.push_back({"12 compare with a filter",
                 AllPages(Comparison([](uint64_t i) {
                   v1::GetStatisticsRequest request = Compare(i);
                   request.mutable_filter()->set_state(State(i));
                   request.mutable_filter()->add_purposes(v1::PURPOSE_THEFT);
                   return request;
                 })),
                 true});
  return out;
}

// --- The table ----------------------------------------------------------------

void PrintTimes(const Named& asked, const Times& times) {
  Row row;
  row.what = absl::StrCat("question ", asked.name, ", p95 of a page");
  row.bar = "at most 50 ms";
  row.unit = "ms";
  row.result = Quantile(times.pages_ms, 0.95);
  row.limit = Quantile(times.limits_ms, 0.95);
  row.ratio = row.result / row.limit;
  row.met = row.result <= kBarMs;
  const auto average = [&times](uint64_t total) {
    return total / times.pages_ms.size();
  };
  row.limit_is = absl::StrCat(
      "plain read of the very rows of the views that the page was made from, ",
      average(times.read), " on average; the page: ", average(times.rows),
      " rows and the proofs of ", average(times.proofs), " entries");
  Print(row);
  if (!asked.all_pages) return;
  PrintNote(absl::StrFormat(
      "question %s: the whole answer p50 %.0f ms, p95 %.0f ms, in %d pages on "
      "average; held against the bar is a page",
      asked.name, Median(times.answers_ms), Quantile(times.answers_ms, 0.95),
      times.pages_ms.size() / times.answers_ms.size()));
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
  const YearLog log(argv[1], year);
  PrintNote(absl::StrFormat(
      "views of %d entries derived at %.0f entries/s", options.entries,
      static_cast<double>(options.entries) / log.derive_seconds()));
  PrintNote(
      "questions: one call of RecordService over TLS on loopback, with the "
      "entries that a page rests on and their proofs, verified by the server "
      "before it gives them; server and client in one process");
  const auto channel = log.Channel();
  const auto stub = v1::RecordService::NewStub(channel);
  const auto snapshot = log.views().Snapshot();
  const Where where = {stub.get(), snapshot.get()};
  std::vector<Named> questions = Searches(year);
  for (std::vector<Named> more : {Lists(year), Comparisons()}) {
    for (Named& question : more) questions.push_back(std::move(question));
  }
  for (const Named& asked : questions) {
    Times times;
    // An answer of all pages is many calls.
    for (int i = 0; i < calls && times.pages_ms.size() < 2u * calls; ++i) {
      asked.question(where, static_cast<uint64_t>(i), &times);
    }
    PrintTimes(asked, times);
  }
  return 0;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) { return sightline::bench::Main(argc, argv); }
