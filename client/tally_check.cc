#include "client/tally_check.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "statement/tally_file.h"

namespace sightline::client {
namespace {

absl::Status CheckIsResponse(const ReceiptVerdict& verdict) {
  if (!verdict.valid) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the receipt of the response is not valid: ", verdict.explanation));
  }
  if (verdict.statement->has_footage_response()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("entry ", *verdict.index, " is no footage response"));
}

absl::Status Judge(absl::string_view file, TallyVerdict* out) {
  RETURN_IF_ERROR(CheckIsResponse(out->response));
  const auto receipt = statement::ParseTallyReceipt(file);
  if (!receipt.ok()) {
    return base::Annotate(receipt.status(), "not a tally receipt");
  }
  out->answer = std::string(statement::TallyAnswerName(receipt->leaf.answer));
  const absl::Status counted = statement::VerifyTallyReceipt(
      *receipt, out->response.statement->footage_response());
  if (counted.ok()) return counted;
  return absl::InvalidArgumentError(
      absl::StrCat("the answer \"", out->answer, "\" was not counted so in ",
                   "entry ", *out->response.index, ": ", counted.message()));
}

}  // namespace

TallyVerdict VerifyTallyReceiptFile(absl::string_view tally_receipt,
                                    absl::string_view response_receipt,
                                    const checkpoint::LogKeySet& log_keys,
                                    const ReceiptExpectations& expectations) {
  TallyVerdict out;
  out.response = VerifyReceiptFile(response_receipt, log_keys, expectations);
  const absl::Status status = Judge(tally_receipt, &out);
  out.valid = status.ok();
  out.explanation =
      out.valid
          ? absl::StrCat(
                "The answer \"", out.answer,
                "\" was counted in the response that the log \"",
                out.response.origin, "\" has as entry ", *out.response.index,
                ". Whose answer it is, and how others answered, this does not "
                "tell.")
          : std::string(status.message());
  return out;
}

absl::StatusOr<statement::TallyCounts> VerifyOpenedTallyFile(
    absl::Span<const statement::TallyLeaf> leaves,
    absl::string_view response_receipt, const checkpoint::LogKeySet& log_keys,
    const ReceiptExpectations& expectations) {
  const ReceiptVerdict verdict =
      VerifyReceiptFile(response_receipt, log_keys, expectations);
  RETURN_IF_ERROR(CheckIsResponse(verdict));
  return statement::VerifyOpenedTally(leaves,
                                      verdict.statement->footage_response());
}

}  // namespace sightline::client
