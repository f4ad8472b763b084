// What the rules cost: lint of public and of sealed texts, openings against their
// commitments, every other rule of a statement, and its evaluation against the
// policies; against verifying one signature of the same statement. A row for every
// kind of statement that a policy judges, and one for the costliest of the others.
//
//   rules_bench DIR [STATEMENTS [ROUNDS]]
//
// DIR is where the other programs keep their logs; nothing is written.
//
// One thread, processor time, rounds that take turns.
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "bench/cpu_time.h"
#include "bench/or_die.h"
#include "bench/result.h"
#include "crypto/fixed_rng.h"
#include "crypto/signer.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/dsse.h"
#include "statement/examples.h"
#include "statement/kinds.h"
#include "statement/lint.h"
#include "statement/policy.h"
#include "statement/policy_trail.h"
#include "statement/registry.h"
#include "statement/seal.h"
#include "statement/sealed_paths.h"
#include "statement/timestamps.h"
#include "statement/validate.h"
#include "statement/verdict.h"
#include "statement/violations.h"
#include "statement/whole_seal.h"

namespace sightline::bench {
namespace {

constexpr double kBar = 0.2;
constexpr absl::string_view kOrigin = "log.example.com/bench";
constexpr int64_t kDayMs = 86'400'000;
// 2023-06-01, when the rules of public posts were in force, and 2026-02-02.
constexpr int64_t kThenMs = 1'685'577'600'000;
constexpr int64_t kNowMs = 1'770'000'000'000;

void Check(bool ok, const std::string& what) {
  if (ok) return;
  std::fprintf(stderr, "rules_bench: %s\n", what.c_str());
  std::exit(1);
}

// --- Statements ---------------------------------------------------------------

// A page of a report, as officers write them.
constexpr absl::string_view kNarrative =
    "On the date above at about 02:40 hours officers of the West Bureau were "
    "sent to a shop on the corner of two main roads, where an alarm had gone "
    "off. They found the rear door forced with a tool and the shelves of the "
    "stock room emptied. The keeper of the shop arrived at 03:15 hours and "
    "put the loss at some 4,200 dollars in cigarettes, batteries and two cash "
    "drawers. A witness who lives opposite heard glass break, then saw two "
    "people in dark clothes carry boxes to a white van without rear windows, "
    "which left towards the motorway. She could not read its plate. A camera "
    "of the shop itself had been sprayed over at 02:31 hours. Three other "
    "shops within two miles were entered in the same manner since the first "
    "of the month, each on a night before a working day, each with the rear "
    "camera sprayed over ten minutes earlier. Doorbells and drives in the "
    "streets named below look onto the only two ways that a van can take from "
    "the yard. Asked for is footage of those streets between 02:15 and 03:00 "
    "hours, and nothing of the inside of any home. Whoever appears on it "
    "without being concerned is to be made unrecognisable before it is "
    "filed. The detective in charge has spoken with the owners of two of the "
    "cameras, who would rather be asked through the platform. Nothing that "
    "is received will be used in another case without a request of its own.";

struct SealedText {
  const char* path;
  absl::string_view text;
};
constexpr SealedText kOfRequest[] = {
    {"approver", "Lt. M. Example, West Bureau, badge 20114"},
    {"case_number", "23-0614-1187"},
    {"contact", "burglary.west@police.example.gov, extension 4471"},
    {"narrative", kNarrative},
    {"officer_badge", "38112"},
    {"officer_name", "Det. A. Example"},
    {"targets",
     "Rear and front cameras of 1100 to 1190 Example Street, both sides, and "
     "of 20 to 48 Sample Avenue; devices known to the platform at these "
     "addresses alone"},
};
constexpr SealedText kOfResponse[] = {
    {"evidence_digest", "0123456789abcdef0123456789abcdef"},
    {"narrative", kNarrative},
};
constexpr SealedText kOfAmendment[] = {{"narrative", kNarrative}};

struct Signed {
  v1::Statement statement;
  google::protobuf::RepeatedPtrField<v1::SealOpening> openings;
};

struct Sample {
  Signed said;
  statement::TrailEnd trail;
  std::string signed_bytes;  // what the signature is over
  std::string signature;
};

Signed Example(v1::StatementKind kind, int64_t now_ms, crypto::Rng& rng) {
  statement::Example example =
      statement::ExampleStatement(kind, kOrigin, "", now_ms, rng);
  Signed out;
  out.statement = std::move(example.statement);
  out.openings.Assign(example.openings.begin(), example.openings.end());
  return out;
}

void SealTexts(absl::Span<const SealedText> texts, v1::SealGround ground,
               v1::SealGranter granter, int64_t until_ms, crypto::Rng& rng,
               Signed* out) {
  out->statement.mutable_header()->clear_sealed();
  out->openings.Clear();
  for (const SealedText& text : texts) {
    statement::Seal seal =
        OrDie(statement::MakeSeal(text.path, text.text,
                                  {ground, granter, until_ms}, rng),
              "seal");
    *out->statement.mutable_header()->add_sealed() = std::move(seal.field);
    *out->openings.Add() = std::move(seal.opening);
  }
}

// A request with every text that is linted.
Signed Request(int64_t now_ms, v1::Channel channel, const char* policy,
               crypto::Rng& rng) {
  Signed out = Example(v1::STATEMENT_KIND_FOOTAGE_REQUEST, now_ms, rng);
  v1::FootageRequest& request = *out.statement.mutable_footage_request();
  request.set_channel(channel);
  request.mutable_policy()->set_policy_id(policy);
  request.set_unit(
      "Joint Task Force on Burglary and Organised Retail Theft, West Bureau");
  SealTexts(kOfRequest, v1::SEAL_GROUND_ACTIVE_INVESTIGATION,
            v1::SEAL_GRANTER_SUBMITTER, now_ms + 90 * kDayMs, rng, &out);
  return out;
}

Signed Warrant(int64_t now_ms, crypto::Rng& rng) {
  Signed out =
      Request(now_ms, v1::CHANNEL_LEGAL_PROCESS, "ca-electronic-warrant", rng);
  v1::FootageRequest& request = *out.statement.mutable_footage_request();
  request.set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT);
  request.set_judge_issued(v1::DECLARED_YES);
  request.set_court_county_fips("06037");
  SealTexts(kOfRequest, v1::SEAL_GROUND_JEOPARDIZE, v1::SEAL_GRANTER_COURT,
            now_ms + 80 * kDayMs, rng, &out);
  return out;
}

// A warrant that was sealed as a whole, made public: the log lints it all then.
Signed WholeUnsealing(const crypto::PrivateKey& key, crypto::Rng& rng) {
  Signed warrant = Warrant(kNowMs, rng);
  v1::WholeSeal& seal =
      *warrant.statement.mutable_header()->mutable_whole_seal();
  seal.set_ground(v1::SEAL_GROUND_JEOPARDIZE);
  seal.set_granter(v1::SEAL_GRANTER_COURT);
  *seal.mutable_sealed_until() = statement::FromUnixMs(kNowMs + 80 * kDayMs);
  warrant.statement.mutable_header()->clear_sealed();
  v1::SealOpening opening;
  opening.set_path(std::string(statement::kWholePath));
  opening.set_salt(rng.Bytes(statement::kSealSaltSize));
  Signed out = Example(v1::STATEMENT_KIND_UNSEALING, kNowMs, rng);
  out.statement.mutable_unsealing()->clear_openings();
  *out.statement.mutable_unsealing()->add_openings() =
      statement::FillWholeOpening(
          opening,
          OrDie(statement::Sign(warrant.statement, {&key, 1}), "sign"));
  return out;
}

// What one row is about.
struct Variety {
  std::string name;
  int64_t admitted_ms;
  std::function<Signed(crypto::Rng&)> make;
  // The policy of the request that it is about; "": none, or its own.
  const char* trail = "";
  // How many policies must have judged it, 1 or 0.
  bool is_judged = true;
};

std::vector<Variety> Judged(const crypto::PrivateKey& key) {
  const auto with_texts = [](v1::StatementKind kind,
                             absl::Span<const SealedText> texts) {
    return [kind, texts](crypto::Rng& rng) {
      Signed out = Example(kind, kNowMs, rng);
      SealTexts(texts, v1::SEAL_GROUND_ACTIVE_INVESTIGATION,
                v1::SEAL_GRANTER_SUBMITTER, kNowMs + 90 * kDayMs, rng, &out);
      return out;
    };
  };
  return {
      {"request, rules of public posts", kThenMs,
       [](crypto::Rng& rng) {
         return Request(kThenMs, v1::CHANNEL_REQUEST_FOR_ASSISTANCE, "rfa-2021",
                        rng);
       }},
      {"request, community rules", kNowMs,
       [](crypto::Rng& rng) {
         return Request(kNowMs, v1::CHANNEL_COMMUNITY_REQUEST, "community-2025",
                        rng);
       }},
      {"request, community rules, citing those of public posts", kNowMs,
       [](crypto::Rng& rng) {
         return Request(kNowMs, v1::CHANNEL_COMMUNITY_REQUEST, "rfa-2021", rng);
       }},
      {"warrant, California notices", kNowMs,
       [](crypto::Rng& rng) { return Warrant(kNowMs, rng); }},
      {"warrant sealed as a whole, unsealed", kNowMs,
       [&key](crypto::Rng& rng) { return WholeUnsealing(key, rng); }},
      {"response", kNowMs,
       with_texts(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, kOfResponse),
       "ca-electronic-warrant"},
      {"amendment", kNowMs,
       with_texts(v1::STATEMENT_KIND_AMENDMENT, kOfAmendment),
       "ca-electronic-warrant"},
      {"seal renewal", kNowMs,
       [](crypto::Rng& rng) {
         return Example(v1::STATEMENT_KIND_SEAL_RENEWAL, kNowMs, rng);
       },
       "ca-electronic-warrant"},
  };
}

// The others, as the examples are: only their own rules and lint.
std::vector<Variety> Others() {
  std::vector<Variety> out;
  for (const v1::StatementKind kind : statement::AllKinds()) {
    switch (kind) {
      case v1::STATEMENT_KIND_FOOTAGE_REQUEST:
      case v1::STATEMENT_KIND_FOOTAGE_RESPONSE:
      case v1::STATEMENT_KIND_AMENDMENT:
      case v1::STATEMENT_KIND_SEAL_RENEWAL:
      case v1::STATEMENT_KIND_SEALED_STATEMENT:  // the log's own
        continue;
      default:
        break;
    }
    out.push_back(
        {std::string(statement::KindName(kind)), kNowMs,
         [kind](crypto::Rng& rng) { return Example(kind, kNowMs, rng); }, "",
         /*is_judged=*/false});
  }
  return out;
}

std::vector<Sample> MakeSamples(const Variety& variety, int count,
                                const crypto::PrivateKey& key) {
  std::vector<Sample> out;
  crypto::FixedRng rng(1);
  for (int i = 0; i < count; ++i) {
    Sample sample;
    sample.said = variety.make(rng);
    if (std::string(variety.trail) != "") {
      sample.trail.policy.emplace();
      sample.trail.policy->set_policy_id(variety.trail);
      sample.trail.policy->set_version(1);
    }
    const v1::SignedStatement envelope =
        OrDie(statement::Sign(sample.said.statement, {&key, 1}), "sign");
    sample.signed_bytes =
        statement::PreAuthEncoding(envelope.payload_type(), envelope.payload());
    sample.signature = envelope.signatures(0).signature();
    out.push_back(std::move(sample));
  }
  return out;
}

// --- Work ---------------------------------------------------------------------

// A log that holds the shipped policies.
class Policies {
 public:
  Policies() {
    crypto::FixedRng rng(2);
    const auto apply = [this](const v1::Statement& statement) {
      OrDie(registry_.Apply(size_++, statement), "policies");
    };
    apply(Example(v1::STATEMENT_KIND_GENESIS, kThenMs, rng).statement);
    for (const v1::PolicyVersion& policy : statement::DefaultPolicies()) {
      v1::Statement statement =
          Example(v1::STATEMENT_KIND_POLICY_VERSION, kThenMs, rng).statement;
      *statement.mutable_policy_version() = policy;
      apply(statement);
    }
    // The face of what is sealed as a whole, and what it is about.
    size_ += 2;
  }

  bool Judge(const Variety& variety, const Sample& sample) const {
    return !statement::JudgeStatement(registry_, size_, variety.admitted_ms,
                                      sample.said.statement, sample.trail)
                .Encoded()
                .empty();
  }

 private:
  statement::Registry registry_;
  uint64_t size_ = 0;
};

// As admission checks it, and as the command line warns of what it seals.
void KeepRules(const Variety& variety, const Sample& sample) {
  const Signed& said = sample.said;
  statement::Violations violations = statement::Validate(said.statement);
  violations.Append(statement::CheckOpenings(said.statement, said.openings));
  Check(violations.empty(),
        absl::StrCat(variety.name, ": ", violations.ToStatus().ToString()));
  for (const v1::SealOpening& opening : said.openings) {
    if (statement::HoldsPersonalData(opening.path())) continue;
    statement::FindPersonalData(opening.value());
  }
}

// Microseconds of processor time for one of `samples`.
template <typename Work>
double MicrosEach(const std::vector<Sample>& samples, const Work& work) {
  const double begin = CpuSeconds();
  for (const Sample& sample : samples) work(sample);
  return (CpuSeconds() - begin) * 1e6 / static_cast<double>(samples.size());
}

Row Measure(const Variety& variety, const Policies& policies, int statements,
            int rounds, const crypto::PrivateKey& key) {
  const crypto::PublicKey public_key = key.public_key();
  const std::vector<Sample> samples = MakeSamples(variety, statements, key);
  std::vector<double> rules;
  std::vector<double> verifications;
  std::vector<double> ratios;
  for (int i = 0; i < rounds; ++i) {
    rules.push_back(MicrosEach(samples, [&](const Sample& sample) {
      KeepRules(variety, sample);
      Check(policies.Judge(variety, sample) == variety.is_judged,
            absl::StrCat(variety.name, ": judged, or not"));
    }));
    verifications.push_back(MicrosEach(samples, [&](const Sample& sample) {
      OrDie(statement::VerifySignature(public_key, sample.signed_bytes,
                                       sample.signature),
            "signature");
    }));
    ratios.push_back(rules.back() / verifications.back());
  }
  Row row;
  row.what = absl::StrCat("policy evaluation, lint and every other rule: ",
                          variety.name);
  row.bar = absl::StrCat("at most ", kBar, " times");
  row.unit = "us";
  row.result = Median(rules);
  row.limit = Median(verifications);
  row.ratio = Median(ratios);
  row.met = row.ratio <= kBar;
  row.limit_is =
      absl::StrCat("one Ed25519 verification of the same statement (",
                   samples.front().signed_bytes.size(),
                   " bytes, and sealed texts), on one thread, processor time");
  return row;
}

void Run(int statements, int rounds) {
  const crypto::PrivateKey key =
      OrDie(crypto::PrivateKey::FromSeed(std::string(32, 'b')), "key");
  const Policies policies;
  for (const Variety& variety : Judged(key)) {
    Print(Measure(variety, policies, statements, rounds, key));
  }
  Row costliest;
  for (const Variety& variety : Others()) {
    Row row = Measure(variety, policies, statements, rounds, key);
    if (row.ratio >= costliest.ratio) costliest = std::move(row);
  }
  costliest.limit_is = absl::StrCat(
      "the costliest of the kinds that no policy judges; ", costliest.limit_is);
  Print(costliest);
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
