// How it was verified who an agency is, by the enrolments that an answer of the
// record brings: rows name them and do not repeat what they say.
//
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <map>

#include "proto/sightline/v1/record_service.pb.h"

namespace sightline::cli {

// By the index of the enrolment (SubmitterFacts.enrolled_index).
using AgencyIdentities = std::map<uint64_t, v1::IdentityVerification>;

// Of requests, searched for or asked for one by one; empty of other answers.
// REQUIRES: the answer holds (client/answer_check.h).
AgencyIdentities IdentitiesIn(const v1::AnswerFile& file);

}  // namespace sightline::cli
