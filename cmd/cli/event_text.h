// What one entry of a timeline did, for people.
//
// Shapes:  one line has no newline, and no control characters of others.
// Threads: pure; any thread.
#pragma once

#include <string>

#include "proto/sightline/v1/record.pb.h"

namespace sightline::cli {

// "correction: footage_request.unit is \"Unit 12\"": all that the entry says of the
// change. What the field was before is in the entry that it corrects.
std::string ChangeText(const v1::TimelineEvent& event);

// Who did that, when, and to which entry, before it and after it.
std::string EventText(const v1::TimelineEvent& event);

// "county 06037", "cell 80c2c7b" or "CA"; "" when no place is given.
std::string PlaceText(const v1::CoarseArea& area);

// "" when it has no begin or no end.
std::string WindowText(const v1::TimeWindow& window);

}  // namespace sightline::cli
