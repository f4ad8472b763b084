// Rules of the statements that registrars make: genesis, enrolment, key
// rotation, status change, policy version, log key change, assembly calendar,
// erasure.
//
// Threads: pure; any thread.
#pragma once

#include "absl/strings/string_view.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/field_checks.h"

namespace sightline::statement {

void CheckGenesis(const v1::Genesis& genesis, absl::string_view header_origin,
                  const Path& at, Checker* check);
void CheckEnrolment(const v1::Enrolment& enrolment, const Path& at,
                    Checker* check);
void CheckKeyRotation(const v1::KeyRotation& rotation, const Path& at,
                      Checker* check);
void CheckStatusChange(const v1::StatusChange& change, const Path& at,
                       Checker* check);
void CheckPolicyVersion(const v1::PolicyVersion& policy, const Path& at,
                        Checker* check);
void CheckLogKeyChange(const v1::LogKeyChange& change,
                       absl::string_view header_origin, const Path& at,
                       Checker* check);
void CheckAssemblyCalendar(const v1::AssemblyCalendar& calendar, const Path& at,
                           Checker* check);
void CheckErasure(const v1::Erasure& erasure, const Path& at, Checker* check);

}  // namespace sightline::statement
