#include "cmd/cli/witnesses.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "checkpoint/note.h"
#include "cmd/cli/files.h"

namespace sightline::cli {

absl::StatusOr<std::optional<checkpoint::Policy>> ReadWitnesses(
    const std::string& path) {
  if (path.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  auto policy = checkpoint::Policy::Parse(text);
  if (!policy.ok()) return base::Annotate(policy.status(), path);
  return std::make_optional(*std::move(policy));
}

absl::Status CheckCosigned(const std::optional<checkpoint::Policy>& witnesses,
                           const client::SignedTree& tree) {
  if (!witnesses.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const checkpoint::Note note,
                   checkpoint::ParseNote(tree.note));
  const absl::Status cosigned = witnesses->CheckCosigned(note);
  if (cosigned.ok()) return cosigned;
  return absl::DataLossError(absl::StrCat(
      "the log has signed its tree of ", tree.size,
      " entries, but not enough of the witnesses asked for have cosigned it: ",
      cosigned.message()));
}

}  // namespace sightline::cli
