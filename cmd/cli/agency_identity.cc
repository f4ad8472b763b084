#include "cmd/cli/agency_identity.h"

#include "records/entry_facts.h"

namespace sightline::cli {
namespace {

void AddFrom(const v1::AnswerBasis& basis, AgencyIdentities* out) {
  for (const v1::LogEntry& entry : basis.entries()) {
    const auto read = records::ReadRecordEntry(entry.index(), entry.entry());
    if (!read.ok() || !read->statement.has_enrolment()) continue;
    (*out)[entry.index()] = read->statement.enrolment().verification();
  }
}

}  // namespace

AgencyIdentities IdentitiesIn(const v1::AnswerFile& file) {
  AgencyIdentities out;
  for (const v1::AnswerFile::Page& page : file.pages()) {
    if (page.has_search()) AddFrom(page.search().basis(), &out);
    if (page.has_request()) AddFrom(page.request().basis(), &out);
  }
  return out;
}

}  // namespace sightline::cli
