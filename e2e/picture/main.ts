/** npm run e2e:picture: draws pictures of environments in Chromium, light and dark, and measures what a person would see. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { runProgram } from '../cluster/program';
import { Repository } from '../cluster/repository';
import { debianPackages } from '../software/install';

const program = new Command('npm run e2e:picture --').description(
  'Draws the pictures of the starting environment, of examples/ and of dist/ in Chromium, light and dark, and measures ' +
    'whether they are legible. Installs Chromium by apt-get where it is missing.',
);

/** Chromium's numbers of the two colour schemes. */
const SCHEMES = { dark: 0, light: 1 };
/** What WCAG 2.1 asks of text of this size. */
const CONTRAST = 4.5;

/**
 * Runs in the page: texts that leave the page or their box, that touch a text of another line, or that are too pale.
 * The colour behind a text is that of the last box below it.
 */
const MEASURE = `
const faults = [];
const svg = document.querySelector('svg');
const page = svg.getBoundingClientRect();
const boxes = [...svg.querySelectorAll('rect')];
const texts = [...svg.querySelectorAll('text')].map((text) => ({ text, name: text.textContent, box: text.getBoundingClientRect() }));
const holds = (outer, { left, right, top, bottom }) =>
  left >= outer.left && right <= outer.right && top >= outer.top && bottom <= outer.bottom;
const meets = (a, b) => a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom;
const luminance = (colour) => {
  const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map((value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
for (const { text, name, box } of texts) {
  if (!holds(page, box)) faults.push(name + ': leaves the page');
  const kind = text.getAttribute('class');
  const home = boxes.filter((rect) => meets(rect.getBoundingClientRect(), box)).at(-1).getBoundingClientRect();
  if (['what', 'detail', 'name', 'note'].includes(kind) && !holds(home, box)) faults.push(name + ': leaves its box');
  const below = boxes.filter((rect) => getComputedStyle(rect).fill !== 'none' && meets(rect.getBoundingClientRect(), box));
  const [light, dark] = [text, below.at(-1)].map((node) => luminance(getComputedStyle(node).fill)).sort((a, b) => b - a);
  const contrast = (light + 0.05) / (dark + 0.05);
  if (contrast < ${CONTRAST}) faults.push(name + ': contrast ' + contrast.toFixed(1));
}
texts.forEach(({ name, box }, index) => {
  for (const other of texts.slice(index + 1)) if (meets(box, other.box)) faults.push(name + ': touches ' + other.name);
});
document.body.innerHTML = '<pre>' + JSON.stringify({ texts: texts.length, faults }) + '</pre>';`;

interface Measured {
  readonly texts: number;
  readonly faults: readonly string[];
}

function measure(svg: string, scheme: number, scratch: string): Measured {
  const page = join(scratch, 'page.html');
  writeFileSync(page, `<!doctype html><meta charset="utf-8"><body>${svg}<script>${MEASURE}</script>`);
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
  const quiet = ['--disable-background-networking', '--disable-component-update'];
  const own = [`--user-data-dir=${join(scratch, 'profile')}`, `--blink-settings=preferredColorScheme=${scheme}`];
  const dom = execFileSync('chromium', [...flags, ...quiet, ...own, '--dump-dom', `file://${page}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 120_000,
  });
  const json = /<pre>(.*)<\/pre>/s.exec(dom)?.[1];
  if (json === undefined) throw new Error(`Chromium did not measure the picture: ${dom.slice(0, 200)}`);
  return JSON.parse(json.replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&')) as Measured;
}

function main(): number {
  debianPackages({ chromium: 'chromium' });
  const scratch = mkdtempSync(join(tmpdir(), 'ml-platform-picture-'));
  let faulty = 0;
  try {
    const starting = join(Repository.init(process.cwd(), join(scratch, 'repository')).root, 'dist');
    const pictures = [starting, 'examples/dist', 'dist'].flatMap((folder) =>
      readdirSync(folder).map((environment) => join(folder, environment, 'platform.svg')),
    );
    for (const file of pictures) {
      for (const [name, scheme] of Object.entries(SCHEMES)) {
        const { texts, faults } = measure(readFileSync(file, 'utf8'), scheme, scratch);
        console.log(
          `${relative(file.startsWith(scratch) ? scratch : '.', file)}, ${name}: ${texts} texts, ${faults.length} faults`,
        );
        for (const fault of faults) console.error(`  ${fault}`);
        faulty += faults.length;
      }
    }
    return faulty > 0 ? 1 : 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

void runProgram(program, main);
