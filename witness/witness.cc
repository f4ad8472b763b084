#include "witness/witness.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/note.h"
#include "checkpoint/verifier.h"
#include "checkpoint/vkey.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "merkle/proof.h"

namespace sightline::witness {
namespace {

// Somebody else got a larger tree in between; so often in a row is no race.
constexpr int kMaxRaces = 16;

Answer Refuse(int status, absl::string_view why) {
  Answer answer;
  answer.status = status;
  answer.body = absl::StrCat(why, "\n");
  return answer;
}

Answer AnotherSize(uint64_t size) {
  Answer answer;
  answer.status = 409;
  answer.body = checkpoint::FormatSizeAnswer(size);
  answer.content_type = checkpoint::kSizeContentType;
  return answer;
}

// An hour's worth at once, at least 10: batches come in bursts.
base::Rate RateOf(const ListedLog& log) {
  base::Rate rate;
  rate.per_second = static_cast<double>(log.queries_per_day) / 86400;
  rate.burst = std::max(10.0, static_cast<double>(log.queries_per_day) / 24);
  return rate;
}

// The proof that the newer tree contains the one last cosigned. The empty tree
// is in every tree, and that needs no proof.
absl::Status CheckGrowth(const CosignedTree& last,
                         const checkpoint::AddCheckpoint& request,
                         const checkpoint::Checkpoint& tree) {
  if (last.tree_size == 0) {
    return request.proof.empty()
               ? absl::OkStatus()
               : absl::InvalidArgumentError("a proof from size 0 is empty");
  }
  return merkle::VerifyConsistency(last.tree_size, tree.tree_size,
                                   request.proof, last.root_hash,
                                   tree.root_hash);
}

// `body` with every signature line in canonical base64. Stray bits make a line
// nobody's signature, yet the body is well-formed to the witnesses that others
// run: it deserves 404 or 403, not 400.
std::string WithoutStrayBits(absl::string_view body) {
  const size_t split = body.rfind("\n\n");
  if (split == absl::string_view::npos) return std::string(body);
  std::string out(body.substr(0, split + 2));
  std::vector<absl::string_view> lines =
      absl::StrSplit(body.substr(split + 2), '\n');
  for (absl::string_view& line : lines) {
    const size_t begin = line.rfind(' ') + 1;
    std::string bytes;
    if (!absl::Base64Unescape(line.substr(begin), &bytes)) continue;
    absl::StrAppend(&out, line.substr(0, begin), base::Base64Encode(bytes));
    if (&line != &lines.back()) out += '\n';
  }
  return out.size() == body.size() ? out : std::string(body);
}

std::string NoteOf(const std::string& text,
                   std::vector<checkpoint::SignatureLine> log_lines,
                   const std::vector<checkpoint::SignatureLine>& ours) {
  log_lines.insert(log_lines.end(), ours.begin(), ours.end());
  return absl::StrCat(text, "\n", checkpoint::FormatSignatureLines(log_lines));
}

std::string Label(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}});
}

}  // namespace

absl::Status CheckCosigners(
    const std::vector<ListedLog>& logs,
    const std::vector<checkpoint::NoteSigner>& signers) {
  if (signers.empty()) {
    return absl::InvalidArgumentError("who cosigns needs a cosigner key");
  }
  std::vector<const checkpoint::Vkey*> seen;
  for (const ListedLog& log : logs) {
    for (const auto& key : log.keys) seen.push_back(&key.vkey());
  }
  for (const checkpoint::NoteSigner& signer : signers) {
    if (signer.type() != checkpoint::KeyType::kCosignature) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the key of ", signer.name(), " is not a cosigner's (type 4)"));
    }
    for (const checkpoint::Vkey* other : seen) {
      if (checkpoint::SameKey(*other, signer.verifier().vkey())) {
        return absl::InvalidArgumentError(absl::StrCat(
            "the key of ", signer.name(), " is also that of ", other->name));
      }
    }
    seen.push_back(&signer.verifier().vkey());
  }
  return absl::OkStatus();
}

Witness::Witness(Parts parts)
    : parts_(std::move(parts)), log_rates_(parts_.clock, kMaxListedLogs) {
  for (const ListedLog& log : parts_.logs) {
    by_origin_.emplace(log.origin, &log);
    by_origin_hash_.emplace(
        base::HexEncode(crypto::AsBytes(crypto::Sha256(log.origin))), &log);
  }
}

absl::StatusOr<std::unique_ptr<Witness>> Witness::Create(Parts parts) {
  if (parts.cosigns) {
    RETURN_IF_ERROR(CheckCosigners(parts.logs, parts.signers));
  } else if (!parts.signers.empty()) {
    return absl::InvalidArgumentError("who does not cosign has no key for it");
  }
  return std::unique_ptr<Witness>(new Witness(std::move(parts)));
}

Answer Witness::AddCheckpoint(absl::string_view body) {
  const Answer answer = Decide(body);
  CountAnswer(answer.status);
  return answer;
}

void Witness::CountAnswer(int status) {
  base::MutexLock lock(&mutex_);
  ++answered_[status];
}

Answer Witness::Decide(absl::string_view body) {
  Answer refusal;
  const absl::StatusOr<Asked> asked = Check(body, &refusal);
  return asked.ok() ? Cosign(*asked) : refusal;
}

// Everything that can be said without the state.
absl::StatusOr<Witness::Asked> Witness::Check(absl::string_view body,
                                              Answer* refusal) {
  const auto refuse = [refusal](int status, absl::string_view why) {
    *refusal = Refuse(status, why);
    return absl::InvalidArgumentError(why);
  };
  Asked asked;
  auto request = checkpoint::ParseAddCheckpoint(body);
  const absl::Status parsed = request.status();
  if (!parsed.ok()) {
    request = checkpoint::ParseAddCheckpoint(WithoutStrayBits(body));
  }
  if (!request.ok()) return refuse(400, parsed.message());
  asked.request = *std::move(request);
  const checkpoint::Note& note = asked.request.note;
  const auto log = by_origin_.find(note.text.substr(0, note.text.find('\n')));
  if (log == by_origin_.end()) return refuse(404, "no such log here");
  asked.log = log->second;
  if (!parsed.ok()) return refuse(403, "a signature line is not canonical");
  const auto verified = checkpoint::VerifyNote(note, asked.log->keys);
  if (!verified.ok()) return refuse(403, verified.status().message());
  for (const checkpoint::VerifiedLine& line : *verified) {
    asked.log_lines.push_back(note.signatures[line.line]);
  }
  // Only the log itself can use up what it is allowed.
  const int wait = log_rates_.Take(asked.log->origin, RateOf(*asked.log));
  if (wait > 0) {
    auto status = refuse(429, "this log has used up its queries");
    refusal->retry_after_s = wait;
    return status;
  }
  auto tree = checkpoint::ParseCheckpoint(note.text);
  if (!tree.ok()) return refuse(400, tree.status().message());
  asked.tree = *std::move(tree);
  if (asked.request.old_size > asked.tree.tree_size) {
    return refuse(400, "the old size is above the checkpoint's");
  }
  if (asked.tree.tree_size == 0 &&
      asked.tree.root_hash != merkle::EmptyRoot()) {
    return refuse(422, "that is not the root of the empty tree");
  }
  return asked;
}

Answer Witness::Cosign(const Asked& asked) {
  for (int race = 0; race < kMaxRaces; ++race) {
    const auto stored = parts_.store->Read(asked.log->origin);
    if (!stored.ok()) return StateFailed(*asked.log, stored.status());
    CosignedTree last;
    last.root_hash = merkle::EmptyRoot();
    if (stored->has_value()) last = **stored;
    bool lost_race = false;
    Answer answer = CosignAfter(asked, last, &lost_race);
    if (!lost_race) return answer;
  }
  Answer answer = Refuse(503, "too many requests for this log at once");
  answer.retry_after_s = 1;
  return answer;
}

Answer Witness::CosignAfter(const Asked& asked, const CosignedTree& last,
                            bool* lost_race) {
  if (asked.request.old_size != last.tree_size) {
    return AnotherSize(last.tree_size);
  }
  if (asked.tree.tree_size == last.tree_size &&
      asked.tree.root_hash != last.root_hash) {
    return Fork(asked, last);
  }
  const absl::Status grown = CheckGrowth(last, asked.request, asked.tree);
  if (!grown.ok()) {
    parts_.diagnostics->Warning("inconsistent_checkpoint",
                                {{"origin", asked.log->origin},
                                 {"cosigned_size", last.tree_size},
                                 {"tree_size", asked.tree.tree_size},
                                 {"why", grown.message()}});
    return Refuse(422, grown.message());
  }
  const auto lines = SignNow(asked);
  if (!lines.ok()) return StateFailed(*asked.log, lines.status());
  CosignedTree next;
  next.tree_size = asked.tree.tree_size;
  next.root_hash = asked.tree.root_hash;
  next.note = NoteOf(asked.request.note.text, asked.log_lines, *lines);
  const absl::Status kept =
      parts_.store->Replace(asked.log->origin, last.tree_size, next);
  *lost_race = absl::IsAborted(kept);
  if (!kept.ok()) return StateFailed(*asked.log, kept);
  {
    base::MutexLock lock(&mutex_);
    uint64_t& size = cosigned_size_[asked.log->origin];
    size = std::max(size, next.tree_size);
  }
  Answer answer;
  answer.body = checkpoint::FormatSignatureLines(*lines);
  return answer;
}

absl::StatusOr<std::vector<checkpoint::SignatureLine>> Witness::SignNow(
    const Asked& asked) const {
  // A timestamp of 0 would say that this need not be the largest tree.
  const uint64_t now_s = static_cast<uint64_t>(
      std::max<int64_t>(1, parts_.clock->NowUnixMs() / 1000));
  std::vector<checkpoint::SignatureLine> lines;
  for (const checkpoint::NoteSigner& signer : parts_.signers) {
    ASSIGN_OR_RETURN(checkpoint::SignatureLine line,
                     signer.Cosign(asked.request.note.text, now_s));
    lines.push_back(std::move(line));
  }
  return lines;
}

// The two notes convict the log; whoever reads the diagnostics has both.
Answer Witness::Fork(const Asked& asked, const CosignedTree& last) const {
  const std::string offered =
      NoteOf(asked.request.note.text, asked.log_lines, {});
  parts_.diagnostics->Error(
      "two_trees_of_one_size",
      {{"origin", asked.log->origin},
       {"tree_size", last.tree_size},
       {"cosigned_note_base64", base::Base64Encode(last.note)},
       {"offered_note_base64", base::Base64Encode(offered)}});
  return Refuse(409, "another tree of this size was cosigned");
}

Answer Witness::StateFailed(const ListedLog& log,
                            const absl::Status& why) const {
  if (absl::IsAborted(why)) return Refuse(503, "lost a race");
  parts_.diagnostics->Error("state_failed",
                            {{"origin", log.origin}, {"why", why.message()}});
  return absl::IsDataLoss(why)
             ? Refuse(500, "the state of this log is damaged")
             : Refuse(503, "the state cannot be read or written");
}

Answer Witness::LatestCheckpoint(absl::string_view origin_hash) const {
  const auto log = by_origin_hash_.find(origin_hash);
  if (log == by_origin_hash_.end()) return Refuse(404, "no such log here");
  const auto stored = parts_.store->Read(log->second->origin);
  if (!stored.ok()) return StateFailed(*log->second, stored.status());
  if (!stored->has_value()) return Refuse(404, "nothing cosigned yet");
  Answer answer;
  answer.body = (*stored)->note;
  return answer;
}

std::string Witness::Metrics() const {
  base::MutexLock lock(&mutex_);
  std::string out =
      "# HELP sightline_witness_answers_total add-checkpoint calls by status.\n"
      "# TYPE sightline_witness_answers_total counter\n";
  for (const auto& [status, count] : answered_) {
    absl::StrAppend(&out, "sightline_witness_answers_total{status=\"", status,
                    "\"} ", count, "\n");
  }
  absl::StrAppend(
      &out,
      "# HELP sightline_witness_cosigned_size Largest tree cosigned since "
      "start.\n# TYPE sightline_witness_cosigned_size gauge\n");
  for (const auto& [origin, size] : cosigned_size_) {
    absl::StrAppend(&out, "sightline_witness_cosigned_size{origin=\"",
                    Label(origin), "\"} ", size, "\n");
  }
  absl::StrAppend(&out,
                  "# HELP sightline_witness_logs Logs that are listed.\n"
                  "# TYPE sightline_witness_logs gauge\n"
                  "sightline_witness_logs ",
                  parts_.logs.size(), "\n");
  return out;
}

}  // namespace sightline::witness
