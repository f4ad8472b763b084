// An entry that parses serialises to the same bytes, the hand-written encoder
// writes it again, and a peek sees what the parser sees.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "proto/sightline/v1/entry.pb.h"
#include "statement/describe.h"
#include "statement/entry_codec.h"
#include "statement/json.h"
#include "statement/kinds.h"
#include "statement/statement_codec.h"

namespace {

namespace statement = ::sightline::statement;
namespace v1 = ::sightline::v1;

void Check(bool ok) {
  if (!ok) std::abort();
}

std::string Encoded(const v1::Entry& entry) {
  const std::vector<v1::Finding> findings(entry.findings().begin(),
                                          entry.findings().end());
  const std::string verdict = statement::EncodeVerdict(
      entry.has_policy() ? &entry.policy() : nullptr, findings);
  std::optional<uint64_t> previous;
  if (entry.has_feed_previous_index()) {
    previous = entry.feed_previous_index();
  }
  std::string out;
  statement::AppendEntry(entry.admitted_unix_ms(),
                         entry.statement().SerializeAsString(), verdict,
                         entry.feed_ordinal(), previous, &out);
  return out;
}

void CheckPeek(absl::string_view bytes, const v1::Entry& entry) {
  const auto parsed = statement::ParseStatement(entry.statement().payload());
  const auto peek = statement::PeekEntry(bytes);
  if (parsed.ok() && !parsed->header().submitter().empty() &&
      statement::KindOf(*parsed) != v1::STATEMENT_KIND_UNSPECIFIED) {
    Check(peek.ok() && peek->submitter == parsed->header().submitter() &&
          peek->kind == statement::KindOf(*parsed));
  }
  if (!peek.ok()) return;
  Check(peek->admitted_unix_ms == entry.admitted_unix_ms());
  Check(peek->feed_ordinal == entry.feed_ordinal());
  Check(peek->feed_previous_index.has_value() ==
        entry.has_feed_previous_index());
  Check(peek->payload == entry.statement().payload());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto entry = statement::ParseEntry(bytes);
  if (!entry.ok()) {
    // A peek at anything may fail, but not otherwise.
    (void)statement::PeekEntry(bytes);
    return 0;
  }
  Check(entry->SerializeAsString() == bytes);
  Check(Encoded(*entry) == bytes);
  CheckPeek(bytes, *entry);
  Check(!statement::DescribeEntryAtLength(7, *entry).empty());
  const bool parses =
      statement::ParseStatement(entry->statement().payload()).ok();
  const auto json = statement::EntryToJson(7, bytes);
  Check(parses || !json.ok());
  return 0;
}
