// Rules of footage requests, responses and amendments.
//
// Threads: pure; any thread.
#pragma once

#include "proto/sightline/v1/statement.pb.h"
#include "statement/field_checks.h"

namespace sightline::statement {

// An imported record (`imported` is set) may lack what its source did not say:
// everything but channel, legal process, evidence sources and data categories.
void CheckFootageRequest(const v1::FootageRequest& request, const Path& at,
                         Checker* check);

// What a third party says that a request said: any field may be missing, but
// none may be malformed.
void CheckReportedRequest(const v1::FootageRequest& request, const Path& at,
                          Checker* check);

void CheckFootageResponse(const v1::FootageResponse& response, const Path& at,
                          Checker* check);
void CheckEmergencyReview(const v1::EmergencyReview& review,
                          const Path& at, Checker* check);
void CheckSealedStatement(const v1::SealedStatement& sealed, const Path& at,
                          Checker* check);
void CheckAmendment(const v1::Amendment& amendment, const Path& at,
                    Checker* check);

}  // namespace sightline::statement
