#include "storage/index_run.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <deque>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "rocksdb/convenience.h"
#include "rocksdb/sst_file_writer.h"
#include "storage/rocksdb_status.h"

namespace sightline::storage {
namespace {

constexpr HashKind kKinds[] = {HashKind::kIdentity, HashKind::kLeaf};

constexpr size_t kFingerprintBytes = 8;
constexpr size_t kRecordBytes = kFingerprintBytes + 4;
constexpr size_t kFilterChunk = size_t{256} << 10;
constexpr size_t kKeyBytes = 8 + 8 + 1 + 4;

// A run's keys: u64 begin, u64 end, u8 part, u32 number.
enum class Part : uint8_t {
  kHeader = 0,
  kIdentityBuckets = 1,
  kLeafBuckets = 2,
  kIdentityFilter = 3,
  kLeafFilter = 4,
  kEnd = 255,
};

Part BucketsOf(HashKind kind) {
  return kind == HashKind::kIdentity ? Part::kIdentityBuckets
                                     : Part::kLeafBuckets;
}

Part FilterOf(HashKind kind) {
  return kind == HashKind::kIdentity ? Part::kIdentityFilter
                                     : Part::kLeafFilter;
}

std::string Key(RunRange range, Part part, uint32_t number) {
  std::string key;
  key.reserve(kKeyBytes);
  base::AppendU64(range.begin, &key);
  base::AppendU64(range.end, &key);
  key.push_back(static_cast<char>(part));
  base::AppendU32(number, &key);
  return key;
}

std::string Describe(RunRange range) {
  return absl::StrCat("hash index run ", range.begin, "-", range.end);
}

absl::Status Damaged(RunRange range, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(Describe(range), ": ", what));
}

// 256 to 511 records to a bucket.
int BucketBits(uint64_t entries) {
  return entries < 256 ? 0
                       : static_cast<int>(std::bit_width(entries / 256)) - 1;
}

// The high bits, of which there may be none.
uint32_t HighBits(uint64_t fingerprint, int bits) {
  return bits == 0 ? 0 : static_cast<uint32_t>(fingerprint >> (64 - bits));
}

void AppendRecord(uint64_t fingerprint, uint32_t offset, std::string* bucket) {
  char record[kRecordBytes];
  for (size_t i = 0; i < kFingerprintBytes; ++i) {
    record[i] = static_cast<char>(fingerprint >> (56 - 8 * i));
  }
  for (size_t i = kFingerprintBytes; i < kRecordBytes; ++i) {
    record[i] = static_cast<char>(offset >> (24 - 8 * (i - kFingerprintBytes)));
  }
  bucket->append(record, kRecordBytes);
}

absl::Status CheckBucket(RunRange range, absl::string_view bucket) {
  if (bucket.size() % kRecordBytes == 0) return absl::OkStatus();
  return Damaged(range, absl::StrCat("bucket of ", bucket.size(), " bytes"));
}

// Writes a run's file, part after part, and hands it to the database.
class RunWriter {
 public:
  RunWriter(const RocksDbDatabase& database, RunRange range)
      : database_(database),
        run_(std::make_shared<IndexRun>(range,
                                        BucketBits(range.end - range.begin))),
        path_(absl::StrCat(database.IngestPath(), "/", range.begin, "-",
                           range.end, ".sst")),
        file_(rocksdb::EnvOptions(), database.FileOptions(Family::kHashIndex),
              database.family(Family::kHashIndex)) {}

  ~RunWriter() {
    if (!done_) database_.env()->DeleteFile(path_).PermitUncheckedError();
  }

  int bucket_bits() const { return run_->bucket_bits(); }

  absl::Status Open() {
    RETURN_IF_ERROR(FromRocksDb(file_.Open(path_)));
    const char bits = static_cast<char>(run_->bucket_bits());
    return Put(Part::kHeader, 0, absl::string_view(&bits, 1));
  }

  // REQUIRES: kinds in order, buckets in order, none left out.
  absl::Status AddBucket(HashKind kind, uint32_t number,
                         absl::string_view bucket) {
    HashFilter& filter = run_->filter(kind);
    for (size_t i = 0; i < bucket.size(); i += kRecordBytes) {
      filter.Add(base::ReadU64(bucket.substr(i)));
    }
    return Put(BucketsOf(kind), number, bucket);
  }

  absl::StatusOr<std::shared_ptr<const IndexRun>> Finish() {
    for (const HashKind kind : kKinds) RETURN_IF_ERROR(PutFilter(kind));
    RETURN_IF_ERROR(FromRocksDb(file_.Finish()));
    rocksdb::IngestExternalFileOptions ingest;
    ingest.move_files = true;
    ingest.snapshot_consistency = false;  // no reader expects it to be there
    ingest.write_global_seqno = false;
    RETURN_IF_ERROR(FromRocksDb(database_.db()->IngestExternalFile(
        database_.family(Family::kHashIndex), {path_}, ingest)));
    done_ = true;
    return run_;
  }

 private:
  absl::Status Put(Part part, uint32_t number, absl::string_view value) {
    return FromRocksDb(
        file_.Put(Key(run_->range(), part, number), ToSlice(value)));
  }

  absl::Status PutFilter(HashKind kind) {
    const absl::string_view bytes = run_->filter(kind).bytes();
    uint32_t number = 0;
    for (size_t i = 0; i < bytes.size(); i += kFilterChunk) {
      RETURN_IF_ERROR(
          Put(FilterOf(kind), number++, bytes.substr(i, kFilterChunk)));
    }
    return absl::OkStatus();
  }

  const RocksDbDatabase& database_;
  const std::shared_ptr<IndexRun> run_;
  const std::string path_;
  rocksdb::SstFileWriter file_;
  bool done_ = false;
};

// Reads the buckets of one kind of a stored run, in order.
class BucketReader {
 public:
  BucketReader(const RocksDbDatabase& database, const IndexRun& run,
               HashKind kind)
      : run_(run),
        kind_(kind),
        iterator_(database.NewIterator(Family::kHashIndex, /*scan=*/true)) {
    iterator_->Seek(Key(run.range(), BucketsOf(kind), 0));
  }

  const IndexRun& run() const { return run_; }

  // The bucket stays valid until the next call.
  absl::StatusOr<absl::string_view> Next() {
    if (next_ > 0) iterator_->Next();
    if (!iterator_->Valid()) {
      RETURN_IF_ERROR(FromRocksDb(iterator_->status()));
      return Damaged(run_.range(), "a bucket is missing");
    }
    if (ToView(iterator_->key()) !=
        Key(run_.range(), BucketsOf(kind_), next_++)) {
      return Damaged(run_.range(), "a bucket is missing");
    }
    const absl::string_view bucket = ToView(iterator_->value());
    RETURN_IF_ERROR(CheckBucket(run_.range(), bucket));
    return bucket;
  }

 private:
  const IndexRun& run_;
  const HashKind kind_;
  const std::unique_ptr<rocksdb::Iterator> iterator_;
  uint32_t next_ = 0;
};

// Merges the buckets of one kind. Works on one slice of the fingerprints at a
// time: a bucket of the run that has fewest, and what the others have there.
class KindMerge {
 public:
  KindMerge(const RocksDbDatabase& database,
            absl::Span<const std::shared_ptr<const IndexRun>> runs,
            HashKind kind, RunWriter* writer)
      : kind_(kind),
        begin_(runs.front()->range().begin),
        slice_bits_(writer->bucket_bits()),
        writer_(writer) {
    for (const std::shared_ptr<const IndexRun>& run : runs) {
      sources_.emplace_back(database, *run, kind);
      slice_bits_ = std::min(slice_bits_, run->bucket_bits());
    }
    buckets_.resize(size_t{1} << (writer->bucket_bits() - slice_bits_));
  }

  uint32_t slices() const { return uint32_t{1} << slice_bits_; }

  absl::Status MergeSlice(uint32_t slice) {
    for (std::string& bucket : buckets_) bucket.clear();
    for (BucketReader& source : sources_) RETURN_IF_ERROR(Distribute(&source));
    const uint32_t first = slice * static_cast<uint32_t>(buckets_.size());
    for (size_t i = 0; i < buckets_.size(); ++i) {
      RETURN_IF_ERROR(writer_->AddBucket(
          kind_, first + static_cast<uint32_t>(i), buckets_[i]));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Distribute(BucketReader* source) {
    const IndexRun& run = source->run();
    const uint32_t shift = static_cast<uint32_t>(run.range().begin - begin_);
    for (int i = 0; i < 1 << (run.bucket_bits() - slice_bits_); ++i) {
      ASSIGN_OR_RETURN(const absl::string_view bucket, source->Next());
      for (size_t at = 0; at < bucket.size(); at += kRecordBytes) {
        const uint64_t fingerprint = base::ReadU64(bucket.substr(at));
        const uint32_t offset =
            base::ReadU32(bucket.substr(at + kFingerprintBytes));
        AppendRecord(fingerprint, offset + shift, BucketFor(fingerprint));
      }
    }
    return absl::OkStatus();
  }

  std::string* BucketFor(uint64_t fingerprint) {
    return &buckets_[HighBits(fingerprint, writer_->bucket_bits()) &
                     (buckets_.size() - 1)];
  }

  const HashKind kind_;
  const uint64_t begin_;
  int slice_bits_;
  RunWriter* const writer_;
  std::deque<BucketReader> sources_;  // they do not move
  std::vector<std::string> buckets_;
};

// Adds a bucket's fingerprints to `filter` and marks its entries in `seen`.
absl::Status CheckRecords(const IndexRun& run, absl::string_view bucket,
                          uint32_t number, HashFilter* filter,
                          std::vector<bool>* seen) {
  for (size_t at = 0; at < bucket.size(); at += kRecordBytes) {
    const uint64_t fingerprint = base::ReadU64(bucket.substr(at));
    const uint32_t offset =
        base::ReadU32(bucket.substr(at + kFingerprintBytes));
    if (HighBits(fingerprint, run.bucket_bits()) != number) {
      return Damaged(run.range(),
                     absl::StrCat("a record of another bucket in ", number));
    }
    if (offset >= run.size() || (*seen)[offset]) {
      return Damaged(run.range(), absl::StrCat("a record of entry ",
                                               run.range().begin + offset,
                                               " that is one too many"));
    }
    (*seen)[offset] = true;
    filter->Add(fingerprint);
  }
  return absl::OkStatus();
}

absl::Status CheckKind(const RocksDbDatabase& database, const IndexRun& run,
                       HashKind kind) {
  BucketReader buckets(database, run, kind);
  HashFilter filter(run.size());
  std::vector<bool> seen(run.size());
  for (uint32_t number = 0; number < uint32_t{1} << run.bucket_bits();
       ++number) {
    ASSIGN_OR_RETURN(const absl::string_view bucket, buckets.Next());
    RETURN_IF_ERROR(CheckRecords(run, bucket, number, &filter, &seen));
  }
  if (filter.bytes() != run.filter(kind).bytes()) {
    return Damaged(run.range(), "a filter that is not that of its buckets");
  }
  return absl::OkStatus();
}

}  // namespace

IndexRun::IndexRun(RunRange range, int bucket_bits)
    : range_(range),
      bucket_bits_(bucket_bits),
      filters_{HashFilter(range.end - range.begin),
               HashFilter(range.end - range.begin)} {}

absl::StatusOr<std::shared_ptr<const IndexRun>> IndexRun::Load(
    const RocksDbDatabase& database, RunRange range) {
  if (range.end <= range.begin || range.end - range.begin > kMaxRunEntries) {
    return Damaged(range, "impossible range");
  }
  rocksdb::PinnableSlice header;
  RETURN_IF_ERROR(
      database.Get(Family::kHashIndex, Key(range, Part::kHeader, 0), &header));
  const int bits = BucketBits(range.end - range.begin);
  if (header.size() != 1 || header[0] != bits) {
    return Damaged(range, "malformed header");
  }
  auto run = std::make_shared<IndexRun>(range, bits);
  for (const HashKind kind : kKinds) {
    RETURN_IF_ERROR(run->LoadFilter(database, kind));
  }
  return run;
}

absl::Status IndexRun::LoadFilter(const RocksDbDatabase& database,
                                  HashKind kind) {
  HashFilter& filter = filters_[static_cast<int>(kind)];
  uint32_t number = 0;
  for (size_t i = 0; i < filter.size_bytes(); i += kFilterChunk) {
    rocksdb::PinnableSlice chunk;
    RETURN_IF_ERROR(database.Get(
        Family::kHashIndex, Key(range_, FilterOf(kind), number++), &chunk));
    if (chunk.size() != std::min(kFilterChunk, filter.size_bytes() - i)) {
      return Damaged(range_, "malformed filter");
    }
    std::memcpy(filter.data() + i, chunk.data(), chunk.size());
  }
  return absl::OkStatus();
}

absl::Status IndexRun::Find(const RocksDbDatabase& database, HashKind kind,
                            uint64_t fingerprint,
                            std::vector<uint64_t>* indices) const {
  rocksdb::PinnableSlice value;
  RETURN_IF_ERROR(database.Get(
      Family::kHashIndex,
      Key(range_, BucketsOf(kind), HighBits(fingerprint, bucket_bits_)),
      &value));
  const absl::string_view bucket = ToView(value);
  RETURN_IF_ERROR(CheckBucket(range_, bucket));
  const std::string want = base::U64(fingerprint);
  for (size_t i = 0; i < bucket.size(); i += kRecordBytes) {
    if (std::memcmp(bucket.data() + i, want.data(), want.size()) != 0) continue;
    const uint32_t offset = base::ReadU32(bucket.substr(i + kFingerprintBytes));
    if (offset >= size()) return Damaged(range_, "record beyond its end");
    indices->push_back(range_.begin + offset);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<RunRange>> ListRuns(
    const RocksDbDatabase& database) {
  std::vector<RunRange> ranges;
  const std::unique_ptr<rocksdb::Iterator> iterator =
      database.NewIterator(Family::kHashIndex);
  iterator->SeekToFirst();
  while (iterator->Valid()) {
    const absl::string_view key = ToView(iterator->key());
    if (key.size() != kKeyBytes) {
      return absl::DataLossError("hash index: malformed key");
    }
    ranges.push_back({base::ReadU64(key), base::ReadU64(key.substr(8))});
    iterator->Seek(Key(ranges.back(), Part::kEnd, 0));
  }
  RETURN_IF_ERROR(FromRocksDb(iterator->status()));
  return ranges;
}

absl::Status CheckRun(const RocksDbDatabase& database, const IndexRun& run) {
  for (const HashKind kind : kKinds)
    RETURN_IF_ERROR(CheckKind(database, run, kind));
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const IndexRun>> WriteRun(
    const RocksDbDatabase& database, const RecentHashes& recent) {
  RunWriter writer(database, {recent.begin(), recent.end()});
  RETURN_IF_ERROR(writer.Open());
  const int bits = writer.bucket_bits();
  for (const HashKind kind : kKinds) {
    std::vector<std::string> buckets(size_t{1} << bits);
    recent.ForEach(kind, [&](uint64_t fingerprint, uint32_t offset) {
      AppendRecord(fingerprint, offset, &buckets[HighBits(fingerprint, bits)]);
    });
    for (size_t i = 0; i < buckets.size(); ++i) {
      RETURN_IF_ERROR(
          writer.AddBucket(kind, static_cast<uint32_t>(i), buckets[i]));
    }
  }
  return writer.Finish();
}

absl::StatusOr<std::shared_ptr<const IndexRun>> MergeRuns(
    const RocksDbDatabase& database,
    absl::Span<const std::shared_ptr<const IndexRun>> runs,
    absl::FunctionRef<absl::Status()> pause) {
  RunWriter writer(database,
                   {runs.front()->range().begin, runs.back()->range().end});
  RETURN_IF_ERROR(writer.Open());
  for (const HashKind kind : kKinds) {
    KindMerge merge(database, runs, kind, &writer);
    for (uint32_t slice = 0; slice < merge.slices(); ++slice) {
      RETURN_IF_ERROR(merge.MergeSlice(slice));
      RETURN_IF_ERROR(pause());
    }
  }
  return writer.Finish();
}

absl::Status DeleteRun(const RocksDbDatabase& database, RunRange range) {
  const std::string begin = Key(range, Part::kHeader, 0);
  const std::string end = Key(range, Part::kEnd, 0);
  const rocksdb::Slice begin_slice(begin), end_slice(end);
  return FromRocksDb(rocksdb::DeleteFilesInRange(
      database.db(), database.family(Family::kHashIndex), &begin_slice,
      &end_slice, /*include_end=*/false));
}

}  // namespace sightline::storage
