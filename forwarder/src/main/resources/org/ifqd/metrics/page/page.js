'use strict';
// Everything is written by textContent: names of interfaces and lines of the log are others' text.

const TICK_MS = 1000;
const CHECK_MS = 60000;
const HISTORY_MS = 600000;
const CURES = {
  queueFull: 'The device sends slower than frames come: less load, a faster device, or a longer queue.',
  notRunning: 'The port it would leave by is not RUNNING: cable, carrier, or ifqd port NAME up.',
  purged: 'Still queued when the port went down. Nothing to mend unless it goes down often.',
  undescribed: 'At the sender: ethtool -K IF tx-udp-fragmentation off tx-sctp-segmentation off.',
  stale: 'Waited longer than max-age: the process or the machine was stopped, or has too much to do.',
  truncated: 'Longer than a block of the receive ring. At the sender: ip link set IF gso_max_size 65536.',
  linkLocal: 'As [link-local] of the configuration says.',
  own: 'A probe of ifqd itself came back: the two ports are connected with each other.',
  loop: 'The two ports are connected with each other. Open the loop; forwarding begins again by itself.',
  tooBig: 'Longer than the MTU of the port: make the MTUs of the pair equal.',
  refused: 'The kernel does not take it: MTU of a veth peer, or a filter (nft list ruleset).',
  noBuffer: 'The device had no room until the deadline: it is overloaded, or stands still.',
  kernelDrops: 'The receive ring was full: more workers, processors, or a larger rx-ring.',
};
const ROWS = [
  ['state', 'state'], ['carrier', 'carrier'], ['rxBits', 'received bit/s'], ['rxRate', 'received frames/s'],
  ['txBits', 'sent bit/s'], ['txRate', 'sent frames/s'], ['rxFrames', 'received frames'], ['txFrames', 'sent frames'],
  ['load', 'load of the link'], ['cpu', 'load of the workers'], ['p50', 'latency p50'], ['p99', 'latency p99'],
  ['queue', 'queued frames'], ['dropped', 'dropped frames'], ['mtu', 'MTU'], ['speed', 'speed'], ['qdisc', 'queue discipline'],
];

const byId = (id) => document.getElementById(id);
const history = new Map();
let cells = new Map();
let layout = '';
let before = null;
let answeredMs = Date.now();
let paused = false;

function make(tag, attributes, text) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function scaled(number) {
  const units = ['', ' k', ' M', ' G', ' T'];
  let n = number;
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1000;
    unit++;
  }
  return (unit > 0 || (n > 0 && n < 10) ? n.toFixed(1) : n.toFixed(0)) + units[unit];
}

function time(ns) {
  return ns < 1e6 ? (ns / 1e3).toFixed(1) + ' µs' : (ns / 1e6).toFixed(1) + ' ms';
}

function duration(seconds) {
  const days = Math.floor(seconds / 86400);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  return (days ? days + ' d ' : '') + clock.map((part) => String(part).padStart(2, '0')).join(':');
}

// What a share of the frames between two looks did not exceed; null when none left.
function quantile(now, old, share) {
  const buckets = new Map();
  for (const [edge, frames] of now.latency.buckets) buckets.set(edge, frames);
  for (const [edge, frames] of old.latency.buckets) buckets.set(edge, (buckets.get(edge) || 0) - frames);
  const all = [...buckets.values()].reduce((sum, frames) => sum + frames, 0);
  let seen = 0;
  if (all <= 0) return null;
  for (const edge of [...buckets.keys()].sort((a, b) => a - b)) {
    seen += buckets.get(edge);
    if (seen >= Math.max(1, Math.ceil(share * all))) return edge;
  }
  return null;
}

function droppedBy(port) {
  return Object.values(port.drops).reduce((sum, frames) => sum + frames, 0);
}

function build(live) {
  cells = new Map();
  byId('pairs').replaceChildren(...live.pairs.map((pair, index) => {
    const card = make('section', {'aria-labelledby': 'pair-' + index});
    card.append(make('h2', {id: 'pair-' + index}, pair.name));
    const table = make('table');
    const head = make('tr');
    head.append(make('td'));
    pair.ports.forEach((port, side) =>
      head.append(make('th', {scope: 'col', class: side ? 'second' : 'first'}, port.name)));
    const thead = make('thead');
    thead.append(head);
    const body = make('tbody');
    for (const [key, label] of ROWS) {
      const row = make('tr');
      row.append(make('th', {scope: 'row'}, label));
      for (const port of pair.ports) {
        const cell = make('td', {'data-port': port.name, 'data-value': key}, '-');
        cells.set(port.name + ' ' + key, cell);
        row.append(cell);
      }
      body.append(row);
    }
    table.append(thead, body);
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('class', 'chart');
    svg.setAttribute('viewBox', '0 0 600 100');
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('role', 'img');
    pair.ports.forEach((port, side) => {
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      path.setAttribute('class', side ? 'second' : 'first');
      svg.append(path);
      cells.set(port.name + ' path', path);
    });
    const caption = make('p', {class: 'caption'});
    cells.set('svg ' + index, svg);
    cells.set('caption ' + index, caption);
    card.append(table, svg, caption);
    return card;
  }));
}

function show(port, facts, old, seconds) {
  const grown = (now, was) => (old && seconds > 0 && now >= was ? (now - was) / seconds : null);
  const rate = (value) => (value === null ? '-' : scaled(value));
  const rxBits = grown(port.rx.bytes * 8, old ? old.rx.bytes * 8 : 0);
  const txBits = grown(port.tx.bytes * 8, old ? old.tx.bytes * 8 : 0);
  const cpu = (which) => which.workers.reduce((sum, worker) => sum + Math.max(0, worker.cpuNs), 0);
  const busy = old ? grown(cpu(port), cpu(old)) : null;
  const p50 = old ? quantile(port, old, 0.5) : null;
  const p99 = old ? quantile(port, old, 0.99) : null;
  const bits = Math.max(rxBits || 0, txBits || 0);
  const lost = droppedBy(port) + port.rx.kernelDrops;
  const values = {
    state: port.state, carrier: facts.carrier ? 'yes' : 'no', rxBits: rate(rxBits), txBits: rate(txBits),
    rxRate: rate(grown(port.rx.frames, old ? old.rx.frames : 0)),
    txRate: rate(grown(port.tx.frames, old ? old.tx.frames : 0)),
    rxFrames: String(port.rx.frames), txFrames: String(port.tx.frames),
    load: facts.speedMbit && rxBits !== null ? (bits / facts.speedMbit / 1e4).toFixed(1) + ' %' : '-',
    cpu: busy === null ? '-' : (busy / 1e7).toFixed(0) + ' %',
    p50: p50 === null ? '-' : time(p50), p99: p99 === null ? '-' : time(p99),
    queue: port.queue.length + ' / ' + port.queue.capacity, dropped: String(lost),
    mtu: facts.mtu === null ? '-' : String(facts.mtu),
    speed: facts.speedMbit === null ? '-' : scaled(facts.speedMbit * 1e6) + 'bit/s', qdisc: facts.qdisc,
  };
  for (const [key] of ROWS) put(cells.get(port.name + ' ' + key), values[key]);
  cells.get(port.name + ' state').className = port.state === 'RUNNING' ? 'good' : 'bad';
  cells.get(port.name + ' carrier').className = facts.carrier ? '' : 'bad';
  return txBits;
}

function remember(name, atMs, bits) {
  const points = history.get(name) || [];
  points.push([atMs, bits]);
  while (points.length && points[0][0] < atMs - HISTORY_MS) points.shift();
  history.set(name, points);
}

function draw(pair, index, atMs) {
  const top = Math.max(1, ...pair.ports.flatMap((port) => (history.get(port.name) || []).map((point) => point[1])));
  const since = Math.min(atMs - 60000, ...pair.ports.map((port) => (history.get(port.name) || [[atMs]])[0][0]));
  const said = [];
  for (const port of pair.ports) {
    const points = history.get(port.name) || [];
    cells.get(port.name + ' path').setAttribute('d', points.map(([at, bits], i) =>
      (i ? 'L' : 'M') + ((at - since) * 600 / (atMs - since)).toFixed(1) + ' ' + (98 - 96 * bits / top).toFixed(1)).join(''));
    if (points.length) said.push(port.name + ' now ' + scaled(points[points.length - 1][1]) + 'bit/s');
  }
  const text = 'sent, last ' + Math.round((atMs - since) / 60000) + ' min as this page was open: ' + said.join(', ') + ', most ' + scaled(top) + 'bit/s';
  cells.get('svg ' + index).setAttribute('aria-label', text);
  put(cells.get('caption ' + index), text);
}

function showDrops(live) {
  const rows = [];
  for (const port of live.ports) {
    for (const [reason, frames] of [...Object.entries(port.drops), ['kernelDrops', port.rx.kernelDrops]]) {
      if (frames > 0) rows.push([port.name, reason, String(frames), CURES[reason] || '']);
    }
  }
  const shown = JSON.stringify(rows);
  const place = byId('drops');
  if (place.dataset.shown === shown) return;
  place.dataset.shown = shown;
  if (!rows.length) {
    place.replaceChildren(make('p', {}, 'none'));
    return;
  }
  const table = make('table');
  const line = (tag, texts) => {
    const row = make('tr');
    texts.forEach((text, i) => row.append(i ? make(tag, tag === 'th' ? {scope: 'col'} : {}, text)
      : make('th', {scope: tag === 'th' ? 'col' : 'row'}, text)));
    return row;
  };
  table.append(line('th', ['port', 'reason', 'frames', 'cure']), ...rows.map((row) => line('td', row)));
  place.replaceChildren(table);
}

function showLog(lines) {
  const shown = lines.length ? JSON.stringify([lines.length, lines[0], lines[lines.length - 1]]) : '';
  const place = byId('log');
  if (place.dataset.shown === shown) return;
  place.dataset.shown = shown;
  place.replaceChildren(...[...lines].reverse().map((line) => make('li', line.level === 'INFO' ? {} : {class: 'bad'},
    new Date(line.atMs).toLocaleTimeString() + ' ' + line.level + ' ' + line.text)));
}

function showAll(live) {
  const names = JSON.stringify(live.pairs.map((pair) => [pair.name, pair.ports.map((port) => port.name)]));
  if (names !== layout) {
    layout = names;
    build(live);
  }
  const seconds = before ? (live.atMs - before.atMs) / 1000 : 0;
  put(byId('version'), live.version);
  put(byId('uptime'), duration(live.uptimeSeconds));
  put(byId('unaccounted'), String(live.unaccounted));
  byId('unaccounted').className = live.unaccounted === 0 ? 'good' : 'bad';
  live.pairs.forEach((pair, index) => {
    for (const facts of pair.ports) {
      const find = (all) => all && all.ports.find((each) => each.name === facts.name);
      const port = find(live);
      if (!port) continue;
      const bits = show(port, facts, find(before), seconds);
      if (bits !== null) remember(port.name, live.atMs, bits);
    }
    draw(pair, index, live.atMs);
  });
  showDrops(live);
  showLog(live.log);
  put(byId('status'), live.looped ? 'LOOP: the two ports of a pair are connected with each other; forwarding is stopped' : '');
}

async function ask(path) {
  const answer = await fetch(path, {cache: 'no-store', signal: AbortSignal.timeout(10000)});
  if (!answer.ok) throw new Error('status ' + answer.status);
  return answer.json();
}

async function tick() {
  if (!paused) {
    try {
      const live = await ask('live.json');
      answeredMs = Date.now();
      if (before && live.atMs < before.atMs) before = null; // another process
      if (!paused && (!before || live.atMs > before.atMs)) {
        showAll(live);
        before = live;
      }
    } catch (e) {
      put(byId('status'), 'No answer since ' + new Date(answeredMs).toLocaleTimeString() + '. What is shown is old.');
    }
  }
  setTimeout(tick, TICK_MS);
}

async function check() {
  try {
    const found = (await ask('check.json')).checks.filter((each) => each.level !== 'ok');
    byId('check').replaceChildren(...(found.length ? found.map((each) =>
      make('li', {class: each.level === 'fail' ? 'bad' : ''}, each.level + ' ' + each.subject + ': ' + each.text))
      : [make('li', {class: 'good'}, 'nothing to mend')]));
  } catch (e) {
    byId('check').replaceChildren(make('li', {class: 'bad'}, 'cannot be asked for now'));
  }
  setTimeout(check, CHECK_MS);
}

byId('pause').addEventListener('click', () => {
  paused = !paused;
  byId('pause').setAttribute('aria-pressed', String(paused));
});
tick();
check();
