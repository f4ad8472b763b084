#include "cmd/cli/tally_input.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "cmd/cli/import/csv_reader.h"
#include "crypto/key_file.h"
#include "crypto/secret.h"
#include "statement/tally_file.h"

namespace sightline::cli {
namespace {

// The largest tally there can be, every token being as long as it may.
constexpr size_t kMaxTallyFileBytes = statement::kMaxTallyAnswers * 340 + 100;

// Takes rows in, and keeps the first dozen of their faults.
class AnswerReader {
 public:
  void Take(const CsvRow& row) {
    const absl::string_view token = row["token"];
    const auto answer = statement::ParseTallyAnswer(row["answer"]);
    if (token.empty() || token.size() > statement::kMaxTallyTokenBytes) {
      Fault(row.line(),
            absl::StrCat("token of ", token.size(), " bytes, want 1 to ",
                         statement::kMaxTallyTokenBytes));
    } else if (!answer.ok()) {
      Fault(row.line(), absl::StrCat("answer: ", answer.status().message()));
    } else if (const auto [it, added] =
                   lines_of_.emplace(std::string(token), row.line());
               !added) {
      Fault(row.line(),
            absl::StrCat("token stands in line ", it->second, " already"));
    } else if (table_.answers.size() == statement::kMaxTallyAnswers) {
      Fault(row.line(), absl::StrCat("more than ", statement::kMaxTallyAnswers,
                                     " answers"));
      lines_of_.erase(it);
    } else {
      table_.answers.push_back({std::string(token), *answer});
      table_.lines.push_back(row.line());
    }
  }

  void Fault(uint64_t line, absl::string_view what) {
    if (++faults_ <= kTold) {
      told_.push_back(absl::StrCat("line ", line, ": ", what));
    }
  }

  absl::StatusOr<AnswerTable> Table(const std::string& name) && {
    if (faults_ == 0 && table_.answers.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(name, ": no answers"));
    }
    if (faults_ == 0) return std::move(table_);
    return absl::InvalidArgumentError(absl::StrCat(
        name, ": ", absl::StrJoin(told_, "; "),
        faults_ > kTold ? absl::StrCat("; and ", faults_ - kTold, " more")
                        : ""));
  }

 private:
  static constexpr size_t kTold = 12;
  AnswerTable table_;
  absl::flat_hash_map<std::string, uint64_t> lines_of_;
  size_t faults_ = 0;
  std::vector<std::string> told_;
};

}  // namespace

absl::StatusOr<AnswerTable> ReadAnswers(const std::string& name,
                                        std::istream& in) {
  AnswerReader reader;
  RETURN_IF_ERROR(
      base::Annotate(ReadCsv(
                         in, {"token", "answer"},
                         [&reader](const CsvRow& row) { reader.Take(row); },
                         [&reader](uint64_t line, absl::string_view fault) {
                           reader.Fault(line, fault);
                         }),
                     name));
  return std::move(reader).Table(name);
}

absl::StatusOr<std::vector<statement::TallyLeaf>> ReadTallyFile(
    const std::string& path) {
  ASSIGN_OR_RETURN(const crypto::SecretString text,
                   crypto::ReadSecretFile(path, kMaxTallyFileBytes));
  auto leaves = statement::ParseTallyFile(text.view());
  if (leaves.ok()) return leaves;
  return base::Annotate(leaves.status(),
                        absl::StrCat(path, ": not a tally file"));
}

}  // namespace sightline::cli
