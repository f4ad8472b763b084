// sightline: the one command for people. See cmd/cli/.
#include <csignal>
#include <string>
#include <vector>

#include "cmd/cli/app.h"

int main(int argc, char** argv) {
  // A reader that has seen enough (`| head`) is no reason to die without a word:
  // writing fails instead, and the run ends.
  std::signal(SIGPIPE, SIG_IGN);
  return sightline::cli::Run(std::vector<std::string>(argv + 1, argv + argc),
                             sightline::cli::ProcessSurroundings());
}
