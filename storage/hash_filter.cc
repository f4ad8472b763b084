#include "storage/hash_filter.h"

namespace sightline::storage {
namespace {

constexpr uint64_t kBitsPerFingerprint = 16;
constexpr uint64_t kBitsPerLine = 512;
constexpr int kProbes = 7;
constexpr int kProbeBits = 9;  // of 512

// Lines are chosen by the fingerprint's high bits; this mixes them all into the
// 54 bits that the probes use.
uint64_t ProbesOf(uint64_t fingerprint) {
  uint64_t mixed = fingerprint * 0x9E3779B97F4A7C15;
  mixed ^= mixed >> 32;
  return mixed * 0xD6E8FEB86659FD93 >> (64 - kProbes * kProbeBits);
}

}  // namespace

HashFilter::HashFilter(uint64_t fingerprints)
    : lines_(1 + fingerprints * kBitsPerFingerprint / kBitsPerLine) {}

size_t HashFilter::LineOf(uint64_t fingerprint) const {
  __extension__ using Wide = unsigned __int128;
  return static_cast<size_t>(Wide{fingerprint} * lines_.size() >> 64);
}

void HashFilter::Add(uint64_t fingerprint) {
  Line& line = lines_[LineOf(fingerprint)];
  uint64_t probes = ProbesOf(fingerprint);
  for (int i = 0; i < kProbes; ++i, probes >>= kProbeBits) {
    line.bytes[probes >> 3 & 63] |= uint8_t{1} << (probes & 7);
  }
}

bool HashFilter::MayHold(uint64_t fingerprint) const {
  const Line& line = lines_[LineOf(fingerprint)];
  uint64_t probes = ProbesOf(fingerprint);
  for (int i = 0; i < kProbes; ++i, probes >>= kProbeBits) {
    if ((line.bytes[probes >> 3 & 63] >> (probes & 7) & 1) == 0) return false;
  }
  return true;
}

}  // namespace sightline::storage
