#include "tests/crash/folder_audit.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "admission/payload_sealer.h"
#include "base/status_macros.h"
#include "checkpoint/log_keys.h"
#include "cmd/cli/check_folder.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "monitor/check_report.h"
#include "monitor/problem.h"

namespace sightline::tests {

absl::Status AuditFolder(const std::string& data_dir,
                         const TestParties& parties,
                         monitor::CheckDepth depth) {
  checkpoint::LogKeySet keys(parties.origin());
  RETURN_IF_ERROR(keys.Add(parties.vkey()));
  ASSIGN_OR_RETURN(
      const auto sealer,
      admission::PayloadSealer::Create(
          crypto::SecretString(std::string(32, 'k')), crypto::Rng::Real()));
  monitor::CheckOptions options;
  options.depth = depth;
  options.at_rest = true;
  ASSIGN_OR_RETURN(const monitor::CheckReport report,
                   cli::CheckFolder(data_dir, &keys, sealer.get(), options));
  if (report.sound()) return absl::OkStatus();
  std::string text = absl::StrCat(report.problem_count, " problems");
  for (const monitor::Problem& problem : report.problems) {
    absl::StrAppend(&text, "\n  ", monitor::ProblemText(problem));
  }
  return absl::DataLossError(text);
}

}  // namespace sightline::tests
