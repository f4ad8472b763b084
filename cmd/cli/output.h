// What a subcommand prints: text for people, or JSON for programs.
//
// Shapes:  results go to standard output, everything else (progress, hints,
//          errors) to standard error. JSON documents are indented; lines of a
//          stream are one line each.
//          Text that came from elsewhere is printed through Printable(), so that
//          it cannot steer a terminal.
// Threads: one.
#pragma once

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace sightline::cli {

using Json = nlohmann::ordered_json;

enum class Color { kBold, kDim, kRed, kGreen, kYellow };

class Output {
 public:
  Output(std::ostream* out, std::ostream* err, bool json, bool color_out,
         bool color_err)
      : out_(*out),
        err_(*err),
        json_(json),
        color_out_(color_out),
        color_err_(color_err) {}

  bool json() const { return json_; }

  // A result, for people.
  void Line(absl::string_view text) { out_ << text << '\n'; }
  // "label   value", the values of several in one column.
  void Field(absl::string_view label, absl::string_view value);
  // A result, for programs.
  void Document(const Json& value) { out_ << Dump(value, 2) << '\n'; }
  // One of many results; flushed, as the reader may be following. JsonText takes
  // it serialised.
  void JsonLine(const Json& value);
  void JsonText(absl::string_view json);
  // Bytes of a format, as they are.
  void Raw(absl::string_view bytes) { out_ << bytes << std::flush; }

  // To standard error.
  void Note(absl::string_view text);
  void Warn(absl::string_view text);
  // The end of a run that failed, with what to do about it.
  void Error(const absl::Status& status, absl::string_view hint);

  // `text` in colour when results are coloured.
  std::string Paint(Color color, absl::string_view text) const;

  // Whether everything so far could be written.
  bool ok() const { return out_.good(); }
  void Flush() { out_.flush(); }

 private:
  static std::string Dump(const Json& value, int indent);
  static std::string Painted(Color color, absl::string_view text);

  std::ostream& out_;
  std::ostream& err_;
  const bool json_;
  const bool color_out_;
  const bool color_err_;
};

}  // namespace sightline::cli
