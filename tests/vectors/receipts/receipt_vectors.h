// Receipt files, good and bad, made from fixed seeds: what the committed files
// in this folder are compared with.
#pragma once

#include <string>
#include <vector>

namespace sightline::tests {

struct ReceiptVector {
  std::string file;  // "valid.tlog-proof"
  std::string desc;  // what it shows
  std::string bytes;
  bool valid = false;
  std::string failed;  // the check that fails (client/receipt.h); "" when valid
};

struct ReceiptVectors {
  std::string vkey;
  std::vector<ReceiptVector> vectors;
};

ReceiptVectors MakeReceiptVectors();

// receipts.json: the vkey, and what each file must be found to be.
std::string IndexOf(const ReceiptVectors& vectors);

}  // namespace sightline::tests
