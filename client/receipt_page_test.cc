#include "client/receipt_page.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/status_matchers.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note_signer.h"
#include "client/receipt.h"
#include "client/tree_tracker.h"
#include "crypto/signer.h"
#include "merkle/hash.h"
#include "nlohmann/json.hpp"

namespace sightline::client {
namespace {

constexpr char kOrigin[] = "example.com/pages";

checkpoint::NoteSigner LogSigner() {
  return *checkpoint::NoteSigner::Create(
      kOrigin, checkpoint::KeyType::kEd25519,
      *crypto::PrivateKey::FromSeed(std::string(32, '\1')));
}

// Of the only entry of a log.
Receipt ReceiptOf(const std::string& entry) {
  checkpoint::Checkpoint tree;
  tree.origin = kOrigin;
  tree.tree_size = 1;
  tree.root_hash = merkle::LeafHash(entry);
  const auto signer = LogSigner();
  auto signed_tree = std::make_shared<SignedTree>();
  signed_tree->size = 1;
  signed_tree->root = tree.root_hash;
  signed_tree->note = *checkpoint::SignCheckpoint(tree, {&signer, 1});
  Receipt receipt;
  receipt.leaf_hash = tree.root_hash;
  receipt.bytes = entry;
  receipt.tree = signed_tree;
  return receipt;
}

// The text of the element that holds what the page's script reads.
std::string DataText(const std::string& page) {
  const size_t element = page.find("<script id=\"data\"");
  const size_t begin = page.find('>', element) + 1;
  return page.substr(begin, page.find("</script>", begin) - begin);
}

TEST(ReceiptPage, HoldsTheReceiptFile) {
  const Receipt receipt = ReceiptOf("an entry");
  const std::string vkey = LogSigner().vkey();
  ASSERT_OK_AND_ASSIGN(const std::string page,
                       FormatReceiptPage(receipt, {&vkey, 1}));
  const auto data = nlohmann::json::parse(DataText(page));
  EXPECT_EQ(data["proof"], FormatReceiptFile(receipt));
}

TEST(ReceiptPage, CarriesEachKeyWithItsTreeSizes) {
  const std::string vkey = LogSigner().vkey();
  const std::vector<std::string> keys = {vkey + "@-20", vkey + "@20-", vkey};
  ASSERT_OK_AND_ASSIGN(const std::string page,
                       FormatReceiptPage(ReceiptOf("an entry"), keys));
  const auto data = nlohmann::json::parse(DataText(page));
  EXPECT_EQ(data["vkeys"].get<std::vector<std::string>>(), keys);
}

TEST(ReceiptPage, NoDataEndsItsElement) {
  const std::string key = "</script><b>";
  ASSERT_OK_AND_ASSIGN(const std::string page,
                       FormatReceiptPage(ReceiptOf("an entry"), {&key, 1}));
  const auto data = nlohmann::json::parse(DataText(page));
  EXPECT_EQ(data["vkeys"][0], key);
}

TEST(ReceiptPage, WantsAKey) {
  EXPECT_THAT(FormatReceiptPage(ReceiptOf("an entry"), {}).status(),
              base::StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sightline::client
