#include "monitor/atom_file.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace sightline::monitor {
namespace {

// What is no character of XML 1.0 becomes a question mark. Bytes above 127 are
// passed on: texts of the log are UTF-8.
std::string Escaped(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return out;
}

std::string Entry(absl::string_view log, const Alert& alert) {
  const std::string time = TimeText(alert.time_unix_ms);
  std::string out = absl::StrCat(
      "  <entry>\n    <id>urn:sightline:", Escaped(log), ":", Escaped(alert.id),
      "</id>\n    <title>", Escaped(alert.rule), "</title>\n    <updated>",
      time, "</updated>\n    <category term=\"", Escaped(alert.kind), "\"/>\n");
  if (!alert.submitter.empty()) {
    absl::StrAppend(&out, "    <author><name>", Escaped(alert.submitter),
                    "</name></author>\n");
  }
  absl::StrAppend(&out, "    <content type=\"text\">", Escaped(alert.text));
  if (!alert.evidence.empty()) {
    absl::StrAppend(&out, "; evidence: ", Escaped(alert.evidence));
  }
  absl::StrAppend(&out, "</content>\n  </entry>\n");
  return out;
}

}  // namespace

std::string FormatAtom(absl::string_view title, absl::string_view log,
                       absl::Span<const Alert> alerts) {
  const int64_t updated = alerts.empty() ? 0 : alerts.back().time_unix_ms;
  std::string out = absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
      "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n  <id>urn:sightline:",
      Escaped(log), ":alerts</id>\n  <title>", Escaped(title),
      "</title>\n  <updated>", TimeText(updated),
      "</updated>\n  <author><name>sightline monitor</name></author>\n");
  for (size_t i = alerts.size(); i > 0; --i) {
    absl::StrAppend(&out, Entry(log, alerts[i - 1]));
  }
  absl::StrAppend(&out, "</feed>\n");
  return out;
}

absl::Status WriteAtomFile(const std::string& file, absl::string_view atom) {
  const std::string part = absl::StrCat(file, ".part");
  std::ofstream out(part, std::ios::binary | std::ios::trunc);
  out.write(atom.data(), static_cast<std::streamsize>(atom.size()));
  out.close();
  if (!out) return absl::InternalError(absl::StrCat("cannot write ", part));
  std::error_code error;
  std::filesystem::rename(part, file, error);
  if (!error) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("cannot rename ", part, ": ", error.message()));
}

}  // namespace sightline::monitor
