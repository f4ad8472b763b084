// Rules of footage requests, responses, amendments and reviews of emergencies.
//
// Threads: pure; any thread.
#pragma once

#include "google/protobuf/timestamp.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/field_checks.h"

namespace sightline::statement {

// Whether nobody has to follow a request that comes this way.
bool IsVoluntaryChannel(v1::Channel channel);

// By channel or by process.
bool IsEmergency(const v1::FootageRequest& request);

// An imported record (`imported` is set) may lack what its source did not say:
// everything but channel, legal process, evidence sources and data categories.
void CheckFootageRequest(const v1::FootageRequest& request, const Path& at,
                         Checker* check);

// What a third party says that a request said: any field may be missing, but
// none may be malformed.
void CheckReportedRequest(const v1::FootageRequest& request, const Path& at,
                          Checker* check);

// `claimed_time` is that of the statement.
void CheckFootageResponse(const v1::FootageResponse& response,
                          const google::protobuf::Timestamp& claimed_time,
                          const Path& at, Checker* check);
void CheckEmergencyReview(const v1::EmergencyReview& review, const Path& at,
                          Checker* check);
void CheckSealedStatement(const v1::SealedStatement& sealed, const Path& at,
                          Checker* check);
void CheckAmendment(const v1::Amendment& amendment, const Path& at,
                    Checker* check);

}  // namespace sightline::statement
