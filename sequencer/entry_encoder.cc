#include "sequencer/entry_encoder.h"

#include <optional>

#include "statement/entry_codec.h"
#include "statement/whole_seal.h"

namespace sightline::sequencer {

void StatementEntryEncoder::Append(int64_t admitted_unix_ms,
                                   const admission::AdmittedEntry& entry,
                                   const FeedPosition& position,
                                   std::string* out) const {
  const std::optional<uint64_t> previous =
      position.ordinal == 1 ? std::nullopt
                            : std::optional<uint64_t>(position.previous_index);
  if (entry.face().empty()) {
    statement::AppendEntry(admitted_unix_ms, entry.signed_statement(),
                           entry.verdict(), position.ordinal, previous, out);
    return;
  }
  const uint32_t month = statement::MonthOf(admitted_unix_ms);
  statement::AppendEntry(statement::MonthBegin(month),
                         statement::FaceEnvelope(entry.face(), month), "",
                         position.ordinal, previous, out);
}

void RawEntryEncoder::Append(int64_t, const admission::AdmittedEntry& entry,
                             const FeedPosition&, std::string* out) const {
  out->append(entry.signed_statement().data(), entry.signed_statement().size());
}

}  // namespace sightline::sequencer
