// What the rules cost: lint and every other rule of a statement, and its evaluation
// against the policy in force; against verifying the signature of the same
// statement.
//
//   rules_bench DIR [STATEMENTS [ROUNDS]]
//
// DIR is where the other programs keep their logs; nothing is written.
//
// One thread, processor time, rounds that take turns.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/cpu_time.h"
#include "bench/or_die.h"
#include "bench/result.h"
#include "crypto/fixed_rng.h"
#include "crypto/signer.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/examples.h"
#include "statement/policy.h"
#include "statement/statement_codec.h"
#include "statement/validate.h"

namespace sightline::bench {
namespace {

constexpr double kBar = 0.2;
constexpr int64_t kNowMs = 1'770'000'000'000;

struct Sample {
  v1::Statement statement;
  std::string signed_bytes;  // what the signature is over
  std::string signature;
};

// Requests with every text that is linted: narratives are sealed, units and the
// names of places are not.
std::vector<Sample> MakeSamples(int count, const crypto::PrivateKey& key) {
  std::vector<Sample> out;
  crypto::FixedRng rng(1);
  for (int i = 0; i < count; ++i) {
    Sample sample;
    sample.statement =
        statement::ExampleStatement(v1::STATEMENT_KIND_FOOTAGE_REQUEST,
                                    "log.example.com/bench", "ori:CA0194200",
                                    kNowMs + i, rng)
            .statement;
    sample.statement.mutable_footage_request()->set_unit(
        "Joint Task Force on Burglary and Organised Retail Theft, West Bureau");
    const v1::SignedStatement envelope =
        OrDie(statement::Sign(sample.statement, {&key, 1}), "sign");
    sample.signed_bytes =
        statement::PreAuthEncoding(envelope.payload_type(), envelope.payload());
    sample.signature = envelope.signatures(0).signature();
    out.push_back(std::move(sample));
  }
  return out;
}

void Check(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "rules_bench: %s\n", what);
  std::exit(1);
}

// Microseconds of processor time for one of `samples`.
template <typename Work>
double MicrosEach(const std::vector<Sample>& samples, const Work& work) {
  const double begin = CpuSeconds();
  for (const Sample& sample : samples) work(sample);
  return (CpuSeconds() - begin) * 1e6 / static_cast<double>(samples.size());
}

void Run(int statements, int rounds) {
  const crypto::PrivateKey key =
      OrDie(crypto::PrivateKey::FromSeed(std::string(32, 'b')), "key");
  const crypto::PublicKey public_key = key.public_key();
  const std::vector<Sample> samples = MakeSamples(statements, key);
  const std::vector<v1::PolicyVersion> policies = statement::DefaultPolicies();
  statement::PolicyView view;
  view.in_force = &policies[0];
  view.cited_is_known = true;
  std::vector<double> rules;
  std::vector<double> verdicts;
  std::vector<double> verifications;
  std::vector<double> ratios;
  for (int i = 0; i < rounds; ++i) {
    rules.push_back(MicrosEach(samples, [](const Sample& sample) {
      Check(statement::Validate(sample.statement).empty(), "example refused");
    }));
    verdicts.push_back(MicrosEach(samples, [&view](const Sample& sample) {
      const auto findings = statement::Evaluate(sample.statement, kNowMs, view);
      Check(
          !statement::EncodeVerdict(&view.in_force->policy(), findings).empty(),
          "no verdict");
    }));
    verifications.push_back(
        MicrosEach(samples, [&public_key](const Sample& sample) {
          Check(statement::VerifySignature(public_key, sample.signed_bytes,
                                           sample.signature)
                    .ok(),
                "signature refused");
        }));
    ratios.push_back((rules.back() + verdicts.back()) / verifications.back());
  }
  Row row;
  row.what = "policy evaluation, lint and every other rule of a statement";
  row.bar = absl::StrCat("at most ", kBar, " times");
  row.unit = "us";
  row.result = Median(rules) + Median(verdicts);
  row.limit = Median(verifications);
  row.ratio = Median(ratios);
  row.met = row.ratio <= kBar;
  row.limit_is =
      "one Ed25519 verification of the same statement, on one thread, "
      "processor "
      "time";
  Print(row);
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) {
  const int statements = argc > 2 ? std::atoi(argv[2]) : 2000;
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 9;
  if (argc < 2 || statements < 1 || rounds < 1) {
    std::fprintf(stderr, "usage: rules_bench DIR [STATEMENTS [ROUNDS]]\n");
    return 2;
  }
  sightline::bench::Run(statements, rounds);
  return 0;
}
