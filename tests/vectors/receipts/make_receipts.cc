// Writes the files of this folder anew:
//   bazel run //tests/vectors/receipts:make_receipts -- $PWD/tests/vectors/receipts
#include <fstream>
#include <iostream>
#include <string>

#include "tests/vectors/receipts/receipt_vectors.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: make_receipts FOLDER\n";
    return 2;
  }
  const std::string folder = std::string(argv[1]) + "/";
  const auto vectors = sightline::tests::MakeReceiptVectors();
  for (const auto& vector : vectors.vectors) {
    std::ofstream(folder + vector.file, std::ios::binary) << vector.bytes;
  }
  std::ofstream(folder + "receipts.json") << sightline::tests::IndexOf(vectors);
  return 0;
}
