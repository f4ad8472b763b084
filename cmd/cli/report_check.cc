#include "cmd/cli/report_check.h"

#include <set>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "records/entry_facts.h"

namespace sightline::cli {
namespace {

// The entries of the period in one feed, by what they can be.
struct FeedEntries {
  std::set<uint64_t> all;
  std::set<uint64_t> requests;
  std::set<uint64_t> openings;  // that bring a whole request
};

absl::Status AddPage(const v1::ListFeedResponse& page, const Period& period,
                     FeedEntries* out) {
  std::set<uint64_t> unsealings;
  for (const v1::FeedRow& row : page.rows()) {
    if (row.admitted_unix_ms() < period.from_unix_ms ||
        row.admitted_unix_ms() >= period.before_unix_ms) {
      continue;
    }
    out->all.insert(row.index());
    if (row.kind() == v1::STATEMENT_KIND_FOOTAGE_REQUEST) {
      out->requests.insert(row.index());
    }
    if (row.kind() == v1::STATEMENT_KIND_UNSEALING) {
      unsealings.insert(row.index());
    }
  }
  for (const v1::LogEntry& entry : page.basis().entries()) {
    if (unsealings.count(entry.index()) == 0) continue;
    ASSIGN_OR_RETURN(const records::RecordEntry read,
                     records::ReadRecordEntry(entry.index(), entry.entry()));
    if (read.brought.has_value()) out->openings.insert(entry.index());
  }
  return absl::OkStatus();
}

void FillSealed(const v1::ListFeedResponse& page, Gaps* gaps) {
  std::vector<std::string> months;
  for (const v1::SealedMonth& month : page.sealed_months()) {
    if (month.opened() >= month.sealed()) continue;
    const uint64_t sealed = month.sealed() - month.opened();
    gaps->sealed += sealed;
    months.push_back(absl::StrFormat("%d in %04d-%02d", sealed,
                                     month.month() / 100, month.month() % 100));
  }
  gaps->sealed_months = absl::StrJoin(months, ", ");
}

}  // namespace

absl::StatusOr<Gaps> CheckAllThere(const std::vector<v1::RequestRow>& rows,
                                   const v1::AnswerFile& feed,
                                   const Period& period) {
  FeedEntries entries;
  for (const v1::AnswerFile::Page& page : feed.pages()) {
    RETURN_IF_ERROR(AddPage(page.feed(), period, &entries));
  }
  std::set<uint64_t> found;
  for (const v1::RequestRow& row : rows) {
    const uint64_t index = row.facts().index();
    found.insert(index);
    if (entries.all.count(index) == 0) {
      return absl::DataLossError(absl::StrCat("the log gives request ", index,
                                              " of ", feed.feed().submitter(),
                                              ", and its feed lacks it"));
    }
  }
  for (const uint64_t index : entries.requests) {
    if (found.count(index) == 0) {
      return absl::DataLossError(absl::StrCat(
          "the feed of ", feed.feed().submitter(), " holds request ", index,
          ", and the log leaves it out"));
    }
  }
  Gaps gaps;
  for (const uint64_t index : entries.openings) {
    if (found.count(index) == 0) gaps.opened_again.push_back(index);
  }
  if (feed.pages_size() > 0) FillSealed(feed.pages(0).feed(), &gaps);
  return gaps;
}

}  // namespace sightline::cli
