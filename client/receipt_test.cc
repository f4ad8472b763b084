#include "client/receipt.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/proof_file.h"
#include "client/tree_tracker.h"
#include "crypto/fixed_rng.h"
#include "merkle/reference_tree.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/examples.h"
#include "statement/statement_codec.h"

namespace sightline::client {
namespace {

using ::testing::HasSubstr;

constexpr absl::string_view kOrigin = "example.com/receipts";
constexpr int64_t kTimeMs = 1'590'861'600'000;
constexpr uint64_t kIndex = 3;

crypto::PrivateKey Key(char seed) {
  return *crypto::PrivateKey::FromSeed(std::string(32, seed));
}

checkpoint::NoteSigner LogSigner(char seed = 1) {
  return *checkpoint::NoteSigner::Create(kOrigin, checkpoint::KeyType::kEd25519,
                                         Key(seed));
}

// A receipt for the example of a footage request, fourth of seven entries.
class ReceiptFileTest : public ::testing::Test {
 protected:
  ReceiptFileTest() : keys_(kOrigin) {
    EXPECT_OK(keys_.Add(LogSigner().vkey()));
    crypto::FixedRng rng(1);
    example_ =
        statement::ExampleStatement(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kOrigin,
                                    "ori:CA0194200", kTimeMs, rng);
    receipt_ = ReceiptOf(EntryOf(example_.statement));
  }

  static std::string EntryOf(const v1::Statement& statement) {
    const crypto::PrivateKey key = Key(2);
    std::string entry;
    statement::AppendEntry(
        kTimeMs, statement::Sign(statement, {&key, 1})->SerializeAsString(), "",
        1, std::nullopt, &entry);
    return entry;
  }

  // The receipt that the log gives for any bytes at all.
  static Receipt ReceiptOf(std::string entry, char log_seed = 1) {
    std::vector<merkle::Hash> leaves;
    for (uint64_t i = 0; i < 7; ++i) {
      leaves.push_back(
          merkle::LeafHash(i == kIndex ? entry : absl::StrCat("leaf ", i)));
    }
    const merkle::ReferenceTree tree(leaves);
    checkpoint::Checkpoint checkpoint;
    checkpoint.origin = std::string(kOrigin);
    checkpoint.tree_size = leaves.size();
    checkpoint.root_hash = tree.Root(leaves.size());
    const auto signer = LogSigner(log_seed);
    auto signed_tree = std::make_shared<SignedTree>();
    signed_tree->size = checkpoint.tree_size;
    signed_tree->root = checkpoint.root_hash;
    signed_tree->note = *checkpoint::SignCheckpoint(checkpoint, {&signer, 1});
    Receipt receipt;
    receipt.index = kIndex;
    receipt.leaf_hash = leaves[kIndex];
    receipt.proof = tree.InclusionProof(kIndex, leaves.size());
    receipt.bytes = std::move(entry);
    receipt.tree = signed_tree;
    return receipt;
  }

  ReceiptVerdict Verify(const ReceiptExpectations& expectations = {}) const {
    return VerifyReceiptFile(FormatReceiptFile(receipt_), keys_, expectations);
  }

  // The name of the check that failed.
  static std::string Failed(const ReceiptVerdict& verdict) {
    for (const ReceiptCheck& check : verdict.checks) {
      if (!check.passed) return check.name;
    }
    return "";
  }

  checkpoint::LogKeySet keys_;
  statement::Example example_;
  Receipt receipt_;
};

TEST_F(ReceiptFileTest, IsValidWithNothingButTheVkey) {
  const ReceiptVerdict verdict = Verify();
  EXPECT_TRUE(verdict.valid) << verdict.explanation;
  EXPECT_EQ(verdict.index, kIndex);
  EXPECT_EQ(verdict.tree_size, 7u);
  EXPECT_EQ(verdict.origin, kOrigin);
  EXPECT_EQ(verdict.statement->header().submitter(), "ori:CA0194200");
  EXPECT_THAT(verdict.explanation, HasSubstr("The receipt is valid"));
}

TEST_F(ReceiptFileTest, MayNotBeOfAStrangersKey) {
  receipt_ = ReceiptOf(receipt_.bytes, /*log_seed=*/9);
  const ReceiptVerdict verdict = Verify();
  EXPECT_FALSE(verdict.valid);
  EXPECT_EQ(Failed(verdict), "checkpoint");
  EXPECT_THAT(verdict.explanation, HasSubstr("No log key given vouches"));
}

TEST_F(ReceiptFileTest, MayNotBeOfAnotherLog) {
  checkpoint::LogKeySet other("example.com/other");
  EXPECT_EQ(Failed(VerifyReceiptFile(FormatReceiptFile(receipt_), other)),
            "checkpoint");
}

TEST_F(ReceiptFileTest, MayNotHoldAnAlteredEntry) {
  receipt_.bytes[receipt_.bytes.size() / 2] ^= 1;
  EXPECT_EQ(Failed(Verify()), "inclusion");
}

TEST_F(ReceiptFileTest, MayNotHoldAnAlteredProof) {
  receipt_.proof[1][0] ^= 1;
  EXPECT_EQ(Failed(Verify()), "inclusion");
}

TEST_F(ReceiptFileTest, MayNotNameAnotherIndex) {
  receipt_.index = 2;
  EXPECT_EQ(Failed(Verify()), "inclusion");
}

TEST_F(ReceiptFileTest, MustHoldAnEntry) {
  receipt_ = ReceiptOf("anything");
  EXPECT_EQ(Failed(Verify()), "entry");
}

TEST_F(ReceiptFileTest, MustHoldAStatementForThisLog) {
  example_.statement.mutable_header()->set_origin("example.com/other");
  receipt_ = ReceiptOf(EntryOf(example_.statement));
  EXPECT_EQ(Failed(Verify()), "entry");
}

TEST_F(ReceiptFileTest, MustBeAReceiptFile) {
  for (const char* text : {"", "hello", "c2sp.org/tlog-proof@v1\n"}) {
    const ReceiptVerdict verdict = VerifyReceiptFile(text, keys_);
    EXPECT_EQ(Failed(verdict), "file") << text;
  }
}

TEST_F(ReceiptFileTest, MayLeaveTheEntryToTheReader) {
  checkpoint::TlogProof proof =
      *checkpoint::ParseTlogProof(FormatReceiptFile(receipt_));
  proof.extra.reset();
  const std::string file = checkpoint::FormatTlogProof(proof);
  EXPECT_EQ(Failed(VerifyReceiptFile(file, keys_)), "file");
  ReceiptExpectations expectations;
  expectations.entry = receipt_.bytes;
  EXPECT_TRUE(VerifyReceiptFile(file, keys_, expectations).valid);
  expectations.entry = "another";
  EXPECT_EQ(Failed(Verify(expectations)), "file");
}

TEST_F(ReceiptFileTest, ComparesTheStatement) {
  ReceiptExpectations expectations;
  expectations.statement = statement::SerialiseStatement(example_.statement);
  EXPECT_TRUE(Verify(expectations).valid);
  example_.statement.mutable_footage_request()->set_unit("another");
  expectations.statement = statement::SerialiseStatement(example_.statement);
  EXPECT_EQ(Failed(Verify(expectations)), "statement");
}

TEST_F(ReceiptFileTest, ComparesFields) {
  ReceiptExpectations expectations;
  expectations.fields = {{"header.submitter", "ori:CA0194200"},
                         {"footage_request.includes_indoor", "NO"},
                         {"footage_request.includes_indoor", "DECLARED_NO"}};
  const ReceiptVerdict verdict = Verify(expectations);
  EXPECT_TRUE(verdict.valid) << verdict.explanation;
  expectations.fields = {{"header.submitter", "ori:CA0100100"}};
  EXPECT_EQ(Failed(Verify(expectations)), "field header.submitter");
  expectations.fields = {{"footage_request.includes_indoor", "_NO"}};
  EXPECT_FALSE(Verify(expectations).valid);
  expectations.fields = {{"no.such.field", ""}};
  EXPECT_EQ(Failed(Verify(expectations)), "field no.such.field");
}

TEST_F(ReceiptFileTest, ChecksOpenings) {
  ASSERT_FALSE(example_.openings.empty());
  ReceiptExpectations expectations;
  expectations.openings = example_.openings;
  EXPECT_TRUE(Verify(expectations).valid);
  expectations.openings[0].set_value("something else");
  EXPECT_EQ(Failed(Verify(expectations)),
            absl::StrCat("opening ", example_.openings[0].path()));
}

TEST_F(ReceiptFileTest, ChecksSigners) {
  ReceiptExpectations expectations;
  expectations.signers = {Key(2).public_key()};
  EXPECT_TRUE(Verify(expectations).valid);
  expectations.signers = {Key(3).public_key()};
  EXPECT_THAT(Failed(Verify(expectations)), HasSubstr("signature by "));
}

TEST_F(ReceiptFileTest, AsksForWitnesses) {
  const auto witness = *checkpoint::NoteSigner::Create(
      "witness.example", checkpoint::KeyType::kCosignature, Key(5));
  const auto policy = *checkpoint::Policy::Parse(
      absl::StrCat("log ", LogSigner().vkey(), "\nwitness w ", witness.vkey(),
                   "\nquorum w\n"));
  ReceiptExpectations expectations;
  expectations.witnesses = &policy;
  EXPECT_EQ(Failed(Verify(expectations)), "witnesses");

  auto cosigned = std::make_shared<SignedTree>(*receipt_.tree);
  const std::string& note = cosigned->note;
  const auto line = *witness.Cosign(note.substr(0, note.find("\n\n") + 1), 1);
  cosigned->note += checkpoint::FormatSignatureLines({&line, 1});
  receipt_.tree = cosigned;
  const ReceiptVerdict verdict = Verify(expectations);
  EXPECT_TRUE(verdict.valid) << verdict.explanation;
}

TEST_F(ReceiptFileTest, NeverPrintsWhatSteersATerminal) {
  example_.statement.mutable_footage_request()->set_unit("\x1b[31mred");
  receipt_ = ReceiptOf(EntryOf(example_.statement));
  ReceiptExpectations expectations;
  expectations.fields = {{"footage_request.unit", "\x1b[0m"}};
  const ReceiptVerdict verdict = Verify(expectations);
  EXPECT_FALSE(verdict.valid);
  EXPECT_THAT(verdict.explanation, ::testing::Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace sightline::client
