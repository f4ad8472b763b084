#include "bench/year_log.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <utility>

#include "admission/admitted_entry.h"
#include "admission/admitted_entry_maker.h"
#include "bench/or_die.h"
#include "bench/raw_log.h"
#include "bench/window.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/vkey.h"
#include "client/channel.h"
#include "crypto/fixed_rng.h"
#include "crypto/key_file.h"
#include "crypto/signer.h"
#include "crypto/x509.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "records/views.h"
#include "sequencer/sequencer.h"
#include "services/tls.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/examples.h"
#include "statement/kinds.h"
#include "statement/submitter_id.h"
#include "telemetry/diagnostics.h"

namespace sightline::bench {
namespace {

using records::YearMaker;

constexpr size_t kWaiting = 2048;

RawLogOptions Options() {
  RawLogOptions options;
  options.origin = std::string(YearMaker::kOrigin);
  return options;
}

checkpoint::NoteSigner LogSigner() {
  return OrDie(
      checkpoint::NoteSigner::Create(
          YearMaker::kOrigin, checkpoint::KeyType::kEd25519,
          OrDie(crypto::PrivateKey::FromSeed(Options().key_seed), "log key")),
      "log key");
}

// As the year's own, but a log key is in it, without which no log opens.
std::string Genesis() {
  crypto::FixedRng rng(1);
  v1::Statement statement = statement::ExampleStatement(
                                v1::STATEMENT_KIND_GENESIS, YearMaker::kOrigin,
                                statement::kRegistrar, YearMaker::kBegin, rng)
                                .statement;
  statement.mutable_genesis()->clear_log_keys();
  statement.mutable_genesis()->add_log_keys()->set_vkey(LogSigner().vkey());
  v1::Entry entry;
  entry.set_format_version(1);
  entry.set_admitted_unix_ms(YearMaker::kBegin);
  entry.set_feed_ordinal(1);
  entry.mutable_statement()->set_payload_type(
      std::string(statement::kPayloadType));
  entry.mutable_statement()->set_payload(statement.SerializeAsString());
  return entry.SerializeAsString();
}

admission::AdmittedEntry Admitted(std::string bytes) {
  const statement::EntryPeek peek = OrDie(statement::PeekEntry(bytes), "entry");
  const crypto::Digest identity =
      statement::IdentityHash(peek.payload_type, peek.payload);
  const std::string feed(peek.feed);
  const bool control = statement::IsControl(peek.kind);
  const int64_t admitted_unix_ms = peek.admitted_unix_ms;
  admission::AdmittedEntry entry = admission::AdmittedEntryMaker::Make(
      feed, std::move(bytes), control, admitted_unix_ms);
  admission::AdmittedEntryMaker::SetIdentityHash(identity, &entry);
  return entry;
}

void WriteFile(const std::string& path, absl::string_view contents) {
  std::ofstream file(path, std::ios::binary);
  file << contents;
  if (!file.flush()) OrDie(absl::InternalError(path), "write");
}

services::TlsFiles WriteCertificates(const tests::TestParties& parties,
                                     const std::string& dir) {
  const services::TlsFiles files = {dir + "/server.pem", dir + "/server.key",
                                    dir + "/ca.pem"};
  const crypto::IssuedCertificate server = parties.ServerCertificate();
  WriteFile(files.client_ca, parties.authority_pem());
  WriteFile(files.certificate, server.certificate_pem);
  OrDie(
      crypto::WriteSecretFile(files.private_key, server.private_key_pem.view()),
      "key");
  return files;
}

}  // namespace

YearLog::YearLog(const std::string& dir, const YearMaker& year)
    : dir_(dir), parties_(YearMaker::kOrigin) {
  std::filesystem::create_directories(dir_);
  Fill(year);
  store_ = OrDie(storage::RocksDbLogStore::Open(dir_ + "/log", {}), "log");
  views_ = OrDie(storage::RocksDbViewStore::Open(dir_ + "/views"), "views");
  Derive(year.entries().size());
  Serve();
}

void YearLog::Fill(const YearMaker& year) const {
  const auto log = OrDie(RawLog::Open(dir_ + "/log", Options()), "log");
  Window window(kWaiting);
  for (size_t i = 0; i < year.entries().size(); ++i) {
    window.Enter();
    OrDie(log->Submit(Admitted(i == 0 ? Genesis() : year.entries()[i]),
                      [&](absl::StatusOr<sequencer::Placement> placed) {
                        OrDie(placed.status(), "log an entry");
                        window.Leave();
                      }),
          "log an entry");
  }
  window.Drain();
  log->Shutdown();
}

void YearLog::Derive(uint64_t entries) {
  const auto views =
      OrDie(records::Views::Open(store_.get(), views_.get()), "views");
  const auto begin = std::chrono::steady_clock::now();
  OrDie(views->CatchUp(entries), "derive views");
  derive_seconds_ =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
}

void YearLog::Serve() {
  services::LogParts parts;
  parts.store = store_.get();
  parts.views = views_.get();
  parts.clock = &clock_;
  parts.signers.push_back(LogSigner());
  log_ = OrDie(services::LogInstance::Open({}, std::move(parts)), "open");
  services::ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  options.tls = WriteCertificates(parties_, dir_);
  server_ = OrDie(services::Server::Start(options, log_.get(), &clock_,
                                          telemetry::NoDiagnostics()),
                  "serve");
}

std::shared_ptr<grpc::Channel> YearLog::Channel() const {
  client::TlsOptions tls;
  tls.ca_file = dir_ + "/ca.pem";
  return OrDie(client::MakeChannel(server_->addresses().front(), tls),
               "connect");
}

}  // namespace sightline::bench
