#include "statement/tally_file.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "crypto/sha256.h"

namespace sightline::statement {
namespace {

constexpr absl::string_view kReceiptHead = "sightline/tally-receipt/v1";
constexpr absl::string_view kFileHead = "sightline/tally/v1";

// Takes lines off a text, and knows which one it is at.
class Lines {
 public:
  explicit Lines(absl::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }

  absl::Status Fault(absl::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat("line ", number_, ": ", what));
  }

  absl::StatusOr<absl::string_view> Next() {
    ++number_;
    const size_t end = rest_.find('\n');
    if (end == absl::string_view::npos) {
      return Fault(rest_.empty() ? "missing" : "does not end in a line feed");
    }
    const absl::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
  }

  // What follows "name " in the next line.
  absl::StatusOr<absl::string_view> Field(absl::string_view name) {
    ASSIGN_OR_RETURN(absl::string_view line, Next());
    if (absl::ConsumePrefix(&line, name) && absl::ConsumePrefix(&line, " ")) {
      return line;
    }
    return Fault(absl::StrCat("want \"", name, " ...\""));
  }

  absl::Status Head(absl::string_view want) {
    ASSIGN_OR_RETURN(const absl::string_view line, Next());
    if (line == want) return absl::OkStatus();
    return Fault(absl::StrCat("want \"", want, "\""));
  }

  absl::StatusOr<uint64_t> Number(absl::string_view name) {
    ASSIGN_OR_RETURN(const absl::string_view text, Field(name));
    const auto number = base::ParseDecimal(text);
    if (!number.ok()) return Fault(absl::StrCat(name, ": not a decimal"));
    return number;
  }

 private:
  absl::string_view rest_;
  size_t number_ = 0;
};

absl::StatusOr<std::string> Bytes(const Lines& lines, absl::string_view what,
                                  absl::string_view text, size_t min_size,
                                  size_t max_size) {
  auto bytes = base::Base64Decode(text);
  // The decoder's own words would quote the text.
  if (!bytes.ok()) return lines.Fault(absl::StrCat(what, ": not base64"));
  if (bytes->size() >= min_size && bytes->size() <= max_size) return bytes;
  return lines.Fault(
      absl::StrCat(what, ": ", bytes->size(), " bytes, want ", min_size,
                   min_size == max_size ? "" : absl::StrCat(" to ", max_size)));
}

absl::StatusOr<TallyAnswer> Answer(const Lines& lines, absl::string_view text) {
  auto answer = ParseTallyAnswer(text);
  if (answer.ok()) return answer;
  return lines.Fault(absl::StrCat("answer: ", answer.status().message()));
}

// "<salt> padding" or "<salt> <answer> <token>".
absl::StatusOr<TallyLeaf> ParseLeaf(const Lines& lines,
                                    absl::string_view line) {
  const size_t salt_end = line.find(' ');
  if (salt_end == absl::string_view::npos) {
    return lines.Fault("want a salt, an answer and a token");
  }
  TallyLeaf leaf;
  ASSIGN_OR_RETURN(leaf.salt, Bytes(lines, "salt", line.substr(0, salt_end),
                                    kTallySaltSize, kTallySaltSize));
  const absl::string_view rest = line.substr(salt_end + 1);
  if (rest == TallyAnswerName(TallyAnswer::kPadding)) return leaf;
  const size_t answer_end = rest.find(' ');
  ASSIGN_OR_RETURN(leaf.answer, Answer(lines, rest.substr(0, answer_end)));
  if (answer_end == absl::string_view::npos) {
    return lines.Fault("token: missing");
  }
  ASSIGN_OR_RETURN(leaf.token,
                   Bytes(lines, "token", rest.substr(answer_end + 1), 1,
                         kMaxTallyTokenBytes));
  return leaf;
}

}  // namespace

std::string FormatTallyReceipt(const TallyReceipt& receipt) {
  std::string out = absl::StrCat(
      kReceiptHead, "\nanswer ", TallyAnswerName(receipt.leaf.answer),
      "\ntoken ", base::Base64Encode(receipt.leaf.token), "\nsalt ",
      base::Base64Encode(receipt.leaf.salt), "\nindex ", receipt.index,
      "\nsize ", receipt.size, "\n");
  for (const merkle::Hash& hash : receipt.proof) {
    absl::StrAppend(&out, base::Base64Encode(crypto::AsBytes(hash)), "\n");
  }
  return out;
}

absl::StatusOr<TallyReceipt> ParseTallyReceipt(absl::string_view text) {
  if (text.size() > kMaxTallyReceiptBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        text.size(), " bytes, want at most ", kMaxTallyReceiptBytes));
  }
  Lines lines(text);
  RETURN_IF_ERROR(lines.Head(kReceiptHead));
  TallyReceipt out;
  ASSIGN_OR_RETURN(const absl::string_view answer, lines.Field("answer"));
  ASSIGN_OR_RETURN(out.leaf.answer, Answer(lines, answer));
  ASSIGN_OR_RETURN(const absl::string_view token, lines.Field("token"));
  ASSIGN_OR_RETURN(out.leaf.token,
                   Bytes(lines, "token", token, 1, kMaxTallyTokenBytes));
  ASSIGN_OR_RETURN(const absl::string_view salt, lines.Field("salt"));
  ASSIGN_OR_RETURN(out.leaf.salt,
                   Bytes(lines, "salt", salt, kTallySaltSize, kTallySaltSize));
  ASSIGN_OR_RETURN(out.index, lines.Number("index"));
  ASSIGN_OR_RETURN(out.size, lines.Number("size"));
  while (!lines.done()) {
    ASSIGN_OR_RETURN(const absl::string_view line, lines.Next());
    if (out.proof.size() == kMaxTallyProofHashes) {
      return lines.Fault(
          absl::StrCat("more than ", kMaxTallyProofHashes, " hashes"));
    }
    ASSIGN_OR_RETURN(
        const std::string bytes,
        Bytes(lines, "hash", line, sizeof(merkle::Hash), sizeof(merkle::Hash)));
    ASSIGN_OR_RETURN(out.proof.emplace_back(), crypto::DigestFromBytes(bytes));
  }
  return out;
}

std::string FormatTallyFile(absl::Span<const TallyLeaf> leaves) {
  std::string out = absl::StrCat(kFileHead, "\nsize ", leaves.size(), "\n");
  for (const TallyLeaf& leaf : leaves) {
    absl::StrAppend(&out, base::Base64Encode(leaf.salt), " ",
                    TallyAnswerName(leaf.answer));
    if (leaf.answer != TallyAnswer::kPadding) {
      absl::StrAppend(&out, " ", base::Base64Encode(leaf.token));
    }
    out.push_back('\n');
  }
  return out;
}

absl::StatusOr<std::vector<TallyLeaf>> ParseTallyFile(absl::string_view text) {
  Lines lines(text);
  RETURN_IF_ERROR(lines.Head(kFileHead));
  ASSIGN_OR_RETURN(const uint64_t size, lines.Number("size"));
  if (size == 0 || size > kMaxTallyAnswers) {
    return lines.Fault(
        absl::StrCat("size: ", size, ", want 1 to ", kMaxTallyAnswers));
  }
  std::vector<TallyLeaf> out;
  for (uint64_t i = 0; i < size; ++i) {
    ASSIGN_OR_RETURN(const absl::string_view line, lines.Next());
    ASSIGN_OR_RETURN(out.emplace_back(), ParseLeaf(lines, line));
  }
  if (!lines.done()) {
    return absl::InvalidArgumentError(
        absl::StrCat("more than the ", size, " leaves that \"size\" tells"));
  }
  return out;
}

}  // namespace sightline::statement
