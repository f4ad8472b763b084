#include "crypto/signer.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <climits>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crypto/openssl_ptr.h"

namespace sightline::crypto {
namespace {

// Everything of the canonical SPKI before the key's own bytes (RFC 8410 s4, RFC
// 5480 s2; the P-256 one ends with the 0x04 of an uncompressed point).
constexpr char kEd25519SpkiPrefix[] =
    "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
constexpr char kP256SpkiPrefix[] =
    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48"
    "\xce"
    "\x3d\x03\x01\x07\x03\x42\x00\x04";
constexpr absl::string_view kEd25519Prefix(kEd25519SpkiPrefix,
                                           sizeof(kEd25519SpkiPrefix) - 1);
constexpr absl::string_view kP256Prefix(kP256SpkiPrefix,
                                        sizeof(kP256SpkiPrefix) - 1);
constexpr size_t kP256CoordinateSize = 32;

// y of the points of order 1, 2, 4 and 8, little-endian as encoded, sign bit
// clear.
constexpr std::array<absl::string_view, 5> kSmallOrderY = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"};

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("public key: ", what));
}

absl::Status DoesNotVerify() {
  return absl::InvalidArgumentError("signature does not verify");
}

// y must be below p = 2^255 - 19 (OpenSSL would reduce it, giving one key two
// encodings) and not that of a point of small order.
absl::Status CheckEd25519Point(absl::string_view raw) {
  std::string y(raw);
  y[31] = static_cast<char>(y[31] & 0x7f);
  bool all_ones = y[31] == 0x7f;
  for (size_t i = 1; i < 31; ++i) all_ones = all_ones && y[i] == '\xff';
  if (all_ones && static_cast<uint8_t>(y[0]) >= 0xed) {
    return Malformed("ed25519 coordinate is not reduced");
  }
  for (absl::string_view small : kSmallOrderY) {
    if (y == absl::HexStringToBytes(small)) {
      return Malformed("ed25519 point has small order");
    }
  }
  return absl::OkStatus();
}

// Ed25519 hashes by itself and takes no digest.
const EVP_MD* MessageDigest(KeyAlgorithm algorithm) {
  return algorithm == KeyAlgorithm::kEd25519 ? nullptr : EVP_sha256();
}

absl::StatusOr<std::string> SpkiDer(const EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size < 0) return OpenSslFailure("public key");
  std::string out(reinterpret_cast<const char*>(der), size);
  OPENSSL_free(der);
  return out;
}

// A P-256 key pair with the given scalar; `point` is its public half,
// uncompressed.
absl::StatusOr<PkeyPtr> P256FromParts(const BIGNUM* scalar,
                                      absl::string_view point) {
  struct BuilderFree {
    void operator()(OSSL_PARAM_BLD* b) const { OSSL_PARAM_BLD_free(b); }
    void operator()(OSSL_PARAM* p) const { OSSL_PARAM_free(p); }
  };
  std::unique_ptr<OSSL_PARAM_BLD, BuilderFree> builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                      "prime256v1", 0) != 1 ||
      OSSL_PARAM_BLD_push_BN_pad(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY,
                                 scalar, kP256CoordinateSize) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                       point.data(), point.size()) != 1) {
    return OpenSslFailure("p-256 key");
  }
  std::unique_ptr<OSSL_PARAM, BuilderFree> params(
      OSSL_PARAM_BLD_to_param(builder.get()));
  PkeyCtxPtr ctx(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (params == nullptr || ctx == nullptr ||
      EVP_PKEY_fromdata_init(ctx.get()) != 1 ||
      EVP_PKEY_fromdata(ctx.get(), &key, EVP_PKEY_KEYPAIR, params.get()) != 1) {
    return OpenSslFailure("p-256 key");
  }
  return PkeyPtr(key);
}

}  // namespace

absl::string_view KeyAlgorithmName(KeyAlgorithm algorithm) {
  return algorithm == KeyAlgorithm::kEd25519 ? "ed25519" : "ecdsa-p256";
}

absl::StatusOr<KeyAlgorithm> ParseKeyAlgorithm(absl::string_view name) {
  for (KeyAlgorithm a : {KeyAlgorithm::kEd25519, KeyAlgorithm::kEcdsaP256}) {
    if (name == KeyAlgorithmName(a)) return a;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("key algorithm \"", absl::CHexEscape(name),
                   "\": want ed25519 or ecdsa-p256"));
}

// --- ECDSA signatures

absl::StatusOr<std::string> EcdsaDerFromRaw(absl::string_view raw) {
  if (raw.size() != kSignatureSize) {
    return absl::InvalidArgumentError(
        absl::StrCat("ecdsa signature: ", raw.size(), " bytes, want 64"));
  }
  ErrorQueueGuard guard;
  constexpr int kHalf = kP256CoordinateSize;
  EcdsaSigPtr sig(ECDSA_SIG_new());
  BignumPtr r(BN_bin2bn(Data(raw), kHalf, nullptr));
  BignumPtr s(BN_bin2bn(Data(raw) + kHalf, kHalf, nullptr));
  if (sig == nullptr || r == nullptr || s == nullptr ||
      ECDSA_SIG_set0(sig.get(), r.get(), s.get()) != 1) {
    return OpenSslFailure("ecdsa signature");
  }
  r.release();  // owned by sig now
  s.release();
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(sig.get(), &der);
  if (size < 0) return OpenSslFailure("ecdsa signature");
  std::string out(reinterpret_cast<const char*>(der), size);
  OPENSSL_free(der);
  return out;
}

absl::StatusOr<std::string> EcdsaRawFromDer(absl::string_view der) {
  ErrorQueueGuard guard;
  constexpr int kHalf = kP256CoordinateSize;
  const unsigned char* in = Data(der);
  EcdsaSigPtr sig(d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size())));
  std::string raw(kSignatureSize, '\0');
  unsigned char* const out = MutableData(&raw);
  if (sig != nullptr &&
      BN_bn2binpad(ECDSA_SIG_get0_r(sig.get()), out, kHalf) == kHalf &&
      BN_bn2binpad(ECDSA_SIG_get0_s(sig.get()), out + kHalf, kHalf) == kHalf) {
    // OpenSSL is lenient (negative numbers, trailing bytes); only the canonical
    // DER survives the way back.
    ASSIGN_OR_RETURN(const std::string again, EcdsaDerFromRaw(raw));
    if (again == der) return raw;
  }
  return absl::InvalidArgumentError("ecdsa signature: not canonical DER");
}

// --- public keys

namespace {

// `der` has the canonical form of `algorithm`. Null when it is no point of the
// curve.
PkeyPtr LoadSpki(absl::string_view der, KeyAlgorithm algorithm) {
  if (algorithm == KeyAlgorithm::kEd25519) {
    // Many times faster than the DER decoder.
    return PkeyPtr(EVP_PKEY_new_raw_public_key(
        EVP_PKEY_ED25519, nullptr, Data(der.substr(kEd25519Prefix.size())),
        kEd25519KeySize));
  }
  const unsigned char* in = Data(der);
  return PkeyPtr(d2i_PUBKEY(nullptr, &in, static_cast<long>(der.size())));
}

}  // namespace

struct PublicKey::State {
  KeyAlgorithm algorithm;
  std::string spki_der;
  Digest key_id;
  PkeyPtr pkey;
};

PublicKey::PublicKey(std::shared_ptr<const State> state)
    : state_(std::move(state)) {}

absl::StatusOr<PublicKey> PublicKey::FromSpkiDer(absl::string_view der) {
  ErrorQueueGuard guard;
  auto state = std::make_shared<State>();
  if (absl::StartsWith(der, kEd25519Prefix) &&
      der.size() == kEd25519Prefix.size() + kEd25519KeySize) {
    state->algorithm = KeyAlgorithm::kEd25519;
    RETURN_IF_ERROR(CheckEd25519Point(der.substr(kEd25519Prefix.size())));
  } else if (absl::StartsWith(der, kP256Prefix) &&
             der.size() == kP256Prefix.size() + 2 * kP256CoordinateSize) {
    state->algorithm = KeyAlgorithm::kEcdsaP256;
  } else {
    return Malformed(
        "want the SubjectPublicKeyInfo of an Ed25519 or uncompressed P-256 "
        "key");
  }
  state->pkey = LoadSpki(der, state->algorithm);
  if (state->pkey == nullptr) return Malformed("not a point of its curve");
  state->spki_der = std::string(der);
  state->key_id = Sha256(der);
  return PublicKey(std::move(state));
}

absl::StatusOr<PublicKey> PublicKey::FromEd25519(absl::string_view raw) {
  if (raw.size() != kEd25519KeySize) {
    return Malformed(absl::StrCat("ed25519: ", raw.size(), " bytes, want 32"));
  }
  return FromSpkiDer(absl::StrCat(kEd25519Prefix, raw));
}

absl::StatusOr<PublicKey> PublicKey::FromPem(absl::string_view pem) {
  if (pem.size() > INT_MAX) return Malformed("PEM too long");
  ErrorQueueGuard guard;
  BioPtr bio = ReadBio(pem);
  PkeyPtr key(
      PEM_read_bio_PUBKEY(bio.get(), nullptr, RefusePassphrase, nullptr));
  if (key == nullptr) return Malformed("want a PEM block \"PUBLIC KEY\"");
  ASSIGN_OR_RETURN(const std::string der, SpkiDer(key.get()));
  return FromSpkiDer(der);
}

absl::Status PublicKey::Verify(absl::string_view message,
                               absl::string_view signature) const {
  if (signature.size() != kSignatureSize) return DoesNotVerify();
  ErrorQueueGuard guard;
  std::string der;
  if (state_->algorithm == KeyAlgorithm::kEcdsaP256) {
    ASSIGN_OR_RETURN(der, EcdsaDerFromRaw(signature));
    signature = der;
  }
  // A context per call: reusing one saves 1 us of 100 and would keep the last
  // key alive for as long as the thread.
  MdCtxPtr ctx(EVP_MD_CTX_new());
  if (ctx == nullptr ||
      EVP_DigestVerifyInit(ctx.get(), nullptr, MessageDigest(state_->algorithm),
                           nullptr, state_->pkey.get()) != 1) {
    return OpenSslFailure("verify");
  }
  const int verdict =
      EVP_DigestVerify(ctx.get(), Data(signature), signature.size(),
                       Data(message), message.size());
  return verdict == 1 ? absl::OkStatus() : DoesNotVerify();
}

KeyAlgorithm PublicKey::algorithm() const { return state_->algorithm; }
absl::string_view PublicKey::spki_der() const { return state_->spki_der; }
const Digest& PublicKey::key_id() const { return state_->key_id; }

std::string PublicKey::ToPem() const {
  // RFC 7468 s2: lines of 64 characters.
  std::string out = "-----BEGIN PUBLIC KEY-----\n";
  const std::string text = absl::Base64Escape(state_->spki_der);
  for (size_t i = 0; i < text.size(); i += 64) {
    absl::StrAppend(&out, absl::string_view(text).substr(i, 64), "\n");
  }
  return out + "-----END PUBLIC KEY-----\n";
}

absl::string_view PublicKey::ed25519_bytes() const {
  if (state_->algorithm != KeyAlgorithm::kEd25519) return {};
  return spki_der().substr(kEd25519Prefix.size());
}

// --- private keys

struct PrivateKey::State {
  PkeyPtr pkey;
  PublicKey public_key;

  // Takes over `pkey`, whose public half decides what it may be.
  static absl::StatusOr<PrivateKey> Wrap(PkeyPtr pkey);
};

PrivateKey::PrivateKey(std::shared_ptr<const State> state)
    : state_(std::move(state)) {}

absl::StatusOr<PrivateKey> PrivateKey::State::Wrap(PkeyPtr pkey) {
  if (pkey == nullptr) return OpenSslFailure("private key");
  ASSIGN_OR_RETURN(const std::string der, SpkiDer(pkey.get()));
  ASSIGN_OR_RETURN(PublicKey public_key, PublicKey::FromSpkiDer(der));
  return PrivateKey(
      std::make_shared<State>(State{std::move(pkey), std::move(public_key)}));
}

absl::StatusOr<PrivateKey> PrivateKey::Generate(KeyAlgorithm algorithm) {
  ErrorQueueGuard guard;
  return State::Wrap(
      PkeyPtr(algorithm == KeyAlgorithm::kEd25519
                  ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
                  : EVP_EC_gen("prime256v1")));
}

absl::StatusOr<PrivateKey> PrivateKey::FromSeed(absl::string_view seed) {
  if (seed.size() != kEd25519KeySize) {
    return absl::InvalidArgumentError(
        absl::StrCat("ed25519 seed: ", seed.size(), " bytes, want 32"));
  }
  ErrorQueueGuard guard;
  return State::Wrap(PkeyPtr(EVP_PKEY_new_raw_private_key(
      EVP_PKEY_ED25519, nullptr, Data(seed), seed.size())));
}

absl::StatusOr<PrivateKey> PrivateKey::FromP256Scalar(
    absl::string_view scalar) {
  if (scalar.size() != kP256CoordinateSize) {
    return absl::InvalidArgumentError(
        absl::StrCat("p-256 scalar: ", scalar.size(), " bytes, want 32"));
  }
  ErrorQueueGuard guard;
  EcGroupPtr group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  BignumPtr k(BN_bin2bn(Data(scalar), kP256CoordinateSize, nullptr));
  EcPointPtr point(group == nullptr ? nullptr : EC_POINT_new(group.get()));
  if (k == nullptr || point == nullptr) return OpenSslFailure("p-256 key");
  if (BN_is_zero(k.get()) ||
      BN_cmp(k.get(), EC_GROUP_get0_order(group.get())) >= 0) {
    return absl::InvalidArgumentError("p-256 scalar: want 0 < scalar < n");
  }
  std::string encoded(1 + 2 * kP256CoordinateSize, '\0');
  if (EC_POINT_mul(group.get(), point.get(), k.get(), nullptr, nullptr,
                   nullptr) != 1 ||
      EC_POINT_point2oct(group.get(), point.get(),
                         POINT_CONVERSION_UNCOMPRESSED, MutableData(&encoded),
                         encoded.size(), nullptr) != encoded.size()) {
    return OpenSslFailure("p-256 key");
  }
  ASSIGN_OR_RETURN(PkeyPtr pkey, P256FromParts(k.get(), encoded));
  return State::Wrap(std::move(pkey));
}

absl::StatusOr<PrivateKey> PrivateKey::FromPem(absl::string_view pem) {
  if (pem.size() > INT_MAX) {
    return absl::InvalidArgumentError("private key: PEM too long");
  }
  ErrorQueueGuard guard;
  BioPtr bio = ReadBio(pem);
  PkeyPtr key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, RefusePassphrase, nullptr));
  if (key == nullptr) {
    return absl::InvalidArgumentError(
        "private key: want an unencrypted PEM block \"PRIVATE KEY\" (PKCS#8)");
  }
  return State::Wrap(std::move(key));
}

absl::StatusOr<std::string> PrivateKey::Sign(absl::string_view message) const {
  ErrorQueueGuard guard;
  const KeyAlgorithm algorithm = public_key().algorithm();
  MdCtxPtr ctx(EVP_MD_CTX_new());
  std::string signature(80, '\0');  // DER of P-256 has at most 72 bytes
  size_t size = signature.size();
  if (ctx == nullptr ||
      EVP_DigestSignInit(ctx.get(), nullptr, MessageDigest(algorithm), nullptr,
                         state_->pkey.get()) != 1 ||
      EVP_DigestSign(ctx.get(), MutableData(&signature), &size, Data(message),
                     message.size()) != 1) {
    return OpenSslFailure("sign");
  }
  signature.resize(size);
  if (algorithm == KeyAlgorithm::kEcdsaP256) return EcdsaRawFromDer(signature);
  return signature;
}

const PublicKey& PrivateKey::public_key() const { return state_->public_key; }

absl::StatusOr<SecretString> PrivateKey::ToPem() const {
  ErrorQueueGuard guard;
  BioPtr bio(BIO_new(BIO_s_secmem()));
  if (bio == nullptr ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), state_->pkey.get(), nullptr,
                                    nullptr, 0, nullptr, nullptr) != 1) {
    return OpenSslFailure("private key");
  }
  return SecretString::CopyOf(Written(bio.get()));
}

absl::StatusOr<SecretString> PrivateKey::Ed25519Seed() const {
  if (public_key().algorithm() != KeyAlgorithm::kEd25519) {
    return absl::FailedPreconditionError("private key: not an ed25519 key");
  }
  ErrorQueueGuard guard;
  std::string seed(kEd25519KeySize, '\0');
  size_t size = seed.size();
  if (EVP_PKEY_get_raw_private_key(state_->pkey.get(), MutableData(&seed),
                                   &size) != 1 ||
      size != kEd25519KeySize) {
    return OpenSslFailure("private key");
  }
  return SecretString(std::move(seed));
}

}  // namespace sightline::crypto
