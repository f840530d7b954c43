// Looks at the live page in headless Chromium: node page.mjs CHECK|SHOTS, with
//   IFQD_URL of the page, IFQD_STATS a command that prints `ifqd stats --json`, IFQD_MODULES where playwright-core is,
//   IFQD_CHROMIUM, IFQD_REPORT a page that `ifqd benchmark` wrote, and for shots: IFQD_OUT a folder, IFQD_TOP a file with what
//   `ifqd top` wrote (tmux capture-pane -e).
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';

const {IFQD_URL: url, IFQD_STATS: command, IFQD_MODULES: modules, IFQD_CHROMIUM: executablePath} = process.env;
const require = createRequire(modules + '/');
const {chromium} = require('playwright-core');
const browser = await chromium.launch({executablePath, args: ['--no-sandbox', '--disable-gpu']});
const faults = [];
const stats = () => JSON.parse(execFileSync('bash', ['-c', command], {encoding: 'utf8'}));
const tell = (ok, what) => {
  console.log((ok ? 'ok   ' : 'FAIL ') + what);
  if (!ok) faults.push(what);
};

/** As page.waitForFunction, which the page's policy forbids: it evaluates text within the page. */
async function until(page, condition, argument) {
  for (let i = 0; i < 300 && !await page.evaluate(condition, argument); i++) await page.waitForTimeout(100);
}

/** A page that remembers what it complains of and what it asks of others. */
async function visit(address, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.noise = [];
  page.outside = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && page.noise.push(message.text()));
  page.on('pageerror', (error) => page.noise.push(String(error)));
  page.on('request', (request) => request.url().startsWith(address) || page.outside.push(request.url()));
  await page.goto(address);
  return page;
}

async function open(options) {
  const page = await visit(url, options);
  await until(page, () => /\d/.test(document.querySelector('[data-value=rxRate]')?.textContent ?? ''));
  await page.waitForSelector('#check li');
  return page;
}

/** What the page shows of each port; numbers as numbers. */
const shown = (page) => page.evaluate(() => Object.fromEntries([...document.querySelectorAll('td[data-value]')]
  .map((cell) => [cell.dataset.port + ' ' + cell.dataset.value, cell.textContent])));

const dropped = (port) => Object.values(port.drops).reduce((sum, frames) => sum + frames, 0) + port.rx.kernelDrops;
const totals = (all) => Object.fromEntries(all.ports.flatMap((port) => [[port.name + ' rxFrames', port.rx.frames],
  [port.name + ' txFrames', port.tx.frames], [port.name + ' dropped', dropped(port)]]));

/** While frames flow: what the page shows a tick after one look lies between that look and the next one. */
async function valuesAreThoseOfStats(page) {
  const low = totals(stats());
  const uptime = await page.textContent('#uptime');
  await until(page, (was) => document.getElementById('uptime').textContent !== was, uptime);
  await page.waitForTimeout(1500);
  const cells = await shown(page);
  const after = stats();
  const high = totals(after);
  for (const [name, value] of Object.entries(low)) {
    const number = Number(cells[name]);
    tell(number >= value && number <= high[name], `${name}: ${value} <= ${cells[name]} <= ${high[name]}`);
  }
  for (const port of after.ports) tell(cells[port.name + ' state'] === port.state, `${port.name} state ${port.state}`);
  tell(await page.textContent('#version') === after.version, `version ${after.version}`);
  tell(await page.textContent('#unaccounted') === String(after.unaccounted) && after.unaccounted === 0, 'unaccounted 0');
}

async function keyboard(page) {
  const reached = [];
  for (let i = 0; i < 4; i++) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate(() => document.activeElement.id));
  }
  tell(['pause', 'drops', 'log'].every((id) => reached.includes(id)), 'Tab reaches ' + reached.filter(Boolean).join(', '));
  await page.focus('#pause');
  await page.keyboard.press('Space');
  tell(await page.getAttribute('#pause', 'aria-pressed') === 'true', 'Space pauses');
  const before = await shown(page);
  await page.waitForTimeout(2500);
  tell(JSON.stringify(before) === JSON.stringify(await shown(page)), 'paused, nothing changes');
  await page.keyboard.press('Space');
}

async function names(page) {
  const nameless = await page.evaluate(() => [...document.querySelectorAll('section, svg, [role=region], #log')]
    .filter((node) => !node.getAttribute('aria-label')
      && !document.getElementById(node.getAttribute('aria-labelledby'))).map((node) => node.outerHTML.slice(0, 60)));
  tell(nameless.length === 0, 'all parts have a name for screen readers' + nameless.join(' '));
  const cells = await page.evaluate(() => [...document.querySelectorAll('td[data-value]')]
    .filter((cell) => !cell.parentElement.querySelector('th[scope=row]')).length);
  tell(cells === 0, 'each number has a row header');
}

/** The least contrast of text that is seen, WCAG 2.2: 4.5. */
const contrast = (page) => page.evaluate(() => {
  const light = (rgb) => rgb.slice(0, 3).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const parse = (text) => text.match(/[\d.]+/g).map(Number);
  const ground = (node) => {
    const colour = node && parse(getComputedStyle(node).backgroundColor);
    return !node ? [255, 255, 255] : colour[3] === 0 ? ground(node.parentElement) : colour;
  };
  return Math.min(...[...document.querySelectorAll('body *')].filter((node) => node.checkVisibility()
    && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim())).map((node) => {
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  }));
});

/** What holds for every page of ours. */
async function looks(page, options) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  tell(wide === 0, `nothing is wider than ${options.viewport.width} px (${wide})`);
  const least = await contrast(page);
  tell(least >= 4.5, `least contrast ${least.toFixed(1)}`);
  tell(page.noise.length === 0, 'no error on the console ' + page.noise.join('; '));
  tell(page.outside.length === 0, 'no request elsewhere ' + page.outside.join(' '));
}

const VIEWS = [
  ['wide', {viewport: {width: 1280, height: 900}, colorScheme: 'light'}],
  ['narrow-dark', {viewport: {width: 360, height: 780}, colorScheme: 'dark'}]];

try {
  for (const [name, options] of VIEWS) {
    const page = await open(options);
    if (process.argv[2] === 'shots') {
      await page.waitForTimeout(20000);
      await page.screenshot({path: `${process.env.IFQD_OUT}/page-${name}.png`, fullPage: true});
      continue;
    }
    console.log('--- page, ' + name);
    await valuesAreThoseOfStats(page);
    await keyboard(page);
    await names(page);
    await looks(page, options);
  }
  for (const [name, options] of VIEWS) {
    const page = await visit(pathToFileURL(process.env.IFQD_REPORT).href, options);
    if (process.argv[2] === 'shots') {
      await page.screenshot({path: `${process.env.IFQD_OUT}/report-${name}.png`, fullPage: name === 'wide'});
      continue;
    }
    console.log('--- report, ' + name);
    await page.evaluate(() => document.querySelectorAll('details').forEach((node) => { node.open = true; }));
    await looks(page, options);
  }
  if (process.argv[2] === 'shots') {
    const page = await browser.newPage({viewport: {width: 800, height: 480}});
    await page.setContent('<body style="margin:0;background:#000"><div id="t"></div>');
    await page.addStyleTag({path: require.resolve('@xterm/xterm/css/xterm.css')});
    await page.addScriptTag({path: require.resolve('@xterm/xterm')});
    const text = readFileSync(process.env.IFQD_TOP, 'utf8').replace(/\n$/, '').replaceAll('\n', '\r\n');
    await page.evaluate((lines) => new Promise((done) => {
      const terminal = new Terminal({cols: 80, rows: 24, fontSize: 15});
      terminal.open(document.getElementById('t'));
      terminal.write(lines + '\x1b[?25l', done);
    }), text);
    await page.waitForTimeout(500);
    await page.locator('#t .xterm-screen').screenshot({path: `${process.env.IFQD_OUT}/top.png`});
  }
} finally {
  await browser.close();
}
process.exitCode = faults.length ? 1 : 0;
