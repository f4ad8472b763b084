#include "web/atom_handler.h"

#include <algorithm>
#include <optional>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "pugixml.hpp"
#include "services/version.h"
#include "statement/describe.h"
#include "statement/entry_codec.h"
#include "statement/kinds.h"
#include "statement/statement_codec.h"
#include "statement/submitter_id.h"
#include "tiles/pinned_bytes.h"
#include "web/http_status.h"
#include "web/read_answer.h"
#include "web/request_headers.h"

namespace sightline::web {
namespace {

constexpr absl::string_view kAtomType = "application/atom+xml; charset=utf-8";
constexpr absl::string_view kSeconds = "public, max-age=10";
constexpr absl::string_view kImmutable = "public, max-age=31536000, immutable";
constexpr absl::string_view kWholeLog = "/feed.atom";
constexpr size_t kMostTitleBytes = 300;
constexpr size_t kMostSummaryBytes = 2000;
// Entries of a feed that may be stored and not published yet.
constexpr int kMostUnpublished = 1000;

// At most so many bytes, not ending within a character; what XML cannot hold is
// a blank.
std::string ForXml(absl::string_view text, size_t most_bytes) {
  const bool cut = text.size() > most_bytes;
  size_t end = std::min(text.size(), most_bytes);
  while (cut && end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) {
    --end;
  }
  std::string out(text.substr(0, end));
  for (char& c : out) {
    const auto byte = static_cast<uint8_t>(c);
    if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f) c = ' ';
  }
  if (cut) out += " ...";
  return out;
}

std::string Rfc3339(int64_t unix_ms) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(unix_ms),
                          absl::UTCTimeZone());
}

void AddText(pugi::xml_node* parent, const char* name,
             const std::string& text) {
  parent->append_child(name).text().set(text.c_str());
}

void AddLink(pugi::xml_node* parent, const char* relation, const char* type,
             const std::string& target) {
  pugi::xml_node link = parent->append_child("link");
  link.append_attribute("rel") = relation;
  link.append_attribute("type") = type;
  link.append_attribute("href") = target.c_str();
}

// The submitter that a path names; nothing for the whole log.
absl::StatusOr<std::string> SubmitterOf(absl::string_view path) {
  if (path == kWholeLog) return std::string();
  if (absl::ConsumePrefix(&path, "/feed/") &&
      absl::ConsumeSuffix(&path, ".atom")) {
    const absl::StatusOr<std::string> id = PercentDecoded(path);
    if (id.ok() && statement::IsSubmitterId(*id)) return *id;
  }
  return absl::NotFoundError("no such feed");
}

// The entry that a page begins at; nothing for the newest page.
absl::StatusOr<std::optional<uint64_t>> FromOf(absl::string_view target) {
  const size_t mark = target.find('?');
  if (mark == absl::string_view::npos) return std::nullopt;
  absl::string_view query = target.substr(mark + 1);
  if (!absl::ConsumePrefix(&query, "from=")) return std::nullopt;
  ASSIGN_OR_RETURN(const uint64_t from, base::ParseDecimal(query));
  return from;
}

// What a reader is shown of an entry.
absl::Status Describe(uint64_t index, absl::string_view bytes,
                      const statement::EntryPeek& peek, AtomEntry* out) {
  const absl::StatusOr<v1::Statement> statement =
      statement::ParseStatement(peek.payload);
  const absl::StatusOr<v1::Entry> entry = statement::ParseEntry(bytes);
  if (!statement.ok() || !entry.ok()) {
    return absl::DataLossError(
        absl::StrCat("stored entry ", index, " does not parse"));
  }
  out->index = index;
  out->updated = Rfc3339(peek.admitted_unix_ms);
  out->submitter = std::string(peek.submitter);
  out->kind = std::string(statement::KindName(peek.kind));
  out->title =
      ForXml(statement::DescribeStatement(*statement), kMostTitleBytes);
  out->summary =
      ForXml(statement::DescribeEntry(index, *entry), kMostSummaryBytes);
  return absl::OkStatus();
}

}  // namespace

void AtomHandler::Handle(const Request& request, Reply reply) {
  SendRead(Answer(request), std::move(reply));
}

Response AtomHandler::Answer(const Request& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    return OtherMethod(request);
  }
  const absl::StatusOr<Page> page = Read(request);
  if (!page.ok()) {
    if (absl::IsDataLoss(page.status()) || absl::IsInternal(page.status())) {
      diagnostics_->Error(
          "http_read_failed",
          {{"path", request.path()}, {"status", page.status().ToString()}});
    }
    return FailureResponse(page.status());
  }
  std::string body = Write(*page);
  Response response =
      AnswerWithTag(request, body, page->is_first ? kSeconds : kImmutable);
  if (response.status == 200) {
    response.Add("Content-Type", kAtomType);
    response.body = tiles::PinnedBytes::FromString(std::move(body));
  }
  return response;
}

absl::StatusOr<AtomHandler::Page> AtomHandler::Read(
    const Request& request) const {
  Page page;
  page.path = std::string(request.path());
  ASSIGN_OR_RETURN(page.submitter, SubmitterOf(request.path()));
  ASSIGN_OR_RETURN(const std::optional<uint64_t> from, FromOf(request.target));
  page.is_first = !from.has_value();
  const uint64_t size = published_()->tree_size;
  if (from.value_or(0) >= size) return absl::NotFoundError("no such entry");
  if (page.submitter.empty()) {
    RETURN_IF_ERROR(FillWhole(from.value_or(size - 1), &page));
    return page;
  }
  uint64_t begin = from.value_or(0);
  if (!from.has_value()) {
    ASSIGN_OR_RETURN(begin, NewestOf(page.submitter, size));
  }
  RETURN_IF_ERROR(FillFeed(begin, &page));
  return page;
}

absl::StatusOr<std::string> AtomHandler::ReadEntry(uint64_t index) const {
  std::string out;
  RETURN_IF_ERROR(store_->ReadEntries(
      index, index + 1, [&out](uint64_t, absl::string_view entry) {
        out = std::string(entry);
        return true;
      }));
  return out;
}

absl::StatusOr<uint64_t> AtomHandler::NewestOf(const std::string& submitter,
                                               uint64_t tree_size) const {
  ASSIGN_OR_RETURN(const storage::FeedHead head,
                   store_->ReadFeedHead(submitter));
  uint64_t index = head.last_index;
  for (int i = 0; index >= tree_size; ++i) {
    if (i == kMostUnpublished) {
      return absl::UnavailableError("too far ahead of what is published");
    }
    ASSIGN_OR_RETURN(const std::string bytes, ReadEntry(index));
    ASSIGN_OR_RETURN(const statement::EntryPeek entry,
                     statement::PeekEntry(bytes));
    if (!entry.feed_previous_index.has_value()) {
      return absl::NotFoundError("no published entry");
    }
    index = *entry.feed_previous_index;
  }
  return index;
}

absl::Status AtomHandler::FillWhole(uint64_t begin, Page* page) const {
  const uint64_t count = std::min<uint64_t>(kPageEntries, begin + 1);
  absl::Status status;
  RETURN_IF_ERROR(store_->ReadEntries(
      begin + 1 - count, begin + 1,
      [&](uint64_t index, absl::string_view bytes) {
        const absl::StatusOr<statement::EntryPeek> peek =
            statement::PeekEntry(bytes);
        status = peek.ok() ? Describe(index, bytes, *peek,
                                      &page->items.emplace_back())
                           : absl::DataLossError(peek.status().message());
        return status.ok();
      }));
  RETURN_IF_ERROR(status);
  std::reverse(page->items.begin(), page->items.end());
  page->has_older = begin + 1 > count;
  if (page->has_older) page->older = begin - count;
  return absl::OkStatus();
}

absl::Status AtomHandler::FillFeed(uint64_t begin, Page* page) const {
  for (std::optional<uint64_t> index = begin; index.has_value();) {
    if (page->items.size() == kPageEntries) {
      page->has_older = true;
      page->older = *index;
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const std::string bytes, ReadEntry(*index));
    const absl::StatusOr<statement::EntryPeek> peek =
        statement::PeekEntry(bytes);
    if (!peek.ok()) return absl::DataLossError(peek.status().message());
    if (peek->feed != page->submitter) {
      return absl::NotFoundError("no such entry in this feed");
    }
    RETURN_IF_ERROR(
        Describe(*index, bytes, *peek, &page->items.emplace_back()));
    index = peek->feed_previous_index;
  }
  return absl::OkStatus();
}

std::string AtomHandler::Write(const Page& page) const {
  pugi::xml_document document;
  pugi::xml_node feed = document.append_child("feed");
  feed.append_attribute("xmlns") = "http://www.w3.org/2005/Atom";
  const std::string base = absl::StrCat("https://", origin_);
  AddText(&feed, "id", absl::StrCat(base, page.path));
  AddText(&feed, "title",
          page.submitter.empty()
              ? origin_
              : absl::StrCat(page.submitter, " in ", origin_));
  AddText(&feed, "updated", page.items.front().updated);
  pugi::xml_node generator = feed.append_child("generator");
  generator.append_attribute("version") = services::kVersion;
  generator.text().set("Sightline");
  const auto page_at = [&page](uint64_t index) {
    return absl::StrCat(page.path, "?from=", index);
  };
  constexpr char kAtom[] = "application/atom+xml";
  AddLink(&feed, "self", kAtom,
          page.is_first ? page.path : page_at(page.items.front().index));
  AddLink(&feed, "first", kAtom, page.path);
  if (page.has_older) AddLink(&feed, "next", kAtom, page_at(page.older));
  for (const AtomEntry& item : page.items) {
    pugi::xml_node entry = feed.append_child("entry");
    AddText(&entry, "id", absl::StrCat(base, "/entry/", item.index));
    AddText(&entry, "title", item.title);
    AddText(&entry, "updated", item.updated);
    pugi::xml_node author = entry.append_child("author");
    AddText(&author, "name", item.submitter);
    entry.append_child("category").append_attribute("term") = item.kind.c_str();
    AddLink(&entry, "alternate", "application/json",
            absl::StrCat("/sightline.v1.LogService/GetEntry?encoding=json&"
                         "message=%7B%22index%22%3A",
                         item.index, "%7D"));
    AddText(&entry, "summary", item.summary);
  }
  std::ostringstream out;
  document.save(out, " ", pugi::format_indent, pugi::encoding_utf8);
  return out.str();
}

}  // namespace sightline::web
