#include "client/receipt.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/proof_file.h"
#include "checkpoint/receipt.h"
#include "client/field_text.h"
#include "crypto/sha256.h"
#include "merkle/proof.h"
#include "statement/describe.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/seal.h"
#include "statement/statement_codec.h"
#include "statement/text.h"

namespace sightline::client {
namespace {

// Looks at one thing after the other and keeps what was found.
class Judge {
 public:
  Judge(const checkpoint::LogKeySet& log_keys,
        const ReceiptExpectations& expectations)
      : log_keys_(log_keys), expectations_(expectations) {}

  ReceiptVerdict Verdict(absl::string_view file) && {
    // Each step needs what the ones before have established.
    if (ReadFile(file) && CheckCheckpoint() && CheckInclusion() &&
        ReadEntry()) {
      CheckExpectations();
    }
    out_.valid = std::all_of(out_.checks.begin(), out_.checks.end(),
                             [](const ReceiptCheck& c) { return c.passed; });
    out_.explanation = out_.valid ? ExplainValid() : ExplainInvalid();
    return std::move(out_);
  }

 private:
  bool ReadFile(absl::string_view file) {
    const auto proof = checkpoint::ParseTlogProof(file);
    if (!proof.ok()) {
      return Fail("file", absl::StrCat("not a receipt file: ",
                                       proof.status().message()));
    }
    proof_ = *proof;
    out_.index = proof_.index;
    const bool own = proof_.extra.has_value();
    if (!own && !expectations_.entry.has_value()) {
      return Fail("file",
                  "holds no entry (no \"extra\" line); give the entry's bytes "
                  "in a file of their own");
    }
    if (own && expectations_.entry.has_value() &&
        *proof_.extra != *expectations_.entry) {
      return Fail("file", "holds another entry than the one given");
    }
    out_.entry_bytes = own ? *proof_.extra : *expectations_.entry;
    out_.leaf_hash = merkle::LeafHash(out_.entry_bytes);
    return Pass("file", absl::StrCat("a receipt for entry ", proof_.index));
  }

  bool CheckCheckpoint() {
    const auto opened = log_keys_.OpenCheckpoint(proof_.checkpoint);
    if (!opened.ok()) {
      return Fail("checkpoint", std::string(opened.status().message()));
    }
    out_.origin = opened->checkpoint.origin;
    out_.tree_size = opened->checkpoint.tree_size;
    out_.root_hash = opened->checkpoint.root_hash;
    return Pass(
        "checkpoint",
        absl::StrCat("the log \"", statement::Printable(out_.origin),
                     "\" has signed a tree of ", out_.tree_size, " entries"));
  }

  bool CheckInclusion() {
    const absl::Status included =
        merkle::VerifyInclusion(proof_.index, out_.tree_size, *out_.leaf_hash,
                                proof_.hashes, out_.root_hash);
    if (!included.ok()) {
      return Fail("inclusion", std::string(included.message()));
    }
    if (expectations_.witnesses != nullptr) {
      const auto witnessed = checkpoint::VerifyProof(
          proof_, *out_.leaf_hash, log_keys_, expectations_.witnesses);
      if (!witnessed.ok()) {
        return Fail("witnesses", std::string(witnessed.status().message()));
      }
      Pass("witnesses", "enough witnesses have cosigned that tree");
    }
    return Pass("inclusion", absl::StrCat("the entry is leaf ", proof_.index,
                                          " of that tree"));
  }

  bool ReadEntry() {
    auto entry = statement::ParseEntry(out_.entry_bytes);
    if (!entry.ok()) {
      return Fail("entry", std::string(entry.status().message()));
    }
    out_.entry = *std::move(entry);
    const v1::SignedStatement& envelope = out_.entry->statement();
    auto statement = statement::ParseStatement(envelope.payload());
    if (!statement.ok() || envelope.payload_type() != statement::kPayloadType) {
      return Fail("entry", "holds no readable statement");
    }
    out_.statement = *std::move(statement);
    if (out_.statement->header().origin() != out_.origin) {
      return Fail("entry", "its statement was made for another log");
    }
    return Pass("entry", statement::DescribeStatement(*out_.statement));
  }

  void CheckExpectations() {
    if (expectations_.statement.has_value()) CheckStatement();
    for (const auto& field : expectations_.fields) CheckField(field);
    for (const auto& opening : expectations_.openings) CheckOpening(opening);
    for (const auto& signer : expectations_.signers) CheckSigner(signer);
  }

  void CheckStatement() {
    if (*expectations_.statement == out_.entry->statement().payload()) {
      Pass("statement", "the entry holds exactly the statement given");
    } else {
      Fail("statement", "the entry holds another statement than the one given");
    }
  }

  void CheckField(const ReceiptExpectations::Field& field) {
    const std::string name = absl::StrCat("field ", field.path);
    const auto text = FieldText(*out_.statement, field.path);
    if (!text.ok()) {
      Fail(name, std::string(text.status().message()));
      return;
    }
    const auto full = FieldText(*out_.statement, field.path, EnumStyle::kFull);
    const bool same = *text == field.text || *full == field.text;
    if (same) {
      Pass(name, absl::StrCat("is \"", statement::Printable(*text), "\""));
    } else {
      Fail(name,
           absl::StrCat("is \"", statement::Printable(*text), "\", not \"",
                        statement::Printable(field.text), "\""));
    }
  }

  void CheckOpening(const v1::SealOpening& opening) {
    const auto& sealed = out_.statement->header().sealed();
    const bool opens = std::any_of(
        sealed.begin(), sealed.end(),
        [&](const auto& field) { return statement::Opens(opening, field); });
    const std::string name =
        absl::StrCat("opening ", statement::Printable(opening.path()));
    if (opens) {
      Pass(name, "is what was sealed");
    } else {
      Fail(name, "is not what was sealed");
    }
  }

  void CheckSigner(const crypto::PublicKey& key) {
    const v1::SignedStatement& envelope = out_.entry->statement();
    const std::string name = absl::StrCat(
        "signature by ", base::HexEncode(crypto::AsBytes(key.key_id())));
    for (int i = 0; i < envelope.signatures_size(); ++i) {
      if (statement::VerifySignature(key, envelope, i).ok()) {
        Pass(name, "the key has signed the statement");
        return;
      }
    }
    Fail(name, "the key has not signed the statement");
  }

  std::string ExplainValid() const {
    return absl::StrCat(
        "The receipt is valid. The log \"", statement::Printable(out_.origin),
        "\" holds this entry at index ", *out_.index, ", admitted ",
        statement::TimeText(out_.entry->admitted_unix_ms()),
        ", and has signed a tree of ", out_.tree_size,
        " entries that contains it: ",
        statement::DescribeStatement(*out_.statement), ".");
  }

  std::string ExplainInvalid() const {
    const auto failed =
        std::find_if(out_.checks.begin(), out_.checks.end(),
                     [](const ReceiptCheck& c) { return !c.passed; });
    return absl::StrCat("The receipt is not valid. ", Meaning(failed->name),
                        " (", failed->name, ": ", failed->detail, ").");
  }

  static absl::string_view Meaning(absl::string_view check) {
    if (check == "file") return "It cannot be read";
    if (check == "checkpoint") {
      return "No log key given vouches for its checkpoint: either this receipt "
             "is of another log, or somebody made it up";
    }
    if (check == "inclusion") {
      return "The entry is not in the tree that the log has signed: the entry "
             "or the proof was altered";
    }
    if (check == "witnesses") {
      return "The log has signed it, but not enough of the witnesses asked for";
    }
    if (check == "entry")
      return "The log holds these bytes, but not as a "
             "statement of its own";
    return "The log holds this entry, but it is not the one expected";
  }

  bool Pass(absl::string_view name, std::string detail) {
    out_.checks.push_back({std::string(name), true, std::move(detail)});
    return true;
  }
  bool Fail(absl::string_view name, std::string detail) {
    out_.checks.push_back({std::string(name), false, std::move(detail)});
    return false;
  }

  const checkpoint::LogKeySet& log_keys_;
  const ReceiptExpectations& expectations_;
  checkpoint::TlogProof proof_;
  ReceiptVerdict out_;
};

}  // namespace

std::string FormatReceiptFile(const Receipt& receipt) {
  checkpoint::TlogProof proof;
  proof.extra = receipt.bytes;
  proof.index = receipt.index;
  proof.hashes = receipt.proof;
  proof.checkpoint = receipt.tree->note;
  return checkpoint::FormatTlogProof(proof);
}

ReceiptVerdict VerifyReceiptFile(absl::string_view file,
                                 const checkpoint::LogKeySet& log_keys,
                                 const ReceiptExpectations& expectations) {
  return Judge(log_keys, expectations).Verdict(file);
}

}  // namespace sightline::client
