#include "cmd/cli/certs.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "crypto/key_file.h"
#include "crypto/x509.h"
#include "statement/submitter_id.h"

namespace sightline::cli {
namespace {

constexpr int64_t kDaySeconds = 24 * 3600;
// Clocks of other machines may be a little behind.
constexpr int64_t kSkewSeconds = 3600;

struct Flags {
  std::string out;  // PREFIX of .crt and .key
  std::string authority = "ca";
  std::string name = "Sightline trial authority";
  std::vector<std::string> hosts;
  std::string submitter;
  int days = 0;
};

crypto::Validity ValidFor(int days, const Invocation& run) {
  const int64_t now = run.around.clock->NowUnixMs() / 1000;
  return {now - kSkewSeconds, now + days * kDaySeconds};
}

absl::StatusOr<int> Save(const std::string& prefix, absl::string_view pem,
                         absl::string_view key, Invocation& run) {
  const std::string cert_file = absl::StrCat(prefix, ".crt");
  const std::string key_file = absl::StrCat(prefix, ".key");
  RETURN_IF_ERROR(CheckAbsent(cert_file));
  RETURN_IF_ERROR(crypto::WriteSecretFile(key_file, key));
  RETURN_IF_ERROR(WriteFile(cert_file, pem));
  Output out = run.MakeOutput();
  if (out.json()) {
    out.Document({{"certificate", cert_file}, {"private_key", key_file}});
    return kExitOk;
  }
  out.Field("certificate", cert_file);
  out.Field("private key", key_file);
  return kExitOk;
}

absl::StatusOr<int> MakeAuthority(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const auto authority,
                   crypto::CertificateAuthority::Create(
                       flags.name, ValidFor(flags.days, run)));
  return Save(flags.out, authority->certificate_pem(),
              authority->private_key_pem().view(), run);
}

absl::StatusOr<int> Issue(const Flags& flags, const crypto::LeafSpec& spec,
                          Invocation& run) {
  ASSIGN_OR_RETURN(const std::string pem,
                   ReadFile(absl::StrCat(flags.authority, ".crt")));
  ASSIGN_OR_RETURN(
      const crypto::SecretString key,
      crypto::ReadSecretFile(absl::StrCat(flags.authority, ".key")));
  ASSIGN_OR_RETURN(const auto authority,
                   crypto::CertificateAuthority::FromPem(pem, key.view()));
  ASSIGN_OR_RETURN(const crypto::IssuedCertificate issued,
                   authority->Issue(spec));
  return Save(flags.out, issued.certificate_pem, issued.private_key_pem.view(),
              run);
}

// An address holds only digits and dots, or a colon.
bool IsAddress(const std::string& host) {
  return host.find(':') != std::string::npos ||
         host.find_first_not_of("0123456789.") == std::string::npos;
}

absl::StatusOr<int> IssueServer(const Flags& flags, Invocation& run) {
  crypto::LeafSpec spec;
  spec.common_name = flags.hosts.front();
  spec.for_server = true;
  spec.validity = ValidFor(flags.days, run);
  for (const std::string& host : flags.hosts) {
    (IsAddress(host) ? spec.ip_addresses : spec.dns_names).push_back(host);
  }
  return Issue(flags, spec, run);
}

absl::StatusOr<int> IssueClient(const Flags& flags, Invocation& run) {
  if (!statement::IsSubmitterId(flags.submitter)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--submitter ", flags.submitter,
        ": want \"ori:CA0194200\", \"prov:name\", \"platform:name\", "
        "\"party:name\", \"court:name\", \"keeper:name\" or \"registrar\""));
  }
  crypto::LeafSpec spec;
  spec.common_name = flags.submitter;
  spec.uris = {absl::StrCat("sightline://submitter/", flags.submitter)};
  spec.for_client = true;
  spec.validity = ValidFor(flags.days, run);
  return Issue(flags, spec, run);
}

CLI::App* AddKind(CLI::App* certs, Invocation* run, const char* name,
                  const char* description, int days,
                  absl::StatusOr<int> (*make)(const Flags&, Invocation&),
                  std::shared_ptr<Flags>* flags_out) {
  const auto flags = std::make_shared<Flags>();
  flags->days = days;
  CLI::App* kind = certs->add_subcommand(name, description);
  kind->add_option("--out", flags->out,
                   "PREFIX: writes PREFIX.crt and PREFIX.key (mode 0600)")
      ->required();
  kind->add_option("--days", flags->days, "How long it is valid")
      ->check(CLI::Range(1, 36500))
      ->capture_default_str();
  SetAction(kind, run, [flags, run, make] { return make(*flags, *run); });
  *flags_out = flags;
  return kind;
}

CLI::App* AddLeaf(CLI::App* certs, Invocation* run, const char* name,
                  const char* description,
                  absl::StatusOr<int> (*make)(const Flags&, Invocation&),
                  std::shared_ptr<Flags>* flags_out) {
  CLI::App* leaf = AddKind(certs, run, name, description, 365, make, flags_out);
  leaf->add_option("--authority", (*flags_out)->authority,
                   "PREFIX of the authority's files")
      ->capture_default_str();
  return leaf;
}

}  // namespace

void AddCerts(CLI::App* app, Invocation* run) {
  CLI::App* certs = AddGroup(
      app, "certs", "Make TLS certificates, for trials and closed networks");
  certs->footer(
      "Examples:\n"
      "  sightline certs ca --out ca\n"
      "  sightline certs server --host localhost --host 127.0.0.1 --out "
      "server\n"
      "  sightline certs client --submitter ori:CA0194200 --out agency-tls");
  std::shared_ptr<Flags> flags;
  AddKind(certs, run, "ca", "A certificate authority", 3650, &MakeAuthority,
          &flags)
      ->add_option("--name", flags->name, "Its name, for people")
      ->capture_default_str();
  AddLeaf(certs, run, "server", "A server certificate", &IssueServer, &flags)
      ->add_option("--host", flags->hosts,
                   "DNS name or IP address of the server; several allowed")
      ->required();
  AddLeaf(certs, run, "client", "A client certificate of a submitter",
          &IssueClient, &flags)
      ->add_option("--submitter", flags->submitter,
                   "Whose: becomes the URI sightline://submitter/<id>")
      ->required();
}

}  // namespace sightline::cli
