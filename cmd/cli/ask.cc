#include "cmd/cli/ask.h"

#include <memory>

#include "cmd/cli/ask_flags.h"
#include "cmd/cli/ask_lists.h"
#include "cmd/cli/ask_logged.h"
#include "cmd/cli/ask_resident.h"
#include "cmd/cli/ask_search.h"
#include "cmd/cli/ask_verify.h"

namespace sightline::cli {

void AddAsk(CLI::App* app, Invocation* run) {
  CLI::App* const ask =
      AddGroup(app, "ask", "The twelve questions, each answer with its proof");
  ask->footer(
      "Examples:\n"
      "  sightline ask requests --county 06037 --touches-from 2020-05-29 "
      "--touches-until 2020-07-01\n"
      "  sightline ask complete ori:CA0194200 --since 2020-01-01 --until "
      "2021-01-01\n"
      "  sightline ask seals --overdue --proof seals.answer\n"
      "  sightline ask verify seals.answer\n"
      "  sightline ask logged request.tlog-proof --out ours.tlog-proof");
  const auto flags = std::make_shared<AskFlags>();
  AddSearches(ask, run, flags);
  AddLists(ask, run, flags);
  AddCounts(ask, run, flags);
  AddMe(ask, run, flags);
  AddLogged(ask, run);
  AddVerify(ask, run, flags);
}

}  // namespace sightline::cli
