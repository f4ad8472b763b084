// Sends a signed statement, and keeps what its submitter must not lose: the
// receipt, the openings of its seals, and the statement itself until the log
// has answered.
//
// When no answer comes, what became of the statement is unknown. It is kept, and
// submitting the very same one again is safe: the log logs it once.
//
// Threads: one.
#pragma once

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/log_client.h"
#include "client/receipt_check.h"
#include "cmd/cli/draft.h"
#include "cmd/cli/invocation.h"
#include "cmd/cli/output.h"
#include "cmd/cli/settings.h"
#include "proto/sightline/v1/submission_service.pb.h"

namespace sightline::cli {

// Where results go. "": nowhere.
struct KeepFlags {
  std::string receipt;   // ".tlog-proof"
  std::string openings;  // "": beside the receipt
  std::string out;       // the signed submission, instead of sending it
  // Policy file: the log answers when its witnesses have cosigned, and the
  // receipt must have the cosignatures that the policy wants.
  std::string witnesses;
};

// The options --receipt, --openings, --out.
void AddKeepOptions(CLI::App* command, KeepFlags* flags);
// The option --witnesses, not beside --out.
CLI::Option* AddWitnessesOption(CLI::App* command, KeepFlags* flags);

// Completes, seals, signs and sends a draft, and prints what came of it.
absl::StatusOr<int> SubmitDraft(const Settings& settings,
                                const KeepFlags& flags, Draft draft,
                                Invocation& run);

// Sends a submission that was signed before.
absl::StatusOr<int> SubmitSigned(const Settings& settings,
                                 const KeepFlags& flags,
                                 const v1::SubmitRequest& request,
                                 Invocation& run);

// Sends a statement of the registrars.
absl::StatusOr<int> SubmitForRegistrars(
    const Settings& settings, const KeepFlags& flags,
    const v1::SignedStatement& signed_statement, Invocation& run);

// What a receipt says, as a document.
absl::StatusOr<Json> ReceiptDocument(const client::Receipt& receipt);

}  // namespace sightline::cli
