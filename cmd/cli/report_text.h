// How a yearly report reads, of the log or of its proof files.
//
// Threads: pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "cmd/cli/output.h"
#include "cmd/cli/report_check.h"
#include "cmd/cli/report_tables.h"
#include "google/protobuf/timestamp.pb.h"

namespace sightline::cli {

// Its first moment, UTC. REQUIRES: 1970 to 9999.
google::protobuf::Timestamp StartOfYear(int year);

// What the whole of the requests is apart from; "" when it is the whole.
std::string ApartFrom(const Gaps& gaps);

// As text, or as one document of JSON.
void ShowReport(const std::string& heading,
                const std::vector<std::string>& notes,
                const std::vector<ReportTable>& tables, Output& out);

}  // namespace sightline::cli
