// Reads a log with a client that was generated from its .proto files: every public
// method, in JSON and in binary, by POST and by GET, and a stream that follows the
// tail. Nobody here wrote the client: Connect's own, and Buf's generator.
//
//   node out/read_log.js REAL_LOG BIN
//
// Starts sightlined (real_log.sh), whose log grows when it is told to.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { DescMethod, DescService, Message } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { Validator } from "@seriousme/openapi-schema-validator";
import { BadRequestSchema } from "./gen/proto/google/rpc/error_details_pb.js";
import { LogService } from "./gen/proto/sightline/v1/log_service_pb.js";
import { StatisticsGrouping } from "./gen/proto/sightline/v1/record_pb.js";
import { RecordService } from "./gen/proto/sightline/v1/record_service_pb.js";
import { RegistryService } from "./gen/proto/sightline/v1/registry_service_pb.js";

function check(what: string, holds: boolean): void {
  if (!holds) throw new Error(`${what} does not hold`);
}

// One of those that are enrolled in the log.
const agency = "ori:CA0194200";

const server = spawn(process.argv[2]!, process.argv.slice(3), { stdio: ["pipe", "pipe", "inherit"] });
const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();

async function line(): Promise<string> {
  const next = await lines.next();
  if (next.done === true) throw new Error("the server has ended");
  return next.value;
}

let size = 1; // genesis

// Makes the log so many entries larger; returns its size.
async function append(entries: number): Promise<bigint> {
  size += entries;
  server.stdin.write(`${size}\n`);
  check("the log grew", (await line()) === `size ${size}`);
  return BigInt(size);
}

function treeSize(checkpoint: Uint8Array): bigint {
  return BigInt(new TextDecoder().decode(checkpoint).split("\n")[1]!);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

// Counts the methods that were called, so that none is forgotten.
const called = new Set<string>();

function clientOf<T extends DescService>(service: T, baseUrl: string, binary: boolean, get: boolean) {
  return createClient(
    service,
    createConnectTransport({
      baseUrl,
      httpVersion: "1.1",
      useBinaryFormat: binary,
      useHttpGet: get,
      interceptors: [
        (next) => async (request) => {
          called.add(`${request.service.typeName}/${request.method.name}`);
          return next(request);
        },
      ],
    }),
  );
}

async function refused(what: string, code: Code, call: Promise<Message>): Promise<ConnectError> {
  try {
    await call;
  } catch (error) {
    const refusal = ConnectError.from(error);
    check(`${what}: ${Code[refusal.code]} is ${Code[code]}`, refusal.code === code);
    return refusal;
  }
  throw new Error(`${what} was not refused`);
}

async function readAll(url: string, binary: boolean, get: boolean): Promise<void> {
  const log = clientOf(LogService, url, binary, get);
  const registry = clientOf(RegistryService, url, binary, get);

  const about = await log.getLog({});
  const { checkpoint } = await log.getCheckpoint({ minTreeSize: 4n });
  check("the checkpoint's size is the log's", treeSize(checkpoint) === about.treeSize);
  const entry = await log.getEntry({ index: 3n });
  check("the entry is the one that was asked for", entry.entry?.index === 3n);
  const proof = await log.getInclusionProof({ leaf: { case: "index", value: 3n } });
  check("the proof has hashes", proof.hashes.length > 0 && proof.hashes.every((hash) => hash.length === 32));
  const consistency = await log.getConsistencyProof({ firstTreeSize: 3n });
  check("the consistency proof ends at the log's size", consistency.secondTreeSize === about.treeSize);
  const page = await log.listEntries({ startIndex: 1n, maxEntries: 2 });
  check("the page is as long as was asked", page.run?.entries.length === 2 && page.run.nextIndex === 3n);
  const byHash = await log.getReceipt({ leaf: { case: "leafHash", value: proof.leafHash } });
  const byIndex = await log.getReceipt({ leaf: { case: "index", value: 3n } });
  check("receipts do not depend on how they are asked for", byHash.receipt!.index === byIndex.receipt!.index);
  check("a receipt holds the entry", equal(byIndex.receipt!.entry, entry.entry!.entry));
  const { checkpoints } = await log.listCheckpoints({ every: true });
  check("the newest checkpoint comes last", treeSize(checkpoints.at(-1)!) === about.treeSize);

  const { submitter } = await registry.getSubmitter({ submitter: agency });
  check("the agency has its key", submitter!.keys.length === 1);
  const found = await registry.getKey({ keyId: submitter!.keys[0]!.keyId });
  check("the key is the agency's", found.submitter === agency);
  const first = await registry.listSubmitters({ pageSize: 1 });
  const second = await registry.listSubmitters({ pageSize: 1, pageToken: first.nextPageToken });
  check("pages follow each other", first.submitters[0]!.submitter < second.submitters[0]!.submitter);
  await registry.listPolicies({});
  await readRecord(url, about.treeSize, binary, get);

  await refused("an entry beyond the tree", Code.OutOfRange, log.getEntry({ index: 1000000n }));
  await refused("an unknown submitter", Code.NotFound, registry.getSubmitter({ submitter: "ori:ZZ0000000" }));
  const refusal = await refused("a page too large", Code.InvalidArgument, log.listEntries({ maxEntries: 5000 }));
  const [fault] = refusal.findDetails(BadRequestSchema);
  check("the fault is named", fault?.fieldViolations[0]?.field === "max_entries");
  await refused("a wait that is too long", Code.DeadlineExceeded, log.getCheckpoint({ minTreeSize: 1000000n }, { timeoutMs: 100 }));
}

// The questions of the record; what answers them comes after the log, if only just.
async function readRecord(url: string, treeSize: bigint, binary: boolean, get: boolean): Promise<void> {
  const record = clientOf(RecordService, url, binary, get);
  let found = await record.searchRequests({ pageSize: 2 });
  while (found.basis!.treeSize < treeSize) found = await record.searchRequests({ pageSize: 2 });
  check("a page has the rows that were asked for", found.rows.length === 2 && found.nextPageToken !== "");
  check("the rows' entries come with them", found.basis!.entries.length >= 2);
  const { index } = found.rows[0]!.facts!;
  const { row } = await record.getRequest({ index });
  check("the request is the one that was asked for", row!.facts!.index === index);
  const feed = await record.listFeed({ submitter: agency, pageSize: 3 });
  check("a feed begins with its first entry", feed.rows[0]!.ordinal === 1n);
  const seals = await record.listSeals({ pageSize: 1 });
  check("seals are answered for the same log", seals.basis!.treeSize >= treeSize);
  const changes = await record.listChanges({ sinceIndex: 0n });
  check("nothing was changed", changes.rows.length === 0);
  const reports = await record.reconcile({ fromMonth: 197001, untilMonth: 199912 });
  check("nothing was reported", reports.rows.length === 0);
  const statistics = await record.getStatistics({ groupBy: StatisticsGrouping.AGENCY });
  check("the agency is counted", statistics.rows.some((group) => group.key === agency));
}

// Follows the tail over so many appends, then leaves.
async function follow(url: string, binary: boolean): Promise<void> {
  const log = clientOf(LogService, url, binary, false);
  const leave = new AbortController();
  let next = 0n;
  let want = (await log.getLog({})).treeSize;
  let appends = 3;
  try {
    for await (const { run } of log.streamEntries({ follow: true }, { signal: leave.signal })) {
      check("runs follow each other", run!.startIndex === next);
      check("a run has the entries that it says", run!.startIndex + BigInt(run!.entries.length) === run!.nextIndex);
      next = run!.nextIndex;
      if (next < want) continue;
      if (appends-- === 0) leave.abort();
      else want = await append(2);
    }
  } catch (error) {
    check("the stream ended because we left", ConnectError.from(error).code === Code.Canceled);
  }
  check("all entries came", next === want);
}

// The description of the log's paths, by a validator that nobody here wrote.
async function checkDescription(url: string): Promise<void> {
  const response = await fetch(`${url}/openapi.json`);
  const description = (await response.json()) as { paths: Record<string, unknown> };
  const { valid, errors } = await new Validator().validate(description);
  check(`the OpenAPI description: ${JSON.stringify(errors)}`, valid);
  for (const method of [LogService, RegistryService, RecordService].flatMap((service) => methodsOf(service))) {
    check(`the description has ${method}`, `/${method}` in description.paths);
  }
}

function methodsOf(service: DescService): string[] {
  return service.methods.map((method: DescMethod) => `${service.typeName}/${method.name}`);
}

async function main(): Promise<void> {
  const url = await line();
  await line(); // its vkey: this client believes what it is told
  await append(20);
  await checkDescription(url);
  for (const binary of [false, true]) {
    for (const get of [false, true]) await readAll(url, binary, get);
    await follow(url, binary);
  }
  for (const method of [LogService, RegistryService, RecordService].flatMap((service) => methodsOf(service))) {
    check(`a call of ${method}`, called.has(method));
  }
  server.stdin.end();
  const [code] = await once(server, "exit");
  check("the log ended well", code === 0);
  console.log(`${called.size} methods, JSON and binary, POST and GET, and a stream: as the client expects`);
}

try {
  await main();
} finally {
  server.stdin.end();
}
