#include "cmd/cli/output.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/evidence.h"
#include "statement/text.h"
#include "statement/violations.h"

namespace sightline::cli {
namespace {

constexpr size_t kLabelWidth = 16;

absl::string_view Code(Color color) {
  switch (color) {
    case Color::kBold:
      return "1";
    case Color::kDim:
      return "2";
    case Color::kRed:
      return "31";
    case Color::kGreen:
      return "32";
    case Color::kYellow:
      return "33";
  }
  return "0";
}

// "INVALID_ARGUMENT", as gRPC spells it.
std::string CodeName(const absl::Status& status) {
  return absl::StatusCodeToString(status.code());
}

Json ErrorDocument(const absl::Status& status, absl::string_view hint) {
  Json error = {{"code", CodeName(status)},
                {"message", std::string(status.message())}};
  Json violations = Json::array();
  for (const auto& violation : statement::ViolationsFromStatus(status)) {
    violations.push_back(
        {{"field", violation.field}, {"description", violation.description}});
  }
  if (!violations.empty()) error["violations"] = violations;
  if (const auto evidence = client::EvidenceOf(status)) {
    error["evidence"] = {{"older", evidence->older},
                         {"newer", evidence->newer}};
  }
  if (!hint.empty()) error["hint"] = std::string(hint);
  return {{"error", error}};
}

}  // namespace

void Output::Field(absl::string_view label, absl::string_view value) {
  std::string padded(label);
  padded.resize(std::max(kLabelWidth, label.size() + 1), ' ');
  out_ << Paint(Color::kDim, padded) << statement::Printable(value) << '\n';
}

void Output::JsonLine(const Json& value) { JsonText(Dump(value, -1)); }

void Output::JsonText(absl::string_view json) {
  out_ << json << '\n' << std::flush;
}

void Output::Note(absl::string_view text) {
  if (!json_) err_ << statement::Printable(text) << '\n';
}

void Output::Warn(absl::string_view text) {
  const std::string label =
      color_err_ ? Painted(Color::kYellow, "warning:") : "warning:";
  err_ << label << ' ' << statement::Printable(text) << '\n';
}

void Output::Error(const absl::Status& status, absl::string_view hint) {
  out_.flush();
  if (json_) {
    err_ << Dump(ErrorDocument(status, hint), 2) << '\n';
    return;
  }
  const std::string label =
      color_err_ ? Painted(Color::kRed, "error:") : "error:";
  err_ << label << ' ' << statement::Printable(status.message()) << '\n';
  if (const auto evidence = client::EvidenceOf(status)) {
    err_ << "\nThe log has signed two checkpoints that cannot both be true. "
            "Keep them and show them to others:\n\n"
         << evidence->older << '\n'
         << evidence->newer << '\n';
  }
  if (!hint.empty()) err_ << "hint: " << hint << '\n';
}

std::string Output::Paint(Color color, absl::string_view text) const {
  return color_out_ ? Painted(color, text) : std::string(text);
}

std::string Output::Painted(Color color, absl::string_view text) {
  return absl::StrCat("\x1b[", Code(color), "m", text, "\x1b[0m");
}

// Bytes that are not UTF-8 become U+FFFD instead of an exception.
std::string Output::Dump(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sightline::cli
