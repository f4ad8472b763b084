// Opens a receipt page in a browser, and pages that were tampered with.
//
//   node check_page.js MAKER
//
// MAKER [RANGE] writes the good page to standard output, its key counting for RANGE. The browser is Debian's chromium,
// or what CHROMIUM names. Status 1, and a line for each, when a page got the wrong
// verdict, or asked for anything over a network.
'use strict';
const {execFileSync} = require('child_process');
const {createHash} = require('crypto');
const fs = require('fs');
const os = require('os');
const path = require('path');
const {pathToFileURL} = require('url');
const {chromium} = require('playwright-core');

const faults = [];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'receipt-page-'));

// The page with its data changed.
function changed(page, change) {
  const start = page.indexOf('>', page.indexOf('<script id="data"')) + 1;
  const end = page.indexOf('</script>', start);
  const data = JSON.parse(page.slice(start, end));
  change(data);
  return page.slice(0, start) + JSON.stringify(data).replaceAll('<', '\\u003c') + page.slice(end);
}

// Another base64 digit at `at`, counted from the start of the match.
function otherDigit(text, pattern, at) {
  const start = text.search(pattern) + at;
  return text.slice(0, start) + (text[start] === 'A' ? 'B' : 'A') + text.slice(start + 1);
}

// Another key of the same log, well-formed; all sizes.
function otherKey(vkey) {
  const name = vkey.slice(0, vkey.indexOf('+'));
  const key = Buffer.concat([Buffer.from([1]), Buffer.alloc(32, 7)]);
  const id = createHash('sha256').update(name + '\n').update(key).digest('hex').slice(0, 8);
  return name + '+' + id + '+' + key.toString('base64');
}

// What a page says that is signed by a key of other tree sizes.
const OUT_OF_RANGE = 'no key of the log that counts for a tree of 700 entries';

const pages = (make, good) => ({
  'the good one': [good, true],
  'another entry': [changed(good, (d) => { d.proof = otherDigit(d.proof, /extra /, 60); }), false],
  'another index': [changed(good, (d) => { d.proof = d.proof.replace('index 300', 'index 301'); }), false],
  'another hash': [changed(good, (d) => { d.proof = otherDigit(d.proof, /index 300\n/, 14); }), false],
  'a hash less': [changed(good, (d) => { d.proof = d.proof.replace(/(index 300\n).*\n/, '$1'); }), false],
  'another root': [changed(good, (d) => { d.proof = otherDigit(d.proof, /\n700\n/, 9); }), false],
  'another size': [changed(good, (d) => { d.proof = d.proof.replace('\n700\n', '\n701\n'); }), false],
  'another signature': [changed(good, (d) => { d.proof = otherDigit(d.proof, /\u2014 log/, 40); }), false],
  'another key': [changed(good, (d) => { d.vkeys[0] = otherDigit(d.vkeys[0], /\+A/, 20); }), false],
  'no signature': [changed(good, (d) => { d.proof = d.proof.slice(0, d.proof.lastIndexOf('\u2014')); }), false],
  'a key of all sizes up to this one': [make('@-700'), false, OUT_OF_RANGE],
  'a key of larger sizes': [make('@701-'), false, OUT_OF_RANGE],
  'a key of some smaller sizes': [make('@5-20'), false, OUT_OF_RANGE],
  'a key from this size on': [make('@700'), true],
  'a key of this size alone': [make('@700-701'), true],
  'a key of all sizes, said so': [make('@0-'), true],
  'a key of no size': [make('@20-20'), false, 'range of tree sizes is empty'],
  'a key of a malformed range': [make('@-7OO'), false, 'range of tree sizes is malformed'],
  'a key that ended, and one that did not sign':
    [changed(make('@-700'), (d) => { d.vkeys.push(otherKey(d.vkeys[0])); }), false, OUT_OF_RANGE],
  'a key that counts, and one that did not sign': [changed(good, (d) => { d.vkeys.push(otherKey(d.vkeys[0])); }), true],
  'no data': [changed(good, (d) => { for (const name of Object.keys(d)) delete d[name]; }), false],
});

async function judge(context, name, html, want, words = '') {
  const file = path.join(folder, 'page.html');
  fs.writeFileSync(file, html);
  const page = await context.newPage();
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(pathToFileURL(file).href);
  const verdict = page.locator('#verdict[data-valid]');
  await verdict.waitFor({timeout: 60000});
  const said = await verdict.textContent();
  const valid = (await verdict.getAttribute('data-valid')) === 'true';
  const entry = await page.locator('#entry').textContent();
  await page.close();
  console.log(name + ': ' + said);
  if (valid !== want) faults.push(name + ': wrong verdict');
  if (!said.includes(words)) faults.push(name + ': does not say: ' + words);
  if (entry.includes('ori:CA0194200') !== want) faults.push(name + ': shows ' + (want ? 'nothing' : 'what is not proven'));
  for (const url of asked) if (!url.startsWith('file:')) faults.push(name + ': asked for ' + url);
  faults.push(...errors.map((error) => name + ': ' + error));
}

async function main() {
  const make = (...range) => execFileSync(process.argv[2], range, {encoding: 'utf8', maxBuffer: 1 << 24});
  // As root in a container there is no sandbox to be had; the pages are our own.
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  try {
    const context = await browser.newContext({offline: true});
    for (const [name, page] of Object.entries(pages(make, make()))) await judge(context, name, ...page);
    console.log('browser: chromium ' + browser.version());
  } finally {
    await browser.close();
  }
}

main()
  .catch((error) => faults.push(error.stack))
  .finally(() => {
    fs.rmSync(folder, {recursive: true, force: true});
    for (const fault of faults) console.error(fault);
    process.exitCode = faults.length > 0 ? 1 : 0;
  });
