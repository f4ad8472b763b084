#include "cmd/cli/import/request_file.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "base/status_macros.h"
#include "cmd/cli/import/california.h"
#include "cmd/cli/import/csv_reader.h"
#include "cmd/cli/import/import_ids.h"
#include "cmd/cli/import/source_dates.h"
#include "statement/seal.h"
#include "statement/text.h"
#include "statement/timestamps.h"

namespace sightline::cli {
namespace {

constexpr size_t kMaxNameBytes = 200;
constexpr absl::string_view kCameraPlatform = "Ring";
constexpr absl::string_view kNotNamed = "OTHER";
constexpr absl::string_view kNotNamedText =
    "Agencies that the source does not name";
constexpr absl::string_view kSealedPath = "narrative";
// Cal. Penal Code 1546.2(b): delayed for at most 90 days at a time.
constexpr int64_t kSealMs = int64_t{90} * 24 * 3600 * 1000;

absl::Status Invalid(absl::string_view column, absl::string_view value,
                     absl::string_view fault) {
  return absl::InvalidArgumentError(absl::StrCat(
      column, ": ", fault, ": \"", statement::Printable(value), "\""));
}

class RequestReader {
 public:
  explicit RequestReader(const RequestFileOptions& options)
      : options_(options) {}

  void Take(const CsvRow& row) {
    ++file_.notes.rows;
    ImportedRequest request;
    request.line = row.line();
    remarks_.clear();
    const absl::Status status = ReadRow(row, &request);
    if (!status.ok()) return file_.notes.Refuse(row.line(), status.message());
    for (const std::string& remark : remarks_) {
      file_.notes.Add(row.line(), remark);
    }
    NoteAgency(row, request);
    file_.requests.push_back(std::move(request));
  }

  void Refuse(uint64_t line, absl::string_view fault) {
    ++file_.notes.rows;
    file_.notes.Refuse(line, fault);
  }

  RequestFile Finish() {
    for (size_t i = 0; i < file_.agencies.size(); ++i) NameAgency(i);
    return std::move(file_);
  }

 private:
  // How often each spelling of an agency's name occurs, in their order.
  using Spellings = std::vector<std::pair<std::string, uint64_t>>;

  absl::Status ReadRow(const CsvRow& row, ImportedRequest* request);
  absl::Status SetSource(const CsvRow& row, ImportedRequest* request);
  absl::Status SetSubmitter(const CsvRow& row, ImportedRequest* request);
  absl::Status SetProcess(const CsvRow& row, v1::FootageRequest* request);
  absl::Status SetWindow(const CsvRow& row, ImportedRequest* request);
  absl::Status SetSeal(const CsvRow& row, ImportedSeal* seal);
  void SetCustodian(absl::string_view providers, v1::FootageRequest* request);
  void NoteAgency(const CsvRow& row, const ImportedRequest& request);
  void NameAgency(size_t place);
  void Remark(absl::string_view text) { remarks_.emplace_back(text); }

  const RequestFileOptions options_;
  RequestFile file_;
  std::vector<std::string> remarks_;  // of the row at hand
  std::map<std::pair<std::string, uint64_t>, uint64_t> line_of_source_;
  absl::flat_hash_map<std::string, size_t> agency_by_id_;
  std::vector<Spellings> spellings_;  // as file_.agencies
};

absl::Status RequestReader::SetSource(const CsvRow& row,
                                      ImportedRequest* request) {
  v1::ImportedFrom& imported = *request->request.mutable_imported();
  const absl::string_view source = row["source_file"];
  uint64_t source_row = 0;
  if (source.empty() || source.size() > kMaxNameBytes ||
      !statement::IsPlainText(source)) {
    return Invalid("source_file", source, "no name of a source");
  }
  if (!absl::SimpleAtoi(row["source_row"], &source_row) || source_row == 0) {
    return Invalid("source_row", row["source_row"], "no number of a row");
  }
  imported.set_source(std::string(source));
  imported.set_row(source_row);
  const auto [it, is_new] = line_of_source_.emplace(
      std::pair(std::string(source), source_row), row.line());
  if (is_new) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("source_row: the row of line ", it->second, " again"));
}

absl::Status RequestReader::SetSubmitter(const CsvRow& row,
                                         ImportedRequest* request) {
  const absl::string_view name = row["agency_name"];
  if (name.empty() || name.size() > kMaxNameBytes ||
      !statement::IsPlainText(name)) {
    return Invalid("agency_name", name, "no name of an agency");
  }
  if (row["ori9"].empty()) {
    Remark(name == kNotNamed
               ? "the source does not name the agency: a provisional one "
                 "stands for all of these"
               : "no ORI: the agency is provisional");
  }
  ASSIGN_OR_RETURN(request->submitter,
                   ImportedAgencyId(row["ori9"], options_.state, name));
  return absl::OkStatus();
}

absl::Status RequestReader::SetProcess(const CsvRow& row,
                                       v1::FootageRequest* request) {
  const absl::string_view emergency = row["emergency"];
  if (emergency == "Y") {
    request->set_channel(v1::CHANNEL_EMERGENCY);
    request->set_legal_process(v1::LEGAL_PROCESS_EMERGENCY_2702);
  } else if (emergency == "N" || emergency.empty()) {
    request->set_channel(v1::CHANNEL_LEGAL_PROCESS);
    request->set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT);
  } else {
    return Invalid("emergency", emergency, "want Y or N");
  }
  const absl::string_view county = row["court_county"];
  request->set_court_county_fips(CaliforniaCountyFips(county));
  if (!county.empty() && request->court_county_fips().empty()) {
    return Invalid("court_county", county, "no county of California");
  }
  return absl::OkStatus();
}

void RequestReader::SetCustodian(absl::string_view providers,
                                 v1::FootageRequest* request) {
  const std::vector<absl::string_view> names =
      absl::StrSplit(providers, ';', absl::SkipEmpty());
  if (names.size() == 1) {
    request->set_custodian(CustodianId(names.front()));
  } else if (names.size() > 1) {
    Remark("several providers: none is given as the custodian");
  }
}

absl::Status RequestReader::SetWindow(const CsvRow& row,
                                      ImportedRequest* request) {
  const absl::string_view start = row["info_start"];
  const absl::string_view end = row["info_end"];
  if (start.empty() && end.empty()) return absl::OkStatus();
  const std::optional<absl::CivilDay> first = ParseDay(start);
  const std::optional<absl::CivilDay> last = ParseDay(end);
  if (!first.has_value()) return Invalid("info_start", start, "no date");
  if (!last.has_value()) return Invalid("info_end", end, "no date");
  if (*last < *first) {
    Remark("the period ends before it begins: taken without one");
    return absl::OkStatus();
  }
  const auto midnight = [&](absl::CivilDay day) {
    return absl::ToUnixMillis(absl::FromCivil(day, options_.zone));
  };
  // The last day is part of the period.
  const int64_t end_unix_ms = midnight(*last + 1);
  v1::TimeWindow& window = *request->request.mutable_footage_window();
  *window.mutable_begin() = statement::FromUnixMs(midnight(*first));
  *window.mutable_end() = statement::FromUnixMs(end_unix_ms);
  if (midnight(*last) > request->submitted_unix_ms) {
    Remark("the period ends after the submission: taken as it is");
  }
  return absl::OkStatus();
}

absl::Status RequestReader::SetSeal(const CsvRow& row, ImportedSeal* seal) {
  ASSIGN_OR_RETURN(const std::vector<v1::SealGround> reasons,
                   DelayReasons(row["delay_reasons"]));
  if (reasons.empty()) return absl::OkStatus();
  seal->ground = reasons.front();
  seal->narrative = absl::StrCat("grounds: ", row["grounds"],
                                 "; reasons for delay: ", row["delay_reasons"]);
  if (reasons.size() > 1) {
    Remark(
        "several reasons for delay: the seal names the first of the statute");
  }
  return absl::OkStatus();
}

absl::Status RequestReader::ReadRow(const CsvRow& row, ImportedRequest* out) {
  v1::FootageRequest& request = out->request;
  const std::optional<absl::Time> submitted =
      ParseSourceTime(row["submitted"], options_.zone);
  if (!submitted.has_value()) {
    return Invalid("submitted", row["submitted"], "no time");
  }
  out->submitted_unix_ms = absl::ToUnixMillis(*submitted);
  RETURN_IF_ERROR(SetSubmitter(row, out));
  RETURN_IF_ERROR(SetProcess(row, &request));
  RETURN_IF_ERROR(CheckGrounds(row["grounds"]));
  RETURN_IF_ERROR(SetNature(row["primary_nature"], row["grounds"], &request));
  const bool is_camera_platform =
      absl::StrContains(absl::StrCat(";", row["provider"], ";"),
                        absl::StrCat(";", kCameraPlatform, ";"));
  RETURN_IF_ERROR(SetItems(row["items"], is_camera_platform, &request));
  RETURN_IF_ERROR(SetServedOn(row["served_on"], is_camera_platform, &request));
  SetCustodian(row["provider"], &request);
  RETURN_IF_ERROR(SetWindow(row, out));
  RETURN_IF_ERROR(SetSeal(row, &out->seal));
  if (row["items"].empty()) Remark("says nothing of what is asked for");
  // Last: a row that was refused does not stand in the way of another.
  return SetSource(row, out);
}

void RequestReader::NoteAgency(const CsvRow& row,
                               const ImportedRequest& request) {
  const auto [it, is_new] =
      agency_by_id_.emplace(request.submitter, file_.agencies.size());
  if (is_new) {
    ImportedAgency agency;
    agency.id = request.submitter;
    agency.state = options_.state;
    agency.line = row.line();
    agency.joined_unix_ms = request.submitted_unix_ms;
    file_.agencies.push_back(std::move(agency));
    spellings_.emplace_back();
  }
  ImportedAgency& agency = file_.agencies[it->second];
  agency.joined_unix_ms =
      std::min(agency.joined_unix_ms, request.submitted_unix_ms);
  Spellings& spellings = spellings_[it->second];
  const absl::string_view name =
      row["agency_name"] == kNotNamed ? kNotNamedText : row["agency_name"];
  const auto known = std::find_if(
      spellings.begin(), spellings.end(),
      [&](const auto& spelling) { return spelling.first == name; });
  if (known == spellings.end()) {
    spellings.emplace_back(name, 1);
  } else {
    ++known->second;
  }
}

// By its most frequent spelling, the first of them when several are.
void RequestReader::NameAgency(size_t place) {
  ImportedAgency& agency = file_.agencies[place];
  const Spellings& spellings = spellings_[place];
  agency.name = std::max_element(spellings.begin(), spellings.end(),
                                 [](const auto& a, const auto& b) {
                                   return a.second < b.second;
                                 })
                    ->first;
  agency.type = AgencyTypeByName(agency.name);
  for (const auto& [spelling, count] : spellings) AddAlias(spelling, &agency);
}

}  // namespace

absl::StatusOr<RequestFile> ReadRequestFile(std::istream& in,
                                            const RequestFileOptions& options) {
  RequestReader reader(options);
  RETURN_IF_ERROR(ReadCsv(
      in, {"source_file", "source_row", "agency_name", "submitted"},
      [&](const CsvRow& row) { reader.Take(row); },
      [&](uint64_t line, absl::string_view fault) {
        reader.Refuse(line, fault);
      }));
  return reader.Finish();
}

absl::StatusOr<ImportedStatement> StatementOf(const ImportedRequest& request,
                                              absl::string_view origin,
                                              absl::string_view secret) {
  ImportedStatement out;
  v1::StatementHeader& header = *out.statement.mutable_header();
  const v1::ImportedFrom& imported = request.request.imported();
  header.set_origin(std::string(origin));
  header.set_submitter(request.submitter);
  header.set_statement_id(
      ImportedStatementId("request", imported.source(), imported.row()));
  *header.mutable_claimed_time() =
      statement::FromUnixMs(request.submitted_unix_ms);
  *out.statement.mutable_footage_request() = request.request;
  if (request.seal.ground == v1::SEAL_GROUND_UNSPECIFIED) return out;
  DerivedRng salts(secret, header.statement_id());
  const statement::SealTerms terms{request.seal.ground, v1::SEAL_GRANTER_COURT,
                                   request.submitted_unix_ms + kSealMs};
  ASSIGN_OR_RETURN(
      statement::Seal seal,
      statement::MakeSeal(kSealedPath, request.seal.narrative, terms, salts));
  *header.add_sealed() = std::move(seal.field);
  out.openings.push_back(std::move(seal.opening));
  return out;
}

}  // namespace sightline::cli
