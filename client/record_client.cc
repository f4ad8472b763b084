#include "client/record_client.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/connection.h"
#include "client/evidence.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "statement/timestamps.h"

namespace sightline::client {
namespace {

// Of entries that are held in memory.
constexpr size_t kMaxHeldBytes = size_t{1} << 30;
constexpr int kMaxAttempts = 5;

// One tree size for all pages: they can be proven together.
bool IsOfOneTree(const v1::AnswerFile& file) {
  uint64_t size = 0;
  bool first = true;
  for (const v1::AnswerFile::Page& page : file.pages()) {
    const uint64_t of = page.has_reconcile()
                            ? page.reconcile().basis().tree_size()
                            : page.statistics().basis().tree_size();
    if (!first && of != size) return false;
    size = of;
    first = false;
  }
  return true;
}

bool NeedsWholeLog(const v1::AnswerFile& file) {
  return file.has_reconcile() || file.has_statistics();
}

// The last entry of a feed whose period ends with the log.
std::optional<uint64_t> OpenEnd(const v1::AnswerFile& file) {
  if (!file.has_feed() || file.pages().empty()) return std::nullopt;
  const v1::FeedRow* last = nullptr;
  for (const v1::AnswerFile::Page& page : file.pages()) {
    for (const v1::FeedRow& row : page.feed().rows()) last = &row;
  }
  if (last == nullptr ||
      (file.feed().has_admitted_before() &&
       last->admitted_unix_ms() >=
           statement::ToUnixMs(file.feed().admitted_before()))) {
    return std::nullopt;
  }
  return last->index();
}

}  // namespace

RecordClient::RecordClient(LogClient* log)
    : log_(log), connection_(log->connection_.get()) {}

NoteOpener RecordClient::Opener() {
  return [this](absl::string_view note) -> absl::StatusOr<OpenedTree> {
    ASSIGN_OR_RETURN(const TreePtr tree, connection_->tracker().Observe(note));
    return OpenedTree{tree->size, tree->root};
  };
}

absl::StatusOr<ProvenAnswer> RecordClient::Ask(const v1::AnswerFile& question,
                                               const AskOptions& options) {
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    ProvenAnswer out;
    out.file = question;
    const uint64_t max_rows = NeedsWholeLog(question) ? 0 : options.max_rows;
    RETURN_IF_ERROR(FetchPages(&out.file, max_rows, &out.has_more));
    if (NeedsWholeLog(question) && !IsOfOneTree(out.file)) continue;
    RETURN_IF_ERROR(FetchProof(&out.file, out.has_more));
    ASSIGN_OR_RETURN(out.verdict,
                     CheckAnswer(out.file, Opener(), out.has_more));
    return out;
  }
  return absl::AbortedError(
      "the log grew between the pages of the answer, every time");
}

absl::Status RecordClient::FetchPages(v1::AnswerFile* file, uint64_t max_rows,
                                      bool* has_more) {
  std::string token;
  uint64_t rows = 0;
  do {
    std::string next;
    RETURN_IF_ERROR(FetchPage(file, token, &next, &rows));
    if (!next.empty() && next == token) {
      return Unverified("a page that names itself as the next one");
    }
    token = std::move(next);
    *has_more = max_rows != 0 && rows >= max_rows && !token.empty();
  } while (!token.empty() && !*has_more);
  return absl::OkStatus();
}

absl::Status RecordClient::FetchPage(v1::AnswerFile* file,
                                     const std::string& token,
                                     std::string* next, uint64_t* rows) {
  using Stub = v1::RecordService::Stub;
  v1::AnswerFile::Page* const page = file->add_pages();
  const auto ask = [&](auto request, auto method, absl::string_view name,
                       auto* response) -> absl::Status {
    request.set_page_token(token);
    ASSIGN_OR_RETURN(*response, connection_->Call(connection_->record(), method,
                                                  name, request));
    *next = response->next_page_token();
    *rows += static_cast<uint64_t>(response->rows_size());
    return absl::OkStatus();
  };
  switch (file->question_case()) {
    case v1::AnswerFile::kRequest: {
      ASSIGN_OR_RETURN(
          *page->mutable_request(),
          connection_->Call(connection_->record(), &Stub::GetRequest,
                            "GetRequest", file->request()));
      return absl::OkStatus();
    }
    case v1::AnswerFile::kSearch:
      return ask(file->search(), &Stub::SearchRequests, "SearchRequests",
                 page->mutable_search());
    case v1::AnswerFile::kFeed:
      return ask(file->feed(), &Stub::ListFeed, "ListFeed",
                 page->mutable_feed());
    case v1::AnswerFile::kSeals:
      return ask(file->seals(), &Stub::ListSeals, "ListSeals",
                 page->mutable_seals());
    case v1::AnswerFile::kChanges:
      return ask(file->changes(), &Stub::ListChanges, "ListChanges",
                 page->mutable_changes());
    case v1::AnswerFile::kReconcile:
      return ask(file->reconcile(), &Stub::Reconcile, "Reconcile",
                 page->mutable_reconcile());
    case v1::AnswerFile::kStatistics:
      return ask(file->statistics(), &Stub::GetStatistics, "GetStatistics",
                 page->mutable_statistics());
    default:
      return absl::InvalidArgumentError("no question");
  }
}

absl::Status RecordClient::FetchProof(v1::AnswerFile* file, bool has_more) {
  if (NeedsWholeLog(*file)) return FetchEntries(0, file);
  const std::optional<uint64_t> last = OpenEnd(*file);
  if (!last.has_value() || has_more) return absl::OkStatus();
  return FetchEntries(*last + 1, file);
}

// Every entry from `first` on, until the tree that proves the last run has no
// more.
absl::Status RecordClient::FetchEntries(uint64_t first, v1::AnswerFile* file) {
  file->set_first_entry(first);
  size_t bytes = 0;
  uint64_t next = first;
  while (true) {
    ASSIGN_OR_RETURN(const TreePtr newest, log_->GetCheckpoint());
    if (newest->size == next) {
      file->set_checkpoint(newest->note);
      return absl::OkStatus();
    }
    const auto stream = log_->StreamEntries({.start_index = next});
    while (true) {
      ASSIGN_OR_RETURN(const std::optional<EntryRun> run, stream->Next());
      if (!run.has_value()) break;
      if (next == first && file->left().empty()) {
        for (const merkle::Hash& hash : run->left()) {
          file->add_left(std::string(crypto::AsBytes(hash)));
        }
      }
      for (const EntryView& entry : run->entries()) {
        file->add_entries(std::string(entry.bytes));
        bytes += entry.bytes.size();
      }
      if (bytes > kMaxHeldBytes) {
        return absl::ResourceExhaustedError(
            absl::StrCat("the answer needs more than ", kMaxHeldBytes,
                         " bytes of entries in memory"));
      }
      next = run->next_index();
    }
  }
}

absl::StatusOr<uint64_t> RecordClient::Reindex() {
  ASSIGN_OR_RETURN(
      const v1::ReindexResponse response,
      connection_->Call(connection_->admin(), &v1::AdminService::Stub::Reindex,
                        "Reindex", v1::ReindexRequest()));
  return response.tree_size();
}

}  // namespace sightline::client
