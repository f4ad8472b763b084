// The newest entries as Atom feeds, for whoever has a feed reader.
//
//   /feed.atom               the whole log
//   /feed/<submitter>.atom   one submitter
//   ?from=<index>            older: that entry and those before it
//
// Source:  RFC 4287 (Atom), RFC 5005 section 3 (paged feeds: first, next).
// Shapes:  at most kPageEntries entries a page, newest first, of what is
//          published; titles and summaries in English, cut at a limit; nothing
//          sealed. A page with `from` never changes.
// Errors:  404: no such feed, or entry in it; 405; 503: the store is busy, or a
//          feed is too far ahead of what is published; 500: it disagrees with
//          itself (told to the diagnostics).
// Threads: thread-safe.
// Cost:    a page: so many entries read, parsed and described.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "publish/publisher.h"
#include "storage/log_store.h"
#include "telemetry/diagnostics.h"
#include "web/handler.h"

namespace sightline::web {

// An entry as a feed shows it.
struct AtomEntry {
  uint64_t index = 0;
  std::string updated;  // RFC 3339
  std::string submitter;
  std::string kind;
  std::string title;
  std::string summary;
};

class AtomHandler final : public Handler {
 public:
  static constexpr size_t kPageEntries = 50;

  // What the world may see now; never null.
  using Published =
      std::function<std::shared_ptr<const publish::PublishedTree>()>;

  // `origin` is the log's. Pointers outlive the handler.
  AtomHandler(std::string origin, Published published,
              const storage::LogStore* store,
              telemetry::Diagnostics* diagnostics)
      : origin_(std::move(origin)),
        published_(std::move(published)),
        store_(store),
        diagnostics_(diagnostics) {}

  void Handle(const Request& request, Reply reply) override;

 private:
  struct Page {
    std::string path;
    std::string submitter;         // "": the whole log
    std::vector<AtomEntry> items;  // newest first
    bool has_older = false;
    uint64_t older = 0;  // where the next page begins
    bool is_first = true;
  };

  Response Answer(const Request& request);
  absl::StatusOr<Page> Read(const Request& request) const;
  // Fill a page from `begin` downwards.
  absl::Status FillWhole(uint64_t begin, Page* page) const;
  absl::Status FillFeed(uint64_t begin, Page* page) const;
  // The newest published entry of a feed.
  absl::StatusOr<uint64_t> NewestOf(const std::string& submitter,
                                    uint64_t tree_size) const;
  absl::StatusOr<std::string> ReadEntry(uint64_t index) const;
  std::string Write(const Page& page) const;

  const std::string origin_;
  const Published published_;
  const storage::LogStore* const store_;
  telemetry::Diagnostics* const diagnostics_;
};

}  // namespace sightline::web
