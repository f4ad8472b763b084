// What lists say of a request beside its index, so that most of those that a filter
// does not take are passed over without being read.
//
// Shapes:  county, state, state that is the whole area, S2 cell and custodian, each
//          ended by a zero byte; "" what is not said.
// Threads: pure; any thread.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "proto/sightline/v1/record.pb.h"

namespace sightline::records {

std::string HintOf(const v1::RequestRow& row);

// False when `filter` takes no request of this hint. True tells nothing, as does
// every answer about bytes that are no hint.
bool MayMatch(const v1::RequestFilter& filter, absl::string_view hint);

}  // namespace sightline::records
