// Writes a receipt page for a browser to judge, of one entry of a log of 700, to
// standard output.
//
//   receipt_page_maker [RANGE]
//
// RANGE, "@FROM-TO", are the tree sizes that the log's key counts for.
#include <iostream>
#include <memory>
#include <string>

#include "client/receipt_page.h"
#include "client/tree_tracker.h"
#include "merkle/hash.h"
#include "monitor/log_maker.h"
#include "tiles/log_tile_source.h"
#include "tiles/memory_tiles.h"
#include "tiles/proof_builder.h"

namespace sightline {
namespace {

constexpr uint64_t kEntries = 700;
constexpr uint64_t kIndex = 300;

std::string MakePage(const std::string& range) {
  monitor::LogMaker log;
  log.Enrol("ori:CA0194200");
  while (log.size() < kEntries) log.Request("ori:CA0194200");
  tiles::MemoryTiles tiles = log.Build();
  const tiles::LogTileSource source(&tiles, kEntries);
  auto tree = std::make_shared<client::SignedTree>();
  tree->size = kEntries;
  tree->note = *tiles.ReadCheckpoint();
  client::Receipt receipt;
  receipt.index = kIndex;
  receipt.bytes = log.entry(kIndex);
  receipt.leaf_hash = merkle::LeafHash(receipt.bytes);
  receipt.proof =
      *tiles::ProofBuilder(&source).InclusionProof(kIndex, kEntries);
  receipt.tree = tree;
  const std::string key = monitor::LogMaker::Signer("log").vkey() + range;
  return *client::FormatReceiptPage(receipt, {&key, 1});
}

}  // namespace
}  // namespace sightline

int main(int argc, char** argv) {
  std::cout << sightline::MakePage(argc > 1 ? argv[1] : "");
  return std::cout.good() ? 0 : 1;
}
