#include "sequencer/entry_encoder.h"

#include <optional>

#include "statement/entry_codec.h"

namespace sightline::sequencer {

void StatementEntryEncoder::Append(int64_t admitted_unix_ms,
                                   const admission::AdmittedEntry& entry,
                                   const FeedPosition& position,
                                   std::string* out) const {
  statement::AppendEntry(admitted_unix_ms, entry.signed_statement(),
                         entry.verdict(), position.ordinal,
                         position.ordinal == 1
                             ? std::nullopt
                             : std::optional<uint64_t>(position.previous_index),
                         out);
}

void RawEntryEncoder::Append(int64_t, const admission::AdmittedEntry& entry,
                             const FeedPosition&, std::string* out) const {
  out->append(entry.signed_statement().data(), entry.signed_statement().size());
}

}  // namespace sightline::sequencer
