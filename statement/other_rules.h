// Rules of unsealings, seal renewals, sealed reads, totals, registration schemes and
// attestations.
//
// Threads: pure; any thread.
#pragma once

#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/field_checks.h"

namespace sightline::statement {

void CheckUnsealing(const v1::Unsealing& unsealing, const Path& at,
                    Checker* check);
// A renewal must end after `claimed_time`, when it was said.
void CheckSealRenewal(const v1::SealRenewal& renewal,
                      const google::protobuf::Timestamp& claimed_time,
                      const Path& at, Checker* check);
// `reader` is the submitter: each kind reads on a basis of its own.
void CheckSealedRead(const v1::SealedRead& read, absl::string_view reader,
                     const Path& at, Checker* check);
// `submitter` reports.
void CheckPeriodReport(const v1::PeriodReport& report,
                       absl::string_view submitter, const Path& at,
                       Checker* check);
void CheckRegistryEvent(const v1::RegistryEvent& event, const Path& at,
                        Checker* check);
void CheckAttestation(const v1::Attestation& attestation, const Path& at,
                      Checker* check);

}  // namespace sightline::statement
