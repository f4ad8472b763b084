// sightline: the one command for people. See cmd/cli/.
#include <string>
#include <vector>

#include "cmd/cli/app.h"

int main(int argc, char** argv) {
  return sightline::cli::Run(std::vector<std::string>(argv + 1, argv + argc),
                             sightline::cli::ProcessSurroundings());
}
