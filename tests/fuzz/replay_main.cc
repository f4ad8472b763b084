// Runs a fuzz target once on each file named on the command line: the committed
// corpus as an ordinary test, with any compiler. Fails when a file cannot be
// read or none was named; the target itself aborts on a finding.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    std::stringstream contents;
    // Streaming an empty file sets failbit on `contents`, never on `file`.
    contents << file.rdbuf();
    if (!file.is_open() || file.bad()) {
      std::fprintf(stderr, "cannot read %s\n", argv[i]);
      return 1;
    }
    const std::string bytes = contents.str();
    std::printf("%s: %zu bytes\n", argv[i], bytes.size());
    std::fflush(stdout);  // the last line names the input that aborts
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()),
                           bytes.size());
  }
  if (argc < 2) std::fprintf(stderr, "no inputs named\n");
  return argc < 2 ? 1 : 0;
}
