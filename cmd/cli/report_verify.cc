#include "cmd/cli/report_verify.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "client/answer_check.h"
#include "client/answer_file.h"
#include "cmd/cli/report_text.h"
#include "statement/timestamps.h"

namespace sightline::cli {
namespace {

struct Half {
  v1::AnswerFile file;
  client::AnswerVerdict verdict;
};

absl::StatusOr<Half> CheckHalf(const std::string& path,
                               const checkpoint::LogKeySet& keys) {
  Half half;
  ASSIGN_OR_RETURN(half.file, ReadAnswerFile(path));
  const auto verdict = client::CheckAnswer(half.file, client::OpenWith(&keys));
  if (!verdict.ok()) return base::Annotate(verdict.status(), path);
  half.verdict = *verdict;
  return half;
}

// The search of a report, and nothing narrower.
absl::Status ReadQuestion(const v1::AnswerFile& file, ProvenYear* out) {
  const v1::RequestFilter& filter = file.search().filter();
  if (!file.has_search() || filter.submitters_size() != 1) {
    return absl::DataLossError("not the requests of one agency");
  }
  out->agency = filter.submitters(0);
  out->year = static_cast<int>(
      absl::ToCivilYear(
          absl::FromUnixMillis(statement::ToUnixMs(filter.admitted_from())),
          absl::UTCTimeZone())
          .year());
  v1::RequestFilter want;
  want.add_submitters(out->agency);
  *want.mutable_admitted_from() = StartOfYear(out->year);
  *want.mutable_admitted_before() = StartOfYear(out->year + 1);
  if (filter.SerializeAsString() == want.SerializeAsString()) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrCat("not all requests of ", out->agency,
                                          " in one year, but a part of them"));
}

absl::Status CheckFeed(const Half& feed, const ProvenYear& year) {
  const v1::ListFeedRequest& asked = feed.file.feed();
  if (!feed.file.has_feed()) return absl::DataLossError("not a feed");
  if (asked.submitter() != year.agency) {
    return absl::DataLossError(absl::StrCat("the feed of ", asked.submitter(),
                                            ", the requests are of ",
                                            year.agency));
  }
  if (statement::ToUnixMs(asked.admitted_from()) !=
          statement::ToUnixMs(StartOfYear(year.year)) ||
      statement::ToUnixMs(asked.admitted_before()) !=
          statement::ToUnixMs(StartOfYear(year.year + 1))) {
    return absl::DataLossError(absl::StrCat(
        "the feed of another period, the requests are of ", year.year));
  }
  if (feed.verdict.is_complete) return absl::OkStatus();
  return absl::DataLossError("the feed is not shown to be complete");
}

}  // namespace

absl::StatusOr<v1::AnswerFile> ReadAnswerFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)),
                          std::istreambuf_iterator<char>());
  if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  auto file = client::ParseAnswerFile(bytes);
  if (!file.ok()) return base::Annotate(file.status(), path);
  return file;
}

absl::StatusOr<ProvenYear> VerifyReport(const std::string& path,
                                        const checkpoint::LogKeySet& keys) {
  const std::string feed_path = absl::StrCat(path, ".feed");
  ASSIGN_OR_RETURN(const Half requests, CheckHalf(path, keys));
  ASSIGN_OR_RETURN(const Half feed, CheckHalf(feed_path, keys));
  ProvenYear out;
  const absl::Status asked = ReadQuestion(requests.file, &out);
  if (!asked.ok()) return base::Annotate(asked, path);
  const absl::Status fed = CheckFeed(feed, out);
  if (!fed.ok()) return base::Annotate(fed, feed_path);
  for (const v1::AnswerFile::Page& page : requests.file.pages()) {
    for (const v1::RequestRow& row : page.search().rows()) {
      // The feed was asked for first: what came since is not held against it.
      if (row.facts().index() < feed.verdict.tree_size) out.rows.push_back(row);
    }
  }
  const auto gaps =
      CheckAllThere(out.rows, feed.file,
                    {statement::ToUnixMs(StartOfYear(out.year)),
                     statement::ToUnixMs(StartOfYear(out.year + 1))});
  if (!gaps.ok()) return base::Annotate(gaps.status(), path);
  out.gaps = *gaps;
  return out;
}

}  // namespace sightline::cli
