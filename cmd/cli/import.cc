#include "cmd/cli/import.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "checkpoint/log_keys.h"
#include "client/channel.h"
#include "client/receipt.h"
#include "client/receipt_check.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/import/agency_file.h"
#include "cmd/cli/import/identities.h"
#include "cmd/cli/import/import_notes.h"
#include "cmd/cli/import/imported_agency.h"
#include "cmd/cli/import/importer.h"
#include "cmd/cli/import/key_folder.h"
#include "cmd/cli/import/request_file.h"
#include "cmd/cli/output.h"
#include "cmd/cli/progress_bar.h"
#include "cmd/cli/registrar_signing.h"
#include "cmd/cli/settings.h"
#include "crypto/key_file.h"
#include "crypto/secret.h"
#include "crypto/signer.h"
#include "crypto/x509.h"
#include "statement/geography.h"

namespace sightline::cli {
namespace {

struct Flags {
  Settings settings;
  std::string file;
  std::string keys_dir;
  std::string authority = "ca";
  std::vector<std::string> registrar_keys;
  std::string receipts;
  std::string state = "CA";
  std::string time_zone = "America/Los_Angeles";
  int threads = 4;
  bool dry_run = false;
};

// What a file holds; an agency list has no requests.
struct Content {
  std::vector<ImportedAgency> agencies;
  std::vector<ImportedRequest> requests;
  ImportNotes notes;
};

absl::StatusOr<std::ifstream> OpenFile(const std::string& path) {
  std::ifstream in(path);
  if (in.good()) return in;
  return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
}

absl::StatusOr<Content> ReadAgencies(const Flags& flags) {
  ASSIGN_OR_RETURN(std::ifstream in, OpenFile(flags.file));
  absl::StatusOr<AgencyFile> file = ReadAgencyFile(in);
  if (!file.ok()) return base::Annotate(file.status(), flags.file);
  return Content{std::move(file->agencies), {}, std::move(file->notes)};
}

absl::StatusOr<Content> ReadRequests(const Flags& flags) {
  RequestFileOptions options;
  options.state = flags.state;
  if (!statement::IsState(options.state)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--state ", options.state, ": no such state"));
  }
  if (!absl::LoadTimeZone(flags.time_zone, &options.zone)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--time-zone ", flags.time_zone,
                     ": unknown on this machine (is tzdata installed?)"));
  }
  ASSIGN_OR_RETURN(std::ifstream in, OpenFile(flags.file));
  absl::StatusOr<RequestFile> file = ReadRequestFile(in, options);
  if (!file.ok()) return base::Annotate(file.status(), flags.file);
  return Content{std::move(file->agencies), std::move(file->requests),
                 std::move(file->notes)};
}

// --- what comes out -------------------------------------------------------------

Json Document(const Content& content, const ImportResult* result) {
  Json remarks = Json::array();
  for (const Remark& remark : content.notes.remarks) {
    remarks.push_back({{"text", remark.text}, {"lines", remark.lines}});
  }
  const auto faults = [](absl::Span<const RowFault> rows) {
    Json out = Json::array();
    for (const RowFault& row : rows) {
      out.push_back({{"line", row.line}, {"reason", row.reason}});
    }
    return out;
  };
  Json document = {{"rows", content.notes.rows},
                   {"agencies", content.agencies.size()},
                   {"requests", content.requests.size()},
                   {"dry_run", result == nullptr},
                   {"unusable", faults(content.notes.unusable)},
                   {"remarks", remarks}};
  if (result == nullptr) return document;
  Json logged = Json::array();
  for (const LoggedRow& row : result->logged) {
    logged.push_back({{"line", row.line},
                      {"index", row.index},
                      {"submitter", row.submitter},
                      {"duplicate", row.duplicate}});
  }
  document["enrolled"] = result->enrolled;
  document["enrolled_before"] = result->enrolled_before;
  document["refused"] = faults(result->refused);
  document["logged"] = logged;
  return document;
}

void Show(const Content& content, const ImportResult* result, Output& out) {
  out.Field("rows", absl::StrCat(content.notes.rows));
  std::string agencies = absl::StrCat(content.agencies.size());
  std::string requests = absl::StrCat(content.requests.size());
  if (result != nullptr) {
    absl::StrAppend(&agencies, ": ", result->enrolled, " enrolled, ",
                    result->enrolled_before, " enrolled before");
    uint64_t before = 0;
    for (const LoggedRow& row : result->logged) before += row.duplicate ? 1 : 0;
    absl::StrAppend(&requests, ": ", result->logged.size() - before,
                    " logged, ", before, " in the log before");
  }
  out.Field("agencies", agencies);
  if (!content.requests.empty()) out.Field("requests", requests);
  for (const Remark& remark : content.notes.remarks) {
    out.Line(
        absl::StrCat("  ", remark.lines.size(),
                     remark.lines.size() == 1 ? " row (line " : " rows (line ",
                     remark.lines.front(),
                     remark.lines.size() > 1 ? " ...): " : "): ", remark.text));
  }
  for (const RowFault& row : content.notes.unusable) {
    out.Line(absl::StrCat(out.Paint(Color::kRed, "not taken"), " line ",
                          row.line, ": ", row.reason));
  }
  if (result == nullptr) return out.Line("dry run: nothing was sent");
  for (const RowFault& row : result->refused) {
    out.Line(absl::StrCat(out.Paint(Color::kRed, "refused"), " line ", row.line,
                          ": ", row.reason));
  }
}

// --- what goes in ---------------------------------------------------------------

absl::StatusOr<std::unique_ptr<crypto::CertificateAuthority>> ReadAuthority(
    const std::string& prefix) {
  ASSIGN_OR_RETURN(const std::string pem, ReadFile(prefix + ".crt"));
  ASSIGN_OR_RETURN(const crypto::SecretString key,
                   crypto::ReadSecretFile(prefix + ".key"));
  return crypto::CertificateAuthority::FromPem(pem, key.view());
}

// Keeps receipts as files in a folder; the same receipt again is no fault.
absl::Status KeepReceipt(const std::string& folder, const std::string& name,
                         const client::Receipt& receipt) {
  return WriteFile(absl::StrCat(folder, "/", name, ".tlog-proof"),
                   client::FormatReceiptFile(receipt), /*overwrite=*/true);
}

absl::Status Send(const Flags& flags, const Content& content, Invocation& run,
                  ImportResult* result) {
  if (flags.keys_dir.empty() || flags.registrar_keys.empty()) {
    return absl::InvalidArgumentError(
        "want --keys-dir and --registrar-key, or --dry-run");
  }
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  ASSIGN_OR_RETURN(checkpoint::LogKeySet log_keys, TrustedKeys(settings));
  ASSIGN_OR_RETURN(const std::vector<crypto::PrivateKey> registrars,
                   ReadRegistrarKeys(flags.registrar_keys));
  ASSIGN_OR_RETURN(const auto authority, ReadAuthority(flags.authority));
  ASSIGN_OR_RETURN(
      const auto keys,
      KeyFolder::Open(flags.keys_dir, run.around.clock->NowUnixMs(),
                      run.around.rng));
  client::TlsOptions tls;
  tls.ca_file = settings.ca;
  tls.server_name = settings.server_name;
  ASSIGN_OR_RETURN(
      const auto identities,
      Identities::Create(
          tls, IssuedBy(authority.get(), run.around.clock->NowUnixMs())));

  ImportTarget target{settings.server, std::move(log_keys), {}, nullptr};
  target.client.call_timeout = absl::Seconds(settings.timeout_seconds);
  target.identity = [&identities](const std::string& submitter) {
    return identities->For(submitter);
  };
  ProgressBar bar(run, content.requests.empty() ? "agencies" : "rows");
  ImporterOptions options;
  options.threads = flags.threads;
  options.progress = [&bar](uint64_t done, uint64_t total) {
    bar.Show(done, total);
  };
  if (!flags.receipts.empty()) {
    std::error_code error;
    std::filesystem::create_directories(flags.receipts, error);
    options.keep_receipt = [&flags](const std::string& name,
                                    const client::Receipt& receipt) {
      return KeepReceipt(flags.receipts, name, receipt);
    };
  }
  Importer importer(std::move(target), keys.get(), std::move(options));
  RETURN_IF_ERROR(importer.Enrol(content.agencies, registrars, result));
  return importer.Submit(content.requests, result);
}

absl::StatusOr<int> Import(const Flags& flags, Content content,
                           Invocation& run) {
  ImportResult result;
  absl::Status status;
  if (!flags.dry_run) status = Send(flags, content, run, &result);
  // What was done is told, also when the run could not go on.
  if (status.ok() || !result.logged.empty() || result.enrolled > 0) {
    Output out = run.MakeOutput();
    const ImportResult* shown = flags.dry_run ? nullptr : &result;
    if (out.json()) {
      out.Document(Document(content, shown));
    } else {
      Show(content, shown, out);
    }
  }
  RETURN_IF_ERROR(status);
  if (!result.refused.empty()) return kExitRefused;
  return content.notes.unusable.empty() ? kExitOk : kExitNotValid;
}

CLI::App* AddKind(CLI::App* import, Invocation* run, const char* name,
                  const char* description, std::shared_ptr<Flags> flags,
                  absl::StatusOr<Content> (*read)(const Flags&)) {
  CLI::App* kind = import->add_subcommand(name, description);
  kind->add_option("FILE", flags->file, "CSV file; the first row names columns")
      ->required();
  kind->add_option("--keys-dir", flags->keys_dir,
                   "Folder of the agencies' statement keys, made when missing");
  kind->add_option("--registrar-key", flags->registrar_keys,
                   "Private key file of a registrar, who enrols; several");
  kind->add_option("--authority", flags->authority,
                   "PREFIX of the authority that the log takes client "
                   "certificates from (PREFIX.crt, PREFIX.key)")
      ->capture_default_str();
  kind->add_option("--receipts", flags->receipts,
                   "Folder to write every receipt to");
  kind->add_option("--threads", flags->threads, "Submitters at a time")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  kind->add_flag("--dry-run", flags->dry_run,
                 "Read the file and say what would be done");
  AddConnectionOptions(kind, &flags->settings);
  SetAction(kind, run, [flags, run, read]() -> absl::StatusOr<int> {
    ASSIGN_OR_RETURN(Content content, read(*flags));
    return Import(*flags, std::move(content), *run);
  });
  return kind;
}

}  // namespace

void AddImport(CLI::App* app, Invocation* run) {
  CLI::App* import =
      AddGroup(app, "import", "Bring public records into the log");
  import->footer(
      "Rows that cannot be taken are named by line and reason, the others are "
      "taken. Run the same\nagain when a run was cut short: nothing is logged "
      "twice.\n\nExit code 1: some rows were not taken. 3: the log refused "
      "some.\n\nExamples:\n"
      "  sightline import agencies agencies.csv --dry-run\n"
      "  sightline import requests notices.csv --keys-dir keys "
      "--registrar-key r1.key --registrar-key r2.key --authority ca");
  AddKind(import, run, "agencies", "Enrol the agencies of a list",
          std::make_shared<Flags>(), &ReadAgencies);
  const auto flags = std::make_shared<Flags>();
  CLI::App* requests = AddKind(
      import, run, "requests",
      "Submit the warrants and emergency demands of a file, each as its agency",
      flags, &ReadRequests);
  requests->add_option("--state", flags->state, "State of the agencies")
      ->capture_default_str();
  requests
      ->add_option("--time-zone", flags->time_zone, "Of times that say none")
      ->capture_default_str();
}

}  // namespace sightline::cli
