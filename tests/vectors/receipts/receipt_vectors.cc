#include "tests/vectors/receipts/receipt_vectors.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/proof_file.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"
#include "merkle/hash.h"
#include "merkle/reference_tree.h"
#include "nlohmann/json.hpp"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/seal.h"

namespace sightline::tests {
namespace {

constexpr absl::string_view kOrigin = "log.example.com/vectors";
constexpr int64_t kUnixSeconds = 1590861600;  // 2020-05-30 18:00 UTC
constexpr uint64_t kSize = 11;
constexpr uint64_t kIndex = 6;

crypto::PrivateKey Key(uint8_t seed) {
  return *crypto::PrivateKey::FromSeed(
      std::string(crypto::kEd25519KeySize, static_cast<char>(seed)));
}

checkpoint::NoteSigner LogSigner(uint8_t seed) {
  return *checkpoint::NoteSigner::Create(kOrigin, checkpoint::KeyType::kEd25519,
                                         Key(seed));
}

// Written out here rather than taken from the examples, which may change.
v1::Statement Request(absl::string_view origin) {
  v1::Statement statement;
  v1::StatementHeader& header = *statement.mutable_header();
  header.set_origin(std::string(origin));
  header.set_submitter("ori:CA0194200");
  header.set_statement_id(
      std::string("\x01\x9a\x00\x00\x00\x00\x40\x00"
                  "\x80\x00\x00\x00\x00\x00\x00\x06",
                  16));
  header.mutable_claimed_time()->set_seconds(kUnixSeconds);
  v1::SealedField& sealed = *header.add_sealed();
  sealed.set_path("case_number");
  sealed.set_commitment(std::string(crypto::AsBytes(statement::Commitment(
      "case_number", std::string(32, 's'), "20-012345"))));
  sealed.set_ground(v1::SEAL_GROUND_ACTIVE_INVESTIGATION);
  sealed.set_granter(v1::SEAL_GRANTER_SUBMITTER);
  sealed.mutable_sealed_until()->set_seconds(kUnixSeconds + 90 * 86400);
  v1::FootageRequest& request = *statement.mutable_footage_request();
  request.set_channel(v1::CHANNEL_VIDEO_REQUEST);
  request.set_legal_process(v1::LEGAL_PROCESS_NONE_CONSENT);
  request.add_evidence_sources(v1::EVIDENCE_SOURCE_HOME_CAMERA);
  request.add_data_categories(v1::DATA_CATEGORY_VIDEO_STORED);
  request.set_includes_content(v1::DECLARED_YES);
  request.set_includes_indoor(v1::DECLARED_NO);
  request.set_offence_code("290");
  request.set_purpose(v1::PURPOSE_PROPERTY_DAMAGE);
  request.set_assembly_related(v1::DECLARED_YES);
  request.set_subject_includes_police(v1::DECLARED_NO);
  request.mutable_footage_window()->mutable_begin()->set_seconds(kUnixSeconds);
  request.mutable_footage_window()->mutable_end()->set_seconds(kUnixSeconds +
                                                               8 * 3600);
  request.mutable_area()->set_county_fips("06037");
  request.set_recipient_class(v1::RECIPIENT_CLASS_RESIDENT);
  return statement;
}

std::string EntryOf(const v1::Statement& statement) {
  const crypto::PrivateKey key = Key(2);
  std::string entry;
  statement::AppendEntry(
      kUnixSeconds * 1000 + 1500,
      statement::Sign(statement, {&key, 1})->SerializeAsString(), "", 2,
      uint64_t{4}, &entry);
  return entry;
}

// The receipt that a log with this key gives for leaf kIndex of kSize.
checkpoint::TlogProof Receipt(const std::string& entry, uint8_t log_seed = 1) {
  std::vector<merkle::Hash> leaves;
  for (uint64_t i = 0; i < kSize; ++i) {
    leaves.push_back(
        merkle::LeafHash(i == kIndex ? entry : absl::StrCat("leaf ", i)));
  }
  const merkle::ReferenceTree tree(leaves);
  checkpoint::Checkpoint checkpoint;
  checkpoint.origin = std::string(kOrigin);
  checkpoint.tree_size = kSize;
  checkpoint.root_hash = tree.Root(kSize);
  const auto signer = LogSigner(log_seed);
  checkpoint::TlogProof proof;
  proof.extra = entry;
  proof.index = kIndex;
  proof.hashes = tree.InclusionProof(kIndex, kSize);
  proof.checkpoint = *checkpoint::SignCheckpoint(checkpoint, {&signer, 1});
  return proof;
}

// The first entry of a log, alone: no hashes.
checkpoint::TlogProof LoneReceipt(const std::string& entry) {
  checkpoint::Checkpoint checkpoint;
  checkpoint.origin = std::string(kOrigin);
  checkpoint.tree_size = 1;
  checkpoint.root_hash = merkle::LeafHash(entry);
  const auto signer = LogSigner(1);
  checkpoint::TlogProof proof;
  proof.extra = entry;
  proof.checkpoint = *checkpoint::SignCheckpoint(checkpoint, {&signer, 1});
  return proof;
}

class Maker {
 public:
  ReceiptVectors Make() {
    out_.vkey = LogSigner(1).vkey();
    const std::string entry = EntryOf(Request(kOrigin));
    good_ = Receipt(entry);
    Add("valid", "a request with a sealed case number", good_, "");
    Add("valid-lone", "the only entry of its tree: no hashes",
        LoneReceipt(entry), "");
    AlteredProofs();
    AlteredNotes();
    OtherEntries();
    BrokenFiles();
    return std::move(out_);
  }

 private:
  void AlteredProofs() {
    auto proof = good_;
    (*proof.extra)[proof.extra->size() / 2] ^= 1;
    Add("entry-bit", "one bit of the entry differs", proof, "inclusion");
    proof = good_;
    proof.hashes[1][7] ^= 0x10;
    Add("hash-bit", "one bit of the second hash differs", proof, "inclusion");
    proof = good_;
    std::swap(proof.hashes[0], proof.hashes[1]);
    Add("hashes-swapped", "two hashes are swapped", proof, "inclusion");
    proof = good_;
    proof.hashes.pop_back();
    Add("hash-missing", "the last hash is missing", proof, "inclusion");
    proof = good_;
    proof.hashes.push_back(proof.hashes.back());
    Add("hash-extra", "the last hash stands twice", proof, "inclusion");
    proof = good_;
    proof.index = kIndex + 1;
    Add("index-other", "the neighbour's index", proof, "inclusion");
    proof = good_;
    proof.index = kSize;
    Add("index-beyond", "an index beyond the tree", proof, "inclusion");
  }

  void AlteredNotes() {
    Add("other-key", "signed by another key of the same name",
        Receipt(*good_.extra, 9), "checkpoint");
    auto proof = good_;
    proof.checkpoint =
        absl::StrReplaceAll(proof.checkpoint, {{"\n11\n", "\n12\n"}});
    Add("size-altered", "the signed tree size was altered", proof,
        "checkpoint");
    proof = good_;
    proof.checkpoint = absl::StrReplaceAll(
        proof.checkpoint,
        {{"log.example.com/vectors\n11", "log.example.com/other\n11"}});
    Add("origin-altered", "the signed origin was altered", proof, "checkpoint");
  }

  void OtherEntries() {
    Add("no-entry", "the leaf is in the tree, but is no entry",
        Receipt("hello"), "entry");
    Add("other-log", "the statement was made for another log",
        Receipt(EntryOf(Request("log.example.com/other"))), "entry");
    auto proof = good_;
    proof.extra.reset();
    Add("entry-left-out", "the file does not carry the entry", proof, "file");
  }

  void BrokenFiles() {
    const std::string text = checkpoint::FormatTlogProof(good_);
    AddText("cut", "the file ends early", text.substr(0, text.size() / 2));
    AddText("trailing", "a line follows the file", text + "more\n");
    AddText("crlf", "lines end as on other systems",
            absl::StrReplaceAll(text, {{"\n", "\r\n"}}));
    AddText("empty", "an empty file", "");
  }

  void Add(absl::string_view name, absl::string_view desc,
           const checkpoint::TlogProof& proof, absl::string_view failed) {
    out_.vectors.push_back({absl::StrCat(name, ".tlog-proof"),
                            std::string(desc),
                            checkpoint::FormatTlogProof(proof), failed.empty(),
                            std::string(failed)});
  }
  void AddText(absl::string_view name, absl::string_view desc,
               const std::string& text) {
    out_.vectors.push_back({absl::StrCat(name, ".tlog-proof"),
                            std::string(desc), text, false, "file"});
  }

  ReceiptVectors out_;
  checkpoint::TlogProof good_;
};

}  // namespace

ReceiptVectors MakeReceiptVectors() { return Maker().Make(); }

std::string IndexOf(const ReceiptVectors& vectors) {
  nlohmann::ordered_json json = {{"vkey", vectors.vkey}};
  for (const ReceiptVector& vector : vectors.vectors) {
    nlohmann::ordered_json item = {
        {"file", vector.file}, {"desc", vector.desc}, {"valid", vector.valid}};
    if (!vector.valid) item["failed"] = vector.failed;
    json["vectors"].push_back(item);
  }
  return json.dump(2) + "\n";
}

}  // namespace sightline::tests
