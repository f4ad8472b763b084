#include "cmd/cli/filter_flags.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cmd/cli/choices.h"
#include "cmd/cli/values.h"
#include "google/protobuf/timestamp.pb.h"
#include "statement/kinds.h"

namespace sightline::cli {
namespace {

absl::Status FillTime(absl::string_view option, const std::string& text,
                      google::protobuf::Timestamp* out) {
  const auto time = ParseTime(text);
  if (!time.ok()) return base::Annotate(time.status(), option);
  *out = *time;
  return absl::OkStatus();
}

}  // namespace

void AddFilterOptions(CLI::App* command, FilterFlags* flags) {
  command->add_option("--from", flags->from, "First leaf index")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      ->add_option("--kind", flags->kinds,
                   "Only statements of this kind, for example "
                   "footage_request; several allowed")
      ->check(Offer(absl::StrCat(KindChoices(), ", sealed_statement")));
  command->add_option("--submitter", flags->submitters,
                      "Only of this submitter, for example ori:CA0194200; "
                      "several allowed");
  command->add_option("--since", flags->since,
                      "Admitted at this time or later: 2026-05-30, or "
                      "2026-05-30T18:00:00Z");
  command->add_option("--until", flags->until, "Admitted before this time");
}

absl::StatusOr<v1::EntryFilter> ToFilter(const FilterFlags& flags) {
  v1::EntryFilter filter;
  for (const std::string& name : flags.kinds) {
    const auto kind = statement::ParseKind(name);
    if (!kind.ok()) return base::Annotate(kind.status(), "--kind");
    filter.add_kinds(*kind);
  }
  for (const std::string& id : flags.submitters) filter.add_submitters(id);
  if (!flags.since.empty()) {
    RETURN_IF_ERROR(
        FillTime("--since", flags.since, filter.mutable_admitted_from()));
  }
  if (!flags.until.empty()) {
    RETURN_IF_ERROR(
        FillTime("--until", flags.until, filter.mutable_admitted_before()));
  }
  return filter;
}

}  // namespace sightline::cli
